/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What magslab.ko offers to modules compiled with magslab_kmem.h, which gives
 * these functions the names of the kernel's. By themselves they are for those
 * who free memory of both allocators, and forgot which is which.
 */
#ifndef _LINUX_MAGSLAB_KMEM_CALLS_H
#define _LINUX_MAGSLAB_KMEM_CALLS_H

#include <linux/magslab.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/types.h>

struct rcu_head;

/**
 * magslab_kmem_create - make a cache by the rules of kmem_cache_create()
 * @name: any. What magslab does not take in a name becomes '_', what is too
 *	long is cut, and one that exists already gets a number: foo.2
 * @size: object size in bytes, up to %MAGSLAB_MAX_SIZE. At least 8 are taken.
 * @align: object alignment in bytes, up to PAGE_SIZE. At least 8 are taken.
 * @flags: SLAB_*. %SLAB_CACHE_DMA and %SLAB_CACHE_DMA32 are refused. Ignored
 *	are %SLAB_ACCOUNT, %SLAB_RECLAIM_ACCOUNT and what is for SLUB's
 *	debugging.
 * @ctor: as for magslab_cache_create()
 *
 * What goes wrong is in the kernel log; with %SLAB_PANIC it stops the machine.
 *
 * Context: As magslab_cache_create().
 * Return: the cache, or NULL.
 */
struct magslab_cache *magslab_kmem_create(const char *name, unsigned int size,
					  unsigned int align,
					  slab_flags_t flags,
					  void (*ctor)(void *object));

/**
 * magslab_kmem_destroy - destroy a cache when its last object is free
 * @cache: the cache, or NULL
 *
 * Waits for what was given to magslab_kmem_free_rcu().
 *
 * Context: As magslab_cache_destroy().
 */
void magslab_kmem_destroy(struct magslab_cache *cache);

/**
 * magslab_kmem_free - free one object, even if its cache is another
 * @cache: the cache it should be from
 * @object: the object, or NULL, which does nothing
 *
 * An object from elsewhere, of either allocator, is reported and freed there.
 *
 * Context: As magslab_free().
 */
void magslab_kmem_free(struct magslab_cache *cache, void *object);

/**
 * magslab_kmem_free_bulk - free several objects
 * @cache: the cache they came from, or NULL: then each may be any memory of
 *	either allocator
 * @nr: number of objects
 * @objects: @nr pointers, none of them NULL
 *
 * Context: As magslab_free().
 */
void magslab_kmem_free_bulk(struct magslab_cache *cache, size_t nr,
			    void **objects);

/**
 * magslab_kmem_kfree - free memory of either allocator
 * @p: memory of magslab, or what kfree() takes
 *
 * Context: As magslab_free() and kfree().
 */
void magslab_kmem_kfree(const void *p);

/**
 * magslab_kmem_kfree_sensitive - zero memory of either allocator and free it
 * @p: memory of magslab, or what kfree_sensitive() takes
 *
 * Context: As magslab_free() and kfree_sensitive().
 */
void magslab_kmem_kfree_sensitive(const void *p);

/**
 * magslab_kmem_kfree_const - free memory of either allocator, or constant data
 * @p: memory of magslab, or what kfree_const() takes
 *
 * Context: As magslab_free() and kfree_const().
 */
void magslab_kmem_kfree_const(const void *p);

/**
 * magslab_kmem_kfree_link - free the target of a symbolic link
 * @p: memory of magslab, or what kfree_link() takes
 *
 * Context: As magslab_free() and kfree().
 */
void magslab_kmem_kfree_link(void *p);

/**
 * magslab_kmem_kvfree - free memory of either allocator, or of vmalloc()
 * @p: memory of magslab, or what kvfree() takes
 *
 * Context: As magslab_free() and kvfree().
 */
void magslab_kmem_kvfree(const void *p);

/**
 * magslab_kmem_kvfree_sensitive - the same, and zero it first
 * @p: memory of magslab, or what kvfree_sensitive() takes
 * @len: bytes to zero
 *
 * Context: As magslab_free() and kvfree_sensitive().
 */
void magslab_kmem_kvfree_sensitive(const void *p, size_t len);

/**
 * magslab_kmem_ksize - how much memory of either allocator there is
 * @p: memory of magslab, or what ksize() takes
 *
 * Context: Any.
 * Return: bytes.
 */
size_t magslab_kmem_ksize(const void *p);

/**
 * magslab_kmem_free_rcu - free memory after a grace period, if it is magslab's
 * @head: in the memory, or NULL in task context where it may sleep
 * @arg: what kvfree_call_rcu() is called with: the memory's address, or before
 *	6.12 the distance of @head from it
 *
 * Context: As magslab_free().
 * Return: false if it is not, and nothing was done.
 */
bool magslab_kmem_free_rcu(struct rcu_head *head, unsigned long arg);

/**
 * magslab_kmem_krealloc - give memory of either allocator another size
 * @p: memory of magslab, or what krealloc() takes
 * @size: bytes
 * @gfp: as for krealloc()
 *
 * It stays with its allocator. What was none before becomes magslab's.
 *
 * Context: As magslab_kmalloc() and krealloc().
 * Return: As krealloc().
 */
void *magslab_kmem_krealloc(const void *p, size_t size, gfp_t gfp)
	__realloc_size(2) __must_check;

/**
 * magslab_kmem_krealloc_array - give an array of either allocator another size
 * @p: as for magslab_kmem_krealloc()
 * @n: number of elements from now on
 * @size: bytes of one
 * @gfp: as for krealloc()
 *
 * Context: As magslab_kmem_krealloc().
 * Return: As krealloc(), and NULL when there is no such large array.
 */
static inline __realloc_size(2, 3) void *__must_check
	magslab_kmem_krealloc_array(const void *p, size_t n, size_t size,
				    gfp_t gfp)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return magslab_kmem_krealloc(p, bytes, gfp);
}

/**
 * magslab_kmem_pool_alloc - allocate an object for a mempool
 * @gfp: as for magslab_alloc()
 * @pool_data: the cache
 *
 * Context: As magslab_alloc().
 * Return: the object, or NULL.
 */
void *magslab_kmem_pool_alloc(gfp_t gfp, void *pool_data);

/**
 * magslab_kmem_pool_free - free an object of a mempool
 * @object: the object
 * @pool_data: the cache it came from
 *
 * Context: As magslab_free().
 */
void magslab_kmem_pool_free(void *object, void *pool_data);

#endif /* _LINUX_MAGSLAB_KMEM_CALLS_H */
