// SPDX-License-Identifier: GPL-2.0-only
/*
 * One object, allocated or freed: what <linux/magslab_inline.h> does not do in
 * its caller. What the loaded magazine does not have comes from the previous
 * one, the depot, the slabs and the page allocator, in this order.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/printk.h>
#include <linux/sched/mm.h>
#include <linux/topology.h>

#include "alloc/cache.h"
#include "alloc/front.h"
#include "alloc/guard.h"
#include "alloc/object.h"
#include "alloc/recent.h"
#include "alloc/tap.h"
#include "alloc/watch.h"
#include "alloc/zero.h"

/*
 * === Handing an object out ===
 */

/* Called where zeroing is asked for: small enough to be no place for a tracer. */
notrace void __magslab_zero(void *object, size_t size)
{
	zero_object(object, size);
}
EXPORT_SYMBOL_GPL(__magslab_zero);

static void *zeroed(struct magslab_cache *cache, gfp_t gfp, void *object)
{
	if (object && want_init_on_alloc(gfp))
		zero_object(object, object_zero_size(cache, gfp));
	return object;
}

static void *hand_out(struct magslab_cache *cache, gfp_t gfp, void *object)
{
	might_alloc(gfp);
	return zeroed(cache, gfp, object);
}

/*
 * === Allocation: an object from wherever there is one ===
 */

/* Count what went past the magazines, or did not succeed. */
static void *alloc_finish(struct magslab_cache *cache, void *object,
			  enum magslab_layer *layer)
{
	if (!object) {
		*layer = MAGSLAB_LAYER_NONE;
		return NULL;
	}
	this_cpu_inc(cache->cpu->direct_allocs);
	layer_count(cache->cpu->allocs_by[*layer], 1);
	return object;
}

/**
 * magslab_alloc_particular - allocate an object of a certain zone or node
 * @cache: the cache
 * @gfp: with at least one bit of MAGSLAB_GFP_PARTICULAR
 * @nid: node to look at first, and last with %__GFP_THISNODE
 * @layer: where it was
 *
 * Context: Any. Sleeps only if @gfp allows it.
 * Return: the object, not zeroed, or NULL.
 */
void *magslab_alloc_particular(struct magslab_cache *cache, gfp_t gfp, int nid,
			       enum magslab_layer *layer)
{
	void *object;

	*layer = MAGSLAB_LAYER_SLAB;
	object = magslab_slabs_take_zone(cache, nid, gfp);
	if (!object) {
		*layer = MAGSLAB_LAYER_GROW;
		magslab_slabs_grow(cache, gfp, nid, &object, 1);
	}
	return alloc_finish(cache, object, layer);
}

/*
 * Make a slab. The magazine gets some of its objects too, but has room left for
 * the one that the caller will free.
 */
static void *alloc_grow(struct magslab_cache *cache, gfp_t gfp, int nid)
{
	unsigned int want =
		min_t(unsigned int, cache->sizing.usual, SLAB_BATCH);
	void *objects[SLAB_BATCH];
	unsigned int got;

	got = magslab_slabs_grow(cache, gfp, nid, objects, want);
	if (!got)
		return NULL;
	if (got > 1)
		magslab_magazine_fill(cache, objects + 1, got - 1);
	return objects[0];
}

/* What is free on a node, past the magazines. */
static void *take_free(struct magslab_cache *cache, int nid,
		       enum magslab_layer *layer)
{
	void *object = magslab_depot_get_object(&cache->node[nid]->depot);

	*layer = MAGSLAB_LAYER_DEPOT;
	if (object)
		return object;
	*layer = MAGSLAB_LAYER_SLAB;
	magslab_slabs_take(cache, nid, &object, 1);
	return object;
}

/* Past the magazines: for interrupts, and where there is no free object. */
static void *alloc_direct(struct magslab_cache *cache, gfp_t gfp,
			  enum magslab_layer *layer)
{
	int nid = numa_mem_id();
	void *object = take_free(cache, nid, layer);

	if (!object) {
		*layer = MAGSLAB_LAYER_GROW;
		object = alloc_grow(cache, gfp, nid);
	}
	return alloc_finish(cache, object, layer);
}

