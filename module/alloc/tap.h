/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taps: being told of each operation of a cache. A tapped cache shows a front
 * that is of no use, so its operations come by here, one way in and one way out;
 * caches that are not tapped pay nothing. A cache can be tapped at any time, and
 * whether or not it is watched.
 */
#ifndef MAGSLAB_ALLOC_TAP_H
#define MAGSLAB_ALLOC_TAP_H

#include <linux/gfp.h>
#include <linux/types.h>

#include "alloc/layer.h"

struct magslab_cache;

/**
 * struct magslab_tapped - what is known of an operation
 * @caller: address of the call
 * @gfp: of an allocation
 * @layer: how far it had to go; of several objects, some object of them
 * @start: what magslab_tap.clock() said before it; 0 if it was not tapped then
 * @note: for the tap, from one of its calls to the next; 0 at first
 * @remote: the same: whether what is freed is of another node
 */
struct magslab_tapped {
	unsigned long caller;
	gfp_t gfp;
	enum magslab_layer layer;
	u64 start;
	u64 note;
	bool remote;
};

/**
 * struct magslab_tap - who is told
 * @clock: tells the time, never 0
 * @allocated: called after an allocation, with what its user is about to get, or
 *	with none if it failed
 * @freeing: called before a free, with what its user gave, which may be anything
 *	if the cache is watched
 * @freed: called after it
 *
 * In any context where users call, also in NMI, within an RCU reader's section. No
 * lock of the allocator is held. They must not call it.
 */
struct magslab_tap {
	u64 (*clock)(void);
	void (*allocated)(const struct magslab_tap *tap,
			  struct magslab_cache *cache, void **objects,
			  size_t nr, struct magslab_tapped *op);
	void (*freeing)(const struct magslab_tap *tap,
			struct magslab_cache *cache, void **objects, size_t nr,
			struct magslab_tapped *op);
	void (*freed)(const struct magslab_tap *tap,
		      struct magslab_cache *cache, size_t nr,
		      struct magslab_tapped *op);
};

/**
 * magslab_tap_set - tap a cache, or stop to
 * @cache: the cache; whoever calls sees to it that it stays
 * @tap: who is told from now on, or NULL
 *
 * Context: Task. May sleep: when it returns, who was told before is told no more.
 */
void magslab_tap_set(struct magslab_cache *cache,
		     const struct magslab_tap *tap);

/* Instead of what object.c and bulk.c do. */
void *magslab_tap_alloc(struct magslab_cache *cache, gfp_t gfp, int nid,
			unsigned long caller);
void magslab_tap_free(struct magslab_cache *cache, void *address,
		      unsigned long caller);
size_t magslab_tap_take_bulk(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			     void **objects, unsigned long caller);
void magslab_tap_free_bulk(struct magslab_cache *cache, size_t nr,
			   void **objects, unsigned long caller);

#endif /* MAGSLAB_ALLOC_TAP_H */
