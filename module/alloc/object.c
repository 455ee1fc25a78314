// SPDX-License-Identifier: GPL-2.0-only
/*
 * One object, allocated or freed: the front of the allocator. The common case
 * touches the loaded magazine of this CPU and nothing else. What is not there
 * comes from the previous one, the depot, the slabs and the page allocator, in
 * this order.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched/mm.h>
#include <linux/topology.h>

#include "alloc/cache.h"
#include "alloc/guard.h"
#include "alloc/object.h"
#include "alloc/zero.h"

/*
 * === Within the guard ===
 */

static __always_inline void *cpu_pop(struct magslab_cpu *cpu)
{
	void **top = cpu->top - 1;

	WRITE_ONCE(cpu->top, top);
	guard_count(&cpu->allocs, 1);
	return *top;
}

static __always_inline void cpu_push(struct magslab_cpu *cpu, void *object)
{
	void **top = cpu->top;

	*top = object;
	WRITE_ONCE(cpu->top, top + 1);
	guard_count(&cpu->frees, 1);
}

/*
 * === Handing an object out ===
 */

/*
 * These take their arguments in the order in which the common case has them in
 * registers, and are too small to be worth a place for a tracer.
 */

/* might_alloc() in a function of its own, so that its callers save nothing. */
static noinline notrace void *hand_out_may_block(struct magslab_cache *cache,
						 gfp_t gfp, void *object)
{
	might_alloc(gfp | __GFP_DIRECT_RECLAIM);
	return object;
}

/* A caller that may sleep does so with the object in hand. */
static __always_inline void *hand_out_as_is(struct magslab_cache *cache,
					    gfp_t gfp, void *object)
{
	if (gfpflags_allow_blocking(gfp))
		return hand_out_may_block(cache, gfp, object);
	return object;
}

static noinline void *hand_out_large(struct magslab_cache *cache, gfp_t gfp,
				     void *object)
{
	memset(object, 0, cache->zero_size);
	return hand_out_as_is(cache, gfp, object);
}

static noinline notrace void *hand_out_zeroed(struct magslab_cache *cache,
					      gfp_t gfp, void *object)
{
	if (cache->zero_size > ZERO_BY_WORDS_MAX)
		return hand_out_large(cache, gfp, object);
	zero_words(object, cache->zero_size);
	return hand_out_as_is(cache, gfp, object);
}

/* @zero is @gfp, or as much of it as the caller does not know to be clear. */
static __always_inline void *hand_out(struct magslab_cache *cache, gfp_t gfp,
				      void *object, gfp_t zero)
{
	if (want_init_on_alloc(zero))
		return hand_out_zeroed(cache, gfp, object);
	return hand_out_as_is(cache, gfp, object);
}

/*
 * === Allocation ===
 */

/**
 * magslab_alloc_particular - allocate an object of a certain zone or node
 * @cache: the cache
 * @gfp: with at least one bit of GFP_PARTICULAR
 *
 * Context: Any but NMI. Sleeps only if @gfp allows it.
 * Return: the object, not zeroed, or NULL.
 */
void *magslab_alloc_particular(struct magslab_cache *cache, gfp_t gfp)
{
	int nid = numa_mem_id();
	void *object;

	object = magslab_slabs_take_zone(cache, nid, gfp);
	if (!object && !magslab_slabs_grow(cache, gfp, nid, &object, 1))
		return NULL;
	this_cpu_inc(cache->cpu->direct_allocs);
	return object;
}

static void *alloc_from_magazines(struct magslab_cache *cache)
{
	struct magslab_cpu *cpu;
	void *object = NULL;

	if (!guard_enter(cache, &cpu))
		return NULL;
	if (magslab_magazine_make_object(cache, cpu)) {
		object = cpu_pop(cpu);
		guard_count(&cpu->alloc_misses, 1);
	}
	guard_exit(cpu);
	return object;
}

/*
 * Make a slab. The magazine gets some of its objects too, but has room left for
 * the one that the caller will free.
 */
static void *alloc_grow(struct magslab_cache *cache, gfp_t gfp, int nid)
{
	unsigned int want = min_t(unsigned int, cache->capacity, SLAB_BATCH);
	void *objects[SLAB_BATCH];
	unsigned int got;

	got = magslab_slabs_grow(cache, gfp, nid, objects, want);
	if (!got)
		return NULL;
	if (got > 1)
		magslab_magazine_fill(cache, objects + 1, got - 1);
	return objects[0];
}

/* Past the magazines: for interrupts, and where there is no free object. */
static void *alloc_direct(struct magslab_cache *cache, gfp_t gfp)
{
	int nid = numa_mem_id();
	void *object;

	object = magslab_depot_get_object(&cache->node[nid]->depot);
	if (!object && !magslab_slabs_take(cache, nid, &object, 1))
		object = alloc_grow(cache, gfp, nid);
	if (object)
		this_cpu_inc(cache->cpu->direct_allocs);
	return object;
}

