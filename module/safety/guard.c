// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guard mode: of each so many objects that a cache hands out, one is not in a
 * slab but on a page of its own, see pool.c. An access beyond that page faults,
 * and so does any after the object was freed and the page unmapped. The object
 * lies at the right end of its page or at the left one, in turns:
 *
 *	+--------+-------------+                +----------------+-----+
 *	| object | pattern     |       or       | pattern  | object |..|
 *	+--------+-------------+                +----------------+-----+
 *	0        + size        PAGE_SIZE        0                      PAGE_SIZE
 *
 * With objects whose size is no multiple of their alignment, a few bytes of the
 * pattern come after the object at the right end, too. The pattern is looked at
 * when the object is freed. Then the whole page is poisoned, until the pool's
 * work item unmaps it and finds what was written meanwhile.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/align.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>

#include "alloc/pages.h"
#include "alloc/usemap.h"
#include "compat.h"
#include "safety/exact.h"
#include "safety/param.h"
#include "safety/poison.h"
#include "safety/pool.h"
#include "safety/safety.h"

unsigned int safety_guard_sample __read_mostly = 100;
EXPORT_SYMBOL_FOR_TEST(safety_guard_sample);

safety_param_uint(guard_sample, safety_guard_sample, 1, UINT_MAX, 0644);
MODULE_PARM_DESC(guard_sample,
		 "in guard mode one of so many objects gets a page (100)");

static size_t object_bytes(const struct magslab_cache *cache)
{
	return ALIGN(cache->size, cache->align);
}

/*
 * === Out ===
 */

/* A page is of any zone and node. Constructors run only where slabs are made. */
static bool may_be_apart(const struct magslab_cache *cache, gfp_t gfp)
{
	if (gfp & MAGSLAB_GFP_PARTICULAR)
		return false;
	return !cache->ctor || pages_may_alloc(gfp);
}

static void *place(const struct magslab_cache *cache,
		   const struct safety_page *page, bool right)
{
	return page->address + (right ? PAGE_SIZE - object_bytes(cache) : 0);
}

/* Return: an object on a page of its own, or NULL if there is none. */
static noinline void *hand_out_apart(struct magslab_cache *cache, gfp_t gfp,
				     unsigned long caller, bool right)
{
	struct safety_page *page = safety_pool_take();

	if (!page)
		return NULL;
	WRITE_ONCE(page->object, place(cache, page, right));
	WRITE_ONCE(page->told, false);
	safety_track_clear(page->track);
	safety_track_alloc(page->track, caller);
	if (cache->ctor)
		cache->ctor(page->object);
	exact_zero_rest(cache, page->object, gfp);
	atomic_long_inc(&safety_of(cache)->guard.live);
	WRITE_ONCE(page->cache, cache);
	safety_page_set_state(page, SAFETY_PAGE_LIVE);
	return page->object;
}

/* In whose place another one was handed out: nobody has had it. */
static void keep(struct magslab_cache *cache, void *object)
{
	const struct magslab_layout *layout = &cache->layout;

	/* Or somebody freed it who had no right to. Then it is free already. */
	if (usemap_leave(layout, layout_slab(layout, object),
			 layout_slot(layout, object)))
		magslab_put_back(cache, object);
}

static void *guard_hand_out(struct magslab_cache *cache, void *object,
			    gfp_t gfp, unsigned long caller)
{
	const struct safety_guard *guard = &safety_of(cache)->guard;
	unsigned int nr = this_cpu_inc_return(*guard->seen);
	unsigned int each = READ_ONCE(safety_guard_sample);
	void *apart;

	if (unlikely(nr % each == 0) && may_be_apart(cache, gfp)) {
		apart = hand_out_apart(cache, gfp, caller, nr / each % 2);
		if (apart) {
			keep(cache, object);
			return apart;
		}
	}
	if (guard->hand_out)
		return guard->hand_out(cache, object, gfp, caller);
	exact_zero_rest(cache, object, gfp);
	return object;
}

/*
 * === Back ===
 */

/* Return: what is wrong with the pattern around an object. */
static enum magslab_corruption check_page(const struct magslab_cache *cache,
					  const struct safety_page *page)
{
	const void *end = page->object + cache->size;

	if (!is_filled(page->address, page->object, ZONE_BYTE))
		return MAGSLAB_UNDERFLOW;
	if (!is_filled(end, page->address + PAGE_SIZE, ZONE_BYTE))
		return MAGSLAB_OVERFLOW;
	return MAGSLAB_NR_CORRUPTIONS;
}

