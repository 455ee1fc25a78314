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
#include "alloc/settle.h"
#include "alloc/slab.h"
#include "alloc/tag.h"
#include "alloc/trace.h"
#include "alloc/usemap.h"
#include "compat.h"

void magslab_slabs_init(struct magslab_slabs *slabs, int nid)
{
	int list;

	slabs->overflow = nid;
	leaf_lock_init(&slabs->leaf);
	for (list = 0; list < MAGSLAB_NR_SLAB_LISTS; list++)
		INIT_LIST_HEAD(&slabs->lists[list]);
}

static struct magslab_slabs *slabs_of_node(struct magslab_cache *cache, int nid)
{
	return &cache->node[nid]->slabs;
}

static void slabs_add_free(struct magslab_slabs *slabs, long nr)
{
	WRITE_ONCE(slabs->nr_free, slabs->nr_free + nr);
}

static void slabs_add_nr(struct magslab_slabs *slabs,
			 enum magslab_slab_list list, long nr)
{
	WRITE_ONCE(slabs->nr[list], slabs->nr[list] + nr);
	if (list == MAGSLAB_SLAB_EMPTY)
		slabs->empty_low = min(slabs->empty_low, slabs->nr[list]);
}

/* The list that a slab belongs on. */
static enum magslab_slab_list slab_list(const struct magslab_cache *cache,
					const struct page *slab)
{
	const struct magslab_layout *layout = &cache->layout;
	unsigned int free = freemap_count(slab);

	if (!free)
		return MAGSLAB_SLAB_FULL;
	if (free == layout->nr)
		return MAGSLAB_SLAB_EMPTY;
	return MAGSLAB_SLAB_PARTIAL + layout_quarter(layout, free);
}

/*
 * Put a slab whose free count changed on the list where it belongs now. At the
 * head: it is in somebody's cache.
 */
static void slabs_move(struct magslab_cache *cache, struct magslab_slabs *slabs,
		       struct page *slab, enum magslab_slab_list old,
		       enum magslab_slab_list new)
{
	list_move(&slab->lru, &slabs->lists[new]);
	slabs_add_nr(slabs, old, -1);
	slabs_add_nr(slabs, new, 1);
	if (old == MAGSLAB_SLAB_EMPTY || new == MAGSLAB_SLAB_EMPTY)
		magslab_pages_set_idle(slab, cache->layout.order,
				       new == MAGSLAB_SLAB_EMPTY);
}

/* Called with the list the slab is on, after its count changed by @delta. */
static __always_inline void
slabs_counted(struct magslab_cache *cache, struct magslab_slabs *slabs,
	      struct page *slab, enum magslab_slab_list old, long delta)
{
	enum magslab_slab_list new = slab_list(cache, slab);

	slabs_add_free(slabs, delta);
	if (new != old)
		slabs_move(cache, slabs, slab, old, new);
}

static unsigned int slabs_take_from(struct magslab_cache *cache,
				    struct magslab_slabs *slabs,
				    struct page *slab, void **objects,
				    unsigned int max)
{
	enum magslab_slab_list old = slab_list(cache, slab);
	unsigned int taken = freemap_take(&cache->layout, slab, objects, max);

	slabs_counted(cache, slabs, slab, old, -(long)taken);
	return taken;
}

/* A slab to take objects from: the fewer are free in it the better. */
static struct page *slabs_first(struct magslab_slabs *slabs)
{
	struct list_head *list = &slabs->lists[MAGSLAB_SLAB_PARTIAL];
	struct list_head *end = slabs->lists + MAGSLAB_NR_SLAB_LISTS;

	if (!READ_ONCE(slabs->nr_free))
		return NULL;
	while (list < end && list_empty(list))
		list++;
	if (WARN_ON_ONCE(list == end))
		return NULL;
	return list_first_entry(list, struct page, lru);
}

/* Under the lock: nothing of the slab is free from now on. */
static void slabs_quarantine_locked(struct magslab_cache *cache,
				    struct magslab_slabs *slabs,
				    struct page *slab)
{
	enum magslab_slab_list old = slab_list(cache, slab);
	long counted = freemap_count(slab);
	long uncounted = (int)freemap_settle(&cache->layout, slab);

