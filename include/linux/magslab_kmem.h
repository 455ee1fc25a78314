/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmem_cache on magslab, for modules that do not know of it.
 *
 *	make -C KERNEL M=... \
 *		KCFLAGS="-I.../include -include linux/magslab_kmem.h"
 *
 * In a module that is compiled so, struct kmem_cache means struct magslab_cache
 * and kmem_cache_create() and its family are magslab's. With
 * -DMAGSLAB_KMEM_KMALLOC kmalloc() and its family are as well, see
 * magslab_kmem_kmalloc.h. Documentation/dropin.rst tells which modules that is
 * for, and what is different.
 *
 * To the kernel struct kmem_cache stays what it was. So a cache of magslab that
 * is handed to kernel code by its type does not compile. What has no type is
 * caught by name: mempools, callbacks, cleanup classes and kfree_rcu() find
 * here what suits both allocators. Whatever comes to a free in the module goes
 * back where it came from.
 *
 * Limitations
 *  1. Objects are not charged to memory cgroups, whatever SLAB_ACCOUNT and
 *     __GFP_ACCOUNT say, and regions for user copies are not enforced.
 *  2. SLAB_CACHE_DMA and SLAB_CACHE_DMA32 are refused. SLAB_RECLAIM_ACCOUNT and
 *     what only SLUB's debugging knows are ignored, but for SLAB_NOLEAKTRACE.
 *  3. The kernel's headers are read before the module's first line. A file that
 *     defines pr_fmt() gets a warning, which -DMAGSLAB_KMEM_OWN_PR_FMT stops
 *     for modules where each file does; one that defines DEBUG has its
 *     pr_debug() off until dynamic debug turns it on.
 */
#if !defined(_LINUX_MAGSLAB_KMEM_H) && !defined(__ASSEMBLY__)
#define _LINUX_MAGSLAB_KMEM_H

#include <linux/magslab.h>
#include <linux/magslab_kmem_calls.h>
#include <linux/magslab_kmem_headers.h>

#ifdef MAGSLAB_KMEM_OWN_PR_FMT
#undef pr_fmt
#endif

/* The kernel's own struct kmem_cache, when that name means another. */
#define magslab_kmem_slub typeof(*names_cachep)

/*
 * === What replaces the kernel's functions ===
 */

static inline struct magslab_cache *
magslab_kmem_create_usercopy(const char *name, unsigned int size,
			     unsigned int align, slab_flags_t flags,
			     unsigned int useroffset, unsigned int usersize,
			     void (*ctor)(void *object))
{
	return magslab_kmem_create(name, size, align, flags, ctor);
}

static inline int magslab_kmem_shrink(struct magslab_cache *cache)
{
	magslab_cache_shrink(cache);
	return magslab_cache_pages(cache) != 0;
}

static inline unsigned int magslab_kmem_size(struct magslab_cache *cache)
{
	return magslab_cache_size(cache);
}

/*
 * Objects that lie on lists per memory cgroup must not be in pages charged to
 * one: the kernel looks for a list of that cgroup, and only its own allocator
 * makes one. Which caches have such objects is not known when they are made, so
 * none is charged.
 */
static inline gfp_t magslab_kmem_gfp(gfp_t gfp)
{
	return gfp & ~__GFP_ACCOUNT;
}

static inline void *magslab_kmem_alloc(struct magslab_cache *cache, gfp_t gfp)
{
	return magslab_alloc(cache, magslab_kmem_gfp(gfp));
}

static inline void *magslab_kmem_alloc_node(struct magslab_cache *cache,
					    gfp_t gfp, int nid)
{
	return magslab_alloc_node(cache, magslab_kmem_gfp(gfp), nid);
}

static inline void *magslab_kmem_alloc_lru(struct magslab_cache *cache,
					   struct list_lru *lru, gfp_t gfp)
{
	return magslab_alloc(cache, magslab_kmem_gfp(gfp));
}

static inline void *magslab_kmem_zalloc(struct magslab_cache *cache, gfp_t gfp)
{
	return magslab_zalloc(cache, magslab_kmem_gfp(gfp));
}

static inline int magslab_kmem_alloc_bulk(struct magslab_cache *cache,
					  gfp_t gfp, size_t nr, void **objects)
{
	return magslab_alloc_bulk(cache, magslab_kmem_gfp(gfp), nr, objects);
}

static inline void magslab_kmem_kfree_bulk(size_t nr, void **objects)
{
	magslab_kmem_free_bulk(NULL, nr, objects);
}

