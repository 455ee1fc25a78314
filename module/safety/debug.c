// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debug mode: writes where nothing may be written are found at the next
 * allocation or free of the object. Around each there are red zones:
 *
 *	+-------+-----------+-----------------+-----------+
 *	| track | red zone  | user's bytes    | red zone  |
 *	+-------+-----------+-----------------+-----------+
 *	0                   layout.left       + size      layout.stride
 *
 * and while it is free the user's bytes are poisoned, unless it is constructed.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "alloc/usemap.h"
#include "safety/exact.h"
#include "safety/poison.h"
#include "safety/safety.h"

/* At least so many bytes on either side. */
#define ZONE_MIN 8

/* Everything but the user's bytes. Return: what is wrong with it. */
static enum magslab_corruption check_zones(const struct magslab_cache *cache,
					   const void *object)
{
	const void *user = object + cache->layout.left;

	if (!safety_track_intact(object) ||
	    !is_filled(object + SAFETY_TRACK_BYTES, user, ZONE_BYTE))
		return MAGSLAB_UNDERFLOW;
	if (!is_filled(user + cache->size, object + cache->layout.stride,
		       ZONE_BYTE))
		return MAGSLAB_OVERFLOW;
	return MAGSLAB_NR_CORRUPTIONS;
}

static enum magslab_corruption check_free(const struct magslab_cache *cache,
					  const void *object)
{
	if (!is_poisoned(cache, object))
		return MAGSLAB_WRITE_AFTER_FREE;
	return check_zones(cache, object);
}

/* An object that was not to be changed was: nobody gets it. */
static noinline void give_up(struct magslab_cache *cache, void *object,
			     enum magslab_corruption wrong,
			     unsigned long caller)
{
	safety_report_object(cache, object, wrong, caller);
	usemap_leave(&cache->layout, layout_slab(&cache->layout, object),
		     layout_slot(&cache->layout, object));
	magslab_retire(cache, object);
}

static void *debug_hand_out(struct magslab_cache *cache, void *object,
			    gfp_t gfp, unsigned long caller)
{
	enum magslab_corruption wrong;

	wrong = check_free(cache, object);
	if (unlikely(wrong != MAGSLAB_NR_CORRUPTIONS)) {
		give_up(cache, object, wrong, caller);
		return NULL;
	}
	safety_track_alloc(object, caller);
	object += cache->layout.left;
	exact_zero_rest(cache, object, gfp);
	return object;
}

void *safety_debug_take_back(struct magslab_cache *cache, void *user,
			     unsigned long caller)
{
	enum magslab_corruption wrong;
	void *object = user - cache->layout.left;

	wrong = check_zones(cache, object);
	if (unlikely(wrong != MAGSLAB_NR_CORRUPTIONS))
		safety_report_object(cache, object, wrong, caller);
	else
		safety_track_free(object, caller);
	poison(cache, object);
	return object;
}

static void debug_new_slab(struct magslab_cache *cache, struct page *slab)
{
	unsigned int stride = cache->layout.stride, i;
	void *object = page_address(slab);

	for (i = 0; i < cache->layout.nr; i++, object += stride) {
		memset(object, ZONE_BYTE, stride);
		safety_track_clear(object);
		poison(cache, object);
	}
}

/* For a cache with debug mode, while it is being made. */
void safety_debug_init(struct magslab_cache *cache, struct magslab_watch *watch,
		       struct magslab_extra *extra)
{
	watch->hand_out = debug_hand_out;
	watch->take_back = safety_debug_take_back;
	watch->new_slab = debug_new_slab;
	extra->left = SAFETY_TRACK_BYTES + ZONE_MIN;
	extra->right = ZONE_MIN;
	exact_init(cache);
}
