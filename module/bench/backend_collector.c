// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab's collector: allocation and free of tracked objects, for as long as there is
 * no cycle. What a cycle costs is what the workload collect measures.
 */
#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/magslab_collector.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "engine.h"

/* Each CPU's variables: its last object is in the first handle. */
struct variables {
	struct magslab_scope scope;
} ____cacheline_aligned_in_smp;

struct collector_context {
	struct magslab_collector *collector;
	struct magslab_tracked *tracked;
	struct variables cpus[];
};

struct magslab_collector *bench_collector_of(void *ctx)
{
	struct collector_context *context = ctx;

	return context->collector;
}

static size_t align_of(const struct magslab_bench_params *params)
{
	if (params->packed)
		return 0;
	return clamp_t(size_t, roundup_pow_of_two(params->size), sizeof(void *),
		       SMP_CACHE_BYTES);
}

/* Several runs may be under way at a time. */
static int open(struct collector_context *context,
		const struct magslab_bench_params *params)
{
	static atomic_t serial;
	size_t align = align_of(params);
	char name[32];

	snprintf(name, sizeof(name), "bench-tracked-%u",
		 (unsigned int)atomic_inc_return(&serial));
	context->collector = magslab_collector_create(name);
	if (IS_ERR(context->collector))
		return PTR_ERR(context->collector);
	context->tracked = magslab_tracked_create(context->collector, name,
						  params->size, align, 0);
	if (!IS_ERR(context->tracked))
		return 0;
	magslab_collector_destroy(context->collector);
	return PTR_ERR(context->tracked);
}

static void *collector_bench_create(const struct magslab_bench_params *params)
{
	struct collector_context *context;
	unsigned int cpu;
	int ret;

	context = kvzalloc(struct_size(context, cpus, nr_cpu_ids), GFP_KERNEL);
	if (!context)
		return ERR_PTR(-ENOMEM);
	ret = open(context, params);
	if (ret) {
		kvfree(context);
		return ERR_PTR(ret);
	}
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		magslab_scope_enter(&context->cpus[cpu].scope,
				    context->collector);
	return context;
}

static void collector_bench_destroy(void *ctx)
{
	struct collector_context *context = ctx;
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		magslab_scope_leave(&context->cpus[cpu].scope);
	magslab_collector_destroy(context->collector);
	kvfree(context);
}

static __always_inline void *collector_bench_alloc_one(void *ctx, gfp_t gfp)
{
	struct collector_context *context = ctx;
	struct variables *own = &context->cpus[raw_smp_processor_id()];

	return magslab_tracked_alloc(&own->scope, 0, context->tracked, gfp);
}

static __always_inline void collector_bench_free_one(void *ctx, void *object)
{
	magslab_tracked_free(object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(collector_bench)

/* With what is before an object, and between two. */
static size_t collector_footprint(size_t size)
{
	return ALIGN(size, SMP_CACHE_BYTES) + 2 * SMP_CACHE_BYTES;
}

struct magslab_bench_backend bench_backend_collector = {
	.name = "collector",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_BY_NAME,
	.min_size = sizeof(void *),
	.max_size = BENCH_MAX_OBJECT_SIZE / 2,
	.create = collector_bench_create,
	.destroy = collector_bench_destroy,
	.footprint = collector_footprint,
	MAGSLAB_BENCH_LOOPS(collector_bench),
};
