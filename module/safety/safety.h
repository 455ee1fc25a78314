/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the room: what it knows of a cache that it watches, and which file does
 * what.
 *
 *	safety.c	which caches are watched, and how
 *	hardened.c	frees: was this object in use?
 *	debug.c		red zones and poison: was anything written where nothing
 *			may be?
 *	quarantine.c	the same, of objects that are not free again for long
 *	guard.c		the same, of objects on pages of their own
 *	pool.c		pages for those
 *	oops.c		was it one of those that the kernel just died of?
 *	sanitizer.c	a layer around these: what KASAN and kmemleak find out
 *	shadow.c	what KASAN knows of memory
 *	track.c		whose was it?
 *	report.c	telling
 */
#ifndef MAGSLAB_SAFETY_SAFETY_H
#define MAGSLAB_SAFETY_SAFETY_H

#include <linux/atomic.h>
#include <linux/container_of.h>
#include <linux/magslab.h>

#include "alloc/cache.h"
#include "alloc/leaf.h"

/**
 * struct safety_fifo - objects freed that wait to be free, longest first
 * @leaf: protects what follows
 * @ring: the objects, with what is before them
 * @size: how many there may be
 * @first: which one waits longest
 * @nr: how many there are
 */
struct safety_fifo {
	struct leaf_lock leaf;
	void **ring;
	unsigned int size;
	unsigned int first;
	unsigned int nr;
};

/**
 * struct safety_sanitizer - what KASAN and kmemleak need
 * @inner: how the cache is watched by what they are a layer around
 * @stale: kmemleak may know of objects that are free
 */
struct safety_sanitizer {
	struct magslab_watch inner;
	bool stale;
};

/* Whether the kernel has anybody to tell. */
#define SAFETY_SANITIZERS \
	(IS_ENABLED(CONFIG_KASAN_GENERIC) || IS_ENABLED(CONFIG_DEBUG_KMEMLEAK))

/**
 * struct safety_guard - what guard mode has of a cache
 * @hand_out: of the other modes, or NULL
 * @seen: how many objects each CPU handed out, or NULL in other modes
 * @live: objects that users have on pages of their own
 */
struct safety_guard {
	void *(*hand_out)(struct magslab_cache *cache, void *object, gfp_t gfp,
			  unsigned long caller);
	unsigned int __percpu *seen;
	atomic_long_t live;
};

/**
 * struct safety - what is known of a watched cache
 * @watch: what the allocator knows of us
 * @modes: MAGSLAB_HARDENED and others
 * @fifo: with MAGSLAB_QUARANTINE, objects freed that wait to be free
 * @sanitizer: with KASAN or kmemleak, what is around the modes
 * @guard: with MAGSLAB_GUARD
 * @reports: by enum magslab_corruption
 */
struct safety {
	struct magslab_watch watch;
	unsigned long modes;
	struct safety_fifo fifo;
	struct safety_sanitizer sanitizer;
	struct safety_guard guard;
	atomic_long_t reports[MAGSLAB_NR_CORRUPTIONS];
};

static inline struct safety *safety_of(const struct magslab_cache *cache)
{
	return container_of(cache->watch, struct safety, watch);
}

struct safety_page;

/**
 * struct safety_spot - an object, or what was taken for one
 * @address: what a user has, or had
 * @slab: its slab, or NULL if it is in none of this cache
 * @slot: which object of @slab, if there is one
 * @page: its page, if it has one of its own
 * @caller: whose call it was, or 0
 */
struct safety_spot {
	void *address;
	struct page *slab;
	unsigned int slot;
	struct safety_page *page;
	unsigned long caller;
};

/* Where the object of a slab begins, with what is before it. */
static inline void *safety_object(const struct magslab_cache *cache,
				  const struct page *slab, unsigned int slot)
{
	return page_address(slab) + slot * cache->layout.stride;
}

/* hardened.c */
void safety_odd_out(struct magslab_cache *cache, void *object,
		    unsigned long caller);
bool safety_odd_back(struct magslab_cache *cache, void *address,
		     unsigned long caller);

/* debug.c */
void *safety_debug_take_back(struct magslab_cache *cache, void *user,
			     unsigned long caller);
void safety_debug_init(struct magslab_cache *cache, struct magslab_watch *watch,
		       struct magslab_extra *extra);

/* quarantine.c */
int safety_quarantine_init(struct magslab_cache *cache, struct safety *safety);
void safety_quarantine_fini(struct safety *safety);

/* sanitizer.c, where there are any */
bool safety_sanitizer_wanted(void);
bool safety_sanitizer_want(bool wanted);
void safety_sanitizer_init(struct magslab_cache *cache, struct safety *safety);

/* guard.c */
extern unsigned int safety_guard_sample;
bool safety_guard_back(struct magslab_cache *cache, void *address,
		       unsigned long caller);
struct magslab_cache *safety_guard_find(const void *address,
					const void **object);
void safety_guard_unmapped(struct safety_page *page);
bool safety_guard_fault(void *address, unsigned long where);
void safety_guard_print(const struct safety_spot *spot);
void safety_guard_print_left(const struct magslab_cache *cache,
			     unsigned int *nr);
int safety_guard_init(struct magslab_cache *cache, struct safety *safety);
void safety_guard_fini(struct magslab_cache *cache, struct safety *safety);

/* pool.c, see pool.h */
void safety_pool_exit(void);

/* oops.c */
int safety_oops_init(void);
void safety_oops_exit(void);

/* track.c: the owners of an object, at its very beginning. */
#define SAFETY_TRACK_BYTES 40
void safety_track_clear(void *object);
void safety_track_alloc(void *object, unsigned long caller);
void safety_track_free(void *object, unsigned long caller);
bool safety_track_intact(const void *object);
void safety_track_print(const void *object);
int safety_track_init(void);

/* report.c */
void safety_report(struct magslab_cache *cache, enum magslab_corruption class,
		   const struct safety_spot *spot);
void safety_report_object(struct magslab_cache *cache, void *object,
			  enum magslab_corruption class, unsigned long caller);
void safety_lost(struct magslab_cache *cache, struct page *slab);
void safety_left_behind(struct magslab_cache *cache);

#endif /* MAGSLAB_SAFETY_SAFETY_H */
