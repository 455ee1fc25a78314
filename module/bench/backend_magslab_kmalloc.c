// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab_kmalloc() with a size that the compiler does not know, so that each
 * call looks its cache up, and each free the cache of its object: what to
 * compare with kmalloc().
 */
#include <linux/magslab_kmalloc.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "engine.h"

/* The context is the size itself: there is nothing else to know. */
static void *backend_create(const struct magslab_bench_params *params)
{
	return (void *)params->size;
}

static void backend_destroy(void *ctx)
{
}

/* One of those that everybody shares. */
static struct magslab_cache *backend_cache(void *ctx)
{
	return magslab_kmalloc_caches[magslab_kmalloc_class((size_t)ctx)];
}

static void backend_give_back(void *ctx)
{
	magslab_cache_shrink(backend_cache(ctx));
}

static size_t backend_held(void *ctx, size_t live)
{
	return magslab_cache_pages(backend_cache(ctx)) << PAGE_SHIFT;
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return magslab_kmalloc((size_t)ctx, gfp);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	magslab_kfree(object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_magslab_kmalloc = {
	.name = "magslab-kmalloc",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_MEMORY | MAGSLAB_BENCH_ZEROES,
	.min_size = 1,
	.max_size = MAGSLAB_KMALLOC_MAX_CACHED,
	.create = backend_create,
	.destroy = backend_destroy,
	.footprint = magslab_kmalloc_size_roundup,
	MAGSLAB_BENCH_LOOPS(backend),
	.give_back = backend_give_back,
	.held = backend_held,
	.contexts = BENCH_ALL_CONTEXTS,
};
