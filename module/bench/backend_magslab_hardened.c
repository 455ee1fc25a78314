// SPDX-License-Identifier: GPL-2.0-only
/* magslab in hardened mode, to tell what that costs. */
#include <linux/kernel.h>
#include <linux/magslab.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "engine.h"

static void *backend_create(const struct magslab_bench_params *params)
{
	static atomic_t serial;
	char name[MAGSLAB_NAME_MAX + 1];

	snprintf(name, sizeof(name), "bench-hardened-%u",
		 atomic_inc_return(&serial));
	return magslab_cache_create(name, params->size, 0,
				    MAGSLAB_HWCACHE_ALIGN | MAGSLAB_HARDENED,
				    NULL);
}

static void backend_destroy(void *ctx)
{
	magslab_cache_destroy(ctx);
}

static size_t backend_alloc_bulk(void *ctx, gfp_t gfp, void **objects,
				 size_t nr)
{
	return magslab_alloc_bulk(ctx, gfp, nr, objects);
}

static void backend_free_bulk(void *ctx, void **objects, size_t nr)
{
	magslab_free_bulk(ctx, nr, objects);
}

static void backend_give_back(void *ctx)
{
	magslab_cache_shrink(ctx);
}

static size_t backend_held(void *ctx, size_t live)
{
	return magslab_cache_pages(ctx) << PAGE_SHIFT;
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return magslab_alloc(ctx, gfp);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	magslab_free(ctx, object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_magslab_hardened = {
	.name = "magslab-hardened",
	.owner = THIS_MODULE,
	.min_size = MAGSLAB_MIN_SIZE,
	.max_size = MAGSLAB_MAX_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	MAGSLAB_BENCH_LOOPS(backend),
	.alloc_bulk = backend_alloc_bulk,
	.free_bulk = backend_free_bulk,
	.give_back = backend_give_back,
	.held = backend_held,
};
