// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "alloc/cache.h"
#include "alloc/object.h"
#include "alloc/recent.h"
#include "alloc/tag.h"
#include "alloc/usemap.h"
#include "alloc/watch.h"

static magslab_watcher watcher;
static magslab_finder finder;

void magslab_watcher_set(magslab_watcher new, magslab_finder new_finder)
{
	WRITE_ONCE(watcher, new);
	WRITE_ONCE(finder, new_finder);
}

struct magslab_cache *magslab_watch_find(const void *address,
					 const void **object)
{
	magslab_finder ask = READ_ONCE(finder);

	return ask ? ask(address, object) : NULL;
}

/* A cache that was to be watched must not go without. */
int magslab_watch_attach(struct magslab_cache *cache,
			 struct magslab_extra *extra)
{
	magslab_watcher ask = READ_ONCE(watcher);
	int ret;

	if (!ask)
		return cache->flags & MAGSLAB_SAFETY_ALL ? -EOPNOTSUPP : 0;
	ret = ask(cache, extra);
	extra->left = ALIGN(extra->left, cache->align);
	return ret;
}

void magslab_watch_detach(struct magslab_cache *cache)
{
	if (cache->watch)
		cache->watch->detach(cache);
}

void magslab_watch_flush(struct magslab_cache *cache)
{
	if (cache->watch && cache->watch->flush)
		cache->watch->flush(cache);
}

unsigned long magslab_watch_apart(const struct magslab_cache *cache)
{
	if (!cache->watch || !cache->watch->apart)
		return 0;
	return cache->watch->apart(cache);
}

/*
 * === Which objects are in use ===
 */

/*
 * Memory that is mapped one to one has a struct page, but for holes. Simpler
 * than virt_to_page(), which takes addresses of the kernel's own image too.
 */
static __always_inline struct page *slab_of(const struct magslab_layout *layout,
					    const void *object)
{
	unsigned long start = (unsigned long)object & layout->slab_mask;

	return pfn_to_page((start - PAGE_OFFSET) >> PAGE_SHIFT);
}

/* The same as tag_is(), of what may be a hole. */
static __always_inline bool is_slab_of(const struct magslab_cache *cache,
				       const struct page *slab)
{
	unsigned long mapping;

	__get_kernel_nofault(&mapping, (unsigned long *)&slab->mapping,
			     unsigned long, fault);
	return mapping == (unsigned long)cache->tag;
fault:
	return false;
}

/*
 * Out of a free map that was overwritten comes anything in the slab.
 * Return: whether it is an object that may be handed out.
 */
static __always_inline bool use_begins(struct magslab_cache *cache,
				       void *object)
{
	const struct magslab_layout *layout = &cache->layout;
	struct page *slab = slab_of(layout, object);
	unsigned int slot = layout_slot(layout, object);

	return likely(tag_is(slab, cache->tag)) &&
	       likely(layout_is_object(layout, slot, object)) &&
	       likely(usemap_enter(layout, slab, slot));
}

/* Of anything at all. Return: whether it is an object that was in use. */
static __always_inline bool use_ends(struct magslab_cache *cache, void *object)
{
	const struct magslab_layout *layout = &cache->layout;
	struct page *slab = slab_of(layout, object);
	unsigned int slot = layout_slot(layout, object);

	return likely(may_be_mapped(object)) &&
	       likely(is_slab_of(cache, slab)) &&
	       likely(layout_is_object(layout, slot, object)) &&
	       likely(usemap_leave(layout, slab, slot));
}

/*
 * === Allocation ===
 */

/* Return: what the user gets, or NULL if it is not to be this object. */
static __always_inline void *hand_out(struct magslab_cache *cache, void *object,
				      gfp_t gfp, unsigned long caller)
{
	if (unlikely(!use_begins(cache, object))) {
		cache->watch->odd_out(cache, object, caller);
		return NULL;
	}
	if (likely(!cache->watch->hand_out))
		return object;
	return cache->watch->hand_out(cache, object, gfp, caller);
}

static void *zeroed(struct magslab_cache *cache, void *given, gfp_t gfp)
{
	if (want_init_on_alloc(gfp))
		__magslab_zero(given, object_zero_size(cache, gfp));
	return given;
}

void *magslab_watch_hand_out(struct magslab_cache *cache, void *object,
			     gfp_t gfp, unsigned long caller)
{
	return hand_out(cache, object, gfp, caller);
}

/* What is not fit to be used is passed over. */
noinline void *magslab_watch_alloc(struct magslab_cache *cache, gfp_t gfp,
				   unsigned long caller,
				   enum magslab_layer *layer)
{
	void *object, *given;

