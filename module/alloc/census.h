/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting what a cache has, for whoever wants to look. Nothing is locked and
 * nobody is held up: each figure is right at some moment during the count, all
 * of them together only when the cache is at rest.
 */
#ifndef MAGSLAB_ALLOC_CENSUS_H
#define MAGSLAB_ALLOC_CENSUS_H

#include <linux/stddef.h>
#include <linux/types.h>

#include "alloc/layer.h"
#include "alloc/slab.h"

struct magslab_cache;

/**
 * struct magslab_cpu_census - what one CPU has and did
 * @loaded: objects in the loaded magazine
 * @previous: objects in the previous one
 * @allocs: objects allocated here, however
 * @frees: objects freed here, however
 * @alloc_misses: operations that got objects, not from the loaded magazine
 * @free_misses: operations that freed objects, not to the loaded magazine
 * @refills: magazines filled from slabs
 * @drains: magazines emptied into slabs
 * @remote_frees: objects that were put back into slabs of other nodes
 * @direct_allocs: part of @allocs that went past the magazines
 * @direct_frees: part of @frees that went past the magazines
 * @interrupts: operations that came in the middle of another one
 * @failures: allocations that failed
 * @allocs_by: allocations not from the loaded magazine at once, by what had an
 *	object
 * @frees_by: frees not to it at once, by what took the object
 */
struct magslab_cpu_census {
	unsigned long loaded;
	unsigned long previous;
	unsigned long allocs;
	unsigned long frees;
	unsigned long alloc_misses;
	unsigned long free_misses;
	unsigned long refills;
	unsigned long drains;
	unsigned long remote_frees;
	unsigned long direct_allocs;
	unsigned long direct_frees;
	unsigned long interrupts;
	unsigned long failures;
	unsigned long allocs_by[MAGSLAB_NR_LAYERS];
	unsigned long frees_by[MAGSLAB_NR_LAYERS];
};

/**
 * struct magslab_census - what a cache has and did
 * @cpus: sums over all possible CPUs
 * @live_objects: allocated and not freed, by the events counted: allocations,
 *	frees, and frees refused. It comes from nowhere else, so that the other
 *	figures can be checked against it.
 * @apart_objects: live ones besides, which lie in no slab, see watch.h
 * @capacity_objects: objects all slabs together are cut into
 * @pages: of all slabs
 * @reserve_objects: free objects in the reserve
 * @reserve_size: objects it is to have
 * @reserve_allocs: objects that were had from it
 * @reserve_waits: allocations that waited for an object
 * @rcu_objects: live ones that become free after a grace period
 * @rcu_stranded: live ones that never will, because there was no memory
 * @rcu_slabs: slabs given back whose grace period is not over
 * @limit_refusals: slabs not made because of the limit
 * @page_failures: slabs not made for want of pages
 * @nodes: sums over all possible nodes; each has a record like this of its own,
 *	struct magslab_node_census, and its members are members of this one too
 * @depot_objects: free objects in depots
 * @free_slab_objects: free objects in slabs
 * @uncounted_objects: free objects in slabs that are not counted as such yet
 * @dead_objects: neither live nor ever free again, in slabs in quarantine
 * @slabs: slabs by list
 * @slabs_created: since the cache was made
 * @slabs_destroyed: since the cache was made
 * @slabs_quarantined: slabs that something wrong was found in
 * @slab_locks: times a lock of slabs was taken
 * @slab_contended: times it was found taken
 * @settled_objects: objects that were uncounted and are not any more
 * @rejected_frees: frees refused
 * @depot_full: magazines with objects in depots
 * @depot_empty: magazines without
 * @depot_locks: times a lock of a depot was taken
 * @depot_contended: times it was found taken
 */
struct magslab_census {
	struct magslab_cpu_census cpus;
	long long live_objects;
	unsigned long apart_objects;
	unsigned long capacity_objects;
	unsigned long pages;
	unsigned int reserve_objects;
	unsigned int reserve_size;
	unsigned long reserve_allocs;
	unsigned long reserve_waits;
	unsigned long rcu_objects;
	unsigned long rcu_stranded;
	unsigned long rcu_slabs;
	unsigned long limit_refusals;
	unsigned long page_failures;
	/* clang-format off */
	struct_group_tagged(magslab_node_census, nodes, /* of one, or of all */
		unsigned long depot_objects;
		unsigned long free_slab_objects;
		unsigned long uncounted_objects;
		unsigned long dead_objects;
		unsigned long slabs[MAGSLAB_NR_SLAB_LISTS];
		unsigned long slabs_created;
		unsigned long slabs_destroyed;
		unsigned long slabs_quarantined;
		unsigned long slab_locks;
		unsigned long slab_contended;
		unsigned long settled_objects;
		unsigned long rejected_frees;
		unsigned long depot_full;
		unsigned long depot_empty;
		unsigned long depot_locks;
		unsigned long depot_contended;
	);
	/* clang-format on */
};

void magslab_census_take(const struct magslab_cache *cache,
			 struct magslab_census *census);
void magslab_census_take_cpu(const struct magslab_cache *cache,
			     unsigned int cpu,
			     struct magslab_cpu_census *census);
void magslab_census_take_node(const struct magslab_cache *cache, int nid,
			      struct magslab_node_census *census);
unsigned long magslab_census_slabs(const struct magslab_cache *cache);

/* Objects had from the loaded magazine, without having to look further. */
static inline unsigned long
census_alloc_hits(const struct magslab_cpu_census *cpu)
{
	return cpu->allocs - cpu->direct_allocs - cpu->alloc_misses;
}

static inline unsigned long
census_free_hits(const struct magslab_cpu_census *cpu)
{
	return cpu->frees - cpu->direct_frees - cpu->free_misses;
}

static inline unsigned long
census_partial_slabs(const struct magslab_node_census *node)
{
	unsigned long nr = 0;
	int i;

	for (i = 0; i < SLAB_PARTIAL_LISTS; i++)
		nr += node->slabs[MAGSLAB_SLAB_PARTIAL + i];
	return nr;
}

static inline unsigned long
census_magazine_objects(const struct magslab_census *census)
{
	return census->cpus.loaded + census->cpus.previous;
}

#endif /* MAGSLAB_ALLOC_CENSUS_H */
