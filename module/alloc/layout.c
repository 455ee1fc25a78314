// SPDX-License-Identifier: GPL-2.0-only
/*
 * How objects of one size lie in a slab: how many pages it has, how many
 * objects, where its free map is, and in which order objects are handed out.
 */
#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/random.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "alloc/layout.h"
#include "compat.h"

/* Slabs that hold several objects are at most this large. */
#define LAYOUT_MAX_BYTES SZ_32K

/* A slab may waste this part of itself before a larger one is tried. */
#define LAYOUT_WASTE_SHIFT 3

/*
 * Fill in the objects and the maps for slabs of layout->order pages. One word
 * costs nothing, see freemap.h; beyond, maps take the place of the last objects
 * if they do not fit behind them.
 */
static void layout_fit(struct magslab_layout *layout, bool use_map)
{
	size_t bytes = layout_slab_bytes(layout), end = bytes;
	unsigned int nr = bytes / layout->stride;
	size_t map = BITS_TO_LONGS(nr) * sizeof(long);

	layout->map_offset = 0;
	layout->use_offset = 0;
	layout->map_bits = use_map ? GENMASK(BITS_PER_LONG / 2 - 1, 0) : ~0UL;
	if (use_map && nr > BITS_PER_LONG / 2) {
		layout->map_bits = ~0UL;
		layout->use_offset = end -= map;
	}
	if (nr > BITS_PER_LONG)
		layout->map_offset = end -= map;
	nr = min_t(unsigned int, nr, end / layout->stride);
	layout->nr = nr;
	layout->quarters = (4U << 16) / nr;
}

static size_t layout_waste(const struct magslab_layout *layout)
{
	return layout_slab_bytes(layout) - layout->nr * layout->stride;
}

/*
 * The smallest slab that wastes little, or else the one that wastes the
 * smallest part of itself. Small slabs go back to the page allocator sooner
 * and are had more easily.
 */
static void layout_choose_order(struct magslab_layout *layout, bool use_map)
{
	unsigned int least = get_order(layout->stride);
	unsigned int most =
		max_t(unsigned int, least, get_order(LAYOUT_MAX_BYTES));
	unsigned int order, best = least;
	size_t waste, best_waste = SIZE_MAX;

	for (order = least; order <= most; order++) {
		layout->order = order;
		layout_fit(layout, use_map);
		/* Waste of a slab of the largest order, for comparison. */
		waste = layout_waste(layout) << (most - order);
		if (waste < best_waste) {
			best_waste = waste;
			best = order;
		}
		if (waste <= (PAGE_SIZE << most) >> LAYOUT_WASTE_SHIFT)
			break;
	}
	layout->order = best;
	layout->slab_mask = -layout_slab_bytes(layout);
	layout_fit(layout, use_map);
}

/* Fisher and Yates' shuffle, in Durstenfeld's form. */
static void layout_shuffle(struct magslab_layout *layout)
{
	unsigned int i, j;

	for (i = 0; i < layout->nr; i++) {
		j = get_random_u32_below(i + 1);
		layout->bit[i] = layout->bit[j];
		layout->bit[j] = i;
	}
	for (i = 0; i < layout->nr; i++)
		layout->offset[layout->bit[i]] = i * layout->stride;
}

/**
 * magslab_layout_init - decide how objects of one size lie in a slab
 * @layout: filled in
 * @size: bytes, valid for a cache
 * @align: bytes, a power of two, at least that of a word
 * @extra: what else is to be in a slab, all 0 for nothing
 *
 * Context: Task. May sleep.
 * Return: 0 or -ENOMEM.
 */
int magslab_layout_init(struct magslab_layout *layout, size_t size,
			size_t align, const struct magslab_extra *extra)
{
	layout->left = extra->left;
	layout->right = extra->right;
	layout->stride = ALIGN(extra->left + size + extra->right, align);
	layout->reciprocal = DIV_ROUND_UP_ULL(1ULL << 32, layout->stride);
	layout->shift = __ffs(layout->stride);
	layout->inverse = layout_invert(layout->stride >> layout->shift);
	layout->seed = get_random_u32();
	layout_choose_order(layout, extra->use_map);

	layout->offset = kcalloc(layout->nr, 2 * sizeof(u16), GFP_KERNEL);
	if (!layout->offset)
		return -ENOMEM;
	layout->bit = layout->offset + layout->nr;
	layout_shuffle(layout);
	return 0;
}
EXPORT_SYMBOL_FOR_TEST(magslab_layout_init);

void magslab_layout_fini(struct magslab_layout *layout)
{
	kfree(layout->offset);
}
EXPORT_SYMBOL_FOR_TEST(magslab_layout_fini);
