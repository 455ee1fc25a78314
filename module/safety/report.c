// SPDX-License-Identifier: GPL-2.0-only
/*
 * Telling of what is wrong: once, with all that is known, and so that the system
 * can go on. No address is told, but where in its page something is.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>

#include "alloc/trace.h"
#include "alloc/usemap.h"
#include "compat.h"
#include "safety/safety.h"

/* Of objects that were left behind, as many are told of one by one. */
#define REPORT_MAX_LEFT 8

static bool panic_on_corruption;
module_param(panic_on_corruption, bool, 0644);
MODULE_PARM_DESC(panic_on_corruption,
		 "panic when a safety mode finds something wrong");

/* Of all caches, those that are gone too. */
static atomic_long_t reports[MAGSLAB_NR_CORRUPTIONS];

static const char *const names[] = {
	[MAGSLAB_DOUBLE_FREE] = "double free",
	[MAGSLAB_FOREIGN_FREE] = "free of what is in no slab",
	[MAGSLAB_INTERIOR_FREE] =
		"free of what is not the beginning of an object",
	[MAGSLAB_OTHER_FREE] = "free of another cache's object",
	[MAGSLAB_OVERFLOW] = "overflow",
	[MAGSLAB_UNDERFLOW] = "underflow",
	[MAGSLAB_WRITE_AFTER_FREE] = "write after free",
	[MAGSLAB_FREE_MAP] = "free map overwritten",
	[MAGSLAB_LEAK] = "objects left behind",
	[MAGSLAB_USE_AFTER_FREE] = "use after free",
	[MAGSLAB_OUT_OF_BOUNDS] = "access outside of an object",
};

static_assert(ARRAY_SIZE(names) == MAGSLAB_NR_CORRUPTIONS);

static unsigned int spot_offset(const struct safety_spot *spot)
{
	return spot->address - page_address(spot->slab);
}

static void print_owner(const struct magslab_cache *cache,
			const struct safety_spot *spot)
{
	const void *object = safety_object(cache, spot->slab, spot->slot);

	if (!(safety_of(cache)->modes & MAGSLAB_DEBUG) ||
	    spot->slot >= cache->layout.nr)
		return;
	/* It is where nobody else may look. */
	kasan_disable_current();
	safety_track_print(object);
	kasan_enable_current();
}

/* A line that scripts may look for, and more about it. */
static void print_report(struct magslab_cache *cache,
			 enum magslab_corruption class,
			 const struct safety_spot *spot)
{
	if (spot->caller)
		pr_err("cache '%s': %s, in %pS\n", cache->name, names[class],
		       (void *)spot->caller);
	else
		pr_err("cache '%s': %s\n", cache->name, names[class]);
	if (spot->page)
		safety_guard_print(spot);
	if (!spot->slab)
		return;
	pr_err("at byte %u of the slab at pfn %lx, object %u of %u, of %u bytes\n",
	       spot_offset(spot), page_to_pfn(spot->slab), spot->slot,
	       cache->layout.nr, cache->size);
	print_owner(cache, spot);
}

static void count(struct magslab_cache *cache, enum magslab_corruption class)
{
	atomic_long_inc(&safety_of(cache)->reports[class]);
	atomic_long_inc(&reports[class]);
}

static void panic_if_wanted(const struct magslab_cache *cache)
{
	if (READ_ONCE(panic_on_corruption))
		panic("magslab: cache '%s' is corrupt\n", cache->name);
}

/**
 * safety_report - tell of something wrong, and keep its slab from being used
 * @cache: the cache
 * @class: what it is
 * @spot: where
 *
 * All are counted. Of very many at a time not all are printed.
 *
 * Context: Any.
 */
void safety_report(struct magslab_cache *cache, enum magslab_corruption class,
		   const struct safety_spot *spot)
{
	static DEFINE_RATELIMIT_STATE(often, 5 * HZ, 50);

	count(cache, class);
	trace_corruption(cache, names[class], spot->address, spot->caller);
	if (__ratelimit(&often))
		print_report(cache, class, spot);
	if (spot->slab)
		magslab_slabs_quarantine(cache, spot->slab);
	panic_if_wanted(cache);
}

/**
 * safety_report_object - tell that an object was written to where it must not be
 * @cache: the cache
 * @object: the object, with what is before it
 * @class: what it is
 * @caller: whose call brought it to light, or 0
 *
 * A slab in quarantine has been told of already: what else is wrong with it is
 * likely to be of the same origin.
 *
 * Context: Any.
 */
void safety_report_object(struct magslab_cache *cache, void *object,
			  enum magslab_corruption class, unsigned long caller)
{
	struct safety_spot spot = {
		.address = object + cache->layout.left,
		.slab = layout_slab(&cache->layout, object),
		.slot = layout_slot(&cache->layout, object),
		.caller = caller,
	};

	if (tag_is(spot.slab, cache->tag))
		safety_report(cache, class, &spot);
}

/* Objects that are free are missing in the free map of a slab. */
void safety_lost(struct magslab_cache *cache, struct page *slab)
{
	struct safety_spot spot = {
		.address = page_address(slab) + cache->layout.map_offset,
		.slab = slab,
		.slot = cache->layout.nr,
	};

	safety_report(cache, MAGSLAB_FREE_MAP, &spot);
}

/*
 * === Objects left behind ===
 */

static void print_left(struct magslab_cache *cache, struct page *slab,
		       void *told)
{
	struct safety_spot spot = { .slab = slab };
	unsigned int *left = told;

	for (; spot.slot < cache->layout.nr && *left; spot.slot++) {
		if (!usemap_test(&cache->layout, slab, spot.slot))
			continue;
		--*left;
		spot.address = safety_object(cache, slab, spot.slot) +
			       cache->layout.left;
		pr_err("at byte %u of the slab at pfn %lx, object %u of %u\n",
		       spot_offset(&spot), page_to_pfn(slab), spot.slot,
		       cache->layout.nr);
		print_owner(cache, &spot);
	}
}

/* One report for all of them, and the first ones one by one. */
void safety_left_behind(struct magslab_cache *cache)
{
	unsigned int left = REPORT_MAX_LEFT;

	count(cache, MAGSLAB_LEAK);
	trace_corruption(cache, names[MAGSLAB_LEAK], NULL, 0);
	pr_err("cache '%s': %s\n", cache->name, names[MAGSLAB_LEAK]);
	magslab_slabs_walk(cache, print_left, &left);
	safety_guard_print_left(cache, &left);
	panic_if_wanted(cache);
}

unsigned long magslab_cache_corruptions(const struct magslab_cache *cache,
					enum magslab_corruption class)
{
	if ((unsigned int)class >= MAGSLAB_NR_CORRUPTIONS)
		return 0;
	if (!cache)
		return atomic_long_read(&reports[class]);
	if (!cache->watch)
		return 0;
	return atomic_long_read(&safety_of(cache)->reports[class]);
}
EXPORT_SYMBOL_GPL(magslab_cache_corruptions);
