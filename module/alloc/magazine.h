/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The magazines of each CPU. Two of them, and the depot behind, are from
 * Bonwick and Adams, "Magazines and Vmem" (USENIX 2001), section 3.
 */
#ifndef MAGSLAB_ALLOC_MAGAZINE_H
#define MAGSLAB_ALLOC_MAGAZINE_H

#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/magslab.h>
#include <linux/types.h>

#include "alloc/layer.h"
#include "alloc/rcu.h"

struct magslab_cache;
struct magslab_magazine;

/**
 * struct magslab_cpu - what one CPU has of a cache
 * @front: the loaded magazine
 * @previous: the magazine loaded before, or NULL. Two magazines are what keeps
 *	a user that hovers around one's boundary away from the depot.
 * @previous_rounds: objects in @previous
 * @alloc_misses: operations in front.allocs that found the loaded one empty
 * @free_misses: operations in front.frees that found the loaded one full
 * @refills: times the loaded one was filled from slabs
 * @remote_frees: objects that magazines sent home to other nodes
 * @drains: times a magazine was emptied into slabs
 * @direct_allocs: objects allocated without magazines
 * @direct_frees: objects freed without magazines
 * @interrupts: operations that came in the middle of another one
 * @failures: allocations that failed
 * @allocs_by: allocations not from the loaded one at once, by what had an object
 * @frees_by: frees not to the loaded one at once, by what took the object
 * @rcu: what is freed by RCU here, under a lock of its own
 *
 * Up to @remote_frees only the owning CPU writes, within its guard, but for
 * draining a CPU that is dead; the common case fits one cache line. The others
 * are written with this_cpu_*(), by interrupts as well. Anybody may read numbers
 * with READ_ONCE(), and must not follow pointers. Only while magslab_counting is
 * on, @refills, @remote_frees, @drains, @interrupts, @allocs_by and @frees_by are
 * counted.
 */
struct magslab_cpu {
	struct magslab_front front;
	struct magslab_magazine *previous;
	unsigned int previous_rounds;

	unsigned long alloc_misses ____cacheline_aligned;
	unsigned long free_misses;
	unsigned long refills;
	unsigned long remote_frees;
	unsigned long drains;
	unsigned long direct_allocs;
	unsigned long direct_frees;
	unsigned long interrupts;
	unsigned long failures;
	unsigned long allocs_by[MAGSLAB_NR_LAYERS];
	unsigned long frees_by[MAGSLAB_NR_LAYERS];
	struct magslab_rcu_cpu rcu;
};

/**
 * struct magslab_recent - a slab that is likely to be had to do with next
 * @start: its address
 * @map: its use map
 * @nr: its objects, or 0 if it is not to be had to do with any more
 *
 * Written by the owning CPU, within its guard; by others no more than @nr = 0.
 */
struct magslab_recent {
	unsigned long start;
	unsigned long *map;
	unsigned long nr;
};

/**
 * struct magslab_watched_cpu - what one CPU has of a cache that is watched
 * @cpu: what it has of any cache
 * @door: what callers may take for its front, see front.c
 * @recent: see recent.h
 */
struct magslab_watched_cpu {
	struct magslab_cpu cpu;
	struct magslab_front door;
	struct magslab_recent recent;
};

/* Within the guard. */
enum magslab_layer magslab_magazine_make_object(struct magslab_cache *cache,
						struct magslab_cpu *cpu);
enum magslab_layer magslab_magazine_make_room(struct magslab_cache *cache,
					      struct magslab_cpu *cpu);

/* Outside. */
bool magslab_magazine_equip(struct magslab_cache *cache, gfp_t gfp);
void magslab_magazine_fill(struct magslab_cache *cache, void **objects,
			   unsigned int nr);
bool magslab_magazine_stock(struct magslab_cache *cache, gfp_t gfp);
void magslab_magazine_drain(struct magslab_cache *cache);
void magslab_magazine_drain_dead(struct magslab_cache *cache,
				 unsigned int dead);
bool magslab_magazine_held(const struct magslab_cache *cache, unsigned int cpu);

#endif /* MAGSLAB_ALLOC_MAGAZINE_H */
