// SPDX-License-Identifier: GPL-2.0-only
/*
 * Giving memory back. Magazines in the depots go first, into the slabs, and
 * then the slabs that are empty. Magazines loaded by CPUs are left to
 * magslab_cache_shrink(): memory reclaim must not wait for other CPUs.
 *
 * The unit of work is one object, or one magazine without any.
 */
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/nodemask.h>
#include <linux/sched.h>

#include "alloc/cache.h"
#include "alloc/reclaim.h"
#include "alloc/trace.h"
#include "compat.h"

/**
 * magslab_reclaimable - tell how much work there is to give everything back
 * @cache: the cache
 *
 * Context: Any. A guess, nothing is locked.
 * Return: units of work.
 */
unsigned long magslab_reclaimable(const struct magslab_cache *cache)
{
	const struct magslab_node *node;
	unsigned long nr = 0;
	int nid;

	for_each_node(nid) {
		node = cache->node[nid];
		nr += READ_ONCE(node->depot.nr_objects);
		nr += READ_ONCE(node->depot.empty.nr);
		nr += READ_ONCE(node->depot.retired.nr);
		nr += READ_ONCE(node->slabs.nr[MAGSLAB_SLAB_EMPTY]) *
		      cache->layout.nr;
	}
	return nr;
}

/*
 * Empty a magazine that nobody else has into slabs, and free it.
 * Return: work done, 0 if there is no magazine.
 */
static unsigned long reclaim_magazine(struct magslab_cache *cache,
				      struct magslab_magazine *magazine)
{
	unsigned long work;

	if (!magazine)
		return 0;
	work = max(magazine->rounds, 1U);
	magslab_slabs_put(cache, magazine->round, magazine->rounds);
	magslab_magazine_destroy(magazine);
	cond_resched();
	return work;
}

/*
 * Those without objects go first: nobody is going to load one while objects are
 * being given back.
 */
static unsigned long reclaim_any(struct magslab_cache *cache,
				 struct magslab_depot *depot)
{
	struct magslab_magazine *magazine;

	magazine = magslab_depot_get_retired(depot);
	if (!magazine)
		magazine = magslab_depot_get_empty(depot, NULL);
	if (!magazine)
		magazine = magslab_depot_get_full(depot, NULL);
	return reclaim_magazine(cache, magazine);
}

static unsigned long reclaim_depot(struct magslab_cache *cache, int nid,
				   unsigned long budget)
{
	struct magslab_depot *depot = &cache->node[nid]->depot;
	unsigned long done = 0, work;

	while (done < budget) {
		work = reclaim_any(cache, depot);
		if (!work)
			break;
		done += work;
	}
	return done;
}

/**
 * magslab_reclaim - give back part of what depots and slabs have to spare
 * @cache: the cache
 * @budget: units of work to do at the most, or a little more
 * @pages: the number of pages given back is added to it
 *
 * An object in one node's depot may belong to a slab of another.
 *
 * Context: Task. May reschedule.
 * Return: units of work done.
 */
unsigned long magslab_reclaim(struct magslab_cache *cache, unsigned long budget,
			      unsigned long *pages)
{
	unsigned long max_slabs = DIV_ROUND_UP(budget, cache->layout.nr);
	unsigned long done = 0, slabs = 0;
	int nid;

	for_each_node(nid)
		done += reclaim_depot(cache, nid, budget - min(done, budget));
	for_each_node(nid)
		slabs += magslab_slabs_trim(cache, nid, max_slabs - slabs);
	*pages += slabs << cache->layout.order;
	trace_reclaim(cache, budget, done, slabs);
	return max(done, slabs * cache->layout.nr);
}

/**
 * magslab_reclaim_all - give back what depots and slabs have to spare
 * @cache: the cache
 *
 * What others free meanwhile is not waited for.
 *
 * Context: Task. May reschedule.
 * Return: number of pages given back.
 */
unsigned long magslab_reclaim_all(struct magslab_cache *cache)
{
	unsigned long slabs = 0, budget = magslab_reclaimable(cache);
	const unsigned long *empty;
	int nid;

	for_each_node(nid)
		reclaim_depot(cache, nid, budget);
	for_each_node(nid) {
		empty = &cache->node[nid]->slabs.nr[MAGSLAB_SLAB_EMPTY];
		slabs += magslab_slabs_trim(cache, nid, READ_ONCE(*empty));
	}
	trace_shrink(cache, slabs << cache->layout.order);
	return slabs << cache->layout.order;
}

/*
 * === What is not part of the working set ===
 */

/**
 * magslab_reclaim_close_interval - find out what was not needed lately
 * @cache: the cache
 * @nid: the node
 *
 * Context: Task, one at a time.
 * Return: how often somebody had to wait for the node's depot.
 */
unsigned long magslab_reclaim_close_interval(struct magslab_cache *cache,
					     int nid)
{
	struct magslab_node *node = cache->node[nid];

	magslab_depot_close_interval(&node->depot, &node->surplus);
	node->surplus_slabs = magslab_slabs_close_interval(&node->slabs);
	return node->surplus.contended;
}
EXPORT_SYMBOL_FOR_TEST(magslab_reclaim_close_interval);

static unsigned long surplus_magazine(struct magslab_cache *cache,
				      struct magslab_node *node)
{
	struct magslab_depot *depot = &node->depot;
	struct magslab_magazine *magazine = magslab_depot_get_retired(depot);

	if (!magazine && node->surplus.empty) {
		node->surplus.empty--;
		magazine = magslab_depot_get_empty(depot, NULL);
		/* They are needed after all. */
		if (!magazine)
			node->surplus.empty = 0;
	}
	if (!magazine && node->surplus.full) {
		node->surplus.full--;
		magazine = magslab_depot_get_full(depot, NULL);
	}
	return reclaim_magazine(cache, magazine);
}

/*
 * Slabs that the magazines given back leave empty are surplus as well: what was
 * in them was not needed.
 */
static unsigned long surplus_node(struct magslab_cache *cache, int nid,
				  unsigned long budget)
{
	struct magslab_node *node = cache->node[nid];
	const unsigned long *empty = &node->slabs.nr[MAGSLAB_SLAB_EMPTY];
	unsigned long before = READ_ONCE(*empty), done = 0, work, after, slabs;

	do {
		work = surplus_magazine(cache, node);
		done += work;
	} while (work && done < budget);

	after = READ_ONCE(*empty);
	node->surplus_slabs += after - min(after, before);
	slabs = magslab_slabs_trim(cache, nid, node->surplus_slabs);
	node->surplus_slabs = 0;
	/* Most intervals find nothing, in most caches. */
	if (done || slabs)
		trace_reap(cache, nid, done, slabs);
	return min(done, budget);
}

/**
 * magslab_reclaim_surplus - give back what was not needed lately
 * @cache: the cache
 * @budget: units of work to do at the most
 *
 * Context: Task, one at a time. May reschedule.
 * Return: units of work done; less than @budget if nothing is left to do.
 */
unsigned long magslab_reclaim_surplus(struct magslab_cache *cache,
				      unsigned long budget)
{
	unsigned long done = 0;
	int nid;

	for_each_node(nid)
		done += surplus_node(cache, nid, budget - done);
	return done;
}
EXPORT_SYMBOL_FOR_TEST(magslab_reclaim_surplus);
