// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's own object caches. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "engine.h"

static void *backend_create(const struct magslab_bench_params *params)
{
	slab_flags_t flags = params->packed ? 0 : SLAB_HWCACHE_ALIGN;
	static atomic_t serial;
	struct kmem_cache *cache;
	char name[32];

	snprintf(name, sizeof(name), "magslab_bench-%u",
		 atomic_inc_return(&serial));
	/*
	 * The kernel merges caches of like size, and then a benchmark shares
	 * its slabs with strangers. A cache from which copying to user space
	 * is allowed is never merged, and allocates no differently; the flag
	 * that forbids merging outright does not exist in 6.1.
	 */
	cache = kmem_cache_create_usercopy(name, params->size, 0, flags, 0,
					   params->size, NULL);
	return cache ?: ERR_PTR(-ENOMEM);
}

static void backend_destroy(void *ctx)
{
	kmem_cache_destroy(ctx);
}

static size_t backend_alloc_bulk(void *ctx, gfp_t gfp, void **objects,
				 size_t nr)
{
	return kmem_cache_alloc_bulk(ctx, gfp, nr, objects);
}

static void backend_free_bulk(void *ctx, void **objects, size_t nr)
{
	kmem_cache_free_bulk(ctx, nr, objects);
}

static void backend_give_back(void *ctx)
{
	kmem_cache_shrink(ctx);
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return kmem_cache_alloc(ctx, gfp);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	kmem_cache_free(ctx, object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

/*
 * On kernels before 6.18 the cache has no call for this. What users of it do is keep
 * an array of their own, filled by bulk calls, as the maple tree does.
 */
struct kmem_cache_set {
	struct kmem_cache *cache;
	size_t nr;
	void *objects[];
};

static bool set_refill(void *ctx, gfp_t gfp, size_t nr)
{
	struct kmem_cache_set *set = ctx;
	size_t want = nr - set->nr;

	if (want && !kmem_cache_alloc_bulk(set->cache, gfp, want,
					   set->objects + set->nr))
		return false;
	set->nr = nr;
	return true;
}

static void set_close(void *ctx)
{
	struct kmem_cache_set *set = ctx;

	if (set->nr)
		kmem_cache_free_bulk(set->cache, set->nr, set->objects);
	kvfree(set);
}

static void *set_open(void *ctx, gfp_t gfp, size_t nr)
{
	struct kmem_cache_set *set =
		kvmalloc(struct_size(set, objects, nr), GFP_KERNEL);

	if (!set)
		return NULL;
	set->cache = ctx;
	set->nr = 0;
	if (set_refill(set, gfp, nr))
		return set;
	kvfree(set);
	return NULL;
}

static __always_inline void *set_alloc_one(void *ctx, gfp_t gfp)
{
	struct kmem_cache_set *set = ctx;

	return set->nr ? set->objects[--set->nr] : NULL;
}

static size_t set_alloc(void *set, gfp_t gfp, void **objects, size_t nr)
{
	return magslab_bench_allocs(set, gfp, objects, nr, set_alloc_one);
}

static const struct magslab_bench_prefill prefill = {
	.open = set_open,
	.refill = set_refill,
	.alloc = set_alloc,
	.close = set_close,
};

struct magslab_bench_backend bench_backend_kmem_cache = {
	.name = "kmem_cache",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_SLAB_PAGES | MAGSLAB_BENCH_MEMORY |
		 MAGSLAB_BENCH_ZEROES,
	.min_size = sizeof(void *),
	.max_size = BENCH_MAX_OBJECT_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	MAGSLAB_BENCH_LOOPS(backend),
	.alloc_bulk = backend_alloc_bulk,
	.free_bulk = backend_free_bulk,
	.give_back = backend_give_back,
	.contexts = BENCH_KERNEL_CONTEXTS,
	/* Bulk calls want interrupts on. */
	.bulk_contexts = MAGSLAB_BENCH_IN_SOFTIRQ,
	.prefill = &prefill,
};