/* From the magazines, after one that has an object has been loaded. */
static void *alloc_from_magazines(struct magslab_cache *cache,
				  enum magslab_layer *layer)
{
	struct magslab_cpu *cpu;
	void *object = NULL;

	if (!guard_enter(cache, &cpu))
		return NULL;
	*layer = magslab_magazine_make_object(cache, cpu);
	if (*layer) {
		object = __magslab_pop(&cache->cpu->front);
		guard_count(&cpu->alloc_misses, 1);
		layer_count(cache->cpu->allocs_by[*layer], 1);
	}
	guard_exit(cache);
	return object;
}

/* When there is no memory: what is free on other nodes will do. */
void *magslab_alloc_elsewhere(struct magslab_cache *cache,
			      enum magslab_layer *layer)
{
	void *object = NULL;
	int nid;

	for_each_online_node(nid) {
		object = take_free(cache, nid, layer);
		if (object)
			break;
	}
	return alloc_finish(cache, object, layer);
}

/* When there is no memory, in a cache with a reserve. */
static void *alloc_reserve(struct magslab_cache *cache, gfp_t gfp,
			   enum magslab_layer *layer)
{
	*layer = MAGSLAB_LAYER_RESERVE;
	return alloc_finish(cache, magslab_reserve_alloc(cache, gfp), layer);
}

/*
 * Outside the guard, after the magazines were of no help. Whoever may fall back
 * to a reserve does so before he waits for the page allocator.
 */
static noinline void *alloc_slow(struct magslab_cache *cache, gfp_t gfp,
				 enum magslab_layer *layer)
{
	bool reserve = reserve_exists(&cache->reserve);
	gfp_t first = gfp;
	void *object = NULL;

	if (unlikely(reserve))
		first = reserve_gfp(gfp) & ~__GFP_DIRECT_RECLAIM;
	if (magslab_magazine_equip(cache, first))
		object = alloc_from_magazines(cache, layer);
	if (!object)
		object = alloc_direct(cache, first, layer);
	if (!object && nr_online_nodes > 1)
		object = magslab_alloc_elsewhere(cache, layer);
	if (!object && reserve)
		object = alloc_reserve(cache, gfp, layer);
	if (!object)
		this_cpu_inc(cache->cpu->failures);
	return object;
}

/* Within the guard, which it leaves: the loaded magazine has no object. */
static void *alloc_miss(struct magslab_cache *cache, gfp_t gfp,
			struct magslab_cpu *cpu, enum magslab_layer *layer)
{
	void *object;

	*layer = magslab_magazine_make_object(cache, cpu);
	if (unlikely(!*layer)) {
		guard_exit(cache);
		return alloc_slow(cache, gfp, layer);
	}
	object = __magslab_pop(&cache->cpu->front);
	guard_count(&cpu->alloc_misses, 1);
	layer_count(cache->cpu->allocs_by[*layer], 1);
	guard_exit(cache);
	return object;
}

/* In an interrupt that came in the middle of an operation. */
static void *alloc_between(struct magslab_cache *cache, gfp_t gfp,
			   enum magslab_layer *layer)
{
	layer_count(cache->cpu->interrupts, 1);
	return alloc_slow(cache, gfp, layer);
}

static __always_inline void *alloc_common(struct magslab_cache *cache,
					  gfp_t gfp, enum magslab_layer *layer)
{
	struct magslab_cpu *cpu;
	void *object;

	if (!guard_enter(cache, &cpu))
		return alloc_between(cache, gfp, layer);
	if (unlikely(cpu->front.top == cpu->front.base))
		return alloc_miss(cache, gfp, cpu, layer);
	object = __magslab_pop(&cache->cpu->front);
	guard_exit(cache);
	*layer = MAGSLAB_LAYER_LOADED;
	return object;
}

static void *alloc_uncommon(struct magslab_cache *cache, gfp_t gfp, int nid,
			    enum magslab_layer *layer)
{
	void *object = magslab_alloc_particular(cache, gfp, nid, layer);

	if (!object)
		this_cpu_inc(cache->cpu->failures);
	return object;
}

static __always_inline void *alloc_any(struct magslab_cache *cache, gfp_t gfp,
				       enum magslab_layer *layer)
{
	if (unlikely(gfp & MAGSLAB_GFP_PARTICULAR))
		return alloc_uncommon(cache, gfp, numa_mem_id(), layer);
	return alloc_common(cache, gfp, layer);
}