	do {
		object = magslab_take_any(cache, gfp, layer);
		if (!object)
			return NULL;
		given = hand_out(cache, object, gfp, caller);
	} while (unlikely(!given));
	if (gfpflags_allow_blocking(gfp))
		might_alloc(gfp | __GFP_DIRECT_RECLAIM);
	return zeroed(cache, given, gfp);
}

/* Within the guard, which it leaves: the loaded magazine has no object. */
void *magslab_watch_alloc_miss(struct magslab_cache *cache, gfp_t gfp,
			       unsigned long caller)
{
	enum magslab_layer layer;

	__magslab_leave(cache->guard);
	return magslab_watch_alloc(cache, gfp, caller, &layer);
}

/*
 * Within the guard, which it leaves: the next object of the loaded magazine is
 * none of the recent slab, or is in use.
 */
void *magslab_watch_alloc_unsure(struct magslab_cache *cache, gfp_t gfp,
				 unsigned long caller)
{
	void *object = __magslab_pop(&cache->cpu->front);
	enum magslab_layer layer;
	bool good;

	recent_turn_to(cache, slab_of(&cache->layout, object));
	good = recent_enter(&watched_cpu(cache)->recent, &cache->layout,
			    object);
	__magslab_leave(cache->guard);
	if (likely(good))
		return zeroed(cache, object, gfp);
	cache->watch->odd_out(cache, object, caller);
	return magslab_watch_alloc(cache, gfp, caller, &layer);
}

/*
 * === Free ===
 */

/* After its use has ended. Return: where it is, or none if its watcher has it. */
static noinline enum magslab_layer
free_unused(struct magslab_cache *cache, void *address, unsigned long caller)
{
	void *object = address - cache->layout.left;

	if (cache->watch->take_back)
		object = cache->watch->take_back(cache, address, caller);
	else if (want_init_on_free())
		__magslab_zero(address, cache->face.zero_size);
	if (!object)
		return MAGSLAB_LAYER_NONE;
	return magslab_put_back(cache, object);
}

static noinline enum magslab_layer free_odd(struct magslab_cache *cache,
					    void *address, unsigned long caller)
{
	if (!cache->watch->odd_back(cache, address, caller))
		return MAGSLAB_LAYER_NONE;
	return free_unused(cache, address, caller);
}

enum magslab_layer magslab_watch_free(struct magslab_cache *cache,
				      void *address, unsigned long caller)
{
	if (likely(use_ends(cache, address - cache->layout.left)))
		return free_unused(cache, address, caller);
	return free_odd(cache, address, caller);
}

/* Within the guard, which it leaves: the loaded magazine has no room. */
void magslab_watch_free_miss(struct magslab_cache *cache, void *address,
			     unsigned long caller)
{
	__magslab_leave(cache->guard);
	magslab_watch_free(cache, address, caller);
}

/*
 * Within the guard, which it leaves: @address is no object of the recent slab,
 * or is not in use. The loaded magazine has room.
 */
void magslab_watch_free_unsure(struct magslab_cache *cache, void *address,
			       unsigned long caller)
{
	struct page *slab = slab_of(&cache->layout, address);
	bool good = false;

	if (may_be_mapped(address) && is_slab_of(cache, slab)) {
		recent_turn_to(cache, slab);
		good = recent_leave(&watched_cpu(cache)->recent, &cache->layout,
				    address);
	}
	if (likely(good))
		__magslab_push(&cache->cpu->front, address);
	__magslab_leave(cache->guard);
	if (unlikely(!good))
		free_odd(cache, address, caller);
}

/*
 * === The slabs ===
 */

/* After a slab was marked as one that is not to be used any more. */
void magslab_watch_forget(struct magslab_cache *cache, const struct page *slab)
{
	if (cache->watch)
		recent_forget(cache, slab);
}

void magslab_watch_ready_slab(struct magslab_cache *cache, struct page *slab)
{
	if (cache->watch && cache->watch->ready_slab)
		cache->watch->ready_slab(cache, slab);
}

void magslab_watch_old_slab(struct magslab_cache *cache, struct page *slab)
{
	if (cache->watch && cache->watch->old_slab)
		cache->watch->old_slab(cache, slab);
}

/* Whether or not somebody watches, the slab is of no use any more. */
void magslab_watch_lost(struct magslab_cache *cache, struct page *slab)
{
	if (cache->watch)
		cache->watch->lost(cache, slab);
	else
		pr_err("cache '%s': free map overwritten\n", cache->name);
}
