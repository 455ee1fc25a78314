// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several objects in one call: copied out of magazines and into them, one
 * magazine at a time, so that the guard is left between them.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/topology.h>

#include "alloc/cache.h"
#include "alloc/front.h"
#include "alloc/guard.h"
#include "alloc/object.h"
#include "alloc/tap.h"
#include "alloc/zero.h"

/*
 * A few dozen words. The WRITE_ONCE() keeps the compiler from making it a
 * memcpy(), which on some kernels moves them byte by byte.
 */
static __always_inline void copy_objects(void **to, void **from, size_t nr)
{
	void **end = to + nr;

	for (; end - to >= 4; to += 4, from += 4) {
		WRITE_ONCE(to[0], from[0]);
		WRITE_ONCE(to[1], from[1]);
		WRITE_ONCE(to[2], from[2]);
		WRITE_ONCE(to[3], from[3]);
	}
	while (to < end)
		WRITE_ONCE(*to++, *from++);
}

/* The farthest that any of several objects took. */
static void reached(enum magslab_layer *far, enum magslab_layer layer)
{
	*far = max(*far, layer);
}

/* As many as the loaded magazine has, or the one that takes its place. */
static size_t bulk_pop(struct magslab_cache *cache, void **objects, size_t max,
		       enum magslab_layer *far)
{
	enum magslab_layer layer;
	struct magslab_cpu *cpu;
	size_t nr = 0;

	if (!guard_enter(cache, &cpu)) {
		layer_count(cache->cpu->interrupts, 1);
		return 0;
	}
	layer = magslab_magazine_make_object(cache, cpu);
	if (layer) {
		nr = min_t(size_t, max, cpu->front.top - cpu->front.base);
		WRITE_ONCE(cpu->front.top, cpu->front.top - nr);
		copy_objects(objects, cpu->front.top, nr);
		guard_count(&cpu->front.allocs, nr);
		reached(far, layer);
	}
	if (layer > MAGSLAB_LAYER_LOADED) {
		guard_count(&cpu->alloc_misses, 1);
		layer_count(cache->cpu->allocs_by[layer], 1);
	}
	guard_exit(cache);
	return nr;
}

/*
 * As many as the loaded magazine has room for, or the one in its place.
 * Return: how many, 0 if it takes a new magazine, -EBUSY in an interrupt that
 * came in the middle of an operation.
 */
static ssize_t bulk_push(struct magslab_cache *cache, void **objects,
			 size_t max, enum magslab_layer *far)
{
	enum magslab_layer layer;
	struct magslab_cpu *cpu;
	size_t nr = 0;

	if (!guard_enter(cache, &cpu)) {
		layer_count(cache->cpu->interrupts, 1);
		return -EBUSY;
	}
	layer = magslab_magazine_make_room(cache, cpu);
	if (layer) {
		nr = min_t(size_t, max, cpu->front.limit - cpu->front.top);
		copy_objects(cpu->front.top, objects, nr);
		WRITE_ONCE(cpu->front.top, cpu->front.top + nr);
		guard_count(&cpu->front.frees, nr);
		reached(far, layer);
	}
	if (layer > MAGSLAB_LAYER_LOADED) {
		guard_count(&cpu->free_misses, 1);
		layer_count(cache->cpu->frees_by[layer], 1);
	}
	guard_exit(cache);
	return nr;
}

/* From the slabs that there are, or a new one. */
static size_t bulk_take_slabs(struct magslab_cache *cache, gfp_t gfp, int nid,
			      void **objects, unsigned int max,
			      enum magslab_layer *layer)
{
	size_t nr;

	*layer = MAGSLAB_LAYER_SLAB;
	nr = magslab_slabs_take(cache, nid, objects, max);
	if (nr)
		return nr;
	*layer = MAGSLAB_LAYER_GROW;
	return magslab_slabs_grow(cache, gfp, nid, objects, max);
}

/* Past the magazines, straight into the caller's array. */
static noinline size_t bulk_take_direct(struct magslab_cache *cache, gfp_t gfp,
					void **objects, size_t max,
					enum magslab_layer *far)
{
	enum magslab_layer layer = MAGSLAB_LAYER_DEPOT;
	unsigned int want = min_t(size_t, max, UINT_MAX);
	int nid = numa_mem_id();
	size_t nr;

	/* Left over in the depot, where only an interrupt leaves any. */
	objects[0] = magslab_depot_get_object(&cache->node[nid]->depot);
	nr = objects[0] ? 1 : 0;
	if (!nr)
		nr = bulk_take_slabs(cache, gfp, nid, objects, want, &layer);
	if (!nr && nr_online_nodes > 1) {
		objects[0] = magslab_alloc_elsewhere(cache, &layer);
		reached(far, layer);
		/* Counted there. */
		if (objects[0])
			return 1;
	}
	if (!nr && reserve_exists(&cache->reserve)) {
		layer = MAGSLAB_LAYER_RESERVE;
		objects[0] = magslab_reserve_take(cache);
		nr = objects[0] ? 1 : 0;
	}
	if (!nr)
		return 0;
	reached(far, layer);
	this_cpu_add(cache->cpu->direct_allocs, nr);
	layer_count(cache->cpu->allocs_by[layer], 1);
	return nr;
}

static noinline size_t bulk_take_particular(struct magslab_cache *cache,
					    gfp_t gfp, void **objects,
					    enum magslab_layer *far)
{
	enum magslab_layer layer;

	objects[0] =
		magslab_alloc_particular(cache, gfp, numa_mem_id(), &layer);
	reached(far, layer);
	return objects[0] ? 1 : 0;
}

