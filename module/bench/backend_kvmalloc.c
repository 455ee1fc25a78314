// SPDX-License-Identifier: GPL-2.0-only
/* kvmalloc: kmalloc, or pages mapped together where that has nothing so large. */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "engine.h"

/* The context is the size itself. */
static void *backend_create(const struct magslab_bench_params *params)
{
	return (void *)params->size;
}

static void backend_destroy(void *ctx)
{
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return kvmalloc((size_t)ctx, gfp);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	kvfree(object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_kvmalloc = {
	.name = "kvmalloc",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_SLAB_PAGES | MAGSLAB_BENCH_BY_NAME |
		 MAGSLAB_BENCH_MEMORY | MAGSLAB_BENCH_ZEROES,
	.min_size = 1,
	.max_size = BENCH_MAX_OBJECT_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	MAGSLAB_BENCH_LOOPS(backend),
	.contexts = BENCH_KERNEL_CONTEXTS,
};
