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
#include "alloc/tag.h"
#include "alloc/usemap.h"
#include "alloc/watch.h"

/*
 * The closed fronts, which all watched caches share. Their bounds are equal for
 * ever; just the flag in them changes, during the few instructions that it takes
 * to find out that there is nothing.
 */
static DEFINE_PER_CPU(struct magslab_front, closed_fronts);

static magslab_watcher watcher;

void magslab_watcher_set(magslab_watcher new)
{
	WRITE_ONCE(watcher, new);
}

struct magslab_front __percpu *magslab_watch_front(void)
{
	return &closed_fronts;
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

static __always_inline bool may_be_mapped(const void *address)
{
	return (unsigned long)address - PAGE_OFFSET <
	       (unsigned long)high_memory - PAGE_OFFSET;
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

static __always_inline void *handed_out(struct magslab_cache *cache,
					void *given, gfp_t gfp)
{
	if (want_init_on_alloc(gfp))
		__magslab_zero(given, object_zero_size(cache, gfp));
	if (gfpflags_allow_blocking(gfp))
		might_alloc(gfp | __GFP_DIRECT_RECLAIM);
	return given;
}

void *magslab_watch_hand_out(struct magslab_cache *cache, void *object,
			     gfp_t gfp, unsigned long caller)
{
	return hand_out(cache, object, gfp, caller);
}

/* What is not fit to be used is passed over. */
noinline void *magslab_watch_alloc(struct magslab_cache *cache, gfp_t gfp,
				   unsigned long caller)
{
	void *object, *given;

	do {
		object = magslab_take_any(cache, gfp);
		if (!object)
			return NULL;
		given = hand_out(cache, object, gfp, caller);
	} while (unlikely(!given));
	return handed_out(cache, given, gfp);
}

/*
 * The magazines' own guard, where that of the closed front has turned
 * preemption off already. Return: NULL if it takes more than this.
 */
static __always_inline void *pop_loaded(struct magslab_cache *cache)
{
	struct magslab_front __percpu *front = &cache->cpu->front;
	void *object = NULL;

	if (unlikely(raw_cpu_read(front->busy)))
		return NULL;
	raw_cpu_write(front->busy, true);
	barrier();
	/* Not before: the closed front's guard keeps nobody off this one. */
	if (likely(raw_cpu_read(front->top) != raw_cpu_read(front->base)))
		object = __magslab_pop(front);
	barrier();
	raw_cpu_write(front->busy, false);
	return object;
}

void *magslab_watch_alloc_miss(struct magslab_cache *cache, gfp_t gfp,
			       unsigned long caller)
{
	void *object = pop_loaded(cache);

	__magslab_leave(&closed_fronts);
	if (likely(object))
		object = hand_out(cache, object, gfp, caller);
	if (unlikely(!object))
		return magslab_watch_alloc(cache, gfp, caller);
	return handed_out(cache, object, gfp);
}

/*
 * === Free ===
 */

/* Return: whether this was all. */
static __always_inline bool push_loaded(struct magslab_cache *cache,
					void *object)
{
	struct magslab_front __percpu *front = &cache->cpu->front;
	bool room;

	if (unlikely(raw_cpu_read(front->busy)))
		return false;
	raw_cpu_write(front->busy, true);
	barrier();
	room = raw_cpu_read(front->top) != raw_cpu_read(front->limit);
	if (likely(room))
		__magslab_push(front, object);
	barrier();
	raw_cpu_write(front->busy, false);
	return room;
}

/* After its use has ended. */
static noinline void free_unused(struct magslab_cache *cache, void *address,
				 unsigned long caller)
{
	void *object = address - cache->layout.left;

	if (cache->watch->take_back)
		object = cache->watch->take_back(cache, address, caller);
	else if (want_init_on_free())
		__magslab_zero(address, cache->face.zero_size);
	if (object)
		magslab_put_back(cache, object);
}

static noinline void free_odd(struct magslab_cache *cache, void *address,
			      unsigned long caller)
{
	if (cache->watch->odd_back(cache, address, caller))
		free_unused(cache, address, caller);
}

void magslab_watch_free(struct magslab_cache *cache, void *address,
			unsigned long caller)
{
	if (likely(use_ends(cache, address - cache->layout.left)))
		free_unused(cache, address, caller);
	else
		free_odd(cache, address, caller);
}

void magslab_watch_free_miss(struct magslab_cache *cache, void *address,
			     unsigned long caller)
{
	void *object = address - cache->layout.left;

	if (unlikely(!use_ends(cache, object))) {
		__magslab_leave(&closed_fronts);
		free_odd(cache, address, caller);
	} else if (unlikely(cache->watch->take_back) ||
		   unlikely(!push_loaded(cache, object))) {
		__magslab_leave(&closed_fronts);
		free_unused(cache, address, caller);
	} else {
		__magslab_leave(&closed_fronts);
	}
}

/*
 * === The slabs ===
 */

/* Whether or not somebody watches, the slab is of no use any more. */
void magslab_watch_lost(struct magslab_cache *cache, struct page *slab)
{
	if (cache->watch)
		cache->watch->lost(cache, slab);
	else
		pr_err("cache '%s': free map overwritten\n", cache->name);
}
