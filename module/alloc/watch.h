/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching the objects of a cache: the way out of the allocator for rooms that
 * look at each object, or want it marked. The front of a watched cache is
 * closed, so each operation comes by here; others pay nothing.
 */
#ifndef MAGSLAB_ALLOC_WATCH_H
#define MAGSLAB_ALLOC_WATCH_H

#include <linux/gfp.h>

struct magslab_cache;

/**
 * struct magslab_watch - how the objects of a cache are watched
 * @hand_out: called with a free object on its way to a user. Returns what the
 *	user gets, zeroed thereafter if that is asked for, or NULL to fail, and
 *	then the object is its.
 * @take_back: called with whatever a user gave to magslab_free(), before
 *	anything looks at it. Returns the object to put into a magazine, or NULL
 *	if there is none: it was refused, or is kept for later.
 *
 * Both are called in any context, with the address of the call as @caller, and
 * hold no lock of the allocator.
 */
struct magslab_watch {
	void *(*hand_out)(struct magslab_cache *cache, void *object, gfp_t gfp,
			  unsigned long caller);
	void *(*take_back)(struct magslab_cache *cache, void *object,
			   unsigned long caller);
};

void magslab_put_back(struct magslab_cache *cache, void *object);

#endif /* MAGSLAB_ALLOC_WATCH_H */