/* After its state became FREED, and thereby ours. */
static void take_back_apart(struct magslab_cache *cache,
			    struct safety_page *page, unsigned long caller)
{
	struct safety_spot spot = {
		.address = page->object,
		.page = page,
		.caller = caller,
	};
	enum magslab_corruption wrong = check_page(cache, page);

	if (wrong != MAGSLAB_NR_CORRUPTIONS)
		safety_report(cache, wrong, &spot);
	safety_track_free(page->track, caller);
	memset(page->address, POISON_BYTE, PAGE_SIZE);
	atomic_long_dec(&safety_of(cache)->guard.live);
	safety_pool_put(page);
}

/* Whether nobody else was given the address since. */
static bool is_unmapped(const struct safety_page *page, const void *address)
{
	return READ_ONCE(page->hold) || !vmalloc_to_page(address);
}

/*
 * The cache whose object is or was on the page that was found by @address, or
 * NULL if there is none.
 */
static struct magslab_cache *owner(const struct safety_page *page,
				   const void *address)
{
	switch (safety_page_state(page)) {
	case SAFETY_PAGE_LIVE:
	case SAFETY_PAGE_FREED:
		return READ_ONCE(page->cache);
	case SAFETY_PAGE_GONE:
		return is_unmapped(page, address) ? READ_ONCE(page->cache) :
						    NULL;
	default:
		return NULL;
	}
}

/* What was freed is on @page, which is of @of. Return: what is wrong with it. */
static enum magslab_corruption free_page_of(struct magslab_cache *of,
					    struct magslab_cache *cache,
					    struct safety_page *page,
					    const void *address)
{
	if (of != cache)
		return MAGSLAB_OTHER_FREE;
	if (address != READ_ONCE(page->object))
		return MAGSLAB_INTERIOR_FREE;
	if (cmpxchg(&page->state, SAFETY_PAGE_LIVE, SAFETY_PAGE_FREED) !=
	    SAFETY_PAGE_LIVE)
		return MAGSLAB_DOUBLE_FREE;
	return MAGSLAB_NR_CORRUPTIONS;
}

/**
 * safety_guard_back - take back an object that is on a page of its own
 * @cache: what it was freed to
 * @address: what was freed: anything that is not in a slab of @cache
 * @caller: whose call it was
 *
 * Context: Any.
 * Return: false if there is no such page, and then nothing was done. Else it
 * was freed, or told of.
 */
bool safety_guard_back(struct magslab_cache *cache, void *address,
		       unsigned long caller)
{
	struct safety_spot spot = { .address = address, .caller = caller };
	struct safety_page *page = safety_pool_find(address);
	struct magslab_cache *of = page ? owner(page, address) : NULL;
	enum magslab_corruption wrong;

	if (!of)
		return false;
	spot.page = page;
	wrong = free_page_of(of, cache, page, address);
	if (wrong == MAGSLAB_NR_CORRUPTIONS)
		take_back_apart(cache, page, caller);
	else
		safety_report(cache, wrong, &spot);
	return true;
}

/* By the allocator, about any address. */
struct magslab_cache *safety_guard_find(const void *address,
					const void **object)
{
	const struct safety_page *page = safety_pool_find(address);

	if (!page)
		return NULL;
	if (object)
		*object = READ_ONCE(page->object);
	return owner(page, address);
}

/* By the pool: nobody can write to it any more. Its cache is still there. */
void safety_guard_unmapped(struct safety_page *page)
{
	const void *memory = page_address(page->memory);
	struct safety_spot spot = { .address = page->object, .page = page };

	if (!is_filled(memory, memory + PAGE_SIZE, POISON_BYTE))
		safety_report(page->cache, MAGSLAB_WRITE_AFTER_FREE, &spot);
}

/*
 * === Faults ===
 */

/* Bytes from the end of an object to what is behind it, or before it. */
static unsigned long distance(const struct safety_page *page,
			      const void *address)
{
	if (!page || safety_page_state(page) != SAFETY_PAGE_LIVE)
		return ULONG_MAX;
	if (address < page->object)
		return page->object - address;
	return address - (page->object + page->cache->size);
}

