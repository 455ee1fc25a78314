// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab's arena, one for each CPU. It frees nothing by itself: a scope is open while
 * any object of a CPU is live, and is left with the last of them. So only workloads that
 * free all that they allocated before they allocate again say anything of it. Who uses
 * an arena knows how large an object is when the code is compiled; so do these loops, for
 * some sizes.
 */
#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/magslab_arena.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "engine.h"

/**
 * struct scope - what a CPU has
 * @arena: its arena
 * @mark: where its scope began, if it has live objects
 * @live: how many
 */
struct scope {
	struct magslab_arena *arena;
	struct magslab_arena_mark mark;
	size_t live;
} ____cacheline_aligned_in_smp;

struct arena_context {
	size_t size;
	struct scope scopes[];
};

static void arena_bench_destroy(void *ctx)
{
	struct arena_context *context = ctx;
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		magslab_arena_destroy(context->scopes[cpu].arena);
	kvfree(context);
}

/* Several runs may be under way at a time. */
static struct magslab_arena *arena_for(unsigned int cpu, gfp_t gfp)
{
	static atomic_t serial;
	char name[32];

	snprintf(name, sizeof(name), "bench-%u-%u",
		 (unsigned int)atomic_inc_return(&serial), cpu);
	return magslab_arena_create(name, 0, 0, 0, gfp);
}

static void *arena_bench_create(const struct magslab_bench_params *params)
{
	struct arena_context *context;
	struct magslab_arena *arena;
	unsigned int cpu;

	context =
		kvzalloc(struct_size(context, scopes, nr_cpu_ids), GFP_KERNEL);
	if (!context)
		return ERR_PTR(-ENOMEM);
	context->size = params->size;
	for_each_online_cpu(cpu) {
		arena = arena_for(cpu, params->gfp);
		if (IS_ERR(arena)) {
			arena_bench_destroy(context);
			return arena;
		}
		context->scopes[cpu].arena = arena;
	}
	return context;
}

/* Of the CPU that the thread is bound to; NULL if that one came later than the run. */
static struct scope *scope_of(struct arena_context *context)
{
	struct scope *scope = &context->scopes[raw_smp_processor_id()];

	return scope->arena ? scope : NULL;
}

static __always_inline size_t take(struct magslab_arena *arena, void **objects,
				   size_t nr, size_t size)
{
	void *object;
	size_t i;

	for (i = 0; i < nr; i++) {
		object = magslab_bench_keep(magslab_arena_alloc(arena, size));
		if (unlikely(!object))
			break;
		objects[i] = object;
	}
	return i;
}

static size_t take_sized(struct magslab_arena *arena, void **objects, size_t nr,
			 size_t size)
{
	switch (size) {
	case 64:
		return take(arena, objects, nr, 64);
	case 256:
		return take(arena, objects, nr, 256);
	case 1024:
		return take(arena, objects, nr, 1024);
	}
	return take(arena, objects, nr, size);
}

static size_t arena_bench_alloc(void *ctx, gfp_t gfp, void **objects, size_t nr)
{
	struct arena_context *context = ctx;
	struct scope *scope = scope_of(context);
	size_t done;

	if (!scope)
		return 0;
	if (!scope->live)
		scope->mark = magslab_arena_mark(scope->arena);
	done = take_sized(scope->arena, objects, nr, context->size);
	scope->live += done;
	if (!scope->live)
		magslab_arena_release(scope->arena, &scope->mark);
	return done;
}

static void arena_bench_free(void *ctx, void **objects, size_t nr)
{
	struct scope *scope = scope_of(ctx);

	if (!scope || !nr)
		return;
	scope->live -= nr;
	if (!scope->live)
		magslab_arena_release(scope->arena, &scope->mark);
}

/* A scope for each object. */
static __always_inline size_t pairs(struct magslab_arena *arena, size_t nr,
				    size_t size)
{
	struct magslab_arena_mark mark;
	size_t left;
	void *object;

	for (left = nr; left; left--) {
		mark = magslab_arena_mark(arena);
		object = magslab_bench_keep(magslab_arena_alloc(arena, size));
		magslab_arena_release(arena, &mark);
		if (unlikely(!object))
			break;
	}
	return nr - left;
}

static size_t arena_bench_pair(void *ctx, gfp_t gfp, size_t nr)
{
	struct arena_context *context = ctx;
	struct scope *scope = scope_of(context);

	if (!scope)
		return 0;
	if (context->size == 64)
		return pairs(scope->arena, nr, 64);
	return pairs(scope->arena, nr, context->size);
}

/* With what may be left over at the end of a chunk. */
static size_t arena_footprint(size_t size)
{
	return ALIGN(size, MAGSLAB_ARENA_ALIGN) * 3 / 2;
}

static size_t arena_bench_held(void *ctx, size_t live)
{
	struct arena_context *context = ctx;
	unsigned int cpu;
	size_t held = 0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (context->scopes[cpu].arena)
			held += magslab_arena_held(context->scopes[cpu].arena);
	return held;
}

struct magslab_bench_backend bench_backend_arena = {
	.name = "arena",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_BY_NAME | MAGSLAB_BENCH_SCOPED |
		 MAGSLAB_BENCH_MEMORY | MAGSLAB_BENCH_ZEROES,
	.min_size = 1,
	.max_size = BENCH_MAX_OBJECT_SIZE,
	.create = arena_bench_create,
	.destroy = arena_bench_destroy,
	.footprint = arena_footprint,
	MAGSLAB_BENCH_LOOPS(arena_bench),
	.held = arena_bench_held,
	.contexts = BENCH_ALL_CONTEXTS,
};
