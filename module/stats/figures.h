/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of a cache: its census, and what follows from that. */
#ifndef MAGSLAB_STATS_FIGURES_H
#define MAGSLAB_STATS_FIGURES_H

#include "alloc/census.h"

struct magslab_cache;

/**
 * struct stats_figures - what a cache is, has and did
 * @object_size: in bytes, as its creator gave it
 * @object_stride: bytes from one object to the next
 * @align: of objects, in bytes
 * @objects_per_slab: objects of a slab
 * @page_limit: pages it may have, or 0
 * @pages_per_slab: pages of a slab
 * @magazine_capacity: rounds of a new magazine
 * @census: what was counted
 * @magazine_objects: objects in magazines of CPUs
 * @slabs_partial: slabs on all lists of partial ones
 * @alloc_hits: objects had from the loaded magazine at once
 * @free_hits: objects put into it at once
 */
struct stats_figures {
	unsigned int object_size;
	unsigned int object_stride;
	unsigned int align;
	unsigned int objects_per_slab;
	unsigned long page_limit;
	unsigned long pages_per_slab;
	unsigned int magazine_capacity;
	struct magslab_census census;
	unsigned long magazine_objects;
	unsigned long slabs_partial;
	unsigned long alloc_hits;
	unsigned long free_hits;
};

/**
 * struct stats_cpu - what one CPU has of a cache, and did
 * @census: what was counted
 * @alloc_hits: objects had from the loaded magazine at once
 * @free_hits: objects put into it at once
 */
struct stats_cpu {
	struct magslab_cpu_census census;
	unsigned long alloc_hits;
	unsigned long free_hits;
};

void stats_figures_take(const struct magslab_cache *cache,
			struct stats_figures *figures);
void stats_cpu_take(const struct magslab_cache *cache, unsigned int cpu,
		    struct stats_cpu *figures);

#endif /* MAGSLAB_STATS_FIGURES_H */
