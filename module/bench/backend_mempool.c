// SPDX-License-Identifier: GPL-2.0-only
/* mempool: kmalloc, with objects put by for when it has none. */
#include <linux/err.h>
#include <linux/mempool.h>
#include <linux/module.h>

#include "engine.h"

/* As many as block layers keep. */
#define MEMPOOL_RESERVE 64

static void *backend_create(const struct magslab_bench_params *params)
{
	mempool_t *pool =
		mempool_create_kmalloc_pool(MEMPOOL_RESERVE, params->size);

	return pool ?: ERR_PTR(-ENOMEM);
}

static void backend_destroy(void *ctx)
{
	mempool_destroy(ctx);
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return mempool_alloc(ctx, gfp);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	mempool_free(object, ctx);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_mempool = {
	.name = "mempool",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_SLAB_PAGES | MAGSLAB_BENCH_BY_NAME |
		 MAGSLAB_BENCH_MEMORY,
	.min_size = 1,
	.max_size = PAGE_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	MAGSLAB_BENCH_LOOPS(backend),
	.contexts = BENCH_KERNEL_CONTEXTS,
};
