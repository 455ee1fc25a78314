/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A walk over all caches that is not held up by anybody and holds up nobody: the
 * list may change between any two steps. A cache that is there all the time is
 * come by once, in order of creation.
 */
#ifndef MAGSLAB_STATS_WALK_H
#define MAGSLAB_STATS_WALK_H

#include <linux/list.h>
#include <linux/types.h>

struct magslab_cache;

/**
 * struct stats_walk - how far a walk has come
 * @link: in the list of walks under way
 * @at: the cache it is at, in the list of caches, or the head of that list when
 *	it has come by all of them
 * @moved: the cache it was at is gone, and @at has not been looked at
 *
 * Its owner changes it with the list of caches locked to read, and whoever makes
 * a cache go with that locked to write.
 */
struct stats_walk {
	struct list_head link;
	struct list_head *at;
	bool moved;
};

void stats_walk_begin(struct stats_walk *walk);
void stats_walk_end(struct stats_walk *walk);
void stats_walk_rewind(struct stats_walk *walk);
struct magslab_cache *stats_walk_here(struct stats_walk *walk);
void stats_walk_step(struct stats_walk *walk);
void stats_walks_leave(const struct magslab_cache *cache);

#endif /* MAGSLAB_STATS_WALK_H */
