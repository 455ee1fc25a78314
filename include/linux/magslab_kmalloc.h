/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * magslab_kmalloc: memory of any size, by the rules of kmalloc().
 *
 * Behind it are caches of magslab, one for each class of sizes, made when the
 * module is loaded: 8 to 64 bytes in steps of 8, then four for each doubling up
 * to %MAGSLAB_KMALLOC_MAX_CACHED. A request takes an object of the smallest
 * class that it fits into, so of at most a quarter more than it asked for if it
 * is larger than 64 bytes. Larger requests get pages of their own.
 *
 * When it fits: sizes that are known at run time only, or too few objects of
 * one size for a cache of their own. A constant size costs what magslab_alloc()
 * costs.
 *
 * The address of @size bytes is aligned to the largest power of two that
 * divides @size, up to PAGE_SIZE, and to 8 bytes at least. So it is with
 * kmalloc() since 6.12, and before for powers of two.
 *
 * Limitations
 *  1. Those of magslab.h hold for sizes up to %MAGSLAB_KMALLOC_MAX_CACHED.
 *  2. Larger sizes are had where the cache of a smaller one could grow: never
 *     in hardirq context, nor on PREEMPT_RT where preemption or interrupts are
 *     off, nor without a reclaim bit. They are rounded up to a power of two
 *     pages. %__GFP_NOFAIL does nothing for them.
 *  3. %__GFP_ACCOUNT charges what is taken from the page allocator for the
 *     call, not the object: classes are shared by those who are charged and
 *     those who are not. Large memory is charged exactly.
 *  4. %__GFP_RECLAIMABLE is taken for granted and ignored.
 *  5. Memory of one allocator is not memory of the other: kfree() must not see
 *     what comes from here, nor magslab_kfree() what comes from kmalloc(). The
 *     latter is reported and refused.
 */
#ifndef _LINUX_MAGSLAB_KMALLOC_H
#define _LINUX_MAGSLAB_KMALLOC_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/magslab.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

/* The largest size that comes from a cache, in bytes. */
#define MAGSLAB_KMALLOC_MAX_CACHED 8192

/* 8 classes up to 64 bytes, 4 for each of the 7 doublings that follow. */
#define MAGSLAB_KMALLOC_CLASSES (8 + 4 * 7)

/* By class. Constant while the module is loaded. */
extern struct magslab_cache *magslab_kmalloc_caches[MAGSLAB_KMALLOC_CLASSES];

/**
 * magslab_kmalloc_class - the class of a size
 * @size: 1 to %MAGSLAB_KMALLOC_MAX_CACHED bytes
 *
 * Above 64 bytes a class is told by the three highest bits of @size - 1: the
 * position of the first, and the two that follow.
 *
 * Return: index into magslab_kmalloc_caches.
 */
static __always_inline unsigned int magslab_kmalloc_class(size_t size)
{
	unsigned int high;

	/* The mask is for sparse, which looks at 0 where nobody gets with it. */
	if (size <= 64)
		return ((size - 1) & 63) / 8;
	high = ilog2(size - 1);
	return 4 * high + ((size - 1) >> (high - 2)) - 20;
}

void *__magslab_kmalloc(size_t size, gfp_t gfp) __alloc_size(1);

/**
 * magslab_kmalloc - allocate memory
 * @size: bytes. 0 gets %ZERO_SIZE_PTR, which may be freed and not be looked at.
 * @gfp: as for kmalloc(). %__GFP_NOFAIL never returns NULL for up to
 *	%MAGSLAB_KMALLOC_MAX_CACHED bytes, where a cache may grow.
 *
 * More than the page allocator can give is NULL, after the warning that
 * kmalloc() gives too, unless @gfp has %__GFP_NOWARN.
 *
 * Context: As magslab_alloc(). Sleeps only if @gfp allows it.
 * Return: the memory, or NULL.
 */
static __always_inline __alloc_size(1) void *magslab_kmalloc(size_t size,
							     gfp_t gfp)
{
	unsigned int index;

	if (!__builtin_constant_p(size) || !size || gfp & __GFP_NOFAIL ||
	    size > MAGSLAB_KMALLOC_MAX_CACHED)
		return __magslab_kmalloc(size, gfp);
	index = magslab_kmalloc_class(size);
	return magslab_alloc(magslab_kmalloc_caches[index], gfp);
}

/**
 * magslab_kmalloc_node - allocate memory of a node
 * @size: bytes, as for magslab_kmalloc()
 * @gfp: as for magslab_kmalloc(). %__GFP_THISNODE allows no other node.
 * @nid: the preferred node, or %NUMA_NO_NODE for that of the running CPU
 *
 * Another node than that of the running CPU costs a lock, as it does with
 * magslab_alloc_node().
 *
 * Context: As magslab_kmalloc().
 * Return: the memory, or NULL.
 */
void *magslab_kmalloc_node(size_t size, gfp_t gfp, int nid) __alloc_size(1);

/**
 * magslab_kzalloc - allocate zeroed memory
 * @size: bytes, as for magslab_kmalloc()
 * @gfp: as for magslab_kmalloc()
 *
 * All that magslab_ksize() tells is zero.
 *
 * Context: As magslab_kmalloc().
 * Return: the memory, or NULL.
 */