static size_t bulk_take(struct magslab_cache *cache, gfp_t gfp, void **objects,
			size_t max, enum magslab_layer *far)
{
	size_t nr;

	if (unlikely(gfp & MAGSLAB_GFP_PARTICULAR))
		return bulk_take_particular(cache, gfp, objects, far);
	nr = bulk_pop(cache, objects, max, far);
	return nr ?: bulk_take_direct(cache, gfp, objects, max, far);
}

static enum magslab_layer bulk_put(struct magslab_cache *cache, size_t nr,
				   void **objects)
{
	enum magslab_layer far = MAGSLAB_LAYER_NONE;
	ssize_t done;

	while (nr) {
		done = bulk_push(cache, objects, nr, &far);
		if (!done && magslab_magazine_stock(cache, GFP_NOWAIT)) {
			done = bulk_push(cache, objects, nr, &far);
			reached(&far, MAGSLAB_LAYER_GROW);
		}
		if (done <= 0) {
			reached(&far, magslab_put_direct(cache, objects, nr));
			break;
		}
		objects += done;
		nr -= done;
	}
	return far;
}

static void bulk_zero(void **objects, size_t nr, unsigned int size)
{
	size_t i;

	for (i = 0; i < nr; i++)
		zero_object(objects[i], size);
}

static void bulk_free_watched(struct magslab_cache *cache, size_t nr,
			      void **objects, unsigned long caller,
			      enum magslab_layer *far)
{
	size_t i;

	for (i = 0; i < nr; i++)
		reached(far, magslab_watch_free(cache, objects[i], caller));
}

/* One by one, as each is looked at. */
static size_t bulk_alloc_watched(struct magslab_cache *cache, gfp_t gfp,
				 size_t nr, void **objects,
				 unsigned long caller, enum magslab_layer *far)
{
	size_t done = 0;
	void *object;

	while (done < nr) {
		if (unlikely(!bulk_take(cache, gfp, &object, 1, far))) {
			this_cpu_inc(cache->cpu->failures);
			bulk_free_watched(cache, done, objects, caller, far);
			return 0;
		}
		objects[done] =
			magslab_watch_hand_out(cache, object, gfp, caller);
		/* What is not fit to be used is passed over. */
		if (likely(objects[done]))
			done++;
	}
	return nr;
}

static size_t bulk_alloc(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			 void **objects, enum magslab_layer *far)
{
	size_t done = 0, got;

	while (done < nr) {
		got = bulk_take(cache, gfp, objects + done, nr - done, far);
		if (unlikely(!got)) {
			this_cpu_inc(cache->cpu->failures);
			bulk_put(cache, done, objects);
			return 0;
		}
		done += got;
	}
	return nr;
}

size_t magslab_take_bulk_untapped(struct magslab_cache *cache, gfp_t gfp,
				  size_t nr, void **objects,
				  unsigned long caller,
				  enum magslab_layer *layer)
{
	if (cache->watch)
		return bulk_alloc_watched(cache, gfp, nr, objects, caller,
					  layer);
	return bulk_alloc(cache, gfp, nr, objects, layer);
}

/**
 * magslab_take_bulk - allocate several objects that will be zeroed later
 * @cache: the cache
 * @gfp: as for magslab_alloc(), without %__GFP_ZERO
 * @nr: number of objects
 * @objects: receives @nr pointers; on failure its contents are undefined
 * @caller: address of the call that they are for
 *
 * Context: As magslab_alloc().
 * Return: @nr, or 0 when not all of them could be had.
 */
size_t magslab_take_bulk(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			 void **objects, unsigned long caller)
{
	enum magslab_layer layer = MAGSLAB_LAYER_NONE;

	might_alloc(gfp);
	if (unlikely(rcu_access_pointer(cache->tap)))
		return magslab_tap_take_bulk(cache, gfp, nr, objects, caller);
	return magslab_take_bulk_untapped(cache, gfp, nr, objects, caller,
					  &layer);
}

size_t magslab_alloc_bulk(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			  void **objects)
{
	if (unlikely(gfp & __GFP_ZERO && magslab_refuse_zeroing(cache)))
		return 0;
	nr = magslab_take_bulk(cache, gfp, nr, objects, _RET_IP_);
	if (want_init_on_alloc(gfp))
		bulk_zero(objects, nr, object_zero_size(cache, gfp));
	return nr;
}
EXPORT_SYMBOL_GPL(magslab_alloc_bulk);

/* As callers do it: the longer way is for what is uncommon. */
static void bulk_free_inline(struct magslab_cache *cache, size_t nr,
			     void **objects)
{
	size_t i;

	for (i = 0; i < nr; i++)
		__magslab_free_inline(cache, objects[i]);
}

enum magslab_layer magslab_free_bulk_untapped(struct magslab_cache *cache,
					      size_t nr, void **objects,
					      unsigned long caller)
{
	enum magslab_layer far = MAGSLAB_LAYER_NONE;

	if (cache->watch) {
		bulk_free_watched(cache, nr, objects, caller, &far);
		return far;
	}
	if (want_init_on_free())
		bulk_zero(objects, nr, cache->face.zero_size);
	return bulk_put(cache, nr, objects);
}

void magslab_free_bulk(struct magslab_cache *cache, size_t nr, void **objects)
{
	if (unlikely(rcu_access_pointer(cache->tap)))
		magslab_tap_free_bulk(cache, nr, objects, _RET_IP_);
	else if (unlikely(cache->watch))
		bulk_free_inline(cache, nr, objects);
	else
		magslab_free_bulk_untapped(cache, nr, objects, _RET_IP_);
}
EXPORT_SYMBOL_GPL(magslab_free_bulk);
