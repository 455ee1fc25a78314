// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rcupdate.h>

#include "alloc/front.h"
#include "alloc/object.h"
#include "alloc/tap.h"
#include "compat.h"

void magslab_tap_set(struct magslab_cache *cache, const struct magslab_tap *tap)
{
	rcu_assign_pointer(cache->tap, tap);
	magslab_front_show(cache);
	synchronize_rcu();
}
EXPORT_SYMBOL_FOR_TEST(magslab_tap_set);

/*
 * An operation may sleep, and its cache be tapped no more when it wakes up. So
 * whoever is told is looked up each time.
 */
static void tap_begin(struct magslab_cache *cache, struct magslab_tapped *op)
{
	const struct magslab_tap *tap;

	rcu_read_lock();
	tap = rcu_dereference(cache->tap);
	if (tap)
		op->start = tap->clock();
	rcu_read_unlock();
}

static void tap_allocated(struct magslab_cache *cache, void **objects,
			  size_t nr, struct magslab_tapped *op)
{
	const struct magslab_tap *tap;

	rcu_read_lock();
	tap = rcu_dereference(cache->tap);
	if (tap)
		tap->allocated(tap, cache, objects, nr, op);
	rcu_read_unlock();
}

static void tap_freeing(struct magslab_cache *cache, void **objects, size_t nr,
			struct magslab_tapped *op)
{
	const struct magslab_tap *tap;

	rcu_read_lock();
	tap = rcu_dereference(cache->tap);
	if (tap)
		tap->freeing(tap, cache, objects, nr, op);
	rcu_read_unlock();
	tap_begin(cache, op);
}

static void tap_freed(struct magslab_cache *cache, size_t nr,
		      struct magslab_tapped *op)
{
	const struct magslab_tap *tap;

	rcu_read_lock();
	tap = rcu_dereference(cache->tap);
	if (tap)
		tap->freed(tap, cache, nr, op);
	rcu_read_unlock();
}

void *magslab_tap_alloc(struct magslab_cache *cache, gfp_t gfp, int nid,
			unsigned long caller)
{
	struct magslab_tapped op = { .caller = caller, .gfp = gfp };
	void *object;

	tap_begin(cache, &op);
	object = magslab_alloc_untapped(cache, gfp, nid, caller, &op.layer);
	tap_allocated(cache, &object, object ? 1 : 0, &op);
	return object;
}

void magslab_tap_free(struct magslab_cache *cache, void *address,
		      unsigned long caller)
{
	struct magslab_tapped op = { .caller = caller };

	tap_freeing(cache, &address, 1, &op);
	op.layer = magslab_free_untapped(cache, address, caller);
	tap_freed(cache, 1, &op);
}

size_t magslab_tap_take_bulk(struct magslab_cache *cache, gfp_t gfp, size_t nr,
			     void **objects, unsigned long caller)
{
	struct magslab_tapped op = { .caller = caller, .gfp = gfp };

	tap_begin(cache, &op);
	nr = magslab_take_bulk_untapped(cache, gfp, nr, objects, caller,
					&op.layer);
	tap_allocated(cache, objects, nr, &op);
	return nr;
}

void magslab_tap_free_bulk(struct magslab_cache *cache, size_t nr,
			   void **objects, unsigned long caller)
{
	struct magslab_tapped op = { .caller = caller };

	tap_freeing(cache, objects, nr, &op);
	op.layer = magslab_free_bulk_untapped(cache, nr, objects, caller);
	tap_freed(cache, nr, &op);
}
