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
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/shrinker.h>

#include "alloc/cache.h"
#include "alloc/shrinker.h"
#include "compat.h"

/* Work done per call at the least, so that a call is worth its cost. */
#define RECLAIM_BATCH 128UL

static struct shrinker *shrinker;

/* Work there is: a guess, nothing is locked. */
static unsigned long reclaimable(const struct magslab_cache *cache)
{
	const struct magslab_node *node;
	unsigned long nr = 0;
	int nid;

	for_each_node(nid) {
		node = cache->node[nid];
		nr += READ_ONCE(node->depot.nr_objects);
		nr += READ_ONCE(node->depot.nr_empty);
		nr += READ_ONCE(node->slabs.nr[MAGSLAB_SLAB_EMPTY]) *
		      cache->layout.nr;
	}
	return nr;
}

/*
 * Empty a magazine of the depot into slabs, and free it. Those without objects
 * go first: nobody is going to load one while objects are being given back.
 * Return: work done, 0 if the depot has no magazine.
 */
static unsigned long reclaim_magazine(struct magslab_cache *cache,
				      struct magslab_depot *depot)
{
	struct magslab_magazine *magazine;
	unsigned long work;

	magazine = magslab_depot_get_empty(depot, NULL);
	if (!magazine)
		magazine = magslab_depot_get_full(depot, NULL);
	if (!magazine)
		return 0;
	work = max(magazine->rounds, 1U);
	magslab_slabs_put(cache, magazine->round, magazine->rounds);
	magslab_magazine_destroy(magazine);
	return work;
}

static unsigned long reclaim_depot(struct magslab_cache *cache, int nid,
				   unsigned long budget)
{
	struct magslab_depot *depot = &cache->node[nid]->depot;
	unsigned long done = 0, work;

	while (done < budget) {
		work = reclaim_magazine(cache, depot);
		if (!work)
			break;
		done += work;
		cond_resched();
	}
	return done;
}

/*
 * Give back as much as @budget allows, and add to @pages what it came to.
 * An object in one node's depot may belong to a slab of another.
 * Return: work done.
 */
static unsigned long reclaim(struct magslab_cache *cache, unsigned long budget,
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
	unsigned long slabs = 0, budget = reclaimable(cache);
	const unsigned long *empty;
	int nid;

	for_each_node(nid)
		reclaim_depot(cache, nid, budget);
	for_each_node(nid) {
		empty = &cache->node[nid]->slabs.nr[MAGSLAB_SLAB_EMPTY];
		slabs += magslab_slabs_trim(cache, nid, READ_ONCE(*empty));
	}
	return slabs << cache->layout.order;
}

static unsigned long shrinker_count(struct shrinker *s,
				    struct shrink_control *sc)
{
	struct magslab_cache *cache;
	unsigned long nr = 0;

	if (!magslab_caches_trylock())
		return 0;
	list_for_each_entry(cache, magslab_caches(), link)
		nr += reclaimable(cache);
	magslab_caches_unlock();
	return nr ?: SHRINK_EMPTY;
}

static unsigned long shrinker_scan(struct shrinker *s,
				   struct shrink_control *sc)
{
	unsigned long budget = max(sc->nr_to_scan, RECLAIM_BATCH);
	unsigned long done = 0, pages = 0;
	struct magslab_cache *cache;

	if (!magslab_caches_trylock())
		return SHRINK_STOP;
	list_for_each_entry(cache, magslab_caches(), link) {
		if (done >= budget)
			break;
		done += reclaim(cache, budget - done, &pages);
	}
	magslab_caches_unlock();
	mm_account_reclaimed_pages(pages);
	sc->nr_scanned = max(done, sc->nr_to_scan);
	return done;
}

int magslab_shrinker_init(void)
{
	int ret;

	shrinker = shrinker_alloc(0, KBUILD_MODNAME);
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = shrinker_count;
	shrinker->scan_objects = shrinker_scan;
	/*
	 * Nothing needs to be read to make it anew: half of it is asked for at
	 * the first sign of need. By the sixteenth part or less, as of caches of
	 * files, whoever finds little else to reclaim would have somebody killed
	 * while there is still memory here.
	 */
	shrinker->seeks = 0;
	/* Asked in the smallest portions, so that no rest is too small to ask for. */
	shrinker->batch = 1;
	ret = magslab_shrinker_register(shrinker);
	if (ret)
		shrinker_free(shrinker);
	return ret;
}

void magslab_shrinker_exit(void)
{
	shrinker_free(shrinker);
}
