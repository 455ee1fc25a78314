// SPDX-License-Identifier: GPL-2.0-only
/* magslab's segment: one pool for all CPUs, with as many objects as will be live. */
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/magslab_segment.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include "engine.h"
#include "segment/segment.h"

/* Aligned as those of a cache are, to a cache line or to a fraction of one. */
static size_t align_of(const struct magslab_bench_params *params)
{
	if (params->packed)
		return 0;
	return min_t(size_t, roundup_pow_of_two(params->size), SMP_CACHE_BYTES);
}

/* Several runs may be under way at a time. */
static void *segment_bench_create(const struct magslab_bench_params *params)
{
	static atomic_t serial;
	struct magslab_pool_spec spec = {
		.name = "object",
		.size = params->size,
		.align = align_of(params),
		.count = params->count,
	};
	struct magslab_segment *segment;
	char name[32];

	snprintf(name, sizeof(name), "bench-%u",
		 (unsigned int)atomic_inc_return(&serial));
	segment = magslab_segment_create(name, &spec, 1);
	if (IS_ERR(segment))
		return segment;
	return magslab_segment_pool(segment, spec.name);
}

static void segment_bench_destroy(void *ctx)
{
	magslab_segment_destroy(pool_of(ctx)->segment);
}

static __always_inline void *segment_bench_alloc_one(void *ctx, gfp_t gfp)
{
	return magslab_segment_alloc(ctx, gfp);
}

static __always_inline void segment_bench_free_one(void *ctx, void *object)
{
	magslab_segment_free(ctx, object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(segment_bench)

static size_t segment_footprint(size_t size)
{
	return ALIGN(size, SMP_CACHE_BYTES) + sizeof(u64);
}

static size_t segment_bench_held(void *ctx, size_t live)
{
	const struct magslab_pool *pool = ctx;

	return pool_of(pool)->segment->bytes + pool->count * sizeof(u64);
}

static void segment_bench_touches(void *ctx, gfp_t gfp, const void *object,
				  bool freed, struct magslab_bench_lines *lines)
{
	const struct magslab_pool *pool = ctx;

	magslab_bench_touch(lines, pool, offsetof(struct magslab_pool, link));
	magslab_bench_touch(lines,
			    &pool->link[__magslab_pool_index(pool, object)],
			    sizeof(pool->link[0]));
	if (freed ? want_init_on_free() : want_init_on_alloc(gfp))
		magslab_bench_touch(lines, object, pool->zero_size);
}

struct magslab_bench_backend bench_backend_segment = {
	.name = "segment",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_MEMORY |
		 MAGSLAB_BENCH_ZEROES,
	.min_size = 1,
	.max_size = MAGSLAB_POOL_MAX_SIZE,
	.max_count = MAGSLAB_POOL_MAX_COUNT,
	.create = segment_bench_create,
	.destroy = segment_bench_destroy,
	.footprint = segment_footprint,
	MAGSLAB_BENCH_LOOPS(segment_bench),
	.held = segment_bench_held,
	.contexts = BENCH_ALL_CONTEXTS,
	.touches = segment_bench_touches,
};
