// SPDX-License-Identifier: GPL-2.0-only
/* A cache of magslab for a subsystem that allocates for its callers. */
#include <net/inet_hashtables.h>

static __used void refused(struct kmem_cache *cache,
			   struct inet_bind_bucket *bucket)
{
	inet_bind_bucket_destroy(cache, bucket); /* incompatible pointer */
}
