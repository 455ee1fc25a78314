// SPDX-License-Identifier: GPL-2.0-only
#include <linux/string.h>

#include "alloc/cache.h"
#include "stats/fields.h"
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

/* Without a cache: of all, of those that are gone too. */
static void figures_take_corruptions(const struct magslab_cache *cache,
				     struct stats_figures *figures)
{
	unsigned long nr;
	int i;

	figures->corruptions = 0;
	for (i = 0; i < MAGSLAB_NR_CORRUPTIONS; i++) {
		nr = magslab_cache_corruptions(cache, i);
		figures->corruption[i] = nr;
		figures->corruptions += nr;
	}
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
	figures->slabs_partial = census_partial_slabs(&census->nodes);
	figures->alloc_hits = census_alloc_hits(&census->cpus);
	figures->free_hits = census_free_hits(&census->cpus);
	figures_take_corruptions(cache, figures);
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

/**
 * stats_node_take - look at what a cache has on one node
 * @cache: the cache, which stays meanwhile
 * @nid: number of a possible node
 * @figures: filled in
 *
 * Context: Any. Locks nothing.
 */
void stats_node_take(const struct magslab_cache *cache, int nid,
		     struct stats_node *figures)
{
	magslab_census_take_node(cache, nid, &figures->census);
	figures->slabs_partial = census_partial_slabs(&figures->census);
}

void stats_totals_begin(struct stats_totals *totals)
{
	memset(totals, 0, sizeof(*totals));
}

/* One more cache. */
void stats_totals_add(struct stats_totals *totals,
		      const struct stats_figures *figures)
{
	totals->caches++;
	stats_add(stats_has, &totals->sum, figures);
	stats_add(stats_did, &totals->sum, figures);
}

/* That was the last. What was found wrong in any cache is not forgotten with it. */
void stats_totals_end(struct stats_totals *totals)
{
	figures_take_corruptions(NULL, &totals->sum);
}
