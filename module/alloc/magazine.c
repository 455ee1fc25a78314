// SPDX-License-Identifier: GPL-2.0-only
/*
 * The magazines of each CPU: loading and unloading them, exchanging them with
 * the depot, filling them from slabs and draining them.
 */
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "alloc/cache.h"
#include "alloc/depot.h"
#include "alloc/guard.h"
#include "alloc/magazine.h"
#include "alloc/slab.h"
#include "alloc/trace.h"

static struct magslab_depot *depot_here(struct magslab_cache *cache)
{
	return &cache->node[numa_mem_id()]->depot;
}

/*
 * === Within the guard ===
 */

static struct magslab_magazine *cpu_loaded(const struct magslab_cpu *cpu)
{
	if (!cpu->front.base)
		return NULL;
	return container_of((void *)cpu->front.base, struct magslab_magazine,
			    round);
}

/* Write down in the loaded magazine how full it is, before it is unloaded. */
static struct magslab_magazine *cpu_close(struct magslab_cpu *cpu)
{
	struct magslab_magazine *loaded = cpu_loaded(cpu);

	if (loaded)
		loaded->rounds = cpu->front.top - cpu->front.base;
	return loaded;
}

static void cpu_load(struct magslab_cpu *cpu, struct magslab_magazine *magazine)
{
	WRITE_ONCE(cpu->front.base, magazine->round);
	WRITE_ONCE(cpu->front.top, magazine->round + magazine->rounds);
	WRITE_ONCE(cpu->front.limit, magazine->round + magazine->capacity);
}

static void cpu_load_nothing(struct magslab_cpu *cpu)
{
	WRITE_ONCE(cpu->front.base, NULL);
	WRITE_ONCE(cpu->front.top, NULL);
	WRITE_ONCE(cpu->front.limit, NULL);
}

static void cpu_set_previous(struct magslab_cpu *cpu,
			     struct magslab_magazine *magazine)
{
	cpu->previous = magazine;
	WRITE_ONCE(cpu->previous_rounds, magazine ? magazine->rounds : 0);
}

/* Load @magazine, and let the loaded one be the previous from now on. */
static void cpu_rotate(struct magslab_cpu *cpu,
		       struct magslab_magazine *magazine)
{
	cpu_set_previous(cpu, cpu_close(cpu));
	cpu_load(cpu, magazine);
}

/*
 * Fill the loaded magazine, which is empty, from this node's slabs. All of it:
 * frees that follow have room in the previous one, which is empty too.
 */
static bool cpu_refill(struct magslab_cache *cache, struct magslab_cpu *cpu)
{
	unsigned int taken;

	while (cpu->front.top < cpu->front.limit) {
		taken = magslab_slabs_take(cache, numa_mem_id(), cpu->front.top,
					   cpu->front.limit - cpu->front.top);
		if (!taken)
			break;
		WRITE_ONCE(cpu->front.top, cpu->front.top + taken);
	}
	if (cpu->front.top == cpu->front.base)
		return false;
	if (layer_counting())
		guard_count(&cpu->refills, 1);
	trace_refill(cache, numa_mem_id(), cpu->front.top - cpu->front.base,
		     cpu->front.limit - cpu->front.base);
	return true;
}

/**
 * magslab_magazine_make_object - make the loaded magazine have an object
 * @cache: the cache
 * @cpu: this CPU's magazines
 *
 * Context: Any, within the guard.
 * Return: where the object is from; none if no magazine is loaded, or magazines,
 * depot and slabs of this node have no object.
 */
enum magslab_layer magslab_magazine_make_object(struct magslab_cache *cache,
						struct magslab_cpu *cpu)
{
	struct magslab_magazine *full;

