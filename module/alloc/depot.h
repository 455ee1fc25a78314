/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The depot: spare magazines of a cache on one node. CPUs exchange whole
 * magazines with it, so that its lock is taken once for many objects.
 */
#ifndef MAGSLAB_ALLOC_DEPOT_H
#define MAGSLAB_ALLOC_DEPOT_H

#include <linux/gfp.h>
#include <linux/types.h>

#include "alloc/leaf.h"

/**
 * struct magslab_magazine - an array of free objects
 * @next: in a depot's list
 * @rounds: objects in it, while it is not loaded by a CPU
 * @capacity: objects it has room for
 * @round: the objects, the most recently freed one last
 *
 * Sized so that the whole fills cache lines.
 */
struct magslab_magazine {
	struct magslab_magazine *next;
	unsigned int rounds;
	unsigned int capacity;
	void *round[];
};

/**
 * struct magslab_depot - spare magazines of a cache on one node
 * @leaf: protects all other fields; held for a constant number of steps
 * @full: magazines with at least one object, last in first out
 * @empty: magazines with none
 * @nr_full: length of @full
 * @nr_empty: length of @empty
 * @nr_objects: objects in @full
 */
struct magslab_depot {
	struct leaf_lock leaf;
	struct magslab_magazine *full;
	struct magslab_magazine *empty;
	unsigned long nr_full;
	unsigned long nr_empty;
	unsigned long nr_objects;
};

struct magslab_magazine *magslab_magazine_create(unsigned int capacity,
						 gfp_t gfp);
void magslab_magazine_destroy(struct magslab_magazine *magazine);

void magslab_depot_init(struct magslab_depot *depot);
void magslab_depot_put(struct magslab_depot *depot,
		       struct magslab_magazine *magazine);
struct magslab_magazine *magslab_depot_get_full(struct magslab_depot *depot,
						struct magslab_magazine *give);
struct magslab_magazine *magslab_depot_get_empty(struct magslab_depot *depot,
						 struct magslab_magazine *give);
void *magslab_depot_get_object(struct magslab_depot *depot);

#endif /* MAGSLAB_ALLOC_DEPOT_H */
