// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "compat.h"

/*
 * Objects in another CPU's loaded magazine. Its three pointers may be those of
 * two magazines, so the difference is kept within bounds.
 */
static unsigned long census_loaded(const struct magslab_cache *cache,
				   const struct magslab_cpu *cpu)
{
	long bytes = (long)READ_ONCE(cpu->front.top) -
		     (long)READ_ONCE(cpu->front.base);

	return clamp_t(long, bytes / (long)sizeof(void *), 0,
		       MAGSLAB_MAX_CAPACITY);
}

/**
 * magslab_census_take_cpu - count what one CPU has and did
 * @cache: the cache
 * @cpu: number of a possible CPU
 * @census: filled in
 *
 * Context: Any.
 */
void magslab_census_take_cpu(const struct magslab_cache *cache,
			     unsigned int cpu,
			     struct magslab_cpu_census *census)
{
	const struct magslab_cpu *c = per_cpu_ptr(cache->cpu, cpu);
	int layer;

	census->loaded = census_loaded(cache, c);
	census->previous = READ_ONCE(c->previous_rounds);
	census->alloc_misses = READ_ONCE(c->alloc_misses);
	census->free_misses = READ_ONCE(c->free_misses);
	census->refills = READ_ONCE(c->refills);
	census->drains = READ_ONCE(c->drains);
	census->remote_frees = READ_ONCE(c->remote_frees);
	census->direct_allocs = READ_ONCE(c->direct_allocs);
	census->direct_frees = READ_ONCE(c->direct_frees);
	census->interrupts = READ_ONCE(c->interrupts);
	census->failures = READ_ONCE(c->failures);
	census->allocs = READ_ONCE(c->front.allocs) + census->direct_allocs;
	census->frees = READ_ONCE(c->front.frees) + census->direct_frees;
	for (layer = 0; layer < MAGSLAB_NR_LAYERS; layer++) {
		census->allocs_by[layer] = READ_ONCE(c->allocs_by[layer]);
		census->frees_by[layer] = READ_ONCE(c->frees_by[layer]);
	}
}

static void census_add_cpu(struct magslab_cpu_census *sum,
			   const struct magslab_cpu_census *cpu)
{
	int layer;

	sum->loaded += cpu->loaded;
	sum->previous += cpu->previous;
	sum->allocs += cpu->allocs;
	sum->frees += cpu->frees;
	sum->alloc_misses += cpu->alloc_misses;
	sum->free_misses += cpu->free_misses;
	sum->refills += cpu->refills;
	sum->drains += cpu->drains;
	sum->remote_frees += cpu->remote_frees;
	sum->direct_allocs += cpu->direct_allocs;
	sum->direct_frees += cpu->direct_frees;
	sum->interrupts += cpu->interrupts;
	sum->failures += cpu->failures;
	for (layer = 0; layer < MAGSLAB_NR_LAYERS; layer++) {
		sum->allocs_by[layer] += cpu->allocs_by[layer];
		sum->frees_by[layer] += cpu->frees_by[layer];
	}
}

static void census_add_slabs(struct magslab_node_census *census,
			     const struct magslab_slabs *slabs)
{
	int list;

	for (list = 0; list < MAGSLAB_NR_SLAB_LISTS; list++)
		census->slabs[list] += READ_ONCE(slabs->nr[list]);
	census->free_slab_objects += READ_ONCE(slabs->nr_free);
	census->slabs_created += READ_ONCE(slabs->created);
	census->slabs_destroyed += READ_ONCE(slabs->destroyed);
	census->slab_locks += READ_ONCE(slabs->leaf.taken);
	census->slab_contended += READ_ONCE(slabs->leaf.contended);
	census->settled_objects += READ_ONCE(slabs->settled);
	census->rejected_frees += atomic_long_read(&slabs->rejected);
	census->uncounted_objects += atomic_long_read(&slabs->uncounted);
	census->dead_objects += atomic_long_read(&slabs->dead);
	census->slabs_quarantined += READ_ONCE(slabs->quarantined);
}

static void census_add_depot(struct magslab_node_census *census,
			     const struct magslab_depot *depot)
{
	census->depot_full += READ_ONCE(depot->full.nr);
	census->depot_empty += READ_ONCE(depot->empty.nr);
	census->depot_empty += READ_ONCE(depot->retired.nr);
	census->depot_objects += READ_ONCE(depot->nr_objects);
	census->depot_locks += READ_ONCE(depot->leaf.taken);
	census->depot_contended += READ_ONCE(depot->leaf.contended);
}

static void census_add_node(struct magslab_node_census *census,
			    const struct magslab_node *node)
{
	census_add_slabs(census, &node->slabs);
	census_add_depot(census, &node->depot);
}

/**
 * magslab_census_take_node - count what a cache has and did on one node
 * @cache: the cache
 * @nid: number of a possible node
 * @census: filled in
 *
 * Context: Any.
 */
void magslab_census_take_node(const struct magslab_cache *cache, int nid,
			      struct magslab_node_census *census)
{
	memset(census, 0, sizeof(*census));
	census_add_node(census, cache->node[nid]);
}

/**
 * magslab_census_slabs - count the slabs of a cache
 * @cache: the cache
 *
 * Context: Any.
 * Return: their number.
 */
unsigned long magslab_census_slabs(const struct magslab_cache *cache)
{
	const struct magslab_slabs *slabs;
	unsigned long nr = 0;
	int nid;

	/* Not by state: a slab that changes state could be counted twice. */
	for_each_node(nid) {
		slabs = &cache->node[nid]->slabs;
		nr -= READ_ONCE(slabs->destroyed);
		nr += READ_ONCE(slabs->created);
	}
	return nr;
}
EXPORT_SYMBOL_FOR_TEST(magslab_census_slabs);

/**
 * magslab_census_take - count what a cache has and did
 * @cache: the cache
 * @census: filled in
 *
 * Context: Any.
 */
void magslab_census_take(const struct magslab_cache *cache,
			 struct magslab_census *census)
{
	struct magslab_cpu_census one;
	unsigned long slabs;
	unsigned int cpu;
	int nid;

	memset(census, 0, sizeof(*census));
	for_each_possible_cpu(cpu) {
		magslab_census_take_cpu(cache, cpu, &one);
		census_add_cpu(&census->cpus, &one);
	}
	for_each_node(nid)
		census_add_node(&census->nodes, cache->node[nid]);
	census->reserve_objects =
		magslab_reserve_level(&cache->reserve, &census->reserve_size);
	census->reserve_allocs = atomic_long_read(&cache->reserve.allocs);
	census->reserve_waits = atomic_long_read(&cache->reserve.waits);
	census->rcu_objects = magslab_rcu_pending(cache);
	census->rcu_stranded = atomic_long_read(&cache->rcu.stranded);
	census->rcu_slabs = atomic_long_read(&cache->rcu.slabs);
	census->limit_refusals = atomic_long_read(&cache->limit_refusals);
	census->page_failures = atomic_long_read(&cache->page_failures);
	census->apart_objects = magslab_watch_apart(cache);
	slabs = magslab_census_slabs(cache);
	census->pages = slabs << cache->layout.order;
	census->capacity_objects = slabs * cache->layout.nr;
	/* A free that was refused ended nobody's life. */
	census->live_objects = census->cpus.allocs - census->cpus.frees +
			       census->rejected_frees;
}
EXPORT_SYMBOL_FOR_TEST(magslab_census_take);