/* Cleanup classes get the address of the variable that goes out of scope. */
static inline void magslab_kmem_cleanup_kfree(void *variable)
{
	void *p = *(void **)variable;

	if (!IS_ERR_OR_NULL(p))
		magslab_kmem_kfree(p);
}

static inline void magslab_kmem_cleanup_kvfree(void *variable)
{
	void *p = *(void **)variable;

	if (!IS_ERR_OR_NULL(p))
		magslab_kmem_kvfree(p);
}

/*
 * === The kernel's caches ===
 *
 * Some may be used by modules, like that of __getname(). The compiler tells
 * them by their type.
 */

static inline void *magslab_kmem_slub_alloc(magslab_kmem_slub *cache, gfp_t gfp)
{
	return kmem_cache_alloc(cache, gfp);
}

static inline void *magslab_kmem_slub_alloc_node(magslab_kmem_slub *cache,
						 gfp_t gfp, int nid)
{
	return kmem_cache_alloc_node(cache, gfp, nid);
}

static inline void *magslab_kmem_slub_zalloc(magslab_kmem_slub *cache,
					     gfp_t gfp)
{
	return kmem_cache_zalloc(cache, gfp);
}

static inline void magslab_kmem_slub_free(magslab_kmem_slub *cache,
					  void *object)
{
	kmem_cache_free(cache, object);
}

/* One of two values, by the type of a third. */
#define magslab_kmem_if_type(value, type, then, otherwise) \
	_Generic((value), type : then, default : otherwise)

