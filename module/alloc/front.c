// SPDX-License-Identifier: GPL-2.0-only
#include <linux/percpu.h>
#include <linux/rcupdate.h>

#include "alloc/front.h"

/*
 * Busy for ever: whoever finds it so keeps off, and calls what interrupts call.
 * All caches share it that have more to do than their magazines can tell.
 */
static DEFINE_PER_CPU(struct magslab_front, closed_front) = { .busy = true };

/* Whether a watcher has more to do than to look at use maps. */
static bool watched_closely(const struct magslab_cache *cache)
{
	return cache->watch &&
	       (cache->watch->hand_out || cache->watch->take_back);
}

/**
 * magslab_front_show - choose the front that a cache shows
 * @cache: the cache
 *
 * One that is of no use, when each operation is to be attended to: busy for ever.
 * Where use maps are all there is to be looked at, it is a door of the cache's
 * own: empty and full, but with the flag of the guard, so whoever finds out has
 * entered already, and does what is to be done.
 *
 * May change at any time: whoever entered through one front leaves by the same.
 *
 * Context: Any.
 */
void magslab_front_show(struct magslab_cache *cache)
{
	struct magslab_front __percpu *front = cache->guard;

	if (watched_closely(cache) || rcu_access_pointer(cache->tap))
		front = &closed_front;
	WRITE_ONCE(cache->face.front, front);
}

/* When a cache has its magazines, and its watcher if any. */
void magslab_front_init(struct magslab_cache *cache)
{
	cache->guard = &cache->cpu->front;
	if (cache->watch && !watched_closely(cache))
		cache->guard = &watched_cpu(cache)->door;
	magslab_front_show(cache);
}
