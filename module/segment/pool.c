// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools. Allocation and free are in linux/magslab_segment.h; here is what they come to
 * when something is odd.
 *
 * Links lie apart from the objects, so whatever is written to an object, free or not, the
 * stack stays what it is. Nothing else is kept of an object, and nothing is counted: a
 * link tells whether it is in use, and whether it ever was. As the object freed last is
 * taken first, a new one is only taken when all others are in use; so as many were ever
 * in use at a time as are not new.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "segment/segment.h"

#define POOL_ALIGN 8UL

/* Where it fits into what an object has anyway, more is zeroed than was asked for. */
static bool zeroes_as_line(const struct magslab_pool *front)
{
	return front->zero_size > MAGSLAB_POOL_LINE / 2 &&
	       front->zero_size <= MAGSLAB_POOL_LINE &&
	       front->stride >= MAGSLAB_POOL_LINE;
}

/* Return: the pool, whose objects have no place yet, or NULL. */
struct pool *pool_new(struct magslab_segment *segment,
		      const struct magslab_pool_spec *spec)
{
	size_t links = (spec->count + 1UL) * sizeof(u64);
	struct pool *pool = kvzalloc(sizeof(*pool) + links, GFP_KERNEL);

	if (!pool)
		return NULL;
	pool->segment = segment;
	pool->size = spec->size;
	pool->align = max(spec->align, POOL_ALIGN);
	strscpy(pool->name, spec->name, sizeof(pool->name));
	pool->front.stride = ALIGN(spec->size, pool->align);
	pool->front.inverse = div64_u64(U64_MAX, pool->front.stride) + 1;
	pool->front.count = spec->count;
	pool->front.direct = want_init_on_free() ? 0 : spec->count;
	pool->front.zero_size = ALIGN(spec->size, POOL_ALIGN);
	pool->front.zero_line = want_init_on_alloc(0) &&
				zeroes_as_line(&pool->front);
	return pool;
}

void pool_free(struct pool *pool)
{
	kvfree(pool);
}

/* All objects are free and new, the first one on top. */
void pool_carve(struct pool *pool)
{
	struct magslab_pool *front = &pool->front;
	unsigned long i;

	front->base = pool->segment->region + pool->offset - front->stride;
	for (i = 1; i <= front->count; i++)
		front->link[i] = POOL_FRESH + 1;
	front->link[front->count] -= 1 + front->count;
	front->head = 1;
}

static void *object_at(const struct magslab_pool *front, unsigned long index)
{
	return front->base + index * front->stride;
}

bool pool_is_live(const struct pool *pool, unsigned long index)
{
	return READ_ONCE(pool->front.link[index]) ==
	       __magslab_pool_live(object_at(&pool->front, index));
}

/* From one number to another is less than a step, up or down. */
bool pool_is_fresh(const struct pool *pool, unsigned long index)
{
	u64 link = READ_ONCE(pool->front.link[index]);

	return link - (POOL_FRESH - MAGSLAB_POOL_STEP) < 2 * MAGSLAB_POOL_STEP;
}

void magslab_segment_figures(const struct magslab_pool *front,
			     struct magslab_pool_figures *figures)
{
	const struct pool *pool = pool_of(front);
	u64 taken = READ_ONCE(front->head) / MAGSLAB_POOL_STEP;
	unsigned long i;

	*figures = (struct magslab_pool_figures){
		.count = front->count,
		.peak = front->count,
		.failures = atomic_long_read(&pool->failures),
	};
	for (i = 1; i <= front->count; i++) {
		figures->live += pool_is_live(pool, i);
		figures->peak -= pool_is_fresh(pool, i);
	}
	figures->allocs = taken - 2 * figures->peak;
}
EXPORT_SYMBOL_GPL(magslab_segment_figures);

/*
 * === What is odd ===
 */