/* The page that was missed: of two neighbours, that with the nearer object. */
static struct safety_page *missed(const void *address)
{
	struct safety_page *before = safety_pool_find(address - PAGE_SIZE);
	struct safety_page *after = safety_pool_find(address + PAGE_SIZE);

	if (distance(before, address) < distance(after, address))
		return before;
	return distance(after, address) == ULONG_MAX ? NULL : after;
}

/**
 * safety_guard_fault - tell what an access that faulted was, once for a page
 * @address: what was accessed
 * @where: address of the instruction
 *
 * Context: Any. An RCU reader's section, so that caches stay.
 * Return: whether there was anything to tell.
 */
bool safety_guard_fault(void *address, unsigned long where)
{
	enum magslab_corruption wrong = MAGSLAB_USE_AFTER_FREE;
	struct safety_spot spot = { .address = address, .caller = where };
	struct magslab_cache *cache;

	spot.page = safety_pool_find(address);
	if (!spot.page) {
		spot.page = missed(address);
		wrong = MAGSLAB_OUT_OF_BOUNDS;
	} else if (safety_page_state(spot.page) == SAFETY_PAGE_LIVE) {
		return false;
	}
	cache = spot.page ? owner(spot.page, address) : NULL;
	if (!cache || xchg(&spot.page->told, true))
		return false;
	safety_report(cache, wrong, &spot);
	return true;
}
EXPORT_SYMBOL_FOR_TEST(safety_guard_fault);

/*
 * === Telling ===
 */

void safety_guard_print(const struct safety_spot *spot)
{
	const struct safety_page *page = spot->page;
	const struct magslab_cache *of = READ_ONCE(page->cache);

	pr_err("at byte %ld of an object of %u bytes, at byte %lu of a page of its own\n",
	       (long)(spot->address - page->object), of ? of->size : 0,
	       offset_in_page(page->object));
	safety_track_print(page->track);
}

struct left {
	const struct magslab_cache *cache;
	unsigned int *nr;
};

static void print_left(struct safety_page *page, void *arg)
{
	struct safety_spot spot = { .address = page->object, .page = page };
	const struct left *left = arg;

	if (!*left->nr || safety_page_state(page) != SAFETY_PAGE_LIVE ||
	    page->cache != left->cache)
		return;
	--*left->nr;
	safety_guard_print(&spot);
}

/* Of objects left behind, @nr of them at most. */
void safety_guard_print_left(const struct magslab_cache *cache,
			     unsigned int *nr)
{
	struct left left = { .cache = cache, .nr = nr };

	safety_pool_walk(print_left, &left);
}

/*
 * === Caches ===
 */

/* Of objects in slabs. */
static void *guard_take_back(struct magslab_cache *cache, void *user,
			     unsigned long caller)
{
	exact_zero_freed(cache, user);
	return user;
}

static unsigned long guard_apart(const struct magslab_cache *cache)
{
	return atomic_long_read(&safety_of(cache)->guard.live);
}

/* Readers may look at what was freed, which must not fault then. */
static bool may_be_guarded(const struct magslab_cache *cache)
{
	return !(cache->flags & MAGSLAB_TYPESAFE_BY_RCU) &&
	       object_bytes(cache) <= PAGE_SIZE;
}

/* For a cache with guard mode, while it is being made, after other modes. */
int safety_guard_init(struct magslab_cache *cache, struct safety *safety)
{
	struct magslab_watch *watch = &safety->watch;
	struct safety_guard *guard = &safety->guard;

	if (!may_be_guarded(cache))
		return 0;
	guard->seen = alloc_percpu(unsigned int);
	if (!guard->seen)
		return -ENOMEM;
	if (safety_pool_enter()) {
		free_percpu(guard->seen);
		return -ENOMEM;
	}
	guard->hand_out = watch->hand_out;
	watch->hand_out = guard_hand_out;
	watch->apart = guard_apart;
	exact_init(cache);
	if (!watch->take_back && cache->size % sizeof(long))
		watch->take_back = guard_take_back;
	return 0;
}

static void forget(struct safety_page *page, void *cache)
{
	cmpxchg(&page->cache, cache, NULL);
}

/* None of its objects is live. Who tells of a fault may still have found it. */
void safety_guard_fini(struct magslab_cache *cache, struct safety *safety)
{
	if (!safety->guard.seen)
		return;
	safety_pool_leave();
	safety_pool_walk(forget, cache);
	synchronize_rcu();
	free_percpu(safety->guard.seen);
}
