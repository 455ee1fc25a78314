// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slabs of a cache: taking objects out, putting them back, growing by a slab
 * and giving empty ones to the page allocator.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/nodemask.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>

#include "alloc/cache.h"
#include "alloc/freemap.h"
#include "alloc/pages.h"
#include "alloc/slab.h"
#include "compat.h"

void magslab_slabs_init(struct magslab_slabs *slabs, int nid)
{
	int state;

	slabs->overflow = nid;
	raw_spin_lock_init(&slabs->lock);
	for (state = 0; state < MAGSLAB_NR_SLAB_STATES; state++)
		INIT_LIST_HEAD(&slabs->lists[state]);
}

static unsigned long slabs_lock(struct magslab_slabs *slabs)
	__acquires(&slabs->lock)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&slabs->lock, flags);
	slabs->locked++;
	return flags;
}

static void slabs_unlock(struct magslab_slabs *slabs, unsigned long flags)
	__releases(&slabs->lock)
{
	raw_spin_unlock_irqrestore(&slabs->lock, flags);
}

static struct magslab_slabs *slabs_of_node(struct magslab_cache *cache, int nid)
{
	return &cache->node[nid]->slabs;
}

static enum magslab_slab_state slab_state(const struct magslab_cache *cache,
					  const struct page *slab)
{
	if (freemap_none_free(slab))
		return MAGSLAB_SLAB_FULL;
	if (freemap_all_free(&cache->layout, slab))
		return MAGSLAB_SLAB_EMPTY;
	return MAGSLAB_SLAB_PARTIAL;
}

/*
 * Put a slab whose free count changed on the list where it belongs now. It
 * goes to the head: one that just left the full list has the fewest free
 * objects and is to be filled up first.
 */
static void slabs_move(struct magslab_cache *cache, struct magslab_slabs *slabs,
		       struct page *slab, enum magslab_slab_state old,
		       enum magslab_slab_state new)
{
	list_move(&slab->lru, &slabs->lists[new]);
	slabs->nr[old]--;
	slabs->nr[new]++;
	if (old == MAGSLAB_SLAB_EMPTY || new == MAGSLAB_SLAB_EMPTY)
		magslab_pages_set_idle(slab, cache->layout.order,
				       new == MAGSLAB_SLAB_EMPTY);
}

/* Called with the state the slab had when it was last on the right list. */
static __always_inline void slabs_settle(struct magslab_cache *cache,
					 struct magslab_slabs *slabs,
					 struct page *slab,
					 enum magslab_slab_state old)
{
	enum magslab_slab_state new = slab_state(cache, slab);

	if (new != old)
		slabs_move(cache, slabs, slab, old, new);
}

static unsigned int slabs_take_from(struct magslab_cache *cache,
				    struct magslab_slabs *slabs,
				    struct page *slab, void **objects,
				    unsigned int max)
{
	enum magslab_slab_state old = slab_state(cache, slab);
	unsigned int taken = freemap_take(&cache->layout, slab, objects, max);

	slabs->nr_free -= taken;
	slabs_settle(cache, slabs, slab, old);
	return taken;
}

/* A slab to take objects from: the less there is left in it the better. */
static struct page *slabs_first(struct magslab_slabs *slabs)
{
	struct list_head *list = &slabs->lists[MAGSLAB_SLAB_PARTIAL];

	if (list_empty(list))
		list = &slabs->lists[MAGSLAB_SLAB_EMPTY];
	return list_first_entry_or_null(list, struct page, lru);
}

/**
 * magslab_slabs_take - take free objects out of a node's slabs
 * @cache: the cache
 * @nid: the node
 * @objects: receives them
 * @max: how many are wanted
 *
 * A node that has none is helped out by the one where its slabs come from.
 * Takes one lock once, for at most SLAB_BATCH objects.
 *
 * Context: Any but NMI.
 * Return: how many there were; 0 only if there is none.
 */
unsigned int magslab_slabs_take(struct magslab_cache *cache, int nid,
				void **objects, unsigned int max)
{
	struct magslab_slabs *slabs = slabs_of_node(cache, nid);
	unsigned int taken = 0;
	unsigned long flags;
	struct page *slab;

	/* A racing free is as if it came a little later. */
	if (!READ_ONCE(slabs->nr_free)) {
		slabs = slabs_of_node(cache, READ_ONCE(slabs->overflow));
		if (!READ_ONCE(slabs->nr_free))
			return 0;
	}
	max = min_t(unsigned int, max, SLAB_BATCH);
	flags = slabs_lock(slabs);
	while (taken < max && (slab = slabs_first(slabs)))
		taken += slabs_take_from(cache, slabs, slab, objects + taken,
					 max - taken);
	slabs_unlock(slabs, flags);
	return taken;
}
EXPORT_SYMBOL_FOR_TEST(magslab_slabs_take);