/**
 * magslab_take_any - take a free object out of a cache
 * @cache: the cache
 * @gfp: as for magslab_alloc()
 * @layer: where it was
 *
 * Nobody watches, and nothing is zeroed.
 *
 * Context: as for magslab_alloc().
 * Return: the object or NULL.
 */
void *magslab_take_any(struct magslab_cache *cache, gfp_t gfp,
		       enum magslab_layer *layer)
{
	return alloc_any(cache, gfp, layer);
}

/*
 * === Allocation: entry points ===
 */

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

/*
 * For who prefers a node: what it has to spare. It is not waited for, nor insisted
 * on, as any other node will do.
 */
static gfp_t node_gfp(gfp_t gfp)
{
	if (gfp & __GFP_THISNODE)
		return gfp;
	gfp &= ~(__GFP_NOFAIL | __GFP_DIRECT_RECLAIM);
	return gfp | __GFP_THISNODE | __GFP_NOWARN;
}

/* From the depot and the slabs of one node: those of others have none of it. */
static void *alloc_from_node(struct magslab_cache *cache, gfp_t gfp, int nid,
			     enum magslab_layer *layer)
{
	void *object = NULL;

	if (!(gfp & MAGSLAB_GFP_PARTICULAR))
		object = magslab_depot_get_object(&cache->node[nid]->depot);
	if (!object)
		return magslab_alloc_particular(cache, node_gfp(gfp), nid,
						layer);
	*layer = MAGSLAB_LAYER_DEPOT;
	return alloc_finish(cache, object, layer);
}

/* From a node if it can be, whoever watches. */
static void *alloc_near(struct magslab_cache *cache, gfp_t gfp, int nid,
			unsigned long caller, enum magslab_layer *layer)
{
	void *object, *given;

	do {
		object = alloc_from_node(cache, gfp, nid, layer);
		given = object;
		if (object && unlikely(cache->watch))
			given = magslab_watch_hand_out(cache, object, gfp,
						       caller);
	} while (unlikely(object && !given));
	if (!object && !(gfp & __GFP_THISNODE))
		return magslab_alloc_untapped(cache, gfp, NUMA_NO_NODE, caller,
					      layer);
	if (!object)
		this_cpu_inc(cache->cpu->failures);
	return hand_out(cache, gfp, given);
}

void *magslab_alloc_untapped(struct magslab_cache *cache, gfp_t gfp, int nid,
			     unsigned long caller, enum magslab_layer *layer)
{
	if (nid != NUMA_NO_NODE)
		return alloc_near(cache, gfp, nid, caller, layer);
	if (cache->watch)
		return magslab_watch_alloc(cache, gfp, caller, layer);
	return hand_out(cache, gfp, alloc_any(cache, gfp, layer));
}

/* Of a cache that is tapped, or watched, or was until now. */
static noinline void *alloc_attended(struct magslab_cache *cache, gfp_t gfp,
				     int nid, unsigned long caller)
{
	enum magslab_layer layer;

	if (rcu_access_pointer(cache->tap))
		return magslab_tap_alloc(cache, gfp, nid, caller);
	return magslab_alloc_untapped(cache, gfp, nid, caller, &layer);
}

void *__magslab_alloc(struct magslab_cache *cache, gfp_t gfp)
{
	enum magslab_layer layer;

	if (gfp & __GFP_ZERO && magslab_refuse_zeroing(cache))
		return NULL;
	if (unlikely(!front_is_own(cache)))
		return alloc_attended(cache, gfp, NUMA_NO_NODE, _RET_IP_);
	return hand_out(cache, gfp, alloc_any(cache, gfp, &layer));
}
EXPORT_SYMBOL_GPL(__magslab_alloc);

void *__magslab_alloc_between(struct magslab_cache *cache, gfp_t gfp)
{
	enum magslab_layer layer;

	if (unlikely(!front_is_own(cache)))
		return alloc_attended(cache, gfp, NUMA_NO_NODE, _RET_IP_);
	return hand_out(cache, gfp, alloc_between(cache, gfp, &layer));
}
EXPORT_SYMBOL_GPL(__magslab_alloc_between);

