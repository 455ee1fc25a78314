// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefilled allocation: objects taken before a section that must not fail, and
 * handed out within it from an array that its owner alone touches. So nothing
 * is locked there, and no context is excluded.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "alloc/cache.h"
#include "alloc/object.h"
#include "alloc/zero.h"

/**
 * struct magslab_prefill - objects set aside for one owner
 * @cache: where they come from
 * @capacity: how many there is room for
 * @nr: how many are left
 * @object: the objects, allocated as far as the cache knows, but not zeroed
 */
struct magslab_prefill {
	struct magslab_cache *cache;
	unsigned int capacity;
	unsigned int nr;
	void *object[];
};

/* For the array, which is no object: any node will do, and nobody is charged. */
static gfp_t prefill_gfp(gfp_t gfp)
{
	return gfp &
	       ~(__GFP_ZERO | __GFP_ACCOUNT | __GFP_THISNODE | GFP_ZONEMASK);
}

struct magslab_prefill *magslab_prefill(struct magslab_cache *cache, gfp_t gfp,
					unsigned int nr)
{
	struct magslab_prefill *prefill;

	prefill = kvmalloc(struct_size(prefill, object, nr), prefill_gfp(gfp));
	if (!prefill)
		return NULL;
	prefill->cache = cache;
	prefill->capacity = nr;
	prefill->nr = 0;
	if (!magslab_prefill_refill(prefill, gfp, nr))
		return prefill;
	kvfree(prefill);
	return NULL;
}
EXPORT_SYMBOL_GPL(magslab_prefill);

int magslab_prefill_refill(struct magslab_prefill *prefill, gfp_t gfp,
			   unsigned int nr)
{
	unsigned int want;

	if (nr > prefill->capacity)
		return -EINVAL;
	if (nr <= prefill->nr)
		return 0;
	want = nr - prefill->nr;
	if (magslab_take_bulk(prefill->cache, gfp & ~__GFP_ZERO, want,
			      prefill->object + prefill->nr, _RET_IP_) != want)
		return -ENOMEM;
	prefill->nr = nr;
	return 0;
}
EXPORT_SYMBOL_GPL(magslab_prefill_refill);

void *magslab_prefill_alloc(struct magslab_prefill *prefill, gfp_t gfp)
{
	struct magslab_cache *cache = prefill->cache;
	void *object;

	if (gfp & __GFP_ZERO && magslab_refuse_zeroing(cache))
		return NULL;
	if (!prefill->nr)
		return NULL;
	object = prefill->object[--prefill->nr];
	if (want_init_on_alloc(gfp))
		zero_object(object, object_zero_size(cache, gfp));
	return object;
}
EXPORT_SYMBOL_GPL(magslab_prefill_alloc);

unsigned int magslab_prefill_size(const struct magslab_prefill *prefill)
{
	return prefill->nr;
}
EXPORT_SYMBOL_GPL(magslab_prefill_size);

void magslab_prefill_return(struct magslab_prefill *prefill)
{
	if (!prefill)
		return;
	magslab_free_bulk(prefill->cache, prefill->nr, prefill->object);
	kvfree(prefill);
}
EXPORT_SYMBOL_GPL(magslab_prefill_return);
