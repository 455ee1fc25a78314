// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floors below which no allocator can go: the loops around nothing, and the
 * loops around might_alloc(), which every allocator of the kernel calls once per
 * allocation. What that has above the empty loops can be taken off any figure of
 * who may sleep.
 */
#include <linux/module.h>
#include <linux/sched/mm.h>

#include "engine.h"

/* Any address will do for an object that is never looked at. */
static void *floor_create(const struct magslab_bench_params *params)
{
	return &bench_backend_empty;
}

static void floor_destroy(void *ctx)
{
}

static size_t floor_footprint(size_t size)
{
	return 0;
}

static void floor_free_bulk(void *ctx, void **objects, size_t nr)
{
}

static void floor_give_back(void *ctx)
{
}

static size_t floor_held(void *ctx, size_t live)
{
	return 0;
}

static size_t empty_alloc_bulk(void *ctx, gfp_t gfp, void **objects, size_t nr)
{
	return nr;
}

static __always_inline void *empty_alloc_one(void *ctx, gfp_t gfp)
{
	return ctx;
}

static __always_inline void empty_free_one(void *ctx, void *object)
{
}

static size_t asking_alloc_bulk(void *ctx, gfp_t gfp, void **objects, size_t nr)
{
	might_alloc(gfp);
	return nr;
}

static __always_inline void *asking_alloc_one(void *ctx, gfp_t gfp)
{
	might_alloc(gfp);
	return ctx;
}

static __always_inline void asking_free_one(void *ctx, void *object)
{
}

MAGSLAB_BENCH_DEFINE_LOOPS(empty)
MAGSLAB_BENCH_DEFINE_LOOPS(asking)

static void *floor_prefill_open(void *ctx, gfp_t gfp, size_t nr)
{
	return ctx;
}

static bool empty_prefill_refill(void *set, gfp_t gfp, size_t nr)
{
	return true;
}

static bool asking_prefill_refill(void *set, gfp_t gfp, size_t nr)
{
	might_alloc(gfp);
	return true;
}

static void floor_prefill_close(void *set)
{
}

/* What was set aside is handed out without asking anybody. */
static const struct magslab_bench_prefill empty_prefill = {
	.open = floor_prefill_open,
	.refill = empty_prefill_refill,
	.alloc = empty_alloc,
	.close = floor_prefill_close,
};

static const struct magslab_bench_prefill asking_prefill = {
	.open = floor_prefill_open,
	.refill = asking_prefill_refill,
	.alloc = empty_alloc,
	.close = floor_prefill_close,
};

#define FLOOR(_name, prefix)                                                \
	{                                                                   \
		.name = _name, .owner = THIS_MODULE,                        \
		.flags = MAGSLAB_BENCH_FLOOR | MAGSLAB_BENCH_ZEROES,        \
		.min_size = 1, .max_size = BENCH_MAX_OBJECT_SIZE,           \
		.create = floor_create, .destroy = floor_destroy,           \
		.footprint = floor_footprint, MAGSLAB_BENCH_LOOPS(prefix),  \
		.alloc_bulk = prefix##_alloc_bulk,                          \
		.free_bulk = floor_free_bulk, .give_back = floor_give_back, \
		.held = floor_held, .contexts = BENCH_ALL_CONTEXTS,         \
		.bulk_contexts = BENCH_ALL_CONTEXTS,                        \
		.prefill = &prefix##_prefill,                               \
	}

struct magslab_bench_backend bench_backend_empty = FLOOR("empty", empty);
struct magslab_bench_backend bench_backend_might_alloc =
	FLOOR("might_alloc", asking);
