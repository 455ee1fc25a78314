// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever has the name of the kernel's here must be magslab's: this object
 * imports nothing from the kernel's allocator.
 */
#include <linux/fs.h>
#include <linux/mempool.h>
#include <linux/slab.h>

struct thing {
	struct rcu_head rcu;
	char user[16];
};

/* As they are handed to others, and with the types that those declare. */
static __used const struct {
	void (*free)(const void *p);
	void (*free_link)(void *p);
	void (*free_object)(struct kmem_cache *cache, void *object);
	void (*destroy)(struct kmem_cache *cache);
	void *(*alloc)(struct kmem_cache *cache, gfp_t gfp);
	mempool_alloc_t *pool_alloc;
	mempool_free_t *pool_free;
} callbacks[] = {
	{ kfree, kfree_link, kmem_cache_free, kmem_cache_destroy,
	  kmem_cache_alloc, mempool_alloc_slab, mempool_free_slab },
	{ kvfree, kfree_link, kmem_cache_free, kmem_cache_destroy,
	  kmem_cache_zalloc, mempool_alloc_slab, mempool_free_slab },
	{ kfree_sensitive, kfree_link, kmem_cache_free, kmem_cache_destroy,
	  kmem_cache_alloc, mempool_alloc_slab, mempool_free_slab },
	{ kfree_const, kfree_link, kmem_cache_free, kmem_cache_destroy,
	  kmem_cache_alloc, mempool_alloc_slab, mempool_free_slab },
};

static __used void create(struct kmem_cache **caches, void (*ctor)(void *))
{
	*caches++ = kmem_cache_create("control", 24, 8, SLAB_PANIC, ctor);
	*caches++ = kmem_cache_create("control", 24, 0, 0, NULL);
	*caches++ = kmem_cache_create_usercopy("control", 24, 8, 0, 8, 8, ctor);
	*caches++ = KMEM_CACHE(thing, SLAB_ACCOUNT | SLAB_RECLAIM_ACCOUNT);
	*caches++ = KMEM_CACHE_USERCOPY(thing, SLAB_HWCACHE_ALIGN, user);
}

static __used void allocate(struct kmem_cache *const cache, void **objects,
			    struct list_lru *lru, struct super_block *sb)
{
	*objects++ = kmem_cache_alloc(cache, GFP_KERNEL);
	*objects++ = kmem_cache_alloc_lru(cache, lru, GFP_KERNEL);
	*objects++ = kmem_cache_alloc_node(cache, GFP_KERNEL, 0);
	*objects++ = kmem_cache_zalloc(cache, GFP_KERNEL);
	*objects++ = alloc_inode_sb(sb, cache, GFP_KERNEL);
	kmem_cache_alloc_bulk(cache, GFP_KERNEL, 4, objects);
}

static __used void free_all(struct kmem_cache *cache, void **objects)
{
	kmem_cache_free(cache, *objects++);
	kmem_cache_free_bulk(cache, 2, objects);
	kfree_bulk(2, objects);
	kfree(*objects++);
	kfree_const(*objects++);
	kfree_link(*objects++);
	kfree_sensitive(*objects++);
	kvfree(*objects++);
	kvfree_sensitive(*objects, ksize(*objects));
}

static __used void cleanup(void *p, void *q)
{
	void *first __free(kfree) = p;
	void *second __free(kvfree) = q;
}

static __used void pools(mempool_t *pool, struct kmem_cache *cache)
{
	mempool_init_slab_pool(pool, 4, cache);
	mempool_init_node(pool, 4, mempool_alloc_slab, mempool_free_slab, cache,
			  GFP_KERNEL, 0);
	mempool_create_node(4, mempool_alloc_slab, mempool_free_slab, cache,
			    GFP_KERNEL, 0);
	mempool_create_slab_pool(4, cache);
	mempool_create(4, mempool_alloc_slab, mempool_free_slab, cache);
	mempool_init(pool, 4, mempool_alloc_slab, mempool_free_slab, cache);
}

static __used unsigned int destroy(struct kmem_cache *cache)
{
	unsigned int size = kmem_cache_size(cache);

	kmem_cache_shrink(cache);
	kmem_cache_destroy(cache);
	return size;
}
