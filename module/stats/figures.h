/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of a cache: its census, and what follows from that. */
#ifndef MAGSLAB_STATS_FIGURES_H
#define MAGSLAB_STATS_FIGURES_H

#include <linux/magslab.h>

#include "alloc/census.h"

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
 * @corruptions: reports of safety modes
 * @corruption: those by enum magslab_corruption
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
	unsigned long corruptions;
	unsigned long corruption[MAGSLAB_NR_CORRUPTIONS];
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

/**
 * struct stats_node - what a cache has and did on one node
 * @census: what was counted
 * @slabs_partial: slabs on all lists of partial ones
 */
struct stats_node {
	struct magslab_node_census census;
	unsigned long slabs_partial;
};

/**
 * struct stats_totals - sums over caches
 * @caches: how many
 * @sum: what they have and did
 */
struct stats_totals {
	unsigned int caches;
	struct stats_figures sum;
};

void stats_figures_take(const struct magslab_cache *cache,
			struct stats_figures *figures);
void stats_cpu_take(const struct magslab_cache *cache, unsigned int cpu,
		    struct stats_cpu *figures);
void stats_node_take(const struct magslab_cache *cache, int nid,
		     struct stats_node *figures);
void stats_totals_begin(struct stats_totals *totals);
void stats_totals_add(struct stats_totals *totals,
		      const struct stats_figures *figures);
void stats_totals_end(struct stats_totals *totals);

#endif /* MAGSLAB_STATS_FIGURES_H */