	if (cpu->front.top != cpu->front.base)
		return MAGSLAB_LAYER_LOADED;
	if (cpu->previous_rounds) {
		cpu_rotate(cpu, cpu->previous);
		return MAGSLAB_LAYER_PREVIOUS;
	}
	if (unlikely(READ_ONCE(cache->starving)))
		return MAGSLAB_LAYER_NONE;
	full = magslab_depot_get_full(depot_here(cache), cpu->previous);
	if (full) {
		trace_depot_get_full(cache, numa_mem_id(), full->rounds);
		cpu_rotate(cpu, full);
		return MAGSLAB_LAYER_DEPOT;
	}
	if (!cpu->front.base || !cpu_refill(cache, cpu))
		return MAGSLAB_LAYER_NONE;
	return MAGSLAB_LAYER_SLAB;
}

/*
 * Whether an object is from where this node gets its own. That is another node
 * than this one, if it has no memory or none left.
 */
static bool object_is_local(const struct magslab_cache *cache,
			    const void *object, int nid)
{
	int home = page_to_nid(virt_to_page(object));

	return home == nid ||
	       home == READ_ONCE(cache->node[nid]->slabs.overflow);
}

/*
 * Put objects of other nodes back to where they come from, before a magazine
 * goes to the depot: what was freed far from home does not stay there for good.
 */
static void magazine_sort_out(struct magslab_cache *cache,
			      struct magslab_magazine *magazine)
{
	unsigned int local = 0, i;
	int nid = numa_mem_id();

	for (i = 0; i < magazine->rounds; i++) {
		if (!object_is_local(cache, magazine->round[i], nid))
			continue;
		swap(magazine->round[local], magazine->round[i]);
		local++;
	}
	magslab_slabs_put(cache, magazine->round + local, i - local);
	if (layer_counting())
		guard_count(&this_cpu_ptr(cache->cpu)->remote_frees, i - local);
	magazine->rounds = local;
}

/* Get an empty magazine from the depot for a full one. */
static struct magslab_magazine *exchange_full(struct magslab_cache *cache,
					      struct magslab_cpu *cpu)
{
	struct magslab_magazine *full = cpu->previous;

	if (full && nr_online_nodes > 1) {
		magazine_sort_out(cache, full);
		cpu_set_previous(cpu, full);
		/* All of it was from elsewhere. */
		if (!full->rounds)
			return full;
	}
	return magslab_depot_get_empty(depot_here(cache), full);
}

/**
 * magslab_magazine_make_room - make the loaded magazine have room
 * @cache: the cache
 * @cpu: this CPU's magazines
 *
 * Context: Any, within the guard.
 * Return: where the room is from; none if it takes an empty magazine and the depot
 * has none, or no magazine is to be loaded.
 */
enum magslab_layer magslab_magazine_make_room(struct magslab_cache *cache,
					      struct magslab_cpu *cpu)
{
	struct magslab_magazine *empty;

	if (cpu->front.top != cpu->front.limit)
		return MAGSLAB_LAYER_LOADED;
	if (unlikely(READ_ONCE(cache->starving)))
		return MAGSLAB_LAYER_NONE;
	if (cpu->previous && !cpu->previous_rounds) {
		cpu_rotate(cpu, cpu->previous);
		return MAGSLAB_LAYER_PREVIOUS;
	}
	empty = exchange_full(cache, cpu);
	if (!empty)
		return MAGSLAB_LAYER_NONE;
	trace_depot_get_empty(cache, numa_mem_id(), cpu->previous_rounds);
	cpu_rotate(cpu, empty);
	return MAGSLAB_LAYER_DEPOT;
}

/*
 * === Outside the guard: magazines for whom has none ===
 */

/**
 * magslab_magazine_stock - give this CPU's node another empty magazine
 * @cache: the cache
 * @gfp: as for magslab_magazine_create()
 *
 * Context: Any.
 * Return: false if no memory could be had, or asked for here, or no magazine
 * is to be loaded.
 */
bool magslab_magazine_stock(struct magslab_cache *cache, gfp_t gfp)
{
	struct magslab_magazine *magazine;

	if (unlikely(READ_ONCE(cache->starving)))
		return false;
	magazine =
		magslab_magazine_create(READ_ONCE(cache->sizing.capacity), gfp);
	if (!magazine)
		return false;
	magslab_depot_put(depot_here(cache), magazine);
	return true;
}

