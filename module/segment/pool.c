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
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "alloc/layout.h"
#include "segment/segment.h"

#define POOL_ALIGN 8UL

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
	pool->front.count = spec->count;
	pool->front.stride = ALIGN(spec->size, pool->align);
	pool->front.zero_size = ALIGN(spec->size, POOL_ALIGN);
	pool->front.shift = __ffs(pool->front.stride);
	pool->front.inverse =
		layout_invert(pool->front.stride >> pool->front.shift);
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
		front->link[i] = POOL_FRESH + MAGSLAB_POOL_STEP + 1;
	front->link[front->count] -= 1 + front->count;
	front->head = 1;
}

bool pool_is_live(const struct pool *pool, unsigned long index)
{
	return READ_ONCE(pool->front.link[index]) == MAGSLAB_POOL_LIVE;
}

bool pool_is_fresh(const struct pool *pool, unsigned long index)
{
	return READ_ONCE(pool->front.link[index]) >= POOL_FRESH;
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
void __magslab_segment_refuse(struct magslab_pool *front, void *object)
{
	enum magslab_segment_misuse what = MAGSLAB_SEGMENT_DOUBLE_FREE;

	if (!object)
		return;
	if (!magslab_segment_has(front, object))
		what = MAGSLAB_SEGMENT_FOREIGN_FREE;
	else if (__magslab_pool_index(front, object) - 1 >= front->count)
		what = MAGSLAB_SEGMENT_INTERIOR_FREE;
	pool_misused(pool_of(front), what, _RET_IP_);
}
EXPORT_SYMBOL_GPL(__magslab_segment_refuse);

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
