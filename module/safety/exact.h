/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The allocator zeroes whole words. What is right behind an object is not to be
 * written to where somebody looks after it; so then it zeroes as many words as
 * there are, and the rest is zeroed here.
 */
#ifndef MAGSLAB_SAFETY_EXACT_H
#define MAGSLAB_SAFETY_EXACT_H

#include <linux/math.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "alloc/cache.h"

/* Of a cache that is being made. */
static inline void exact_init(struct magslab_cache *cache)
{
	if (cache->zero_size)
		cache->zero_size = round_down(cache->size, sizeof(long));
	if (cache->face.zero_size)
		cache->face.zero_size = cache->zero_size;
}

/*
 * Of an object on its way to a user. Done without being asked for: of an object
 * set aside, that may come later.
 */
static inline void exact_zero_rest(const struct magslab_cache *cache,
				   void *user, gfp_t gfp)
{
	unsigned int words = cache->zero_size;

	if (likely(!words || words == cache->size))
		return;
	if (cache->face.zero_size || gfp & __GFP_ZERO)
		memset(user + words, 0, cache->size - words);
}

/* Of an object that comes back: who takes it back zeroes it, not the allocator. */
static inline void exact_zero_freed(const struct magslab_cache *cache,
				    void *user)
{
	if (want_init_on_free() && cache->face.zero_size)
		memset(user, 0, cache->size);
}

#endif /* MAGSLAB_SAFETY_EXACT_H */
