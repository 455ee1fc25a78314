// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardened mode: frees of what is not in use, found out where they happen. Each
 * object has a bit that is set while a user has it, see alloc/usemap.h and
 * alloc/watch.c. It is tested and changed by one locked instruction, so of two
 * frees of an object one is always the second. Here is what is done about it.
 */
#include <linux/mm.h>

#include "alloc/usemap.h"
#include "safety/safety.h"

/* Find the slab that spot->address is in. Return: what is wrong with it. */
static enum magslab_corruption locate(struct magslab_cache *cache,
				      struct safety_spot *spot)
{
	struct magslab_cache *owner = NULL;

	/* What lies elsewhere is for guard mode to know, or nobody's. */
	if (virt_addr_valid(spot->address))
		owner = magslab_cache_of(spot->address);
	if (!owner)
		return MAGSLAB_FOREIGN_FREE;
	if (owner != cache)
		return MAGSLAB_OTHER_FREE;
	spot->slab = virt_to_head_page(spot->address);
	spot->slot = layout_slot(&cache->layout, spot->address);
	if (spot->slot >= cache->layout.nr ||
	    spot->address != safety_object(cache, spot->slab, spot->slot) +
				     cache->layout.left)
		return MAGSLAB_INTERIOR_FREE;
	return MAGSLAB_NR_CORRUPTIONS;
}

/* Return: whether it was in use after all: slabs in quarantine come here too. */
bool safety_odd_back(struct magslab_cache *cache, void *address,
		     unsigned long caller)
{
	struct safety_spot spot = { .address = address, .caller = caller };
	enum magslab_corruption wrong;

	if (safety_guard_back(cache, address, caller))
		return false;
	wrong = locate(cache, &spot);
	if (wrong == MAGSLAB_NR_CORRUPTIONS) {
		if (tag_is_quarantined(spot.slab, cache->tag) &&
		    usemap_leave(&cache->layout, spot.slab, spot.slot))
			return true;
		wrong = MAGSLAB_DOUBLE_FREE;
	}
	safety_report(cache, wrong, &spot);
	return false;
}

/*
 * On its way to a user, but in use: its bit in the free map was set by somebody
 * else. Whoever has it keeps it.
 */
void safety_odd_out(struct magslab_cache *cache, void *object,
		    unsigned long caller)
{
	safety_report_object(cache, object, MAGSLAB_FREE_MAP, caller);
	magslab_retire(cache, object);
}
