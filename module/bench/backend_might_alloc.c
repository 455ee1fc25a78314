// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loops around might_alloc(), which every allocator of the kernel calls
 * once per allocation: a floor too, for whoever may sleep. What it has above
 * the empty loops can be taken off any figure.
 */
#include <linux/module.h>
#include <linux/sched/mm.h>

#include "engine.h"

static void *backend_create(const struct magslab_bench_params *params)
{
	return &bench_backend_might_alloc;
}

static void backend_destroy(void *ctx)
{
}

static size_t backend_footprint(size_t size)
{
	return 0;
}

static size_t backend_alloc_bulk(void *ctx, gfp_t gfp, void **objects,
				 size_t nr)
{
	might_alloc(gfp);
	return nr;
}

static void backend_free_bulk(void *ctx, void **objects, size_t nr)
{
}

static void backend_give_back(void *ctx)
{
}

static size_t backend_held(void *ctx, size_t live)
{
	return 0;
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	might_alloc(gfp);
	return ctx;
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_might_alloc = {
	.name = "might_alloc",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_FLOOR,
	.min_size = 1,
	.max_size = BENCH_MAX_OBJECT_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	.footprint = backend_footprint,
	MAGSLAB_BENCH_LOOPS(backend),
	.alloc_bulk = backend_alloc_bulk,
	.free_bulk = backend_free_bulk,
	.give_back = backend_give_back,
	.held = backend_held,
};