static struct page *slabs_find_zone(struct magslab_slabs *slabs,
				    enum zone_type zone)
{
	static const enum magslab_slab_state states[] = {
		MAGSLAB_SLAB_PARTIAL,
		MAGSLAB_SLAB_EMPTY,
	};
	unsigned int looked = 0;
	struct page *slab;
	int i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		list_for_each_entry(slab, &slabs->lists[states[i]], lru) {
			if (page_zonenum(slab) <= zone)
				return slab;
			if (++looked == SLAB_BATCH)
				return NULL;
		}
	return NULL;
}

static void *slabs_take_zone_of(struct magslab_cache *cache, int nid,
				enum zone_type zone)
{
	struct magslab_slabs *slabs = slabs_of_node(cache, nid);
	void *object = NULL;
	unsigned long flags;
	struct page *slab;

	if (!READ_ONCE(slabs->nr_free))
		return NULL;
	flags = slabs_lock(slabs);
	slab = slabs_find_zone(slabs, zone);
	if (slab)
		slabs_take_from(cache, slabs, slab, &object, 1);
	slabs_unlock(slabs, flags);
	return object;
}

/**
 * magslab_slabs_take_zone - take an object that lies in a zone
 * @cache: the cache
 * @nid: the node to look at first, and last with %__GFP_THISNODE
 * @gfp: tells the highest zone that will do
 *
 * Looks at no more than SLAB_BATCH slabs of a node.
 *
 * Context: Any but NMI.
 * Return: the object, or NULL if none was found.
 */
void *magslab_slabs_take_zone(struct magslab_cache *cache, int nid, gfp_t gfp)
{
	void *object = slabs_take_zone_of(cache, nid, gfp_zone(gfp));
	int other;

	if (gfp & __GFP_THISNODE)
		return object;
	for_each_node_state(other, N_MEMORY) {
		if (object)
			break;
		object = slabs_take_zone_of(cache, other, gfp_zone(gfp));
	}
	return object;
}

static void slab_construct(struct magslab_cache *cache, struct page *slab)
{
	void *object = page_address(slab);
	unsigned int i;

	if (!cache->ctor)
		return;
	for (i = 0; i < cache->layout.nr; i++)
		cache->ctor(object + i * cache->layout.stride);
}

static struct page *slab_create(struct magslab_cache *cache, gfp_t gfp, int nid)
{
	struct page *slab;

	slab = magslab_pages_alloc(gfp | cache->page_gfp, nid,
				   cache->layout.order);
	if (!slab)
		return NULL;
	INIT_LIST_HEAD(&slab->lru);
	slab->index = (unsigned long)cache;
	freemap_fill(&cache->layout, slab);
	slab_construct(cache, slab);
	return slab;
}

/**
 * magslab_slabs_grow - make a slab and take objects out of it
 * @cache: the cache
 * @gfp: as its user gave it
 * @nid: preferred node, or the only one with %__GFP_THISNODE
 * @objects: receives objects of the new slab, which nobody else can get at
 *	before, so that a request that has to succeed does
 * @max: how many are wanted, at least 1
 *
 * Context: Task or softirq. No lock held. May sleep if @gfp allows.
 * Return: how many, 0 if no pages could be had or growing is not allowed here.
 */
unsigned int magslab_slabs_grow(struct magslab_cache *cache, gfp_t gfp, int nid,
				void **objects, unsigned int max)
{
	const struct magslab_layout *layout = &cache->layout;
	enum magslab_slab_state state;
	struct magslab_slabs *slabs;
	unsigned long flags;
	unsigned int taken;
	struct page *slab;

	if (WARN_ON_ONCE(!max) || !pages_may_alloc(gfp))
		return 0;
	slab = slab_create(cache, gfp, nid);
	if (!slab)
		return 0;
	taken = freemap_take(layout, slab, objects, max);
	state = slab_state(cache, slab);

	WRITE_ONCE(slabs_of_node(cache, nid)->overflow, page_to_nid(slab));
	slabs = slabs_of_node(cache, page_to_nid(slab));
	flags = slabs_lock(slabs);
	list_add(&slab->lru, &slabs->lists[state]);
	slabs->nr[state]++;
	slabs->nr_free += layout->nr - taken;
	slabs->created++;
	slabs_unlock(slabs, flags);
	return taken;
}
EXPORT_SYMBOL_FOR_TEST(magslab_slabs_grow);

