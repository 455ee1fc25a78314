// SPDX-License-Identifier: GPL-2.0-only
/*
 * objpool: objects made beforehand, in rings of which each CPU has one; a CPU whose
 * ring is empty looks into those of the others. It takes no lock, and zeroes nothing.
 * Not all kernels have it.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/objpool.h>
#include <linux/slab.h>

#include "engine.h"

static int backend_release(struct objpool_head *pool, void *context)
{
	kfree(pool);
	return 0;
}

static void *backend_create(const struct magslab_bench_params *params)
{
	struct objpool_head *pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	int ret;

	if (!pool)
		return ERR_PTR(-ENOMEM);
	ret = objpool_init(pool, params->count, params->size, GFP_KERNEL, NULL,
			   NULL, backend_release);
	if (ret) {
		kfree(pool);
		return ERR_PTR(ret);
	}
	return pool;
}

/* The last reference releases it; those of live objects are gone. */
static void backend_destroy(void *ctx)
{
	objpool_fini(ctx);
}

static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	return objpool_pop(ctx);
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	objpool_push(object, ctx);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_objpool = {
	.name = "objpool",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_MEMORY,
	.min_size = 1,
	.max_size = PAGE_SIZE / 2,
	.max_count = OBJPOOL_NR_OBJECT_MAX,
	.create = backend_create,
	.destroy = backend_destroy,
	MAGSLAB_BENCH_LOOPS(backend),
	.contexts = BENCH_ALL_CONTEXTS,
};
