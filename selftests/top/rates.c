// SPDX-License-Identifier: GPL-2.0-only
/* What happened between two samples, per second. */
#include "sample.h"

/* A counter that went back belongs to a new cache of the same name. */
static bool went_back(const struct cache *now, const struct cache *before)
{
	return now->figures.allocs < before->figures.allocs ||
	       now->figures.frees < before->figures.frees;
}

static void cache_rates(struct cache *now, const struct cache *before,
			double seconds)
{
	const struct figures *a = &before->figures, *b = &now->figures;

	now->rates = (struct rates){
		.known = true,
		.allocs = (b->allocs - a->allocs) / seconds,
		.frees = (b->frees - a->frees) / seconds,
		.misses = (b->alloc_misses - a->alloc_misses + b->free_misses -
			   a->free_misses) /
			  seconds,
	};
}

static void cpu_rates(struct cpu *now, const struct cpu *before, double seconds)
{
	now->rates = (struct rates){
		.known = true,
		.allocs = (now->allocs - before->allocs) / seconds,
		.frees = (now->frees - before->frees) / seconds,
		.misses = (now->alloc_misses - before->alloc_misses +
			   now->free_misses - before->free_misses) /
			  seconds,
	};
}

/* All possible CPUs are in every sample, in the same order. */
static void cpus_rates(struct cache *now, const struct cache *before,
		       double seconds)
{
	size_t i;

	for (i = 0; i < now->nr_cpus && i < before->nr_cpus; i++)
		cpu_rates(&now->cpus[i], &before->cpus[i], seconds);
}

static void cache_goes_on(struct cache *now, const struct cache *before,
			  double seconds)
{
	int64_t bytes = cache_live(now) * now->figures.object_size;

	if (!before || went_back(now, before)) {
		spark_add(&now->spark, NULL, bytes);
		return;
	}
	spark_add(&now->spark, &before->spark, bytes);
	if (!(seconds > 0))
		return;
	cache_rates(now, before, seconds);
	cpus_rates(now, before, seconds);
}

/* The first sample has an empty one before it. */
void rates_set(struct sample *now, const struct sample *before)
{
	size_t i;

	if (before->root)
		now->seconds = (now->time_ns - before->time_ns) / 1e9;
	for (i = 0; i < now->nr_caches; i++) {
		struct cache *cache = &now->caches[i];

		cache_goes_on(cache, sample_find(before, cache->name),
			      now->seconds);
	}
}