static __always_inline __alloc_size(1) void *magslab_kzalloc(size_t size,
							     gfp_t gfp)
{
	return magslab_kmalloc(size, gfp | __GFP_ZERO);
}

/**
 * magslab_kmalloc_array - allocate memory for an array
 * @n: number of elements
 * @size: bytes of one
 * @gfp: as for magslab_kmalloc()
 *
 * Context: As magslab_kmalloc().
 * Return: the memory, or NULL, also when there is no such large array.
 */
static __always_inline
	__alloc_size(1, 2) void *magslab_kmalloc_array(size_t n, size_t size,
						       gfp_t gfp)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return magslab_kmalloc(bytes, gfp);
}

/**
 * magslab_kcalloc - allocate zeroed memory for an array
 * @n: number of elements
 * @size: bytes of one
 * @gfp: as for magslab_kmalloc()
 *
 * Context: As magslab_kmalloc().
 * Return: the memory, or NULL, also when there is no such large array.
 */
static __always_inline __alloc_size(1, 2) void *magslab_kcalloc(size_t n,
								size_t size,
								gfp_t gfp)
{
	return magslab_kmalloc_array(n, size, gfp | __GFP_ZERO);
}

/**
 * magslab_krealloc - give memory another size
 * @p: the memory, or NULL or %ZERO_SIZE_PTR, for which new memory is allocated
 * @size: bytes. 0 frees @p.
 * @gfp: as for magslab_kmalloc()
 *
 * What is in @p is kept, up to the smaller of both sizes. Memory that is large
 * enough stays where it is, however much larger.
 *
 * %__GFP_ZERO zeroes what is beyond @size, or beyond what was in @p; but how
 * much was asked for of the memory in @p is not known here, only how much there
 * is. So all that is added over time is zero only if each call for this memory
 * had %__GFP_ZERO, from the first on.
 *
 * Context: As magslab_kmalloc().
 * Return: the memory; %ZERO_SIZE_PTR for @size 0; or NULL, and then @p is as it
 * was.
 */
void *magslab_krealloc(const void *p, size_t size, gfp_t gfp)
	__realloc_size(2) __must_check;

/**
 * magslab_krealloc_array - give an array another size
 * @p: as for magslab_krealloc()
 * @n: number of elements from now on
 * @size: bytes of one
 * @gfp: as for magslab_krealloc()
 *
 * Context: As magslab_kmalloc().
 * Return: As magslab_krealloc(), and NULL when there is no such large array.
 */
static __always_inline __realloc_size(2, 3) void *__must_check
	magslab_krealloc_array(const void *p, size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return magslab_krealloc(p, bytes, gfp);
}

/**
 * magslab_kfree - free memory
 * @p: what one of these functions returned, an object of any cache of magslab,
 *	or NULL or %ZERO_SIZE_PTR, which do nothing
 *
 * Memory that is not of magslab, or not the beginning of it, is reported and
 * left alone.
 *
 * Context: As magslab_free(). Does not sleep.
 */
void magslab_kfree(const void *p);

/**
 * magslab_kfree_sensitive - zero memory and free it
 * @p: as for magslab_kfree()
 *
 * Context: As magslab_kfree().
 */
void magslab_kfree_sensitive(const void *p);

/**
 * magslab_ksize - how much memory there is
 * @p: as for magslab_kfree()
 *
 * The compiler knows how much was asked for, and may refuse to use more. Who
 * wants it all asks for magslab_kmalloc_size_roundup() bytes to begin with.
 *
 * Context: As magslab_kfree().
 * Return: bytes, at least as many as were asked for; 0 for NULL,
 * %ZERO_SIZE_PTR and, after a report, memory that is not of magslab.
 */
size_t magslab_ksize(const void *p);

/**
 * magslab_kmalloc_size_roundup - how much memory there would be
 * @size: bytes
 *
 * Context: Any.
 * Return: what magslab_ksize() tells of memory allocated with @size, or @size
 * itself if it is too large to be had.
 */
size_t magslab_kmalloc_size_roundup(size_t size);

/**
 * magslab_owns - whether memory is of magslab
 * @p: any address of memory that is the caller's. NULL and %ZERO_SIZE_PTR are
 *	nobody's.
 *
 * For those who have memory of both allocators and forgot which is which.
 *
 * Context: Any.
 * Return: true for what magslab_kfree() takes, and for addresses within it.
 */
bool magslab_owns(const void *p);

/**
 * magslab_kmemdup - copy memory
 * @src: what to copy
 * @size: bytes of it
 * @gfp: as for magslab_kmalloc()
 *
 * Context: As magslab_kmalloc().
 * Return: the copy, or NULL.
 */
static __always_inline __realloc_size(2) void *magslab_kmemdup(const void *src,
							       size_t size,
							       gfp_t gfp)
{
	void *copy = magslab_kmalloc(size, gfp);

	if (copy)
		memcpy(copy, src, size);
	return copy;
}

#endif /* _LINUX_MAGSLAB_KMALLOC_H */
