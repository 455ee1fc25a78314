// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>

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
	/* What is shared by all is charged to nobody and spares reserves. */
	gfp &= ~(__GFP_NOFAIL | __GFP_ZERO | GFP_ZONEMASK | __GFP_THISNODE |
		 __GFP_ACCOUNT);
	magazine = kmalloc(struct_size(magazine, round, capacity),
			   gfp | __GFP_NOWARN | __GFP_NOMEMALLOC);
	if (!magazine)
		return NULL;
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

void magslab_depot_init(struct magslab_depot *depot)
{
	raw_spin_lock_init(&depot->lock);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_init);

static unsigned long depot_lock(struct magslab_depot *depot)
	__acquires(&depot->lock)
{
	unsigned long flags;

	if (!raw_spin_trylock_irqsave(&depot->lock, flags)) {
		raw_spin_lock_irqsave(&depot->lock, flags);
		depot->contended++;
	}
	depot->locked++;
	return flags;
}

static void depot_unlock(struct magslab_depot *depot, unsigned long flags)
	__releases(&depot->lock)
{
	raw_spin_unlock_irqrestore(&depot->lock, flags);
}

static struct magslab_magazine *depot_pop(struct magslab_magazine **list,
					  unsigned long *nr)
{
	struct magslab_magazine *magazine = *list;

	if (magazine) {
		*list = magazine->next;
		(*nr)--;
	}
	return magazine;
}

static void depot_push(struct magslab_magazine **list, unsigned long *nr,
		       struct magslab_magazine *magazine)
{
	magazine->next = *list;
	*list = magazine;
	(*nr)++;
}

static void depot_add(struct magslab_depot *depot,
		      struct magslab_magazine *magazine)
{
	if (magazine->rounds)
		depot_push(&depot->full, &depot->nr_full, magazine);
	else
		depot_push(&depot->empty, &depot->nr_empty, magazine);
	depot->nr_objects += magazine->rounds;
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

	if (!magazine)
		return;
	flags = depot_lock(depot);
	depot_add(depot, magazine);
	depot_unlock(depot, flags);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_put);

/* Get one from @list, and only then give one. */
static struct magslab_magazine *depot_get(struct magslab_depot *depot,
					  struct magslab_magazine **list,
					  unsigned long *nr,
					  struct magslab_magazine *give)
{
	struct magslab_magazine *magazine;
	unsigned long flags;

	/* A racing put is as if it came a little later. */
	if (!READ_ONCE(*list))
		return NULL;
	flags = depot_lock(depot);
	magazine = depot_pop(list, nr);
	if (magazine) {
		depot->nr_objects -= magazine->rounds;
		if (give)
			depot_add(depot, give);
	}
	depot_unlock(depot, flags);
	return magazine;
}

/**
 * magslab_depot_get_full - take a magazine with objects
 * @depot: the depot
 * @give: given in exchange if there is one, or NULL
 *
 * Context: Any but NMI. Takes the lock once.
 * Return: a magazine that is the caller's now, or NULL.
 */
struct magslab_magazine *magslab_depot_get_full(struct magslab_depot *depot,
						struct magslab_magazine *give)
{
	return depot_get(depot, &depot->full, &depot->nr_full, give);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_get_full);

/**
 * magslab_depot_get_empty - take a magazine without objects
 * @depot: the depot
 * @give: given in exchange if there is one, or NULL
 *
 * Context: Any but NMI. Takes the lock once.
 * Return: a magazine that is the caller's now, or NULL.
 */
struct magslab_magazine *magslab_depot_get_empty(struct magslab_depot *depot,
						 struct magslab_magazine *give)
{
	return depot_get(depot, &depot->empty, &depot->nr_empty, give);
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_get_empty);

/**
 * magslab_depot_get_object - take a single object
 * @depot: the depot
 *
 * For whoever cannot load a magazine: an interrupt that came in the middle of
 * an operation on this CPU.
 *
 * Context: Any but NMI.
 * Return: the object, or NULL.
 */
void *magslab_depot_get_object(struct magslab_depot *depot)
{
	struct magslab_magazine *magazine;
	void *object = NULL;
	unsigned long flags;

	if (!READ_ONCE(depot->full))
		return NULL;
	flags = depot_lock(depot);
	magazine = depot->full;
	if (magazine) {
		object = magazine->round[--magazine->rounds];
		depot->nr_objects--;
		if (!magazine->rounds) {
			depot_pop(&depot->full, &depot->nr_full);
			depot_push(&depot->empty, &depot->nr_empty, magazine);
		}
	}
	depot_unlock(depot, flags);
	return object;
}
EXPORT_SYMBOL_FOR_TEST(magslab_depot_get_object);
