/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching the objects of a cache: the way out of the allocator for rooms that
 * look at each object, or want it marked. The front of a watched cache is
 * closed, so each operation comes by here; others pay nothing.
 */
#ifndef MAGSLAB_ALLOC_WATCH_H
#define MAGSLAB_ALLOC_WATCH_H

#include <linux/gfp.h>
#include <linux/mm_types.h>

#include "alloc/layer.h"

struct magslab_cache;
struct magslab_extra;

/**
 * struct magslab_watch - how the objects of a cache are watched
 * @hand_out: called with a free object on its way to a user, who has it already
 *	as far as its use map tells. Returns what the user gets, zeroed
 *	thereafter if that is asked for, or NULL to have another one tried, and
 *	then the object is its. Or NULL to give all as they are.
 * @take_back: called with what a user gave to magslab_free(), which was in use
 *	until now. Returns the object to put into a magazine, or NULL if it is
 *	kept for later. Or NULL to take all.
 * @odd_out: called with a free object that nobody must get: its slab is in
 *	quarantine, or the use map says that somebody has it. The object is its.
 * @odd_back: called with whatever else a user gave to magslab_free(). Returns
 *	whether it was in use after all, in a slab in quarantine; then its use
 *	has ended now.
 * @new_slab: called with a new slab before its objects are constructed, or NULL
 * @ready_slab: called with it when they are, before anybody has one; or NULL
 * @old_slab: called with a slab whose pages are about to go back, after a grace
 *	period if the cache waits for one; or NULL. In NMI never, nor are the two
 *	before.
 * @lost: called with a slab, in quarantine now, in whose free map there were
 *	fewer objects than counted
 * @flush: called in task context when the cache starves or is about to be
 *	emptied for good: puts back what is kept for later; or NULL
 * @left_behind: called in task context when the cache was destroyed with
 *	objects in use, and is at rest
 * @apart: returns how many objects users have that lie in no slab, but where the
 *	watcher put them; or NULL if there never are any
 * @detach: called in task context when the cache is no more
 *
 * Free objects are told by where they begin; what a user gets of one begins
 * magslab_layout.left bytes after it. The first six are called in any context
 * where users call, hold no lock of the allocator, and get the address of the
 * call as @caller.
 */
struct magslab_watch {
	void *(*hand_out)(struct magslab_cache *cache, void *object, gfp_t gfp,
			  unsigned long caller);
	void *(*take_back)(struct magslab_cache *cache, void *object,
			   unsigned long caller);
	void (*odd_out)(struct magslab_cache *cache, void *object,
			unsigned long caller);
	bool (*odd_back)(struct magslab_cache *cache, void *address,
			 unsigned long caller);
	void (*new_slab)(struct magslab_cache *cache, struct page *slab);
	void (*ready_slab)(struct magslab_cache *cache, struct page *slab);
	void (*old_slab)(struct magslab_cache *cache, struct page *slab);
	void (*lost)(struct magslab_cache *cache, struct page *slab);
	void (*flush)(struct magslab_cache *cache);
	void (*left_behind)(struct magslab_cache *cache);
	unsigned long (*apart)(const struct magslab_cache *cache);
	void (*detach)(struct magslab_cache *cache);
};

/**
 * typedef magslab_watcher - who is asked whether to watch a cache
 * @cache: a cache being made: it has its sizes and flags, and no slab
 * @extra: what shall be in its slabs, to be changed; magslab_extra.left is
 *	rounded up to the alignment afterwards
 *
 * Sets magslab_cache.watch if it does.
 *
 * Context: Task. May sleep.
 * Return: 0 or an error, which becomes that of magslab_cache_create().
 */
typedef int (*magslab_watcher)(struct magslab_cache *cache,
			       struct magslab_extra *extra);

/*
 * Who is asked about objects that lie in no slab, in any context: is or was there
 * one at @address, which is not in memory mapped one to one? Returns its cache,
 * and in @object, if that is not NULL, where it begins; NULL if there is none.
 */
typedef struct magslab_cache *(*magslab_finder)(const void *address,
						const void **object);

/* For one room, when no cache is being made: both, or NULL for none. */
void magslab_watcher_set(magslab_watcher watcher, magslab_finder finder);

/* What the finder says. */
struct magslab_cache *magslab_watch_find(const void *address,
					 const void **object);

/* Of creation and destruction. */
int magslab_watch_attach(struct magslab_cache *cache,
			 struct magslab_extra *extra);
void magslab_watch_detach(struct magslab_cache *cache);
void magslab_watch_flush(struct magslab_cache *cache);
void magslab_watch_ready_slab(struct magslab_cache *cache, struct page *slab);
void magslab_watch_old_slab(struct magslab_cache *cache, struct page *slab);
unsigned long magslab_watch_apart(const struct magslab_cache *cache);
void magslab_watch_lost(struct magslab_cache *cache, struct page *slab);
void magslab_watch_forget(struct magslab_cache *cache, const struct page *slab);

/* Instead of what object.c does: the whole, and within the guard. */
void *magslab_watch_alloc(struct magslab_cache *cache, gfp_t gfp,
			  unsigned long caller, enum magslab_layer *layer);
void *magslab_watch_alloc_miss(struct magslab_cache *cache, gfp_t gfp,
			       unsigned long caller);
void *magslab_watch_alloc_unsure(struct magslab_cache *cache, gfp_t gfp,
				 unsigned long caller);
void *magslab_watch_hand_out(struct magslab_cache *cache, void *object,
			     gfp_t gfp, unsigned long caller);
enum magslab_layer magslab_watch_free(struct magslab_cache *cache,
				      void *address, unsigned long caller);
void magslab_watch_free_miss(struct magslab_cache *cache, void *address,
			     unsigned long caller);
void magslab_watch_free_unsure(struct magslab_cache *cache, void *address,
			       unsigned long caller);

/* For watchers: what becomes of an object. */
enum magslab_layer magslab_put_back(struct magslab_cache *cache, void *object);
void magslab_retire(struct magslab_cache *cache, void *object);

#endif /* MAGSLAB_ALLOC_WATCH_H */
