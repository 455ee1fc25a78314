// SPDX-License-Identifier: GPL-2.0-only
/*
 * Back-ends of which it is known where their objects lie and what their calls touch:
 * some objects one after the other, again and again. Nobody looks into them, so their
 * addresses are no more than numbers.
 *
 *	lines-near	10 objects, each in a cache line of its own, in one page. It tells
 *			of 3 lines for an allocation, some of them twice, and 1 for a free
 *	lines-far	5000 objects, each in a page of its own. It does not tell
 *	lines-many	one object. It tells of 100 lines for each call
 */
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include <linux/magslab_bench.h>

#include "several.h"

#define NEAR ((void *)SZ_16M)
#define FAR ((void *)SZ_32M)
#define BESIDE ((void *)SZ_1M)

static unsigned int turn;

static void *lines_create(const struct magslab_bench_params *params)
{
	turn = 0;
	return THIS_MODULE;
}

static void lines_destroy(void *ctx)
{
}

static size_t lines_footprint(size_t size)
{
	return 0;
}

static __always_inline void *near_alloc_one(void *ctx, gfp_t gfp)
{
	return NEAR + turn++ % 10 * SMP_CACHE_BYTES + sizeof(long);
}

static __always_inline void near_free_one(void *ctx, void *object)
{
}

static __always_inline void *far_alloc_one(void *ctx, gfp_t gfp)
{
	return FAR + turn++ % 5000 * PAGE_SIZE;
}

static __always_inline void far_free_one(void *ctx, void *object)
{
}

static __always_inline void *many_alloc_one(void *ctx, gfp_t gfp)
{
	return NEAR;
}

static __always_inline void many_free_one(void *ctx, void *object)
{
}

MAGSLAB_BENCH_DEFINE_LOOPS(near)
MAGSLAB_BENCH_DEFINE_LOOPS(far)
MAGSLAB_BENCH_DEFINE_LOOPS(many)

/* An object begins in the middle of a line. */
static void near_touches(void *ctx, gfp_t gfp, const void *object, bool freed,
			 struct magslab_bench_lines *lines)
{
	magslab_bench_touch(lines, object, 0);
	magslab_bench_touch(lines, object, 1);
	if (freed)
		return;
	magslab_bench_touch(lines, object, SMP_CACHE_BYTES);
	magslab_bench_touch(lines, BESIDE, SMP_CACHE_BYTES);
	magslab_bench_touch(lines, BESIDE + 1, 1);
}

static void many_touches(void *ctx, gfp_t gfp, const void *object, bool freed,
			 struct magslab_bench_lines *lines)
{
	magslab_bench_touch(lines, object, 100 * SMP_CACHE_BYTES);
}

#define LINES_BACKEND(prefix, _touches)                                 \
	{                                                               \
		.name = "lines-" #prefix, .owner = THIS_MODULE,         \
		.flags = MAGSLAB_BENCH_BY_NAME, .min_size = 1,          \
		.max_size = PAGE_SIZE, .create = lines_create,          \
		.destroy = lines_destroy, .footprint = lines_footprint, \
		MAGSLAB_BENCH_LOOPS(prefix), .touches = _touches,       \
	}

static struct magslab_bench_backend backends[] = {
	LINES_BACKEND(near, near_touches),
	LINES_BACKEND(far, NULL),
	LINES_BACKEND(many, many_touches),
};

static int __init lines_init(void)
{
	return several_register(backends, ARRAY_SIZE(backends));
}
module_init(lines_init);

static void __exit lines_exit(void)
{
	several_unregister(backends, ARRAY_SIZE(backends));
}
module_exit(lines_exit);

MODULE_DESCRIPTION("Back-ends of known addresses");
MODULE_LICENSE("GPL");
