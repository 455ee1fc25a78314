// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmalloc() with a size that the compiler does not know, so that each call
 * looks its cache up. It shares its caches with the whole kernel, and has no
 * way to give their memory back.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "engine.h"

/* The context is the size itself: there is nothing else to know. */
static void *backend_create(const struct magslab_bench_params *params)
{
	return (void *)params->size;
}

static void backend_destroy(void *ctx)
{
}

static size_t backend_footprint(size_t size)
{
	return kmalloc_size_roundup(size);
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return kmalloc((size_t)ctx, gfp);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	kfree(object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_kmalloc = {
	.name = "kmalloc",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_SLAB_PAGES | MAGSLAB_BENCH_MEMORY |
		 MAGSLAB_BENCH_ZEROES,
	.min_size = 1,
	.max_size = BENCH_MAX_OBJECT_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	.footprint = backend_footprint,
	MAGSLAB_BENCH_LOOPS(backend),
	.contexts = BENCH_KERNEL_CONTEXTS,
};
