// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page allocator: each object has the smallest block of pages it fits in, and is
 * known by its struct page.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "engine.h"

/* The context is the order itself. */
static void *backend_create(const struct magslab_bench_params *params)
{
	return (void *)(unsigned long)get_order(params->size);
}

static void backend_destroy(void *ctx)
{
}

static size_t backend_footprint(size_t size)
{
	return PAGE_SIZE << get_order(size);
}

/* Freed pages are the page allocator's already. */
static void backend_give_back(void *ctx)
{
}

static size_t backend_held(void *ctx, size_t live)
{
	return live << (PAGE_SHIFT + (unsigned long)ctx);
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return alloc_pages(gfp, (unsigned long)ctx);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	__free_pages(object, (unsigned long)ctx);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_pages = {
	.name = "pages",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_PAGES | MAGSLAB_BENCH_ZEROES,
	.min_size = 1,
	.max_size = BENCH_MAX_OBJECT_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	.footprint = backend_footprint,
	MAGSLAB_BENCH_LOOPS(backend),
	.give_back = backend_give_back,
	.held = backend_held,
	.contexts = BENCH_KERNEL_CONTEXTS,
};
