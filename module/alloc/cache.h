/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a cache is made of, and the list of all of them.
 *
 * Lock order, outermost first:
 *
 *  1. cpus_read_lock()		no CPU comes or goes
 *  2. drain_mutex		alloc/drain.c: one drain of all CPUs at a time
 *  3. caches_rwsem		alloc/cache.c: the list of caches
 *  4. racks_mutex		stats/instrument.c: which instruments are on
 *     walks_lock		stats/walk.c: how far readers of all caches are
 *     sizing_mutex		alloc/sizing.c: how large magazines are
 *     magslab_reserve.mutex	alloc/reserve.c: what the reserve lies in; held
 *				while that is filled
 *     magslab_cache.survey	alloc/survey.c: one round of all slabs at a time
 *  5. a CPU's guard		alloc/magazine.c: not a lock, but nothing that
 *				sleeps or waits for other CPUs is done inside
 *  6. magslab_depot.leaf	a node's spare magazines
 *     magslab_slabs.leaf	a node's slabs
 *     magslab_rcu_cpu.lock	alloc/rcu.c: what a CPU gathers for RCU
 *     those of a watcher	safety/quarantine.c, safety/pool.c
 *
 * The last are leaves: none is ever taken while another of them is held, and
 * nothing allocates memory under them or inside the guard. An NMI only tries them.
 * Memory reclaim may come in wherever memory is allocated; it only tries
 * caches_rwsem, to read.
 */
#ifndef MAGSLAB_ALLOC_CACHE_H
#define MAGSLAB_ALLOC_CACHE_H

#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/magslab.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "alloc/depot.h"
#include "alloc/layout.h"
#include "alloc/magazine.h"
#include "alloc/rcu.h"
#include "alloc/reserve.h"
#include "alloc/settle.h"
#include "alloc/sizing.h"
#include "alloc/slab.h"
#include "alloc/tag.h"
#include "alloc/tap.h"
#include "alloc/watch.h"

/* What a cache has on one node, the parts that are locked apart kept apart. */
struct magslab_node {
	struct magslab_depot depot ____cacheline_aligned_in_smp;
	struct magslab_slabs slabs ____cacheline_aligned_in_smp;
	/* What the reaper is about to give back; nobody else looks. */
	struct magslab_depot_interval surplus;
	unsigned long surplus_slabs;
};

/**
 * struct magslab_cache - a cache of objects of one size
 * @face: what code compiled into callers knows. Its zero_size is what is
 *	zeroed unasked: the object size in whole words, or 0 for objects that
 *	keep what is in them.
 * @cpu: magazines
 * @guard: the front whose flag guards them: that of @cpu, or a door
 * @watch: who watches each object, or NULL
 * @tap: who is told of each operation, or NULL
 * @zero_size: bytes to zero for who asks for zeroes; 0 with a constructor
 * @size: object size in bytes, as its creator gave it
 * @align: alignment its objects have
 * @sizing: rounds of a new magazine
 * @page_gfp: added when pages are allocated
 * @ctor: constructor, or NULL
 * @layout: how objects lie in a slab
 * @flags: MAGSLAB_*
 * @tag: marks its slabs
 * @limit: pages that it may have, or 0
 * @pages: those it has
 * @limit_refusals: slabs not made because of @limit
 * @page_failures: slabs not made for want of pages
 * @rcu: what is free after a grace period
 * @starving: no CPU is to load a magazine, see reserve.c
 * @reserve: objects kept for when there is no memory
 * @settle: counting what was put into slabs without their lock
 * @survey: held to go round all slabs, see survey.c
 * @link: in the list of caches, under caches_rwsem
 * @hotplug: in the list of those that want to know of CPUs that died
 * @name: unique
 * @node: by node number, for every possible node
 *
 * Constant between creation and destruction, but for what is pointed at, the front
 * and the tap.
 */
struct magslab_cache {
	struct magslab_face face;
	struct magslab_cpu __percpu *cpu;
	struct magslab_front __percpu *guard;
	const struct magslab_watch *watch;
	const struct magslab_tap __rcu *tap;
	unsigned int zero_size;
	unsigned int size;
	unsigned int align;
	struct magslab_sizing sizing;
	gfp_t page_gfp;
	void (*ctor)(void *object);
	struct magslab_layout layout;
	unsigned long flags;
	struct magslab_tag *tag;
	unsigned long limit;
	atomic_long_t pages;
	atomic_long_t limit_refusals;
	atomic_long_t page_failures;
	struct magslab_rcu rcu;
	bool starving;
	struct magslab_reserve reserve;
	struct magslab_settle settle;
	struct mutex survey; /* who goes round the lists of slabs */
	struct list_head link;
	struct hlist_node hotplug;
	char name[MAGSLAB_NAME_MAX + 1];
	struct magslab_node *node[];
};

/* Code compiled into callers takes the one for the other. */
static_assert(!offsetof(struct magslab_cache, face));

/* Of a cache that is watched. */
static __always_inline struct magslab_watched_cpu __percpu *
watched_cpu(const struct magslab_cache *cache)
{
	return (struct magslab_watched_cpu __percpu *)cache->cpu;
}

static_assert(!offsetof(struct magslab_watched_cpu, cpu));

/*
 * Observers are told of caches that come and go, with the cache as data, in
 * task context. A cache is whole in both calls. The list of caches stands
 * still meanwhile, so an observer must not wait for a reader of that list.
 */
enum magslab_cache_event {
	MAGSLAB_CACHE_CREATED,
	MAGSLAB_CACHE_DESTROYED,
};

void magslab_caches_observe(struct notifier_block *observer);
void magslab_caches_unobserve(struct notifier_block *observer);

void magslab_caches_lock(void);
bool magslab_caches_trylock(void);
void magslab_caches_unlock(void);
struct list_head *magslab_caches(void);

#endif /* MAGSLAB_ALLOC_CACHE_H */
