/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * magslab_segment: memory laid out once, as a program's data segment is at load. It is
 * carved into pools of objects of one size each, and never grows or shrinks: what it
 * takes is known, and the last object of a pool is as quick to have as the first.
 *
 *	static const struct magslab_pool_spec specs[] = {
 *		{ "event", sizeof(struct event), 0, 4096 },
 *		{ "timer", sizeof(struct timer), 64, 128 },
 *	};
 *
 *	segment = magslab_segment_create("trace", specs, ARRAY_SIZE(specs));
 *	events = magslab_segment_pool(segment, "event");
 *	...
 *	event = magslab_segment_alloc(events, 0);
 *	...
 *	magslab_segment_free(events, event);
 *
 * A pool is a stack of free objects, whose head all CPUs change by compare and exchange.
 * Nobody waits for anybody: whoever is interrupted leaves nothing that others have to
 * have finished first. So allocation and free may be called from any context, NMI and
 * code with a raw spinlock included, on every CPU at once.
 *
 * When it fits: a number of objects that has a bound, and that must be there.
 *
 * Limitations
 *  1. A pool that is full returns NULL. There is nothing behind it, and nobody to wait
 *     for; see magslab_segment_backed_alloc() for a pool that is behind something.
 *  2. All CPUs change one word. Where they do so all the time it costs what moving a
 *     cache line does, and magslab_alloc() does not.
 *  3. The region is not physically contiguous, and is not for DMA.
 *  4. A stack is told from one that looks the same by a count of 40 bits of what was
 *     taken from it. A call would have to be interrupted between two of its instructions
 *     while others take a multiple of 2^40 objects, to mistake one for the other.
 */
#ifndef _LINUX_MAGSLAB_SEGMENT_H
#define _LINUX_MAGSLAB_SEGMENT_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/magslab.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/types.h>

struct magslab_segment;

/* Of a segment. */
#define MAGSLAB_SEGMENT_MAX_POOLS 64
#define MAGSLAB_SEGMENT_MAX_BYTES ((size_t)SZ_1G)
/* Of a pool. */
#define MAGSLAB_POOL_MAX_COUNT (BIT(24) - 1)
#define MAGSLAB_POOL_MAX_SIZE (64UL * 1024)

/**
 * struct magslab_pool_spec - a pool that a segment is to have
 * @name: by the rules for a cache's, unique in the segment. Copied.
 * @size: bytes of an object, 1 to %MAGSLAB_POOL_MAX_SIZE
 * @align: alignment of an object, a power of two up to PAGE_SIZE, or 0 for 8 bytes
 * @count: objects, 1 to %MAGSLAB_POOL_MAX_COUNT
 */
struct magslab_pool_spec {
	const char *name;
	size_t size;
	size_t align;
	unsigned int count;
};

/**
 * enum magslab_segment_misuse - what may be wrong with an object that is freed
 * @MAGSLAB_SEGMENT_DOUBLE_FREE: it is free already
 * @MAGSLAB_SEGMENT_FOREIGN_FREE: it is not in the pool's part of the region
 * @MAGSLAB_SEGMENT_INTERIOR_FREE: it is not where an object begins
 * @MAGSLAB_SEGMENT_LEAK: the segment was destroyed while it was in use
 * @MAGSLAB_SEGMENT_NR_MISUSES: how many there are
 */
enum magslab_segment_misuse {
	MAGSLAB_SEGMENT_DOUBLE_FREE,
	MAGSLAB_SEGMENT_FOREIGN_FREE,
	MAGSLAB_SEGMENT_INTERIOR_FREE,
	MAGSLAB_SEGMENT_LEAK,
	MAGSLAB_SEGMENT_NR_MISUSES,
};

/*
 * The head of a pool's stack: the number of the object on top, from 1, or 0; and above
 * that how often one was taken. Of each object that is free its link is what leads from
 * its number to that of the one below. The link of one that is in use is its address,
 * which is far from what a link of a free one may be.
 */
#define MAGSLAB_POOL_INDEX GENMASK_ULL(23, 0)
#define MAGSLAB_POOL_STEP BIT_ULL(24)

/* What is zeroed on the spot: as much as a cache line of most machines. */
#define MAGSLAB_POOL_LINE (8 * sizeof(long))

/**
 * struct magslab_pool - the part of a pool that the code in this file knows
 * @head: of the stack of free objects
 * @base: where an object of number 0 would be
 * @stride: bytes from one object to the next
 * @inverse: 2^64 divided by @stride, rounded up
 * @direct: objects up to this number are freed without a call: @count, or 0 where
 *	they are zeroed when they are freed
 * @count: objects
 * @zero_size: bytes of an object, in words
 * @zero_line: all are zeroed when they are allocated, and %MAGSLAB_POOL_LINE bytes are
 *	what there is to zero
 * @link: by number
 */
