// SPDX-License-Identifier: GPL-2.0-only
/*
 * KASAN and kmemleak, on kernels that have them: objects are to them what those of
 * kmem_cache are. This is a layer around the safety modes. KASAN finds out about
 * accesses to what a user does not have, at once; kmemleak, when it is asked,
 * about objects that nobody knows the address of.
 *
 * The modes look at memory that nobody else may, so KASAN is asked to look away
 * while they do.
 */
#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/kasan.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "alloc/pages.h"
#include "compat.h"
#include "safety/exact.h"
#include "safety/safety.h"
#include "safety/shadow.h"

static bool sanitizers = true;
module_param(sanitizers, bool, 0644);
MODULE_PARM_DESC(sanitizers,
		 "tell KASAN and kmemleak of all objects of new caches (Y)");

static struct safety_sanitizer *sanitizer_of(const struct magslab_cache *cache)
{
	return &safety_of(cache)->sanitizer;
}

/*
 * === kmemleak ===
 *
 * It waits for locks, so it is not called in NMI. What is freed there is still
 * traced when somebody else gets it, or the pages go back: then it is untraced.
 */

/*
 * kmemleak needs memory for each object, so it is told of those only that are
 * handed out where a cache may grow.
 */
static void trace(struct magslab_cache *cache, void *user, gfp_t gfp)
{
	if (cache->flags & MAGSLAB_NOLEAKTRACE || in_nmi())
		return;
	if (READ_ONCE(sanitizer_of(cache)->stale))
		kmemleak_free(user);
	if (pages_may_alloc(gfp))
		kmemleak_alloc(user, cache->size, 1, gfp);
}

static void untrace(struct magslab_cache *cache, void *user)
{
	if (cache->flags & MAGSLAB_NOLEAKTRACE)
		return;
	if (in_nmi())
		WRITE_ONCE(sanitizer_of(cache)->stale, true);
	else
		kmemleak_free(user);
}

/*
 * === Objects ===
 */

static void *sanitizer_hand_out(struct magslab_cache *cache, void *object,
				gfp_t gfp, unsigned long caller)
{
	const struct magslab_watch *inner = &sanitizer_of(cache)->inner;
	void *user = object + cache->layout.left;

	if (inner->hand_out) {
		kasan_disable_current();
		user = inner->hand_out(cache, object, gfp, caller);
		kasan_enable_current();
	}
	/* On a page of its own, what is around that is not mapped. */
	if (!user || is_vmalloc_addr(user))
		return user;
	safety_shadow_open(user, cache->size);
	exact_zero_rest(cache, user, gfp);
	trace(cache, user, gfp);
	return user;
}

static void *take_back(struct magslab_cache *cache, void *user)
{
	exact_zero_freed(cache, user);
	return user - cache->layout.left;
}

static void *sanitizer_take_back(struct magslab_cache *cache, void *user,
				 unsigned long caller)
{
	const struct magslab_watch *inner = &sanitizer_of(cache)->inner;
	void *object;

	untrace(cache, user);
	/* Before others can have it, and not where readers may look at it. */
	if (!(cache->flags & MAGSLAB_TYPESAFE_BY_RCU))
		safety_shadow_close(user, cache->size, SAFETY_SHADOW_FREED);
	kasan_disable_current();
	object = inner->take_back ? inner->take_back(cache, user, caller) :
				    take_back(cache, user);
	kasan_enable_current();
	return object;
}

static void sanitizer_flush(struct magslab_cache *cache)
{
	kasan_disable_current();
	sanitizer_of(cache)->inner.flush(cache);
	kasan_enable_current();
}

/*
 * === Slabs ===
 */

static void on_all_objects(struct magslab_cache *cache, struct page *slab,
			   void (*act)(struct magslab_cache *cache, void *user))
{
	unsigned int slot;

	for (slot = 0; slot < cache->layout.nr; slot++)
		act(cache,
		    safety_object(cache, slab, slot) + cache->layout.left);
}

static void open_one(struct magslab_cache *cache, void *user)
{
	safety_shadow_open(user, cache->size);
}

/* All but the maps at the end, which the allocator looks at. */
static void sanitizer_ready_slab(struct magslab_cache *cache, struct page *slab)
{
	const struct magslab_layout *layout = &cache->layout;
	size_t end = layout->map_offset ?: layout->use_offset;

	safety_shadow_close(page_address(slab),
			    end ?: layout_slab_bytes(layout),
			    SAFETY_SHADOW_ZONE);
	if (cache->flags & MAGSLAB_TYPESAFE_BY_RCU)
		on_all_objects(cache, slab, open_one);
}

/* Pages are opened by the page allocator, for whoever gets them next. */
static void sanitizer_old_slab(struct magslab_cache *cache, struct page *slab)
{
	if (READ_ONCE(sanitizer_of(cache)->stale))
		on_all_objects(cache, slab, untrace);
}

/* Whether caches made now are to be known to KASAN and kmemleak. */
bool safety_sanitizer_wanted(void)
{
	return READ_ONCE(sanitizers);
}

/* As if the parameter had been written. Return: what it was. */
bool safety_sanitizer_want(bool wanted)
{
	return xchg(&sanitizers, wanted);
}
EXPORT_SYMBOL_FOR_TEST(safety_sanitizer_want);

/* For a cache that is being made, after all modes. */
void safety_sanitizer_init(struct magslab_cache *cache, struct safety *safety)
{
	struct magslab_watch *watch = &safety->watch;

	safety->sanitizer.inner = *watch;
	watch->hand_out = sanitizer_hand_out;
	watch->take_back = sanitizer_take_back;
	watch->ready_slab = sanitizer_ready_slab;
	watch->old_slab = sanitizer_old_slab;
	if (watch->flush)
		watch->flush = sanitizer_flush;
	exact_init(cache);
}