	/* The map may be what is wrong. */
	uncounted = clamp_t(long, uncounted, 0,
			    atomic_long_read(&slabs->uncounted));

	tag_quarantine(slab, cache->tag);
	magslab_watch_forget(cache, slab);
	freemap_clear(&cache->layout, slab);
	atomic_long_sub(uncounted, &slabs->uncounted);
	atomic_long_add(counted + uncounted, &slabs->dead);
	slabs_counted(cache, slabs, slab, old, -counted);
	WRITE_ONCE(slabs->quarantined, slabs->quarantined + 1);
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
 * Context: Any.
 * Return: how many there were; 0 if there is none, or in NMI if the lock is
 * taken.
 */
unsigned int magslab_slabs_take(struct magslab_cache *cache, int nid,
				void **objects, unsigned int max)
{
	struct magslab_slabs *slabs = slabs_of_node(cache, nid);
	struct page *slab, *lost = NULL;
	unsigned int taken = 0, nr;
	unsigned long flags;

	/* A racing free is as if it came a little later. */
	if (!READ_ONCE(slabs->nr_free)) {
		slabs = slabs_of_node(cache, READ_ONCE(slabs->overflow));
		if (!READ_ONCE(slabs->nr_free))
			return 0;
	}
	max = min_t(unsigned int, max, SLAB_BATCH);
	if (!leaf_lock(&slabs->leaf, &flags))
		return 0;
	while (taken < max && (slab = slabs_first(slabs))) {
		nr = slabs_take_from(cache, slabs, slab, objects + taken,
				     max - taken);
		if (unlikely(!nr)) {
			slabs_quarantine_locked(cache, slabs, slab);
			lost = slab;
		}
		taken += nr;
	}
	leaf_unlock(&slabs->leaf, flags);
	if (unlikely(lost))
		magslab_watch_lost(cache, lost);
	return taken;
}
EXPORT_SYMBOL_FOR_TEST(magslab_slabs_take);

/* The first slab of some that lies in @zone or below. */
static struct page *slabs_find_zone(struct magslab_slabs *slabs,
				    enum zone_type zone)
{
	struct list_head *list = &slabs->lists[MAGSLAB_SLAB_PARTIAL];
	unsigned int looked = 0;
	struct page *slab;

	for (; list < slabs->lists + MAGSLAB_NR_SLAB_LISTS; list++)
		list_for_each_entry(slab, list, lru) {
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

	if (!READ_ONCE(slabs->nr_free) || !leaf_lock(&slabs->leaf, &flags))
		return NULL;
	slab = slabs_find_zone(slabs, zone);
	if (slab && unlikely(!slabs_take_from(cache, slabs, slab, &object, 1)))
		slabs_quarantine_locked(cache, slabs, slab);
	else
		slab = NULL;
	leaf_unlock(&slabs->leaf, flags);
	if (unlikely(slab))
		magslab_watch_lost(cache, slab);
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
 * Context: Any.
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
	void *object = page_address(slab) + cache->layout.left;
	unsigned int i;

	if (cache->watch && cache->watch->new_slab)
		cache->watch->new_slab(cache, slab);
	if (!cache->ctor)
		return;
	for (i = 0; i < cache->layout.nr; i++)
		cache->ctor(object + i * cache->layout.stride);
}

/* Count the pages of a slab to come. Return: false if they are too many. */
static bool slab_charge(struct magslab_cache *cache)
{
	unsigned long limit = READ_ONCE(cache->limit);
	long pages = atomic_long_read(&cache->pages), more;

	do {
		more = pages + (1L << cache->layout.order);
		if (limit && more > limit) {
			atomic_long_inc(&cache->limit_refusals);
			return false;
		}
	} while (!atomic_long_try_cmpxchg(&cache->pages, &pages, more));
	return true;
}

static void slab_uncharge(struct magslab_cache *cache)
{
	atomic_long_sub(1L << cache->layout.order, &cache->pages);
}

static struct page *slab_create(struct magslab_cache *cache, gfp_t gfp, int nid)
{
	struct page *slab;