struct magslab_pool {
	u64 head;
	void *base;
	unsigned long stride;
	u64 inverse;
	unsigned long direct;
	unsigned long count;
	unsigned int zero_size;
	bool zero_line;
	u64 link[];
};

void *__magslab_segment_full(struct magslab_pool *pool);
void __magslab_segment_refuse(struct magslab_pool *pool, const void *object);
void __magslab_segment_free(struct magslab_pool *pool, void *object);
void __magslab_segment_push(struct magslab_pool *pool, void *object);

/**
 * magslab_segment_create - lay out a segment
 * @name: shown in debugfs and in messages, by the rules for a cache's. Copied.
 * @specs: its pools
 * @nr: how many, 1 to %MAGSLAB_SEGMENT_MAX_POOLS
 *
 * Context: Task. May sleep.
 * Return: the segment, or ERR_PTR: -EINVAL for an argument out of the ranges above, or
 * more than %MAGSLAB_SEGMENT_MAX_BYTES in all; -EEXIST if a segment of that name exists;
 * -ENOMEM.
 */
struct magslab_segment *
magslab_segment_create(const char *name, const struct magslab_pool_spec *specs,
		       unsigned int nr);

/**
 * magslab_segment_destroy - give a segment's memory back
 * @segment: the segment, or NULL or an ERR_PTR, which do nothing
 *
 * The caller guarantees that no other call on it is running or will come. If objects
 * are live, that is reported, and the region is leaked on purpose, as a cache's slabs are.
 *
 * Context: Task. May sleep.
 */
void magslab_segment_destroy(struct magslab_segment *segment);

/**
 * magslab_segment_find - look for the segment that was laid out at load
 * @name: its name, "load" for what the module parameter segment= asked for
 *
 * Context: Task. May sleep.
 * Return: the segment, which is there as long as the module and is not to be destroyed;
 * or NULL.
 */
struct magslab_segment *magslab_segment_find(const char *name);

/**
 * magslab_segment_pool - look for a pool of a segment
 * @segment: the segment
 * @name: the pool's name
 *
 * Context: Any.
 * Return: the pool, or NULL.
 */
struct magslab_pool *magslab_segment_pool(struct magslab_segment *segment,
					  const char *name);

/* What the link of an object is while it is in use. */
static __always_inline u64 __magslab_pool_live(const void *object)
{
	return (unsigned long)object;
}

static __always_inline void __magslab_zero_line(unsigned long *word)
{
	WRITE_ONCE(word[0], 0);
	WRITE_ONCE(word[1], 0);
	WRITE_ONCE(word[2], 0);
	WRITE_ONCE(word[3], 0);
	WRITE_ONCE(word[4], 0);
	WRITE_ONCE(word[5], 0);
	WRITE_ONCE(word[6], 0);
	WRITE_ONCE(word[7], 0);
}

/**
 * magslab_segment_alloc - allocate an object
 * @pool: the pool
 * @gfp: only %__GFP_ZERO matters
 *
 * The object is zeroed as well when the kernel was booted with init_on_alloc.
 *
 * Context: Any. Does not sleep, and takes no lock.
 * Return: the object, or NULL if the pool is full.
 */
static __always_inline __malloc void *
magslab_segment_alloc(struct magslab_pool *pool, gfp_t gfp)
{
	u64 head = READ_ONCE(pool->head);
	unsigned long index;
	void *object;
	u64 next;

	/*
	 * Who reads a link needs the head that led there first: an address
	 * dependency. It is stale if the head is not the same any more, and then
	 * nothing comes of it. Pairs with the exchange of the head in
	 * magslab_segment_free() and __magslab_segment_push(), before which the link
	 * was written.
	 */
	do {
		index = head & MAGSLAB_POOL_INDEX;
		if (unlikely(!index))
			return __magslab_segment_full(pool);
		next = head + MAGSLAB_POOL_STEP + READ_ONCE(pool->link[index]);
	} while (unlikely(!try_cmpxchg64(&pool->head, &head, next)));

	object = pool->base + index * pool->stride;
	/* Pairs with the exchange in magslab_segment_free(), by way of the user. */
	WRITE_ONCE(pool->link[index], __magslab_pool_live(object));
	if (likely(pool->zero_line))
		__magslab_zero_line(object);
	else if (want_init_on_alloc(gfp))
		__magslab_zero(object, pool->zero_size);
	return object;
}

