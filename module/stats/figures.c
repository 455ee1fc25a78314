// SPDX-License-Identifier: GPL-2.0-only
#include "alloc/cache.h"
#include "stats/figures.h"

static void figures_take_geometry(const struct magslab_cache *cache,
				  struct stats_figures *figures)
{
	figures->object_size = cache->size;
	figures->object_stride = cache->layout.stride;
	figures->align = cache->align;
	figures->objects_per_slab = cache->layout.nr;
	figures->page_limit = READ_ONCE(cache->limit);
	figures->pages_per_slab = 1UL << cache->layout.order;
	figures->magazine_capacity = READ_ONCE(cache->sizing.capacity);
}

/**
 * stats_figures_take - look at a cache
 * @cache: the cache, which stays meanwhile
 * @figures: filled in
 *
 * Context: Any. Locks nothing.
 */
void stats_figures_take(const struct magslab_cache *cache,
			struct stats_figures *figures)
{
	const struct magslab_census *census = &figures->census;

	figures_take_geometry(cache, figures);
	magslab_census_take(cache, &figures->census);
	figures->magazine_objects = census_magazine_objects(census);
	figures->slabs_partial = census_partial_slabs(census);
	figures->alloc_hits = census_alloc_hits(&census->cpus);
	figures->free_hits = census_free_hits(&census->cpus);
}

/**
 * stats_cpu_take - look at what one CPU has of a cache
 * @cache: the cache, which stays meanwhile
 * @cpu: number of a possible CPU
 * @figures: filled in
 *
 * Context: Any. Locks nothing.
 */
void stats_cpu_take(const struct magslab_cache *cache, unsigned int cpu,
		    struct stats_cpu *figures)
{
	magslab_census_take_cpu(cache, cpu, &figures->census);
	figures->alloc_hits = census_alloc_hits(&figures->census);
	figures->free_hits = census_free_hits(&figures->census);
}
