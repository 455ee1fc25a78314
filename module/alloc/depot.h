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
 * struct magslab_depot_list - magazines of one kind, last in first out
 * @first: the one to take next
 * @nr: how many there are
 * @low: the fewest there were since the last interval was closed: as many were
 *	not needed in it
 */
struct magslab_depot_list {
	struct magslab_magazine *first;
	unsigned long nr;
	unsigned long low;
};

/**
 * struct magslab_depot - spare magazines of a cache on one node
 * @leaf: protects all other fields; held for a constant number of steps
 * @full: magazines with at least one object
 * @empty: magazines with none, of the right capacity
 * @retired: magazines with none, of another capacity; to be freed
 * @nr_objects: objects in @full
 * @capacity: which capacity is the right one
 * @contended: what leaf.contended was when the last interval was closed
 */
struct magslab_depot {
	struct leaf_lock leaf;
	struct magslab_depot_list full;
	struct magslab_depot_list empty;
	struct magslab_depot_list retired;
	unsigned long nr_objects;
	unsigned int capacity;
	unsigned long contended;
};

/**
 * struct magslab_depot_interval - what can be said of an interval of time
 * @full: magazines with objects that were not needed
 * @empty: magazines without that were not needed
 * @contended: times somebody had to wait for the lock
 */
struct magslab_depot_interval {
	unsigned long full;
	unsigned long empty;
	unsigned long contended;
};

struct magslab_magazine *magslab_magazine_create(unsigned int capacity,
						 gfp_t gfp);
void magslab_magazine_destroy(struct magslab_magazine *magazine);

void magslab_depot_init(struct magslab_depot *depot, unsigned int capacity);
void magslab_depot_resize(struct magslab_depot *depot, unsigned int capacity);
void magslab_depot_close_interval(struct magslab_depot *depot,
				  struct magslab_depot_interval *interval);
void magslab_depot_put(struct magslab_depot *depot,
		       struct magslab_magazine *magazine);
struct magslab_magazine *magslab_depot_get_full(struct magslab_depot *depot,
						struct magslab_magazine *give);
struct magslab_magazine *magslab_depot_get_empty(struct magslab_depot *depot,
						 struct magslab_magazine *give);
struct magslab_magazine *magslab_depot_get_retired(struct magslab_depot *depot);
void *magslab_depot_get_object(struct magslab_depot *depot);

#endif /* MAGSLAB_ALLOC_DEPOT_H */