/* Put back one object. Return: NULL, or why it cannot be one of its slab. */
static const char *slabs_put_one(struct magslab_cache *cache,
				 struct magslab_slabs *slabs, struct page *slab,
				 void *object)
{
	const struct magslab_layout *layout = &cache->layout;
	unsigned int slot = layout_slot(layout, object);
	enum magslab_slab_state old;

	if (unlikely(slab->index != (unsigned long)cache || PageTail(slab)))
		return "object of another cache, or of none";
	if (unlikely(!layout_is_object(layout, slot, object)))
		return "not the address of an object";
	old = slab_state(cache, slab);
	if (unlikely(!freemap_put(layout, slab, slot)))
		return "free already";
	slabs->nr_free++;
	slabs_settle(cache, slabs, slab, old);
	return NULL;
}

/*
 * Put back objects as long as they belong to one node, so that the lock is
 * taken once for them. Return: how many.
 */
static unsigned int slabs_put_batch(struct magslab_cache *cache, void **objects,
				    unsigned int max)
{
	struct page *slab = layout_slab(&cache->layout, objects[0]);
	int nid = page_to_nid(slab);
	struct magslab_slabs *slabs = slabs_of_node(cache, nid);
	const char *why = NULL;
	unsigned int i = 0;
	unsigned long flags;

	flags = slabs_lock(slabs);
	do {
		why = slabs_put_one(cache, slabs, slab, objects[i++]);
		if (why) {
			slabs->rejected++;
			break;
		}
		if (i == max)
			break;
		slab = layout_slab(&cache->layout, objects[i]);
	} while (page_to_nid(slab) == nid);
	slabs_unlock(slabs, flags);

	/* A console may take long, and may allocate. */
	if (unlikely(why))
		pr_err_ratelimited("cache '%s': bad free: %s\n", cache->name,
				   why);
	return i;
}

/**
 * magslab_slabs_put - put objects back into their slabs
 * @cache: the cache
 * @objects: the objects, of any node
 * @nr: how many
 *
 * What is free in its slab already, or cannot be an object of this cache, is
 * reported and left alone.
 *
 * Context: Any but NMI.
 */
void magslab_slabs_put(struct magslab_cache *cache, void **objects, size_t nr)
{
	unsigned int done;

	while (nr) {
		done = slabs_put_batch(cache, objects,
				       min_t(size_t, nr, SLAB_BATCH));
		objects += done;
		nr -= done;
	}
}
EXPORT_SYMBOL_FOR_TEST(magslab_slabs_put);

/* Detach up to @max empty slabs, the longest unused ones. Return: how many. */
static unsigned int slabs_detach_empty(struct magslab_cache *cache,
				       struct magslab_slabs *slabs,
				       struct list_head *detached,
				       unsigned int max)
{
	struct list_head *empty = &slabs->lists[MAGSLAB_SLAB_EMPTY];
	unsigned int nr = 0;
	unsigned long flags;

	flags = slabs_lock(slabs);
	for (; nr < max && !list_empty(empty); nr++)
		list_move(empty->prev, detached);
	slabs->nr[MAGSLAB_SLAB_EMPTY] -= nr;
	slabs->nr_free -= nr * cache->layout.nr;
	slabs->destroyed += nr;
	slabs_unlock(slabs, flags);
	return nr;
}

/**
 * magslab_slabs_trim - give empty slabs back to the page allocator
 * @cache: the cache
 * @nid: the node
 * @max_slabs: at most this many
 *
 * Context: Task. No lock held. May reschedule.
 * Return: number of slabs given back.
 */
unsigned long magslab_slabs_trim(struct magslab_cache *cache, int nid,
				 unsigned long max_slabs)
{
	struct magslab_slabs *slabs = slabs_of_node(cache, nid);
	unsigned long done = 0;
	struct page *slab, *next;
	unsigned int want, nr;

	do {
		LIST_HEAD(detached);

		want = min_t(unsigned long, max_slabs - done, SLAB_BATCH);
		nr = slabs_detach_empty(cache, slabs, &detached, want);
		list_for_each_entry_safe(slab, next, &detached, lru)
			magslab_pages_free(slab, cache->layout.order);
		done += nr;
		cond_resched();
	} while (nr && nr == want);
	return done;
}
EXPORT_SYMBOL_FOR_TEST(magslab_slabs_trim);