/*
 * The number of the object that has an address, or that of its neighbour below if it is
 * between two: the distance from @base divided by @stride, as one multiplication. It is
 * rounded to what is right for all distances that a segment can have, and larger than
 * all numbers for others.
 */
static __always_inline u64 __magslab_pool_index(const struct magslab_pool *pool,
						const void *object)
{
	unsigned long offset = object - pool->base;

	return mul_u64_u64_shr(offset, pool->inverse, 64);
}

/**
 * magslab_segment_free - free an object
 * @pool: the pool it came from
 * @object: the object, or NULL, which does nothing
 *
 * One that is not in use, or is none of the pool, is reported and refused, of two who
 * free the same at the same time one. It is zeroed when the kernel was booted with
 * init_on_free.
 *
 * Context: Any. Does not sleep, and takes no lock.
 */
static __always_inline void magslab_segment_free(struct magslab_pool *pool,
						 void *object)
{
	u64 index = __magslab_pool_index(pool, object);
	u64 head = READ_ONCE(pool->head);
	u64 link = (head & MAGSLAB_POOL_INDEX) - index;
	u64 old = __magslab_pool_live(object);

	/* It costs more to work it out again than to keep it, as it is needed. */
	OPTIMIZER_HIDE_VAR(link);
	if (unlikely(index > pool->direct)) {
		__magslab_segment_free(pool, object);
		return;
	}
	/* Pairs with the store in magslab_segment_alloc(). One of several wins. */
	if (unlikely(!try_cmpxchg64(&pool->link[index], &old, link))) {
		__magslab_segment_refuse(pool, object);
		return;
	}
	old = head;
	OPTIMIZER_HIDE_VAR(old);
	/* Pairs with the read of a link in magslab_segment_alloc(). */
	if (unlikely(!try_cmpxchg64(&pool->head, &old, head - link)))
		__magslab_segment_push(pool, object);
}

/**
 * magslab_segment_has - tell whether an address is in a pool
 * @pool: the pool
 * @address: any address
 *
 * Context: Any.
 * Return: whether it is in the part of the region that the pool has.
 */
static __always_inline bool magslab_segment_has(const struct magslab_pool *pool,
						const void *address)
{
	return (unsigned long)(address - pool->base) - pool->stride <
	       pool->count * pool->stride;
}

/**
 * magslab_segment_backed_alloc - allocate from a cache, or else from a pool
 * @cache: the cache
 * @pool: a pool of objects at least as large
 * @gfp: as for magslab_alloc(), %__GFP_NORETRY and %__GFP_NOWARN being advisable
 *
 * What the pool has is a reserve that needs no cache to keep it, and that hardirqs and
 * NMIs have the whole of. Free it with magslab_segment_backed_free().
 *
 * Context: As magslab_alloc().
 * Return: the object, or NULL if neither has one.
 */
static inline void *magslab_segment_backed_alloc(struct magslab_cache *cache,
						 struct magslab_pool *pool,
						 gfp_t gfp)
{
	return magslab_alloc(cache, gfp) ?: magslab_segment_alloc(pool, gfp);
}

/**
 * magslab_segment_backed_free - free what magslab_segment_backed_alloc() returned
 * @cache: the cache
 * @pool: the pool
 * @object: the object, or NULL, which does nothing
 *
 * Context: As magslab_free().
 */
static inline void magslab_segment_backed_free(struct magslab_cache *cache,
					       struct magslab_pool *pool,
					       void *object)
{
	if (unlikely(magslab_segment_has(pool, object)))
		magslab_segment_free(pool, object);
	else
		magslab_free(cache, object);
}

/**
 * struct magslab_pool_figures - what a pool has, at some moment for each object
 * @count: objects
 * @live: those in use
 * @peak: most that were in use at a time, ever
 * @allocs: objects that were allocated, ever, modulo 2^40
 * @failures: allocations that found it full
 */
struct magslab_pool_figures {
	unsigned long count;
	unsigned long live;
	unsigned long peak;
	u64 allocs;
	unsigned long failures;
};

/**
 * magslab_segment_figures - count a pool's objects
 * @pool: the pool
 * @figures: filled in; exact while nobody allocates or frees
 *
 * Context: Any. Looks at each object's link.
 */
void magslab_segment_figures(const struct magslab_pool *pool,
			     struct magslab_pool_figures *figures);

/**
 * magslab_segment_misuses - tell how often something was done wrong
 * @pool: the pool, or NULL for the sum of all, of those that are gone too
 * @what: what
 *
 * Context: Any.
 * Return: the number of reports.
 */
unsigned long magslab_segment_misuses(const struct magslab_pool *pool,
				      enum magslab_segment_misuse what);

#endif /* _LINUX_MAGSLAB_SEGMENT_H */
