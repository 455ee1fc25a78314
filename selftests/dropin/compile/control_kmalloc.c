// SPDX-License-Identifier: GPL-2.0-only
/* The same with MAGSLAB_KMEM_KMALLOC. */
#include <linux/dma-fence-chain.h>
#include <linux/mempool.h>
#include <linux/slab.h>
#include <linux/string.h>

static __used void *(*const callback)(size_t size, gfp_t gfp) = kmalloc;

static __used void memory(void **p, size_t size)
{
	*p++ = kmalloc(size, GFP_KERNEL);
	*p++ = kmalloc(64, GFP_KERNEL);
	*p++ = kzalloc(size, GFP_KERNEL);
	*p++ = kmalloc_node(size, GFP_KERNEL, 0);
	*p++ = kzalloc_node(size, GFP_KERNEL, 0);
	*p++ = kmalloc_track_caller(size, GFP_KERNEL);
	*p++ = kmalloc_node_track_caller(size, GFP_KERNEL, 0);
	*p = krealloc(*p, kmalloc_size_roundup(size), GFP_KERNEL);
}

static __used void arrays(void **p, size_t n, size_t size)
{
	*p++ = kmalloc_array(n, size, GFP_KERNEL);
	*p++ = kmalloc_array_node(n, size, GFP_KERNEL, 0);
	*p++ = kcalloc(n, size, GFP_KERNEL);
	*p++ = kcalloc_node(n, size, GFP_KERNEL, 0);
	*p = krealloc_array(*p, n, size, GFP_KERNEL);
}

static __used void copies(void **p, const char *s, size_t n)
{
	*p++ = kmemdup(s, n, GFP_KERNEL);
	*p++ = kmemdup_nul(s, n, GFP_KERNEL);
	*p++ = kstrdup(s, GFP_KERNEL);
	*p++ = kstrndup(s, n, GFP_KERNEL);
}

static __used void pools(mempool_t *pool, size_t size)
{
	mempool_init_kmalloc_pool(pool, 4, size);
	mempool_create_kmalloc_pool(4, size);
	mempool_create(4, mempool_kmalloc, mempool_kfree, (void *)size);
}
