// SPDX-License-Identifier: GPL-2.0-only
/* A cache of magslab as an argument of a kernel function. */
#include <linux/lru_cache.h>

static __used struct lru_cache *refused(struct kmem_cache *cache)
{
	return lc_create("x", cache, 1, 1, 8, 0); /* incompatible pointer */
}