/* Zeroing makes a call, for which nothing else below has to be saved. */
static noinline void *alloc_zeroed(struct magslab_cache *cache, void *object)
{
	__magslab_zero(object, cache->face.zero_size);
	return object;
}

static noinline void *alloc_missed(struct magslab_cache *cache, gfp_t gfp,
				   unsigned long caller)
{
	enum magslab_layer layer;

	if (unlikely(cache->watch))
		return magslab_watch_alloc_miss(cache, gfp, caller);
	return zeroed(cache, gfp,
		      alloc_miss(cache, gfp, this_cpu_ptr(cache->cpu), &layer));
}

/*
 * Where the loaded magazine has an object, it is that of a cache with a door:
 * all its objects come by here. So this is counted in instructions: it calls
 * nothing, and is no place for a tracer.
 */
notrace void *__magslab_alloc_miss(struct magslab_cache *cache, gfp_t gfp)
{
	struct magslab_watched_cpu __percpu *cpu = watched_cpu(cache);
	struct magslab_front __percpu *front = &cpu->cpu.front;
	void **top = raw_cpu_read(front->top), *object;

	if (unlikely(top == raw_cpu_read(front->base)))
		return alloc_missed(cache, gfp, _RET_IP_);
	object = top[-1];
	if (unlikely(!recent_enter(&cpu->recent, &cache->layout, object)))
		return magslab_watch_alloc_unsure(cache, gfp, _RET_IP_);
	__magslab_pop(front);
	__magslab_leave(&cpu->door);
	if (want_init_on_alloc(0))
		return alloc_zeroed(cache, object);
	return object;
}
EXPORT_SYMBOL_GPL(__magslab_alloc_miss);

void *magslab_alloc_node(struct magslab_cache *cache, gfp_t gfp, int nid)
{
	if (nid == NUMA_NO_NODE || nid == numa_mem_id())
		return __magslab_alloc(cache, gfp);
	if (WARN_ON_ONCE(nid < 0 || nid >= nr_node_ids || !node_possible(nid)))
		return NULL;
	if (gfp & __GFP_ZERO && magslab_refuse_zeroing(cache))
		return NULL;
	if (!node_state(nid, N_MEMORY) && !(gfp & __GFP_THISNODE))
		return __magslab_alloc(cache, gfp);
	return alloc_attended(cache, gfp, nid, _RET_IP_);
}
EXPORT_SYMBOL_GPL(magslab_alloc_node);

/*
 * === Free ===
 */

/* Within the guard, which it leaves: the loaded magazine may have no room. */
static enum magslab_layer free_to_magazines(struct magslab_cache *cache,
					    void *object,
					    struct magslab_cpu *cpu)
{
	enum magslab_layer layer = magslab_magazine_make_room(cache, cpu);

	if (layer) {
		__magslab_push(&cache->cpu->front, object);
		guard_count(&cpu->free_misses, 1);
		layer_count(cache->cpu->frees_by[layer], 1);
	}
	guard_exit(cache);
	return layer;
}

/**
 * magslab_put_direct - put free objects where those go that no magazine takes
 * @cache: the cache
 * @objects: the objects
 * @nr: how many
 *
 * Context: Any.
 * Return: where the last one is.
 */
enum magslab_layer magslab_put_direct(struct magslab_cache *cache,
				      void **objects, size_t nr)
{
	enum magslab_layer layer = MAGSLAB_LAYER_RESERVE;
	size_t done = 0;

	if (unlikely(reserve_exists(&cache->reserve)))
		done = magslab_reserve_put(cache, objects, nr);
	if (done < nr) {
		layer = MAGSLAB_LAYER_SLAB;
		magslab_slabs_put(cache, objects + done, nr - done);
	}
	this_cpu_add(cache->cpu->direct_frees, nr);
	layer_count(cache->cpu->frees_by[layer], 1);
	return layer;
}

/**
 * magslab_retire - give up an object that must not be used again
 * @cache: the cache
 * @object: what magslab_watch.hand_out() was called with, or take_back() would
 *	return; its slab is in quarantine
 *
 * Context: Any.
 */
void magslab_retire(struct magslab_cache *cache, void *object)
{
	/* Not to the reserve, which would hand it out again. */
	magslab_slabs_put(cache, &object, 1);
	this_cpu_inc(cache->cpu->direct_frees);
}

