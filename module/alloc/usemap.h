/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The use map of a slab: one bit per object, set while a user has it. Only
 * caches that are watched have one. The free map cannot serve for it, since an
 * object in a magazine is neither free in its slab nor in use.
 *
 * Up to BITS_PER_LONG / 2 objects it is the upper half of page->private, whose
 * lower half is the free map. Larger ones lie at the end of the slab.
 *
 *	+--------+--  --+--------+---------+-----------+-----------+
 *	| object |      | object | (waste) | free map  | use map   |
 *	+--------+--  --+--------+---------+-----------+-----------+
 *	0                                  map_offset  use_offset
 *
 * Bits are in the order of the objects, and changed by atomic instructions, for
 * which no lock is needed.
 */
#ifndef MAGSLAB_ALLOC_USEMAP_H
#define MAGSLAB_ALLOC_USEMAP_H

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/mm.h>

#include "alloc/layout.h"

/* Where the bit of the object at @slot is. */
static inline unsigned long *usemap_at(const struct magslab_layout *layout,
				       struct page *slab, unsigned int *slot)
{
	if (layout->use_offset)
		return page_address(slab) + layout->use_offset;
	*slot += BITS_PER_LONG / 2;
	return &slab->private;
}

/*
 * Where the map begins: maybe in the middle of a word, as the processor does
 * not mind. For arch_test_and_set_bit() and the like, which no sanitizer looks at:
 * to one, the neighbour in struct page would seem to be changed too.
 */
static inline unsigned long *usemap_begin(const struct magslab_layout *layout,
					  struct page *slab)
{
	if (layout->use_offset)
		return page_address(slab) + layout->use_offset;
	return (void *)&slab->private + sizeof(long) / 2;
}

/* An object goes to a user. Return: false when one has it already. */
static inline bool usemap_enter(const struct magslab_layout *layout,
				struct page *slab, unsigned int slot)
{
	unsigned long *map = usemap_at(layout, slab, &slot);

	return !test_and_set_bit(slot, map);
}

/* An object comes from a user. Return: false when nobody had it. */
static inline bool usemap_leave(const struct magslab_layout *layout,
				struct page *slab, unsigned int slot)
{
	unsigned long *map = usemap_at(layout, slab, &slot);

	return test_and_clear_bit(slot, map);
}

static inline bool usemap_test(const struct magslab_layout *layout,
			       struct page *slab, unsigned int slot)
{
	unsigned long *map = usemap_at(layout, slab, &slot);

	return test_bit(slot, map);
}

/* Of a new slab, before its free map is filled: nobody has any. */
static inline void usemap_clear(const struct magslab_layout *layout,
				struct page *slab)
{
	if (layout->use_offset)
		bitmap_zero(page_address(slab) + layout->use_offset,
			    layout->nr);
}

#endif /* MAGSLAB_ALLOC_USEMAP_H */
