/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slabs: groups of pages cut into objects, on lists per node.
 *
 * A slab's descriptor is the struct page of its head page, which is ours while
 * we own the page: no memory is spent on it and it is found from any object's
 * address. The fields used:
 *
 *	lru		position on one of the lists below
 *	mapping		the tag of its cache, see tag.h
 *	index		objects free in it, see freemap.h
 *	private		free map, if it fits
 */
#ifndef MAGSLAB_ALLOC_SLAB_H
#define MAGSLAB_ALLOC_SLAB_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "alloc/leaf.h"

struct magslab_cache;

/*
 * The lists are walked for at most this many objects, and so slabs, per lock
 * acquisition: it bounds the time others wait, with interrupts off.
 */
#define SLAB_BATCH 32

/* Lists of partial slabs: by free objects in quarters, fewest first. */
#define SLAB_PARTIAL_LISTS 4

/**
 * enum magslab_slab_list - which list a slab is on
 * @MAGSLAB_SLAB_FULL: no object is free
 * @MAGSLAB_SLAB_PARTIAL: the first of the lists of those with some free
 * @MAGSLAB_SLAB_EMPTY: all are free; the slab can go back to the page allocator
 * @MAGSLAB_NR_SLAB_LISTS: how many lists there are
 *
 * Objects are taken from the fullest slabs, so that others have a chance to
 * become empty.
 */
enum magslab_slab_list {
	MAGSLAB_SLAB_FULL,
	MAGSLAB_SLAB_PARTIAL,
	MAGSLAB_SLAB_EMPTY = MAGSLAB_SLAB_PARTIAL + SLAB_PARTIAL_LISTS,
	MAGSLAB_NR_SLAB_LISTS,
};

/**
 * enum magslab_refusal - why a cache does not grow
 * @MAGSLAB_REFUSED_CONTEXT: the page allocator must not be called here
 * @MAGSLAB_REFUSED_LIMIT: the cache has all the pages that it may have
 * @MAGSLAB_REFUSED_PAGES: there are none
 */
enum magslab_refusal {
	MAGSLAB_REFUSED_CONTEXT,
	MAGSLAB_REFUSED_LIMIT,
	MAGSLAB_REFUSED_PAGES,
};

/**
 * struct magslab_slabs - the slabs of a cache on one node
 * @leaf: protects all fields but the atomic ones, and descriptors and free maps
 *	of the slabs on the lists; held for at most SLAB_BATCH objects
 * @overflow: node that the page allocator last turned to instead, or this one:
 *	where to look next, for a node that has no memory or none left
 * @lists: by enum magslab_slab_list
 * @nr: lengths of @lists
 * @empty_low: the fewest empty ones since the last interval was closed
 * @nr_free: objects free in partial and empty slabs
 * @created: slabs made
 * @destroyed: slabs given back
 * @settled: objects put by who could not have the lock, in @nr_free by now
 * @rejected: objects refused, because they could not be free or were already
 * @quarantined: slabs never to be used again
 * @uncounted: objects put by who could not have the lock, not in @nr_free yet
 * @dead: objects of quarantined slabs that are neither free nor in use
 */
struct magslab_slabs {
	struct leaf_lock leaf;
	int overflow;
	struct list_head lists[MAGSLAB_NR_SLAB_LISTS];
	unsigned long nr[MAGSLAB_NR_SLAB_LISTS];
	unsigned long empty_low;
	unsigned long nr_free;
	unsigned long created;
	unsigned long destroyed;
	unsigned long settled;
	unsigned long quarantined;
	atomic_long_t rejected;
	atomic_long_t uncounted;
	atomic_long_t dead;
};

void magslab_slabs_init(struct magslab_slabs *slabs, int nid);
unsigned int magslab_slabs_take(struct magslab_cache *cache, int nid,
				void **objects, unsigned int max);
void *magslab_slabs_take_zone(struct magslab_cache *cache, int nid, gfp_t gfp);
unsigned int magslab_slabs_grow(struct magslab_cache *cache, gfp_t gfp, int nid,
				void **objects, unsigned int max);
void magslab_slabs_put(struct magslab_cache *cache, void **objects, size_t nr);
unsigned long magslab_slabs_close_interval(struct magslab_slabs *slabs);
void magslab_slab_free(struct magslab_cache *cache, struct page *slab);
bool magslab_slabs_settle(struct magslab_cache *cache, int nid);
unsigned long magslab_slabs_trim(struct magslab_cache *cache, int nid,
				 unsigned long max_slabs);

void magslab_slabs_quarantine(struct magslab_cache *cache, struct page *slab);
void magslab_slabs_walk(struct magslab_cache *cache,
			void (*look)(struct magslab_cache *cache,
				     struct page *slab, void *arg),
			void *arg);

#endif /* MAGSLAB_ALLOC_SLAB_H */