static const char *const names[] = {
	[MAGSLAB_SEGMENT_DOUBLE_FREE] = "double free",
	[MAGSLAB_SEGMENT_FOREIGN_FREE] = "free of what is not in it",
	[MAGSLAB_SEGMENT_INTERIOR_FREE] =
		"free of what is not the beginning of an object",
	[MAGSLAB_SEGMENT_LEAK] = "objects left behind",
};

static_assert(ARRAY_SIZE(names) == MAGSLAB_SEGMENT_NR_MISUSES);

/* Of all pools, those that are gone too. */
static atomic_long_t misuses[MAGSLAB_SEGMENT_NR_MISUSES];

/* All are counted. Of very many at a time not all are printed. */
void pool_misused(struct pool *pool, enum magslab_segment_misuse what,
		  unsigned long caller)
{
	static DEFINE_RATELIMIT_STATE(often, 5 * HZ, 50);

	atomic_long_inc(&pool->misuses[what]);
	atomic_long_inc(&misuses[what]);
	if (__ratelimit(&often))
		pr_err("segment '%s', pool '%s': %s, in %pS\n",
		       pool->segment->name, pool->name, names[what],
		       (void *)caller);
}

void *__magslab_segment_full(struct magslab_pool *front)
{
	atomic_long_inc(&pool_of(front)->failures);
	return NULL;
}
EXPORT_SYMBOL_GPL(__magslab_segment_full);

/* Nothing was done, and nothing will be. */
static void refuse(struct magslab_pool *front, const void *object,
		   unsigned long caller)
{
	enum magslab_segment_misuse what = MAGSLAB_SEGMENT_DOUBLE_FREE;

	if (!object)
		return;
	if (!magslab_segment_has(front, object))
		what = MAGSLAB_SEGMENT_FOREIGN_FREE;
	else if (object !=
		 object_at(front, __magslab_pool_index(front, object)))
		what = MAGSLAB_SEGMENT_INTERIOR_FREE;
	pool_misused(pool_of(front), what, caller);
}

void __magslab_segment_refuse(struct magslab_pool *front, const void *object)
{
	refuse(front, object, _RET_IP_);
}
EXPORT_SYMBOL_GPL(__magslab_segment_refuse);

/* Return: whether it was in use. It is nobody's then, and not on the stack either. */
static bool claim(struct magslab_pool *front, const void *object)
{
	u64 index = __magslab_pool_index(front, object);
	u64 live = __magslab_pool_live(object);

	/* Pairs with the store in magslab_segment_alloc(). One of several wins. */
	return index <= front->count &&
	       try_cmpxchg64(&front->link[index], &live, 0);
}

/* Put an object that was claimed on the stack, while others change its head. */
void __magslab_segment_push(struct magslab_pool *front, void *object)
{
	u64 index = __magslab_pool_index(front, object);
	u64 head = READ_ONCE(front->head);
	u64 link;

	/* Pairs with the read of a link in magslab_segment_alloc(). */
	do {
		link = (head & MAGSLAB_POOL_INDEX) - index;
		WRITE_ONCE(front->link[index], link);
	} while (!try_cmpxchg64(&front->head, &head, head - link));
}
EXPORT_SYMBOL_GPL(__magslab_segment_push);

/* Of a number that is none, or where objects are zeroed when they are freed. */
void __magslab_segment_free(struct magslab_pool *front, void *object)
{
	if (!claim(front, object)) {
		refuse(front, object, _RET_IP_);
		return;
	}
	if (want_init_on_free())
		__magslab_zero(object, front->zero_size);
	__magslab_segment_push(front, object);
}
EXPORT_SYMBOL_GPL(__magslab_segment_free);

unsigned long magslab_segment_misuses(const struct magslab_pool *front,
				      enum magslab_segment_misuse what)
{
	if ((unsigned int)what >= MAGSLAB_SEGMENT_NR_MISUSES)
		return 0;
	if (!front)
		return atomic_long_read(&misuses[what]);
	return atomic_long_read(&pool_of(front)->misuses[what]);
}
EXPORT_SYMBOL_GPL(magslab_segment_misuses);