	if (!slab_charge(cache)) {
		trace_grow_refused(cache, nid, gfp, MAGSLAB_REFUSED_LIMIT);
		return NULL;
	}
	slab = magslab_pages_alloc(gfp | cache->page_gfp, nid,
				   cache->layout.order);
	if (!slab) {
		slab_uncharge(cache);
		atomic_long_inc(&cache->page_failures);
		trace_grow_refused(cache, nid, gfp, MAGSLAB_REFUSED_PAGES);
		return NULL;
	}
	INIT_LIST_HEAD(&slab->lru);
	usemap_clear(&cache->layout, slab);
	freemap_fill(&cache->layout, slab);
	slab_construct(cache, slab);
	magslab_watch_ready_slab(cache, slab);
	trace_slab_create(cache, slab);
	return slab;
}

static void slabs_add(struct magslab_cache *cache, struct magslab_slabs *slabs,
		      struct page *slab)
{
	enum magslab_slab_list list = slab_list(cache, slab);
	unsigned long flags;

	/* Not in NMI: true. */
	if (!leaf_lock(&slabs->leaf, &flags))
		return;
	tag_set(slab, cache->tag);
	list_add(&slab->lru, &slabs->lists[list]);
	slabs_add_nr(slabs, list, 1);
	slabs_add_free(slabs, freemap_count(slab));
	WRITE_ONCE(slabs->created, slabs->created + 1);
	leaf_unlock(&slabs->leaf, flags);
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
	struct magslab_slabs *slabs;
	unsigned int taken;
	struct page *slab;

	if (WARN_ON_ONCE(!max))
		return 0;
	if (!pages_may_alloc(gfp)) {
		trace_grow_refused(cache, nid, gfp, MAGSLAB_REFUSED_CONTEXT);
		return 0;
	}
	slab = slab_create(cache, gfp, nid);
	if (!slab)
		return 0;
	taken = freemap_take(&cache->layout, slab, objects, max);
	trace_grow(cache, nid, page_to_nid(slab), taken, gfp);
	/* Where a zone is had is not where the node has its memory. */
	if (!(gfp & MAGSLAB_GFP_PARTICULAR))
		WRITE_ONCE(slabs_of_node(cache, nid)->overflow,
			   page_to_nid(slab));
	slabs = slabs_of_node(cache, page_to_nid(slab));
	slabs_add(cache, slabs, slab);
	return taken;
}
EXPORT_SYMBOL_FOR_TEST(magslab_slabs_grow);

/* Why an object is not put back though nothing is wrong with it. */
static const char in_quarantine[] = "its slab is in quarantine";

/* Return: NULL, or why @object cannot be one of @slab. */
static const char *slab_refusal(struct magslab_cache *cache, struct page *slab,
				unsigned int slot, void *object)
{
	if (unlikely(!tag_is(slab, cache->tag) || PageTail(slab)))
		return tag_is_quarantined(slab, cache->tag) ?
			       in_quarantine :
			       "object of another cache, or of none";
	if (unlikely(!layout_is_object(&cache->layout, slot, object)))
		return "not the address of an object";
	return NULL;
}

/* Put back one object. Return: NULL, or why it cannot be done. */
static const char *slabs_put_one(struct magslab_cache *cache,
				 struct magslab_slabs *slabs, struct page *slab,
				 void *object)
{
	unsigned int slot = layout_slot(&cache->layout, object);
	const char *why = slab_refusal(cache, slab, slot, object);
	enum magslab_slab_list old;

	if (why)
		return why;
	old = slab_list(cache, slab);
	if (unlikely(!freemap_put(&cache->layout, slab, slot)))
		return "free already";
	slabs_counted(cache, slabs, slab, old, 1);
	return NULL;
}

/*
 * The same without the lock. What is put this way is free, but out of reach
 * until it has been counted.
 */
static const char *slabs_put_uncounted(struct magslab_cache *cache,
				       struct magslab_slabs *slabs,
				       struct page *slab, void *object)
{
	unsigned int slot = layout_slot(&cache->layout, object);
	const char *why = slab_refusal(cache, slab, slot, object);

