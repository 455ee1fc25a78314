// SPDX-License-Identifier: GPL-2.0-only
#include <linux/spinlock.h>

#include "alloc/cache.h"
#include "compat.h"
#include "stats/walk.h"

static LIST_HEAD(walks);
/* Protects the list of walks. Taken inside caches_rwsem. */
static DEFINE_SPINLOCK(walks_lock);

/**
 * stats_walk_begin - begin a walk, at the oldest cache
 * @walk: to be ended by stats_walk_end()
 *
 * Context: Task. May sleep.
 */
void stats_walk_begin(struct stats_walk *walk)
{
	magslab_caches_lock();
	stats_walk_rewind(walk);
	spin_lock(&walks_lock);
	list_add(&walk->link, &walks);
	spin_unlock(&walks_lock);
	magslab_caches_unlock();
}
EXPORT_SYMBOL_FOR_TEST(stats_walk_begin);

void stats_walk_end(struct stats_walk *walk)
{
	spin_lock(&walks_lock);
	list_del(&walk->link);
	spin_unlock(&walks_lock);
}
EXPORT_SYMBOL_FOR_TEST(stats_walk_end);

/* Go back to the oldest cache. Under the lock of caches. */
void stats_walk_rewind(struct stats_walk *walk)
{
	walk->at = magslab_caches()->next;
	walk->moved = false;
}
EXPORT_SYMBOL_FOR_TEST(stats_walk_rewind);

/**
 * stats_walk_here - where is it?
 * @walk: the walk
 *
 * Context: Under the lock of caches, until when the answer holds.
 * Return: the cache, or NULL if there is no more.
 */
struct magslab_cache *stats_walk_here(struct stats_walk *walk)
{
	walk->moved = false;
	if (walk->at == magslab_caches())
		return NULL;
	return list_entry(walk->at, struct magslab_cache, link);
}
EXPORT_SYMBOL_FOR_TEST(stats_walk_here);

/**
 * stats_walk_step - go on, from a cache that has been looked at
 * @walk: the walk
 *
 * Context: Under the lock of caches.
 */
void stats_walk_step(struct stats_walk *walk)
{
	/* Not from where it was put because the cache went. */
	if (!walk->moved && walk->at != magslab_caches())
		walk->at = walk->at->next;
	walk->moved = false;
}
EXPORT_SYMBOL_FOR_TEST(stats_walk_step);

/* A cache goes: nobody may stay there. With the list of caches locked to write. */
void stats_walks_leave(const struct magslab_cache *cache)
{
	struct stats_walk *walk;

	spin_lock(&walks_lock);
	list_for_each_entry(walk, &walks, link)
		if (walk->at == &cache->link) {
			walk->at = cache->link.next;
			walk->moved = true;
		}
	spin_unlock(&walks_lock);
}
