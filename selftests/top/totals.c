// SPDX-License-Identifier: GPL-2.0-only
/* Figures that are made of others, of one cache and of all. */
#include <math.h>

#include "sample.h"

/* Counted at different moments, frees may be ahead of allocations. */
int64_t cache_live(const struct cache *cache)
{
	int64_t live = cache->figures.live_objects;

	return live > 0 ? live : 0;
}

int64_t cache_slabs(const struct cache *cache)
{
	return cache->figures.slabs_partial + cache->figures.slabs_full +
	       cache->figures.slabs_empty;
}

int64_t cache_kib(const struct cache *cache, const struct sample *sample)
{
	return cache->figures.pages * sample->page_size / 1024;
}

int64_t cache_calls(const struct cache *cache)
{
	return cache->figures.allocs + cache->figures.frees;
}

int64_t cache_hits(const struct cache *cache)
{
	return cache->figures.alloc_hits + cache->figures.free_hits;
}

/* Return: NAN where there is no whole. */
double percent(int64_t part, int64_t whole)
{
	return whole > 0 ? 100.0 * part / whole : NAN;
}

static void add_rates(struct rates *sum, const struct rates *rates)
{
	sum->known = sum->known || rates->known;
	sum->allocs += rates->allocs;
	sum->frees += rates->frees;
	sum->misses += rates->misses;
}

void totals_take(struct totals *totals, const struct sample *sample)
{
	size_t i;

	*totals = (struct totals){};
	for (i = 0; i < sample->nr_caches; i++) {
		const struct cache *cache = &sample->caches[i];

		totals->objects += cache->figures.capacity_objects;
		totals->live += cache_live(cache);
		totals->kib += cache_kib(cache, sample);
		totals->calls += cache_calls(cache);
		totals->hits += cache_hits(cache);
		add_rates(&totals->rates, &cache->rates);
	}
}