	if (why)
		return why;
	if (!freemap_put_uncounted(&cache->layout, slab, slot))
		return "free already";
	atomic_long_inc(&slabs->uncounted);
	magslab_settle_later(cache);
	return NULL;
}

/*
 * Put back objects as long as they belong to one node, so that the lock is
 * taken once for them. Return: how many.
 */
static unsigned int slabs_put_locked(struct magslab_cache *cache,
				     struct magslab_slabs *slabs,
				     void **objects, unsigned int max,
				     const char **why)
{
	struct page *slab = layout_slab(&cache->layout, objects[0]);
	int nid = page_to_nid(slab);
	unsigned int i = 0;

	do {
		*why = slabs_put_one(cache, slabs, slab, objects[i++]);
		if (*why || i == max)
			break;
		slab = layout_slab(&cache->layout, objects[i]);
	} while (page_to_nid(slab) == nid);
	return i;
}

static unsigned int slabs_put_batch(struct magslab_cache *cache, void **objects,
				    unsigned int max)
{
	struct page *slab = layout_slab(&cache->layout, objects[0]);
	struct magslab_slabs *slabs = slabs_of_node(cache, page_to_nid(slab));
	const char *why = NULL;
	unsigned int done = 1;
	unsigned long flags;

	if (leaf_lock(&slabs->leaf, &flags)) {
		done = slabs_put_locked(cache, slabs, objects, max, &why);
		leaf_unlock(&slabs->leaf, flags);
	} else {
		why = slabs_put_uncounted(cache, slabs, slab, objects[0]);
	}
	if (likely(!why))
		return done;
	if (why == in_quarantine) {
		atomic_long_inc(&slabs->dead);
		return done;
	}
	atomic_long_inc(&slabs->rejected);
	trace_corruption(cache, why, objects[done - 1], 0);
	/* Here, for a console may take long, and may allocate. */
	pr_err_ratelimited("cache '%s': bad free: %s\n", cache->name, why);
	return done;
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
 * Context: Any.
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

/* Count what was put uncounted into one slab. */
static void slabs_settle_one(struct magslab_cache *cache,
			     struct magslab_slabs *slabs, struct page *slab)
{
	enum magslab_slab_list old = slab_list(cache, slab);
	unsigned int counted = freemap_count(slab);
	long nr = (int)freemap_settle(&cache->layout, slab);

	if (!nr)
		return;
	/* Overwritten, as whoever takes from it will find out. */
	if (unlikely(nr < 0)) {
		freemap_set_count(slab, counted);
		return;
	}
	atomic_long_sub(nr, &slabs->uncounted);
	WRITE_ONCE(slabs->settled, slabs->settled + nr);
	slabs_counted(cache, slabs, slab, old, nr);
}

/*
 * Settle up to SLAB_BATCH slabs from the head of a list, and leave them at the
 * end of the one where they belong. Return: how many.
 */
static unsigned long slabs_settle_batch(struct magslab_cache *cache,
					struct magslab_slabs *slabs,
					struct list_head *list,
					unsigned long max)
{
	unsigned long flags, nr = 0;
	struct page *slab;

	if (!leaf_lock(&slabs->leaf, &flags))
		return 0;
	for (; nr < min_t(unsigned long, max, SLAB_BATCH); nr++) {
		slab = list_first_entry_or_null(list, struct page, lru);
		if (!slab)
			break;
		list_move_tail(&slab->lru, list);
		slabs_settle_one(cache, slabs, slab);
	}
	leaf_unlock(&slabs->leaf, flags);
	return nr;
}

static void slabs_settle_list(struct magslab_cache *cache,
			      struct magslab_slabs *slabs,
			      enum magslab_slab_list list)
{
	unsigned long left = READ_ONCE(slabs->nr[list]), done;

	while (left && atomic_long_read(&slabs->uncounted) > 0) {
		done = slabs_settle_batch(cache, slabs, &slabs->lists[list],
					  left);
		if (!done)
			break;
		left -= done;
		cond_resched();
	}
}

/**
 * magslab_slabs_settle - count objects that were put without the lock
 * @cache: the cache
 * @nid: the node
 *
 * Looks at every slab that is not empty, a few per lock acquisition. What
 * others move from list to list meanwhile may be missed.
 *
 * Context: Task. No lock held. May reschedule.
 * Return: whether nothing is left to be counted.
 */
bool magslab_slabs_settle(struct magslab_cache *cache, int nid)
{
	struct magslab_slabs *slabs = slabs_of_node(cache, nid);
	enum magslab_slab_list list;

	for (list = MAGSLAB_SLAB_FULL; list < MAGSLAB_SLAB_EMPTY; list++)
		slabs_settle_list(cache, slabs, list);
	return atomic_long_read(&slabs->uncounted) <= 0;
}
EXPORT_SYMBOL_FOR_TEST(magslab_slabs_settle);

/* Give the pages of a slab back that was detached. */
void magslab_slab_free(struct magslab_cache *cache, struct page *slab)
{
	trace_slab_destroy(cache, slab);
	magslab_watch_old_slab(cache, slab);
	magslab_pages_free(slab, cache->layout.order);
	slab_uncharge(cache);
}

static void slab_discard(struct magslab_cache *cache, struct page *slab)
{
	magslab_watch_forget(cache, slab);
	if (cache->flags & MAGSLAB_TYPESAFE_BY_RCU)
		magslab_rcu_free_slab(cache, slab);
	else
		magslab_slab_free(cache, slab);
}

/**
 * magslab_slabs_quarantine - see that a slab is never used again
 * @cache: the cache
 * @slab: head page of what seems to be a slab of it
 *
 * Its objects that are free are so no more, and those that are put back later
 * do not become so. Those in magazines are for who takes them out to notice, by
 * the slab's tag.
 *
 * Context: Any.
 */
void magslab_slabs_quarantine(struct magslab_cache *cache, struct page *slab)
{
	struct magslab_slabs *slabs = slabs_of_node(cache, page_to_nid(slab));
	unsigned long flags;

	/* An NMI that cannot have the lock leaves the rest of the slab in use. */
	if (!leaf_lock(&slabs->leaf, &flags))
		return;
	if (tag_is(slab, cache->tag))
		slabs_quarantine_locked(cache, slabs, slab);
	leaf_unlock(&slabs->leaf, flags);
}

/**
 * magslab_slabs_walk - look at each slab that has objects in use
 * @cache: the cache, at rest
 * @look: called for each
 * @arg: passed to @look
 *
 * Context: Task. No lock is held: nothing may happen to @cache meanwhile.
 */
void magslab_slabs_walk(struct magslab_cache *cache,
			void (*look)(struct magslab_cache *cache,
				     struct page *slab, void *arg),
			void *arg)
{
	struct list_head *list, *end;
	struct page *slab;
	int nid;

	for_each_node(nid) {
		list = slabs_of_node(cache, nid)->lists;
		end = list + MAGSLAB_SLAB_EMPTY;
		for (; list < end; list++)
			list_for_each_entry(slab, list, lru)
				look(cache, slab, arg);
	}
}

/* Detach up to @max empty slabs, the longest unused ones. Return: how many. */
static unsigned int slabs_detach_empty(struct magslab_cache *cache,
				       struct magslab_slabs *slabs,
				       struct list_head *detached,
				       unsigned int max)
{
	struct list_head *empty = &slabs->lists[MAGSLAB_SLAB_EMPTY];
	unsigned long flags;
	long nr = 0;

	if (!leaf_lock(&slabs->leaf, &flags))
		return 0;
	for (; nr < max && !list_empty(empty); nr++) {
		/* On no list any more: nothing is to come from it. */
		tag_quarantine(list_last_entry(empty, struct page, lru),
			       cache->tag);
		list_move(empty->prev, detached);
	}
	slabs_add_nr(slabs, MAGSLAB_SLAB_EMPTY, -nr);
	slabs_add_free(slabs, -nr * cache->layout.nr);
	WRITE_ONCE(slabs->destroyed, slabs->destroyed + nr);
	leaf_unlock(&slabs->leaf, flags);
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
			slab_discard(cache, slab);
		done += nr;
		cond_resched();
	} while (nr && nr == want);
	return done;
}
EXPORT_SYMBOL_FOR_TEST(magslab_slabs_trim);

/**
 * magslab_slabs_close_interval - tell of the time since this was last called
 * @slabs: the slabs of a node
 *
 * Context: Any but NMI. Takes the lock once.
 * Return: how many empty slabs were not needed in it.
 */
unsigned long magslab_slabs_close_interval(struct magslab_slabs *slabs)
{
	unsigned long flags, spare;

	if (!leaf_lock(&slabs->leaf, &flags))
		return 0;
	spare = slabs->empty_low;
	slabs->empty_low = slabs->nr[MAGSLAB_SLAB_EMPTY];
	leaf_unlock(&slabs->leaf, flags);
	return spare;
}
