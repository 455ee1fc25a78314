// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kmemleak.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "alloc/depot.h"
#include "alloc/fault.h"
#include "alloc/pages.h"
#include "compat.h"

/**
 * magslab_magazine_create - make an empty magazine
 * @capacity: objects it has room for
 * @gfp: as for kmalloc(); a failure is silent, since a cache works without
 *
 * Context: Any; where the page allocator must not be called it fails.
 * Return: the magazine, or NULL.
 */
struct magslab_magazine *magslab_magazine_create(unsigned int capacity,
						 gfp_t gfp)
{
	struct magslab_magazine *magazine;

	if (!pages_may_alloc(gfp) || magslab_fault_hit(MAGSLAB_FAULT_MAGAZINES))
		return NULL;
	/*
	 * What is shared by all is charged to nobody and spares reserves. What
	 * can be done without is not waited for, and nobody woken up for it: a
	 * free may come from where that is too much.
	 */
	gfp &= ~(__GFP_NOFAIL | __GFP_ZERO | GFP_ZONEMASK | __GFP_THISNODE |
		 __GFP_ACCOUNT | __GFP_RECLAIM);
	magazine = kmalloc(struct_size(magazine, round, capacity),
			   gfp | __GFP_NOWARN | __GFP_NOMEMALLOC);
	if (!magazine)
		return NULL;
	/* Who had an object leaves its address in it, which says of no user. */
	kmemleak_scan_area(&magazine->next, sizeof(magazine->next), gfp);
	magazine->next = NULL;
	magazine->rounds = 0;
	magazine->capacity = capacity;
	return magazine;
}
EXPORT_SYMBOL_FOR_TEST(magslab_magazine_create);

void magslab_magazine_destroy(struct magslab_magazine *magazine)
{
	kfree(magazine);
}
EXPORT_SYMBOL_FOR_TEST(magslab_magazine_destroy);

void magslab_depot_init(struct magslab_depot *depot, unsigned int capacity)
{
	leaf_lock_init(&depot->leaf);
	depot->capacity = capacity;
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_init);

static struct magslab_magazine *depot_pop(struct magslab_depot_list *list)
{
	struct magslab_magazine *magazine = list->first;

	if (magazine) {
		WRITE_ONCE(list->first, magazine->next);
		WRITE_ONCE(list->nr, list->nr - 1);
		list->low = min(list->low, list->nr);
	}
	return magazine;
}

static void depot_push(struct magslab_depot_list *list,
		       struct magslab_magazine *magazine)
{
	magazine->next = list->first;
	WRITE_ONCE(list->first, magazine);
	WRITE_ONCE(list->nr, list->nr + 1);
}

static void depot_add_objects(struct magslab_depot *depot, long nr)
{
	WRITE_ONCE(depot->nr_objects, depot->nr_objects + nr);
}

static void depot_add(struct magslab_depot *depot,
		      struct magslab_magazine *magazine)
{
	depot_add_objects(depot, magazine->rounds);
	if (magazine->rounds)
		depot_push(&depot->full, magazine);
	else if (magazine->capacity == depot->capacity)
		depot_push(&depot->empty, magazine);
	else
		depot_push(&depot->retired, magazine);
}

/**
 * magslab_depot_put - hand a magazine over to the depot
 * @depot: the depot
 * @magazine: the magazine, or NULL, which does nothing
 *
 * Context: Any but NMI.
 */
void magslab_depot_put(struct magslab_depot *depot,
		       struct magslab_magazine *magazine)
{
	unsigned long flags;

	if (!magazine || !leaf_lock(&depot->leaf, &flags))
		return;
	depot_add(depot, magazine);
	leaf_unlock(&depot->leaf, flags);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_put);

/* Get one from @list, and only then give one. */
static struct magslab_magazine *depot_get(struct magslab_depot *depot,
					  struct magslab_depot_list *list,
					  struct magslab_magazine *give)
{
	struct magslab_magazine *magazine;
	unsigned long flags;

	/* A racing put is as if it came a little later. */
	if (!READ_ONCE(list->first) || !leaf_lock(&depot->leaf, &flags))
		return NULL;
	magazine = depot_pop(list);
	if (magazine) {
		depot_add_objects(depot, -(long)magazine->rounds);
		if (give)
			depot_add(depot, give);
	}
	leaf_unlock(&depot->leaf, flags);
	return magazine;
}

