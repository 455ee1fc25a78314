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
#include "alloc/guard.h"
#include "alloc/object.h"
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

/* As many as the loaded magazine has, or the one that takes its place. */
static size_t bulk_pop(struct magslab_cache *cache, void **objects, size_t max)
{
	struct magslab_cpu *cpu;
	size_t nr = 0;
	bool miss;

	if (!guard_enter(cache, &cpu)) {
		this_cpu_inc(cache->cpu->interrupts);
		return 0;
	}
	miss = cpu->front.top == cpu->front.base;
	if (magslab_magazine_make_object(cache, cpu)) {
		nr = min_t(size_t, max, cpu->front.top - cpu->front.base);
		WRITE_ONCE(cpu->front.top, cpu->front.top - nr);
		copy_objects(objects, cpu->front.top, nr);
		guard_count(&cpu->front.allocs, nr);
		guard_count(&cpu->alloc_misses, miss);
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
			 size_t max)
{
	struct magslab_cpu *cpu;
	size_t nr = 0;
	bool miss;

	if (!guard_enter(cache, &cpu)) {
		this_cpu_inc(cache->cpu->interrupts);
		return -EBUSY;
	}
	miss = cpu->front.top == cpu->front.limit;
	if (magslab_magazine_make_room(cache, cpu)) {
		nr = min_t(size_t, max, cpu->front.limit - cpu->front.top);
		copy_objects(cpu->front.top, objects, nr);
		WRITE_ONCE(cpu->front.top, cpu->front.top + nr);
		guard_count(&cpu->front.frees, nr);
		guard_count(&cpu->free_misses, miss);
	}
	guard_exit(cache);
	return nr;
}

/* Past the magazines, straight into the caller's array. */
static size_t bulk_take_direct(struct magslab_cache *cache, gfp_t gfp,
			       void **objects, size_t max)
{
	unsigned int want = min_t(size_t, max, UINT_MAX);
	int nid = numa_mem_id();
	size_t nr;

	/* Left over in the depot, where only an interrupt leaves any. */
	objects[0] = magslab_depot_get_object(&cache->node[nid]->depot);
	nr = objects[0] ? 1 : 0;
	if (!nr)
		nr = magslab_slabs_take(cache, nid, objects, want);
	if (!nr)
		nr = magslab_slabs_grow(cache, gfp, nid, objects, want);
	if (!nr && nr_online_nodes > 1) {
		objects[0] = magslab_alloc_elsewhere(cache);
		/* Counted there. */
		if (objects[0])
			return 1;
	}
	if (!nr && reserve_exists(&cache->reserve)) {
		objects[0] = magslab_reserve_take(cache);
		nr = objects[0] ? 1 : 0;
	}
	this_cpu_add(cache->cpu->direct_allocs, nr);
	return nr;
}

static size_t bulk_take(struct magslab_cache *cache, gfp_t gfp, void **objects,
			size_t max)
{
	size_t nr;

	if (unlikely(gfp & MAGSLAB_GFP_PARTICULAR)) {
		objects[0] =
			magslab_alloc_particular(cache, gfp, numa_mem_id());
		return objects[0] ? 1 : 0;
	}
	nr = bulk_pop(cache, objects, max);
	return nr ?: bulk_take_direct(cache, gfp, objects, max);
}

static void bulk_put(struct magslab_cache *cache, size_t nr, void **objects)
{
	ssize_t done;

	while (nr) {
		done = bulk_push(cache, objects, nr);
		if (!done && magslab_magazine_stock(cache, GFP_NOWAIT))
			done = bulk_push(cache, objects, nr);
		if (done <= 0) {
			magslab_put_direct(cache, objects, nr);
			this_cpu_add(cache->cpu->direct_frees, nr);
			return;
		}
		objects += done;
		nr -= done;
	}
}

static void bulk_zero(void **objects, size_t nr, unsigned int size)
{
	size_t i;

	for (i = 0; i < nr; i++)
		zero_object(objects[i], size);
}

/* One by one, as each is looked at. */
static size_t bulk_alloc_watched(struct magslab_cache *cache, gfp_t gfp,
				 size_t nr, void **objects)
{
	size_t done = 0;
	void *object;

	while (done < nr) {
		if (unlikely(!bulk_take(cache, gfp, &object, 1))) {
			this_cpu_inc(cache->cpu->failures);
			magslab_free_bulk(cache, done, objects);
			return 0;
		}
		objects[done] =
			magslab_watch_hand_out(cache, object, gfp, _RET_IP_);
		/* What is not fit to be used is passed over. */
		if (likely(objects[done]))
			done++;
	}
	return nr;
}

static size_t bulk_alloc(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			 void **objects)
{
	size_t done = 0, got;

	while (done < nr) {
		got = bulk_take(cache, gfp, objects + done, nr - done);
		if (unlikely(!got)) {
			this_cpu_inc(cache->cpu->failures);
			bulk_put(cache, done, objects);
			return 0;
		}
		done += got;
	}
	return nr;
}

/**
 * magslab_take_bulk - allocate several objects that will be zeroed later
 * @cache: the cache
 * @gfp: as for magslab_alloc(), without %__GFP_ZERO
 * @nr: number of objects
 * @objects: receives @nr pointers; on failure its contents are undefined
 *
 * Context: As magslab_alloc().
 * Return: @nr, or 0 when not all of them could be had.
 */
size_t magslab_take_bulk(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			 void **objects)
{
	might_alloc(gfp);
	if (unlikely(cache->watch))
		return bulk_alloc_watched(cache, gfp, nr, objects);
	return bulk_alloc(cache, gfp, nr, objects);
}

size_t magslab_alloc_bulk(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			  void **objects)
{
	might_alloc(gfp);
	if (unlikely(gfp & __GFP_ZERO && magslab_refuse_zeroing(cache)))
		return 0;
	if (unlikely(cache->watch))
		nr = bulk_alloc_watched(cache, gfp, nr, objects);
	else
		nr = bulk_alloc(cache, gfp, nr, objects);
	if (want_init_on_alloc(gfp))
		bulk_zero(objects, nr, object_zero_size(cache, gfp));
	return nr;
}
EXPORT_SYMBOL_GPL(magslab_alloc_bulk);

static void bulk_free_watched(struct magslab_cache *cache, size_t nr,
			      void **objects)
{
	size_t i;

	/* As callers do it: the longer way is for what is uncommon. */
	for (i = 0; i < nr; i++)
		__magslab_free_inline(cache, objects[i]);
}

void magslab_free_bulk(struct magslab_cache *cache, size_t nr, void **objects)
{
	if (unlikely(cache->watch)) {
		bulk_free_watched(cache, nr, objects);
		return;
	}
	if (want_init_on_free())
		bulk_zero(objects, nr, cache->face.zero_size);
	bulk_put(cache, nr, objects);
}
EXPORT_SYMBOL_GPL(magslab_free_bulk);