/* A call of one of two functions, by the type of the cache. */
#define magslab_kmem_call(slub, ours, cache, ...)                          \
	({                                                                 \
		__auto_type __magslab = (cache);                           \
		magslab_kmem_if_type(__magslab, magslab_kmem_slub *, slub, \
				     ours)(__magslab, ##__VA_ARGS__);      \
	})

#define magslab_kmem_alloc(cache, gfp)                                        \
	magslab_kmem_call(magslab_kmem_slub_alloc, magslab_kmem_alloc, cache, \
			  gfp)
#define magslab_kmem_alloc_node(cache, gfp, nid)        \
	magslab_kmem_call(magslab_kmem_slub_alloc_node, \
			  magslab_kmem_alloc_node, cache, gfp, nid)
#define magslab_kmem_zalloc(cache, gfp)                                  \
	magslab_kmem_call(magslab_kmem_slub_zalloc, magslab_kmem_zalloc, \
			  cache, gfp)
#define magslab_kmem_free(cache, object)                                    \
	magslab_kmem_call(magslab_kmem_slub_free, magslab_kmem_free, cache, \
			  object)

/*
 * === Mempools ===
 *
 * Their data has no type, so it is looked at before it loses it.
 */

void *magslab_kmem_slub_in_pool(void)
	__compiletime_error("a cache of the kernel in a mempool of magslab");

#define magslab_kmem_pool_data(data)                                          \
	({                                                                    \
		__auto_type __magslab = (data);                               \
		magslab_kmem_if_type(__magslab, magslab_kmem_slub *,          \
				     magslab_kmem_slub_in_pool(), __magslab); \
	})

static inline int magslab_kmem_pool_init(mempool_t *pool, int min_nr,
					 struct magslab_cache *cache)
{
	return mempool_init(pool, min_nr, magslab_kmem_pool_alloc,
			    magslab_kmem_pool_free, cache);
}

static inline mempool_t *magslab_kmem_pool_create(int min_nr,
						  struct magslab_cache *cache)
{
	return mempool_create(min_nr, magslab_kmem_pool_alloc,
			      magslab_kmem_pool_free, cache);
}

/* Functions of the kernel that the macros below must be able to name. */
static inline int magslab_kmem_mempool_init(mempool_t *pool, int min_nr,
					    mempool_alloc_t *alloc,
					    mempool_free_t *free, void *data,
					    gfp_t gfp, int nid)
{
	return mempool_init_node(pool, min_nr, alloc, free, data, gfp, nid);
}

static inline mempool_t *magslab_kmem_mempool_create(int min_nr,
						     mempool_alloc_t *alloc,
						     mempool_free_t *free,
						     void *data, gfp_t gfp,
						     int nid)
{
	return mempool_create_node(min_nr, alloc, free, data, gfp, nid);
}

#undef mempool_init_node
#define mempool_init_node(pool, min_nr, alloc, free, data, gfp, nid) \
	magslab_kmem_mempool_init(pool, min_nr, alloc, free,         \
				  magslab_kmem_pool_data(data), gfp, nid)
#undef mempool_create_node
#define mempool_create_node(min_nr, alloc, free, data, gfp, nid) \
	magslab_kmem_mempool_create(min_nr, alloc, free,         \
				    magslab_kmem_pool_data(data), gfp, nid)
#undef mempool_init
#define mempool_init(pool, min_nr, alloc, free, data)                  \
	mempool_init_node(pool, min_nr, alloc, free, data, GFP_KERNEL, \
			  NUMA_NO_NODE)
#undef mempool_create
#define mempool_create(min_nr, alloc, free, data) \
	mempool_create_node(min_nr, alloc, free, data, GFP_KERNEL, NUMA_NO_NODE)
#define mempool_alloc_slab magslab_kmem_pool_alloc
#define mempool_free_slab magslab_kmem_pool_free
#undef mempool_init_slab_pool
#define mempool_init_slab_pool magslab_kmem_pool_init
#undef mempool_create_slab_pool
#define mempool_create_slab_pool magslab_kmem_pool_create

/*
 * === Creation ===
 */

/* Where it is a macro, rare arguments may come in a struct, or not at all. */
#ifdef kmem_cache_create
static inline struct magslab_cache *
magslab_kmem_create_args(const char *name, unsigned int size,
			 struct kmem_cache_args *args, slab_flags_t flags)
{
	return magslab_kmem_create(name, size, args ? args->align : 0, flags,
				   args ? args->ctor : NULL);
}

#undef kmem_cache_create
#define kmem_cache_create(name, size, args, ...)                       \
	({                                                             \
		__auto_type __magslab = (args);                        \
		magslab_kmem_if_type(                                  \
			__magslab, struct kmem_cache_args *,           \
			magslab_kmem_create_args,                      \
			magslab_kmem_if_type(__magslab, void *,        \
					     magslab_kmem_create_args, \
					     magslab_kmem_create))(    \
			name, size, __magslab, __VA_ARGS__);           \
	})
#define __kmem_cache_create_args magslab_kmem_create_args

static inline bool magslab_kmem_charge(void *object, gfp_t gfp)
{
	return magslab_cache_of(object) || kmem_cache_charge(object, gfp);
}

#define kmem_cache_charge magslab_kmem_charge
#else
#define kmem_cache_create magslab_kmem_create
#endif

#define kmem_cache_create_usercopy magslab_kmem_create_usercopy

/*
 * === The names ===
 *
 * Without arguments, so that they hold for function pointers too.
 */

#define kmem_cache magslab_cache

#define kmem_cache_destroy magslab_kmem_destroy
#define kmem_cache_shrink magslab_kmem_shrink
#define kmem_cache_size magslab_kmem_size

#undef kmem_cache_alloc
#define kmem_cache_alloc magslab_kmem_alloc
#undef kmem_cache_alloc_lru
#define kmem_cache_alloc_lru magslab_kmem_alloc_lru
#undef kmem_cache_alloc_node
#define kmem_cache_alloc_node magslab_kmem_alloc_node
#undef kmem_cache_zalloc
#define kmem_cache_zalloc magslab_kmem_zalloc
#undef kmem_cache_alloc_bulk
#define kmem_cache_alloc_bulk magslab_kmem_alloc_bulk
#define kmem_cache_free magslab_kmem_free
#define kmem_cache_free_bulk magslab_kmem_free_bulk

#undef alloc_inode_sb
#define alloc_inode_sb(sb, cache, gfp) \
	magslab_kmem_alloc_lru(cache, &(sb)->s_inode_lru, gfp)

#define kfree magslab_kmem_kfree
#define kfree_bulk magslab_kmem_kfree_bulk
#define kfree_const magslab_kmem_kfree_const
#define kfree_link magslab_kmem_kfree_link
#define kfree_sensitive magslab_kmem_kfree_sensitive
#define kvfree magslab_kmem_kvfree
#define kvfree_sensitive magslab_kmem_kvfree_sensitive
#define ksize magslab_kmem_ksize

/* The names that __free(kfree) and __free(kvfree) are made into. */
#define __free_kfree magslab_kmem_cleanup_kfree
#define __free_kvfree magslab_kmem_cleanup_kvfree

/*
 * What kfree_rcu() and its relatives come to. The second argument is the
 * pointer, or before 6.12 how far behind it the head is.
 */
static inline void magslab_kmem_call_rcu(struct rcu_head *head,
					 unsigned long arg)
{
	if (!magslab_kmem_free_rcu(head, arg))
		kvfree_call_rcu(head, (void *)arg);
}

#define kvfree_call_rcu(head, arg) \
	magslab_kmem_call_rcu(head, (unsigned long)(arg))

#ifdef MAGSLAB_KMEM_KMALLOC
#include <linux/magslab_kmem_kmalloc.h>
#endif

#endif /* _LINUX_MAGSLAB_KMEM_H */
