/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The free map of a slab: one bit per object, set while the object is free in
 * the slab. Nothing is ever linked through the objects themselves, so memory
 * that was freed holds no pointer, a write after free cannot steer the
 * allocator, and a fresh slab needs no list built in it.
 *
 * Up to BITS_PER_LONG objects the map is one word, page->private, and counting
 * is one instruction. Larger maps lie at the end of the slab, and page->private
 * holds the count.
 *
 *	+--------+--------+--  --+--------+---------+-----------+
 *	| object | object |      | object | (waste) | free map  |
 *	+--------+--------+--  --+--------+---------+-----------+
 *	0                                           map_offset
 *
 * Everything here needs the lock of the slab's node, or a slab that nobody
 * else knows of.
 */
#ifndef MAGSLAB_ALLOC_FREEMAP_H
#define MAGSLAB_ALLOC_FREEMAP_H

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "alloc/layout.h"

static inline bool freemap_in_page(const struct magslab_layout *layout)
{
	return !layout->map_offset;
}

static inline unsigned long *freemap_words(const struct magslab_layout *layout,
					   struct page *slab)
{
	if (freemap_in_page(layout))
		return &slab->private;
	return page_address(slab) + layout->map_offset;
}

static inline bool freemap_none_free(const struct page *slab)
{
	return !slab->private;
}

static inline bool freemap_all_free(const struct magslab_layout *layout,
				    const struct page *slab)
{
	return slab->private == layout->all_free;
}

/* Number of objects free in the slab. */
static inline unsigned int freemap_count(const struct magslab_layout *layout,
					 const struct page *slab)
{
	if (freemap_in_page(layout))
		return hweight_long(slab->private);
	return slab->private;
}

static inline void freemap_count_add(const struct magslab_layout *layout,
				     struct page *slab, long nr)
{
	if (!freemap_in_page(layout))
		slab->private += nr;
}

/* Mark every object free. */
static inline void freemap_fill(const struct magslab_layout *layout,
				struct page *slab)
{
	unsigned long *words = freemap_words(layout, slab);

	bitmap_zero(words, layout->nr);
	bitmap_set(words, 0, layout->nr);
	slab->private = layout->all_free;
}

/* Where in the shuffled order a slab starts, so that slabs differ. */
static inline unsigned int freemap_start(const struct magslab_layout *layout,
					 struct page *slab)
{
	u32 hash = hash_32(page_to_pfn(slab) ^ layout->seed, 32);

	return reciprocal_scale(hash, layout->nr);
}

/*
 * Take objects whose bits are set in @mask out of word @i, up to where @objects
 * is @end. Return: where it is then.
 */
static inline void **freemap_take_word(const struct magslab_layout *layout,
				       struct page *slab, unsigned int i,
				       unsigned long mask, void **objects,
				       void **end)
{
	unsigned long *word = freemap_words(layout, slab) + i;
	const u16 *offset = layout->offset + i * BITS_PER_LONG;
	unsigned long all = *word & mask, left = all;
	void *base = page_address(slab);

	while (left && objects < end) {
		*objects++ = base + offset[__ffs(left)];
		left &= left - 1;
	}
	*word ^= all ^ left;
	return objects;
}

/*
 * Take up to @max objects out of the slab, in its shuffled order: first from
 * the slab's starting bit to the end of the map, then from the beginning.
 * Return: how many, 0 only when none is free.
 */
static inline unsigned int freemap_take(const struct magslab_layout *layout,
					struct page *slab, void **objects,
					unsigned int max)
{
	unsigned int start = freemap_start(layout, slab);
	unsigned int words = BITS_TO_LONGS(layout->nr);
	unsigned int first = start / BITS_PER_LONG, i = first, n;
	unsigned long mask = ~0UL << (start % BITS_PER_LONG);
	void **end = objects + max, **next;

	next = freemap_take_word(layout, slab, first, mask, objects, end);
	for (n = 1; n < words && next < end; n++) {
		i = i + 1 < words ? i + 1 : 0;
		next = freemap_take_word(layout, slab, i, ~0UL, next, end);
	}
	if (next < end)
		next = freemap_take_word(layout, slab, first, ~mask, next, end);
	freemap_count_add(layout, slab, objects - next);
	return next - objects;
}

/*
 * Give the object at @slot back to its slab.
 * Return: false when it is free already.
 */
static inline bool freemap_put(const struct magslab_layout *layout,
			       struct page *slab, unsigned int slot)
{
	unsigned int bit = layout->bit[slot];
	unsigned long *word = freemap_words(layout, slab) + BIT_WORD(bit);

	if (unlikely(*word & BIT_MASK(bit)))
		return false;
	*word |= BIT_MASK(bit);
	freemap_count_add(layout, slab, 1);
	return true;
}

#endif /* MAGSLAB_ALLOC_FREEMAP_H */
