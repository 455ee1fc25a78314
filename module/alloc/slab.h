/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slabs: groups of pages cut into objects, on lists per node.
 *
 * A slab's descriptor is the struct page of its head page, which is ours while
 * we own the page: no memory is spent on it and it is found from any object's
 * address. The fields used:
 *
 *	lru		position on one of the lists below
 *	index		the cache, to catch objects freed to the wrong one
 *	private		free map or free count, see freemap.h
 */
#ifndef MAGSLAB_ALLOC_SLAB_H
#define MAGSLAB_ALLOC_SLAB_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct magslab_cache;

/*
 * The lists are walked for at most this many objects, and so slabs, per lock
 * acquisition: it bounds the time others wait, with interrupts off.
 */
#define SLAB_BATCH 32

/**
 * enum magslab_slab_state - which list a slab is on
 * @MAGSLAB_SLAB_PARTIAL: some objects are free
 * @MAGSLAB_SLAB_FULL: none is
 * @MAGSLAB_SLAB_EMPTY: all are; the slab can go back to the page allocator
 * @MAGSLAB_NR_SLAB_STATES: how many there are
 */
enum magslab_slab_state {
	MAGSLAB_SLAB_PARTIAL,
	MAGSLAB_SLAB_FULL,
	MAGSLAB_SLAB_EMPTY,
	MAGSLAB_NR_SLAB_STATES,
};

/**
 * struct magslab_slabs - the slabs of a cache on one node
 * @lock: protects all other fields, and descriptors and free maps of the slabs
 *	on the lists. Raw, so that hardirq context may take it on PREEMPT_RT
 *	too; interrupts are off while it is held, and it is held for at most
 *	SLAB_BATCH objects.
 * @overflow: node that the page allocator last turned to instead, or this one:
 *	where to look next, for a node that has no memory or none left
 * @lists: by state
 * @nr: lengths of @lists
 * @nr_free: objects free in partial and empty slabs
 * @locked: times @lock was taken
 * @created: slabs made
 * @destroyed: slabs given back
 * @rejected: objects refused, because they could not be free or were already
 */
struct magslab_slabs {
	raw_spinlock_t lock;
	int overflow;
	struct list_head lists[MAGSLAB_NR_SLAB_STATES];
	unsigned long nr[MAGSLAB_NR_SLAB_STATES];
	unsigned long nr_free;
	unsigned long locked;
	unsigned long created;
	unsigned long destroyed;
	unsigned long rejected;
};

void magslab_slabs_init(struct magslab_slabs *slabs, int nid);
unsigned int magslab_slabs_take(struct magslab_cache *cache, int nid,
				void **objects, unsigned int max);
void *magslab_slabs_take_zone(struct magslab_cache *cache, int nid, gfp_t gfp);
unsigned int magslab_slabs_grow(struct magslab_cache *cache, gfp_t gfp, int nid,
				void **objects, unsigned int max);
void magslab_slabs_put(struct magslab_cache *cache, void **objects, size_t nr);
unsigned long magslab_slabs_trim(struct magslab_cache *cache, int nid,
				 unsigned long max_slabs);

#endif /* MAGSLAB_ALLOC_SLAB_H */
