// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two teaching heaps: what allocation costs that looks for a place among all free
 * blocks. Their memory is there before a run begins.
 */
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "engine.h"
#include "heap/best_fit.h"
#include "heap/first_fit.h"

/* Each call may have to look at as many free blocks as there are objects. */
static size_t list_chunk(size_t count)
{
	return clamp(SZ_4M / count, 4UL, 4096UL);
}

/* A heap does not know how large its user's objects are. */
struct heap_context {
	void *heap;
	size_t size;
	size_t bytes;
};

static size_t bytes_of(const struct magslab_bench_params *params, size_t block)
{
	return (params->count + 1) * block;
}

/* It is small, so it can be had, and nobody has to give up the heap for want of it. */
static void *with_context(const struct magslab_bench_params *params, void *heap,
			  size_t block)
{
	struct heap_context *context;

	if (IS_ERR(heap))
		return heap;
	context = kmalloc(sizeof(*context), GFP_KERNEL | __GFP_NOFAIL);
	context->heap = heap;
	context->size = params->size;
	context->bytes = bytes_of(params, block);
	return context;
}

static __always_inline void *heap_of(const struct heap_context *context)
{
	return context->heap;
}

static __always_inline size_t size_of(const struct heap_context *context)
{
	return context->size;
}

static size_t heap_held(void *ctx, size_t live)
{
	const struct heap_context *context = ctx;

	return context->bytes;
}

#define HEAP(type, _name, _chunk)                                              \
	static void *type##_bench_create(                                      \
		const struct magslab_bench_params *params)                     \
	{                                                                      \
		return with_context(                                           \
			params,                                                \
			type##_create(                                         \
				bytes_of(params, type##_block(params->size))), \
			type##_block(params->size));                           \
	}                                                                      \
	static void type##_bench_destroy(void *ctx)                            \
	{                                                                      \
		type##_destroy(heap_of(ctx));                                  \
		kfree(ctx);                                                    \
	}                                                                      \
	static u64 type##_bench_locks(void *ctx)                               \
	{                                                                      \
		return type##_locks(heap_of(ctx));                             \
	}                                                                      \
	static __always_inline void *type##_bench_alloc_one(void *ctx,         \
							    gfp_t gfp)         \
	{                                                                      \
		return type##_alloc(heap_of(ctx), size_of(ctx), gfp);          \
	}                                                                      \
	static __always_inline void type##_bench_free_one(void *ctx,           \
							  void *object)        \
	{                                                                      \
		type##_free(heap_of(ctx), object);                             \
	}                                                                      \
	MAGSLAB_BENCH_DEFINE_LOOPS(type##_bench)                               \
	struct magslab_bench_backend bench_backend_##type = {                  \
		.name = _name,                                                 \
		.owner = THIS_MODULE,                                          \
		.flags = MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_MEMORY |        \
			 MAGSLAB_BENCH_ZEROES,                                 \
		.chunk = _chunk,                                               \
		.min_size = 1,                                                 \
		.max_size = BENCH_MAX_OBJECT_SIZE,                             \
		.create = type##_bench_create,                                 \
		.destroy = type##_bench_destroy,                               \
		.footprint = type##_block,                                     \
		MAGSLAB_BENCH_LOOPS(type##_bench),                             \
		.held = heap_held,                                             \
		.locks = type##_bench_locks,                                   \
	}

HEAP(first_fit, "first-fit", list_chunk);
HEAP(best_fit, "best-fit", NULL);
