/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The free map of a slab: one bit per object, set while the object is free in
 * the slab. Nothing is ever linked through the objects themselves, so memory
 * that was freed holds no pointer, a write after free cannot steer the
 * allocator, and a fresh slab needs no list built in it.
 *
 * Up to BITS_PER_LONG objects the map is one word, page->private. Larger maps
 * lie at the end of the slab.
 *
 *	+--------+--------+--  --+--------+---------+-----------+
 *	| object | object |      | object | (waste) | free map  |
 *	+--------+--------+--  --+--------+---------+-----------+
 *	0                                           map_offset
 *
 * Beside the map, in page->index, is the count: how many of the free objects
 * the lists know of. Whoever holds the lock of the slab's node changes both.
 * A free that cannot have the lock sets its bit all the same, and leaves the
 * count for freemap_settle() to mend: the map is the queue of what is still to
 * be counted. That is why bits are changed by atomic instructions, and why no
 * more objects are taken than were counted.
 *
 * All functions but freemap_put_uncounted() need the lock of the slab's node,
 * or a slab that nobody else knows of.
 */
#ifndef MAGSLAB_ALLOC_FREEMAP_H
#define MAGSLAB_ALLOC_FREEMAP_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "alloc/layout.h"

static inline unsigned long *freemap_words(const struct magslab_layout *layout,
					   struct page *slab)
{
	if (!layout->map_offset)
		return &slab->private;
	return page_address(slab) + layout->map_offset;
}

/* Number of objects free in the slab, those not counted yet left out. */
static inline unsigned int freemap_count(const struct page *slab)
{
	return slab->index;
}

static inline void freemap_set_count(struct page *slab, unsigned int count)
{
	WRITE_ONCE(slab->index, count);
}

/* Leave none free, nor counted. */
static inline void freemap_clear(const struct magslab_layout *layout,
				 struct page *slab)
{
	unsigned int i;

	for (i = 0; i < layout->nr; i++)
		clear_bit(i, freemap_words(layout, slab));
	freemap_set_count(slab, 0);
}

/* Mark every object free. */
static inline void freemap_fill(const struct magslab_layout *layout,
				struct page *slab)
{
	unsigned long *words = freemap_words(layout, slab);

	bitmap_zero(words, layout->nr);
	bitmap_set(words, 0, layout->nr);
	freemap_set_count(slab, layout->nr);
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
	unsigned long all = READ_ONCE(*word) & mask, left = all;
	void *base = page_address(slab);

	while (left && objects < end) {
		*objects++ = base + offset[__ffs(left)];
		left &= left - 1;
	}
	atomic_long_andnot(all ^ left, (atomic_long_t *)word);
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
	unsigned long mask = ~0UL << (start % BITS_PER_LONG) & layout->map_bits;
	void **end = objects + min(max, freemap_count(slab)), **next;

	next = freemap_take_word(layout, slab, first, mask, objects, end);
	for (n = 1; n < words && next < end; n++) {
		i = i + 1 < words ? i + 1 : 0;
		next = freemap_take_word(layout, slab, i, ~0UL, next, end);
	}
	if (next < end)
		next = freemap_take_word(layout, slab, first,
					 mask ^ layout->map_bits, next, end);
	freemap_set_count(slab, freemap_count(slab) - (next - objects));
	return next - objects;
}

/*
 * Give the object at @slot back to its slab, without counting it. Needs no
 * lock: as long as the object is not free, its slab stays.
 * Return: false when it is free already.
 */
static inline bool freemap_put_uncounted(const struct magslab_layout *layout,
					 struct page *slab, unsigned int slot)
{
	return !test_and_set_bit(layout->bit[slot],
				 freemap_words(layout, slab));
}

/*
 * Give the object at @slot back to its slab.
 * Return: false when it is free already.
 */
static inline bool freemap_put(const struct magslab_layout *layout,
			       struct page *slab, unsigned int slot)
{
	if (unlikely(!freemap_put_uncounted(layout, slab, slot)))
		return false;
	freemap_set_count(slab, freemap_count(slab) + 1);
	return true;
}

/* Count what was put uncounted. Return: how many those were. */
static inline unsigned int freemap_settle(const struct magslab_layout *layout,
					  struct page *slab)
{
	unsigned int before = freemap_count(slab);

	freemap_set_count(slab, bitmap_weight(freemap_words(layout, slab),
					      layout->nr));
	return freemap_count(slab) - before;
}

#endif /* MAGSLAB_ALLOC_FREEMAP_H */
