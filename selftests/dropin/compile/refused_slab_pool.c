// SPDX-License-Identifier: GPL-2.0-only
/* A cache of the kernel in a mempool of slabs. */
#include <linux/fs.h>
#include <linux/mempool.h>

static __used int refused(mempool_t *pool)
{
	struct kmem_cache *cache = NULL;

	mempool_init_slab_pool(pool, 4, cache);
	return mempool_init_slab_pool(pool, 4, names_cachep); /* incompatible */
}
