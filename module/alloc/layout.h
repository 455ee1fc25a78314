/* SPDX-License-Identifier: GPL-2.0-only */
/* How objects of one size lie in a slab. */
#ifndef MAGSLAB_ALLOC_LAYOUT_H
#define MAGSLAB_ALLOC_LAYOUT_H

#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/types.h>

/**
 * struct magslab_extra - what else is to be in a slab, for whoever watches
 * @left: bytes before each object, a multiple of its alignment
 * @right: bytes after each object
 * @use_map: whether there is a map of the objects in use, see usemap.h
 */
struct magslab_extra {
	unsigned int left;
	unsigned int right;
	bool use_map;
};

/**
 * struct magslab_layout - how objects of one size lie in a slab
 * @stride: distance between neighbours in bytes: the size and what is to be
 *	around it, rounded up to the alignment
 * @left: what its user sees of an object begins after this many bytes
 * @right: after it, so many are not its user's either
 * @nr: objects per slab
 * @order: a slab is 2^@order pages
 * @map_offset: where in the slab its free map is, in bytes, or 0 when the map
 *	fits into one word and lives in struct page, see freemap.h
 * @slab_mask: what of an address tells its slab
 * @use_offset: where in the slab the map of objects in use is, or 0 when it is
 *	the upper half of that word, or there is none
 * @map_bits: those bits of a word that may be of the free map
 * @reciprocal: 2^32 / @stride, rounded up
 * @shift: how often 2 divides @stride
 * @inverse: what to multiply @stride >> @shift with for a 1, modulo 2^64
 * @quarters: 4 * 2^16 / @nr, rounded down
 * @seed: decides where in the shuffled order a slab starts
 * @offset: free-map bit to byte offset of its object. A random permutation, so
 *	that the order of allocation from a fresh slab cannot be foretold.
 * @bit: the inverse: position of an object in its slab to free-map bit
 *
 * Written at creation of the cache, constant afterwards.
 */
struct magslab_layout {
	unsigned int stride;
	unsigned int left;
	unsigned int right;
	unsigned int nr;
	unsigned int order;
	unsigned int map_offset;
	unsigned int use_offset;
	unsigned long map_bits;
	unsigned long slab_mask;
	u32 reciprocal;
	unsigned int shift;
	u64 inverse;
	u32 quarters;
	u32 seed;
	u16 *offset;
	u16 *bit;
};

int magslab_layout_init(struct magslab_layout *layout, size_t size,
			size_t align, const struct magslab_extra *extra);
void magslab_layout_fini(struct magslab_layout *layout);

static inline size_t layout_slab_bytes(const struct magslab_layout *layout)
{
	return PAGE_SIZE << layout->order;
}

/* Where in its slab the first of the maps is, or the end. */
static inline size_t layout_maps_begin(const struct magslab_layout *layout)
{
	if (layout->map_offset)
		return layout->map_offset;
	return layout->use_offset ?: layout_slab_bytes(layout);
}

/* Slabs are aligned to their size, as all that the page allocator gives is. */
static inline struct page *layout_slab(const struct magslab_layout *layout,
				       const void *object)
{
	return virt_to_page((unsigned long)object & layout->slab_mask);
}

/* Where in its slab an address is. */
static inline u32 layout_offset(const struct magslab_layout *layout,
				const void *object)
{
	return (unsigned long)object & ~layout->slab_mask;
}

/*
 * The position of an object in its slab. Multiplying by the reciprocal divides exactly:
 * its error, less than 2^-32 * stride, times an offset below 2^16 cannot reach
 * the next multiple of a stride of at most 2^16.
 */
static inline unsigned int layout_slot(const struct magslab_layout *layout,
				       const void *object)
{
	u64 offset = layout_offset(layout, object);

	return offset * layout->reciprocal >> 32;
}

/*
 * Divide any number by the stride, if that leaves no remainder. If it does,
 * what comes out is larger than any quotient is, so one comparison tells both
 * whether there is an object and which one. See Granlund and Montgomery, "Division by
 * Invariant Integers using Multiplication" (PLDI 1994), section 9.
 */
static __always_inline u64 layout_divide(const struct magslab_layout *layout,
					 u64 offset)
{
	return ror64(offset * layout->inverse, layout->shift);
}

/* Which quarter of the objects, 0 to 3, the first @nr of them end in. */
static inline unsigned int layout_quarter(const struct magslab_layout *layout,
					  unsigned int nr)
{
	return nr * layout->quarters >> 16;
}

/* Whether the object at @slot begins at @object, or anywhere at all. */
static inline bool layout_is_object(const struct magslab_layout *layout,
				    unsigned int slot, const void *object)
{
	return slot < layout->nr &&
	       slot * layout->stride == layout_offset(layout, object);
}

/*
 * By what to multiply instead of dividing by an odd number, modulo 2^64, where nothing
 * is left over. Newton's method: each step makes twice as many of the low bits right.
 */
static inline u64 layout_invert(u32 odd)
{
	u64 inverse = odd;

	while (odd * inverse != 1)
		inverse *= 2 - odd * inverse;
	return inverse;
}

#endif /* MAGSLAB_ALLOC_LAYOUT_H */