/* Outside the guard, after the magazines were of no help. */
static noinline void *alloc_slow(struct magslab_cache *cache, gfp_t gfp)
{
	void *object = NULL;

	if (gfp & GFP_PARTICULAR) {
		object = magslab_alloc_particular(cache, gfp);
	} else {
		if (magslab_magazine_equip(cache, gfp))
			object = alloc_from_magazines(cache);
		if (!object)
			object = alloc_direct(cache, gfp);
	}
	if (object)
		return hand_out(cache, gfp, object, gfp);
	this_cpu_inc(cache->cpu->failures);
	return hand_out_as_is(cache, gfp, NULL);
}

/* In an interrupt that came in the middle of an operation. */
static noinline void *alloc_in_between(struct magslab_cache *cache, gfp_t gfp)
{
	this_cpu_inc(cache->cpu->interrupts);
	return alloc_slow(cache, gfp);
}

/* Within the guard, which it leaves: the loaded magazine has no object. */
static noinline void *alloc_miss(struct magslab_cache *cache, gfp_t gfp,
				 struct magslab_cpu *cpu)
{
	void *object;

	if (unlikely(!magslab_magazine_make_object(cache, cpu))) {
		guard_exit(cpu);
		return alloc_slow(cache, gfp);
	}
	object = cpu_pop(cpu);
	guard_count(&cpu->alloc_misses, 1);
	guard_exit(cpu);
	return hand_out(cache, gfp, object, gfp);
}

/* Every function that this calls it ends with: it needs no stack frame. */
static __always_inline void *alloc_fast(struct magslab_cache *cache, gfp_t gfp,
					gfp_t zero)
{
	struct magslab_cpu *cpu;
	void *object;

	if (!guard_enter(cache, &cpu))
		return alloc_in_between(cache, gfp);
	if (unlikely(cpu->top == cpu->base))
		return alloc_miss(cache, gfp, cpu);
	object = cpu_pop(cpu);
	guard_exit(cpu);
	return hand_out(cache, gfp, object, zero);
}

/**
 * magslab_refuse_zeroing - refuse %__GFP_ZERO for constructed objects
 * @cache: the cache
 *
 * Context: Any.
 * Return: true, after a warning, if objects of @cache have a constructor.
 */
bool magslab_refuse_zeroing(const struct magslab_cache *cache)
{
	if (likely(cache->zero_size))
		return false;
	pr_warn_once("cache '%s': __GFP_ZERO, but objects are constructed\n",
		     cache->name);
	return true;
}

static noinline void *alloc_special(struct magslab_cache *cache, gfp_t gfp)
{
	if (gfp & __GFP_ZERO && magslab_refuse_zeroing(cache))
		return NULL;
	if (gfp & GFP_PARTICULAR)
		return alloc_slow(cache, gfp);
	return alloc_fast(cache, gfp, __GFP_ZERO);
}

void *magslab_alloc(struct magslab_cache *cache, gfp_t gfp)
{
	/* One test for all that is not asked for in the common case. */
	if (unlikely(gfp & (GFP_PARTICULAR | __GFP_ZERO)))
		return alloc_special(cache, gfp);
	return alloc_fast(cache, gfp, 0);
}
EXPORT_SYMBOL_GPL(magslab_alloc);

/*
 * === Free ===
 */

/* Within the guard, which it leaves: the loaded magazine may have no room. */
static bool free_to_magazines(struct magslab_cache *cache, void *object,
			      struct magslab_cpu *cpu)
{
	bool done = magslab_magazine_make_room(cache, cpu);

	if (done) {
		cpu_push(cpu, object);
		guard_count(&cpu->free_misses, 1);
	}
	guard_exit(cpu);
	return done;
}

static void free_direct(struct magslab_cache *cache, void *object)
{
	magslab_slabs_put(cache, &object, 1);
	this_cpu_inc(cache->cpu->direct_frees);
}

/* In an interrupt that came in the middle of an operation. */
static noinline void free_in_between(struct magslab_cache *cache, void *object)
{
	this_cpu_inc(cache->cpu->interrupts);
	free_direct(cache, object);
}

/* Within the guard, which it leaves: the loaded magazine has no room. */
static noinline void free_miss(struct magslab_cache *cache, void *object,
			       struct magslab_cpu *cpu)
{
	if (free_to_magazines(cache, object, cpu))
		return;
	/* With another magazine in the depot it is worth another try. */
	if (magslab_magazine_stock(cache, GFP_NOWAIT) &&
	    guard_enter(cache, &cpu) && free_to_magazines(cache, object, cpu))
		return;
	free_direct(cache, object);
}

static __always_inline void free_fast(struct magslab_cache *cache, void *object)
{
	struct magslab_cpu *cpu;

	if (!guard_enter(cache, &cpu)) {
		free_in_between(cache, object);
		return;
	}
	if (unlikely(cpu->top == cpu->limit)) {
		free_miss(cache, object, cpu);
		return;
	}
	cpu_push(cpu, object);
	guard_exit(cpu);
}

static noinline void free_zeroed(struct magslab_cache *cache, void *object)
{
	zero_object(object, cache->zero_size);
	free_fast(cache, object);
}

void __magslab_free(struct magslab_cache *cache, void *object)
{
	if (want_init_on_free())
		free_zeroed(cache, object);
	else
		free_fast(cache, object);
}
EXPORT_SYMBOL_GPL(__magslab_free);
