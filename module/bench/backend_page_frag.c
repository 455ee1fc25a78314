// SPDX-License-Identifier: GPL-2.0-only
/*
 * page_frag: what network drivers cut packet buffers from, piece after piece; pages
 * go back when all pieces of them have. One for each CPU, as they have it. It does not
 * zero pieces, but its pages come from the page allocator, which does.
 */
#include <linux/bottom_half.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "engine.h"

struct frag_context {
	struct page_frag_cache __percpu *cpu;
	size_t size;
};

static void *backend_create(const struct magslab_bench_params *params)
{
	struct frag_context *context = kmalloc(sizeof(*context), GFP_KERNEL);

	if (!context)
		return ERR_PTR(-ENOMEM);
	context->size = params->size;
	context->cpu = alloc_percpu(struct page_frag_cache);
	if (!context->cpu) {
		kfree(context);
		return ERR_PTR(-ENOMEM);
	}
	return context;
}

static void drain(struct page_frag_cache *cache)
{
	if (cache->va)
		__page_frag_cache_drain(virt_to_head_page(cache->va),
					cache->pagecnt_bias);
}

static void backend_destroy(void *ctx)
{
	struct frag_context *context = ctx;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		drain(per_cpu_ptr(context->cpu, cpu));
	free_percpu(context->cpu);
	kfree(context);
}

/* As a driver's poll function has it: no softirq, no other task of this CPU. */
static __always_inline void *backend_alloc_one(void *ctx, gfp_t gfp)
{
	const struct frag_context *context = ctx;

	void *object;

	local_bh_disable();
	object = page_frag_alloc(this_cpu_ptr(context->cpu), context->size,
				 gfp & ~__GFP_DIRECT_RECLAIM);
	local_bh_enable();
	return object;
}

static __always_inline void backend_free_one(void *ctx, void *object)
{
	page_frag_free(object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(backend)

struct magslab_bench_backend bench_backend_page_frag = {
	.name = "page_frag",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_MEMORY,
	.min_size = 1,
	.max_size = PAGE_SIZE,
	.create = backend_create,
	.destroy = backend_destroy,
	MAGSLAB_BENCH_LOOPS(backend),
	.contexts = MAGSLAB_BENCH_IN_SOFTIRQ,
};