/**
 * magslab_depot_get_full - take a magazine with objects
 * @depot: the depot
 * @give: given in exchange if there is one, or NULL
 *
 * Context: Any; in NMI it fails if somebody has the lock. Takes it once.
 * Return: a magazine that is the caller's now, or NULL.
 */
struct magslab_magazine *magslab_depot_get_full(struct magslab_depot *depot,
						struct magslab_magazine *give)
{
	return depot_get(depot, &depot->full, give);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_get_full);

/**
 * magslab_depot_get_empty - take a magazine without objects
 * @depot: the depot
 * @give: given in exchange if there is one, or NULL
 *
 * Context: Any; in NMI it fails if somebody has the lock. Takes it once.
 * Return: a magazine that is the caller's now, or NULL.
 */
struct magslab_magazine *magslab_depot_get_empty(struct magslab_depot *depot,
						 struct magslab_magazine *give)
{
	return depot_get(depot, &depot->empty, give);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_get_empty);

/**
 * magslab_depot_get_retired - take a magazine that is not to be used any more
 * @depot: the depot
 *
 * Context: Any but NMI. Takes the lock once.
 * Return: a magazine without objects that is the caller's now, or NULL.
 */
struct magslab_magazine *magslab_depot_get_retired(struct magslab_depot *depot)
{
	return depot_get(depot, &depot->retired, NULL);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_get_retired);

/**
 * magslab_depot_get_object - take a single object
 * @depot: the depot
 *
 * For whoever cannot load a magazine: an interrupt that came in the middle of
 * an operation on this CPU.
 *
 * Context: Any; in NMI it fails if somebody has the lock.
 * Return: the object, or NULL.
 */
void *magslab_depot_get_object(struct magslab_depot *depot)
{
	struct magslab_magazine *magazine;
	void *object = NULL;
	unsigned long flags;

	if (!READ_ONCE(depot->full.first) || !leaf_lock(&depot->leaf, &flags))
		return NULL;
	magazine = depot->full.first;
	if (magazine) {
		object = magazine->round[--magazine->rounds];
		depot_add_objects(depot, -1);
		if (!magazine->rounds) {
			depot_pop(&depot->full);
			depot_add(depot, magazine);
		}
	}
	leaf_unlock(&depot->leaf, flags);
	return object;
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_get_object);

/**
 * magslab_depot_resize - change which capacity is the right one
 * @depot: the depot
 * @capacity: rounds of magazines that are to stay
 *
 * Others are retired when they come in empty.
 *
 * Context: Any but NMI.
 */
void magslab_depot_resize(struct magslab_depot *depot, unsigned int capacity)
{
	struct magslab_magazine *magazine, *next;
	unsigned long flags;

	if (!leaf_lock(&depot->leaf, &flags))
		return;
	depot->capacity = capacity;
	/* Those that are of no use now, as a whole. */
	magazine = depot->empty.first;
	depot->empty = (struct magslab_depot_list){};
	leaf_unlock(&depot->leaf, flags);

	for (; magazine; magazine = next) {
		next = magazine->next;
		magslab_depot_put(depot, magazine);
	}
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_resize);

static unsigned long depot_list_close(struct magslab_depot_list *list)
{
	unsigned long spare = list->low;

	list->low = list->nr;
	return spare;
}

/**
 * magslab_depot_close_interval - tell of the time since this was last called
 * @depot: the depot
 * @interval: filled in
 *
 * What was never taken out in the interval is not part of the working set:
 * Bonwick and Adams, "Magazines and Vmem" (USENIX 2001), section 3.6.
 *
 * Context: Any but NMI. Takes the lock once.
 */
void magslab_depot_close_interval(struct magslab_depot *depot,
				  struct magslab_depot_interval *interval)
{
	unsigned long flags;

	memset(interval, 0, sizeof(*interval));
	if (!leaf_lock(&depot->leaf, &flags))
		return;
	interval->full = depot_list_close(&depot->full);
	interval->empty = depot_list_close(&depot->empty);
	interval->contended = depot->leaf.contended - depot->contended;
	depot->contended = depot->leaf.contended;
	leaf_unlock(&depot->leaf, flags);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_close_interval);
