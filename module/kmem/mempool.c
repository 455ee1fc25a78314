// SPDX-License-Identifier: GPL-2.0-only
/* What a mempool calls, for those whose objects come from a cache of magslab. */
#include <linux/export.h>
#include <linux/magslab_kmem_calls.h>

void *magslab_kmem_pool_alloc(gfp_t gfp, void *pool_data)
{
	/* As elsewhere, see magslab_kmem_gfp(): nothing is charged. */
	return magslab_alloc(pool_data, gfp & ~__GFP_ACCOUNT);
}
EXPORT_SYMBOL_GPL(magslab_kmem_pool_alloc);

void magslab_kmem_pool_free(void *object, void *pool_data)
{
	magslab_kmem_free(pool_data, object);
}
EXPORT_SYMBOL_GPL(magslab_kmem_pool_free);
