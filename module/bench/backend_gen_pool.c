// SPDX-License-Identifier: GPL-2.0-only
/*
 * gen_pool: a bitmap over memory that is given to it, here as much as the run can
 * have live. It takes no lock, searches the bitmap from its beginning, and promises
 * nothing of what is in the memory: it does not zero.
 */
#include <linux/err.h>
#include <linux/genalloc.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "engine.h"

struct gen_context {
	struct gen_pool *pool;
	void *memory;
	size_t size;
	size_t bytes;
};

/* A bit stands for one object, rounded up to a power of two. */
static int fill_in(struct gen_context *context, size_t count)
{
	size_t each = roundup_pow_of_two(context->size);

	context->bytes = array_size(each, count);
	context->memory = vmalloc(context->bytes);
	if (!context->memory)
		return -ENOMEM;
	context->pool = gen_pool_create(ilog2(each), NUMA_NO_NODE);
	if (!context->pool)
		return -ENOMEM;
	return gen_pool_add(context->pool, (unsigned long)context->memory,
			    context->bytes, NUMA_NO_NODE);
}

static void backend_destroy(void *ctx)
{
	struct gen_context *context = ctx;

	if (context->pool)
		gen_pool_destroy(context->pool);
	vfree(context->memory);
	kfree(context);
}

static void *backend_create(const struct magslab_bench_params *params)
{
	struct gen_context *context = kzalloc(sizeof(*context), GFP_KERNEL);
	int ret;

	if (!context)
		return ERR_PTR(-ENOMEM);
	context->size = params->size;
	ret = fill_in(context, params->count);
	if (ret) {
		backend_destroy(context);
		return ERR_PTR(ret);
	}
	return context;
}

static size_t backend_held(void *ctx, size_t live)
{
	const struct gen_context *context = ctx;

	return context->bytes;
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	const struct gen_context *context = ctx;

	return (void *)gen_pool_alloc(context->pool, context->size);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	const struct gen_context *context = ctx;

	gen_pool_free(context->pool, (unsigned long)object, context->size);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_gen_pool = {
	.name = "gen_pool",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_MEMORY,
	.min_size = 1,
	.max_size = PAGE_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	MAGSLAB_BENCH_LOOPS(backend),
	.held = backend_held,
	.contexts = BENCH_ALL_CONTEXTS,
};