/**
 * magslab_magazine_equip - load an empty magazine if this CPU has none
 * @cache: the cache
 * @gfp: as for magslab_magazine_create()
 *
 * Context: Any.
 * Return: whether one was loaded, so that another try makes sense.
 */
bool magslab_magazine_equip(struct magslab_cache *cache, gfp_t gfp)
{
	struct magslab_magazine *empty = NULL;
	struct magslab_cpu *cpu;

	if (READ_ONCE(raw_cpu_ptr(cache->cpu)->front.base) ||
	    unlikely(READ_ONCE(cache->starving)))
		return false;
	if (!READ_ONCE(depot_here(cache)->empty.first) &&
	    !magslab_magazine_stock(cache, gfp))
		return false;
	if (!guard_enter(cache, &cpu))
		return false;
	if (!cpu->front.base)
		empty = magslab_depot_get_empty(depot_here(cache), NULL);
	if (empty) {
		trace_depot_get_empty(cache, numa_mem_id(), 0);
		cpu_load(cpu, empty);
	}
	guard_exit(cache);
	return empty;
}

/**
 * magslab_magazine_fill - leave free objects with this CPU, or else in slabs
 * @cache: the cache
 * @objects: free objects, not counted as freed by anybody
 * @nr: how many
 *
 * Context: Any.
 */
void magslab_magazine_fill(struct magslab_cache *cache, void **objects,
			   unsigned int nr)
{
	struct magslab_cpu *cpu;
	unsigned int room;

	if (guard_enter(cache, &cpu)) {
		room = min_t(unsigned int, nr,
			     cpu->front.limit - cpu->front.top);
		memcpy(cpu->front.top, objects, room * sizeof(*objects));
		WRITE_ONCE(cpu->front.top, cpu->front.top + room);
		guard_exit(cache);
		objects += room;
		nr -= room;
	}
	magslab_slabs_put(cache, objects, nr);
}

/*
 * === Draining ===
 */

/* Empty a magazine that nobody else has, and free it. */
static void drain_one(struct magslab_cache *cache,
		      struct magslab_magazine *magazine)
{
	if (!magazine)
		return;
	if (magazine->rounds) {
		magslab_slabs_put(cache, magazine->round, magazine->rounds);
		layer_count(cache->cpu->drains, 1);
		trace_drain(cache, magazine->rounds, magazine->capacity);
	}
	magslab_magazine_destroy(magazine);
}

/**
 * magslab_magazine_drain - empty this CPU's magazines into the slabs
 * @cache: the cache
 *
 * Context: Task. The guard is never found taken there.
 */
void magslab_magazine_drain(struct magslab_cache *cache)
{
	struct magslab_magazine *loaded, *previous;
	struct magslab_cpu *cpu;

	if (WARN_ON_ONCE(!guard_enter(cache, &cpu)))
		return;
	loaded = cpu_close(cpu);
	previous = cpu->previous;
	cpu_load_nothing(cpu);
	cpu_set_previous(cpu, NULL);
	guard_exit(cache);

	drain_one(cache, loaded);
	drain_one(cache, previous);
}

/**
 * magslab_magazine_drain_dead - empty the magazines of a CPU that is no more
 * @cache: the cache
 * @dead: its number
 *
 * Context: Task. No operation runs on @dead, nor will while this does.
 */
void magslab_magazine_drain_dead(struct magslab_cache *cache, unsigned int dead)
{
	struct magslab_cpu *cpu = per_cpu_ptr(cache->cpu, dead);

	drain_one(cache, cpu_close(cpu));
	drain_one(cache, cpu->previous);
	cpu_load_nothing(cpu);
	cpu_set_previous(cpu, NULL);
}

/* Whether a CPU has any magazine, as far as can be seen from here. */
bool magslab_magazine_held(const struct magslab_cache *cache, unsigned int cpu)
{
	const struct magslab_cpu *c = per_cpu_ptr(cache->cpu, cpu);

	return READ_ONCE(c->front.base) || READ_ONCE(c->previous);
}
