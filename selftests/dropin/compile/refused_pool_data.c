// SPDX-License-Identifier: GPL-2.0-only
/* A cache of the kernel as data of a mempool, where it would lose its type. */
#include <linux/fs.h>
#include <linux/mempool.h>

static __used mempool_t *refused(void)
{
	return mempool_create(4, mempool_alloc_slab, /* kernel in a mempool */
			      mempool_free_slab, names_cachep);
}
