/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written where nothing may be written, to see later whether it was. */
#ifndef MAGSLAB_SAFETY_POISON_H
#define MAGSLAB_SAFETY_POISON_H

#include <linux/string.h>

#include "alloc/cache.h"

/* Neither is a likely thing to write, nor part of a valid address. */
#define ZONE_BYTE 0xa9
#define POISON_BYTE 0x6d

static inline bool is_filled(const void *from, const void *to, u8 byte)
{
	return !memchr_inv(from, byte, to - from);
}

/* Constructed objects stay as they are, and those that RCU readers look at. */
static inline bool may_poison(const struct magslab_cache *cache)
{
	return !cache->ctor && !(cache->flags & MAGSLAB_TYPESAFE_BY_RCU);
}

static inline void poison(const struct magslab_cache *cache, void *object)
{
	if (may_poison(cache))
		memset(object + cache->layout.left, POISON_BYTE, cache->size);
}

static inline bool is_poisoned(const struct magslab_cache *cache,
			       const void *object)
{
	const void *user = object + cache->layout.left;

	return !may_poison(cache) ||
	       is_filled(user, user + cache->size, POISON_BYTE);
}

#endif /* MAGSLAB_SAFETY_POISON_H */