/* In an interrupt that came in the middle of an operation. */
static enum magslab_layer free_between(struct magslab_cache *cache,
				       void *object)
{
	layer_count(cache->cpu->interrupts, 1);
	return magslab_put_direct(cache, &object, 1);
}

/* Within the guard, which it leaves: the loaded magazine has no room. */
static enum magslab_layer free_miss(struct magslab_cache *cache, void *object,
				    struct magslab_cpu *cpu)
{
	enum magslab_layer layer = free_to_magazines(cache, object, cpu);

	if (layer)
		return layer;
	/* With another magazine in the depot it is worth another try. */
	if (magslab_magazine_stock(cache, GFP_NOWAIT) &&
	    guard_enter(cache, &cpu) && free_to_magazines(cache, object, cpu))
		return MAGSLAB_LAYER_GROW;
	return magslab_put_direct(cache, &object, 1);
}

/**
 * magslab_put_back - put a free object into a magazine
 * @cache: the cache
 * @object: what magslab_watch.hand_out() was called with
 *
 * Nobody watches, and nothing is zeroed.
 *
 * Context: Any.
 * Return: where it is now.
 */
enum magslab_layer magslab_put_back(struct magslab_cache *cache, void *object)
{
	struct magslab_cpu *cpu;

	if (!guard_enter(cache, &cpu))
		return free_between(cache, object);
	if (unlikely(cpu->front.top == cpu->front.limit))
		return free_miss(cache, object, cpu);
	__magslab_push(&cache->cpu->front, object);
	guard_exit(cache);
	return MAGSLAB_LAYER_LOADED;
}

enum magslab_layer magslab_free_untapped(struct magslab_cache *cache,
					 void *address, unsigned long caller)
{
	if (cache->watch)
		return magslab_watch_free(cache, address, caller);
	if (want_init_on_free())
		zero_object(address, cache->face.zero_size);
	return magslab_put_back(cache, address);
}

/* Of a cache that is tapped, or watched, or was until now. */
static noinline void free_attended(struct magslab_cache *cache, void *address,
				   unsigned long caller)
{
	if (rcu_access_pointer(cache->tap))
		magslab_tap_free(cache, address, caller);
	else
		magslab_free_untapped(cache, address, caller);
}

void __magslab_free(struct magslab_cache *cache, void *object)
{
	if (unlikely(!front_is_own(cache))) {
		free_attended(cache, object, _RET_IP_);
		return;
	}
	if (want_init_on_free())
		zero_object(object, cache->face.zero_size);
	magslab_put_back(cache, object);
}
EXPORT_SYMBOL_GPL(__magslab_free);

void __magslab_free_between(struct magslab_cache *cache, void *object)
{
	if (unlikely(!front_is_own(cache)))
		free_attended(cache, object, _RET_IP_);
	else
		free_between(cache, object);
}
EXPORT_SYMBOL_GPL(__magslab_free_between);

static noinline void free_missed(struct magslab_cache *cache, void *object,
				 unsigned long caller)
{
	if (unlikely(cache->watch))
		magslab_watch_free_miss(cache, object, caller);
	else
		free_miss(cache, object, this_cpu_ptr(cache->cpu));
}

/* Where the loaded magazine has room, it is as with __magslab_alloc_miss(). */
notrace void __magslab_free_miss(struct magslab_cache *cache, void *object)
{
	struct magslab_watched_cpu __percpu *cpu = watched_cpu(cache);
	struct magslab_front __percpu *front = &cpu->cpu.front;
	void **top = raw_cpu_read(front->top);

	if (unlikely(top == raw_cpu_read(front->limit))) {
		free_missed(cache, object, _RET_IP_);
		return;
	}
	if (unlikely(!recent_leave(&cpu->recent, &cache->layout, object))) {
		magslab_watch_free_unsure(cache, object, _RET_IP_);
		return;
	}
	*top = object;
	/* One instruction, where top + 1 takes two. */
	raw_cpu_write(front->top, raw_cpu_read(front->top) + 1);
	raw_cpu_inc(front->frees);
	__magslab_leave(&cpu->door);
}
EXPORT_SYMBOL_GPL(__magslab_free_miss);
