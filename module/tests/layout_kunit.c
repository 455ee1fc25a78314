// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/module.h>

#include "alloc/layout.h"
#include "geometry.h"

static size_t effective_align(const struct geometry *g)
{
	return max(g->align, sizeof(void *));
}

static void make_layout(struct kunit *test, struct magslab_layout *layout)
{
	const struct geometry *g = test->param_value;

	KUNIT_ASSERT_EQ(test, 0,
			magslab_layout_init(layout, g->size, effective_align(g),
					    &no_extra));
}

/* Objects are large enough, aligned, and end before the free map begins. */
static void layout_fits(struct kunit *test)
{
	const struct geometry *g = test->param_value;
	struct magslab_layout l;
	size_t end;

	make_layout(test, &l);
	KUNIT_EXPECT_GE(test, l.stride, g->size);
	KUNIT_EXPECT_EQ(test, 0, l.stride % effective_align(g));
	KUNIT_EXPECT_GE(test, l.nr, 1);
	KUNIT_EXPECT_EQ(test, 0, layout_quarter(&l, (l.nr - 1) / 4));
	KUNIT_EXPECT_LE(test, layout_quarter(&l, l.nr - 1), 3);

	end = l.map_offset ?: layout_slab_bytes(&l);
	KUNIT_EXPECT_LE(test, (size_t)l.nr * l.stride, end);
	if (l.nr > BITS_PER_LONG)
		KUNIT_EXPECT_NE(test, l.map_offset, 0);
	if (l.map_offset) {
		end += BITS_TO_LONGS(l.nr) * sizeof(long);
		KUNIT_EXPECT_LE(test, end, layout_slab_bytes(&l));
	}
	magslab_layout_fini(&l);
}

/* No object more could have been placed. */
static void layout_wastes_no_object(struct kunit *test)
{
	struct magslab_layout l;
	size_t map;

	make_layout(test, &l);
	map = l.nr + 1 > BITS_PER_LONG ?
		      BITS_TO_LONGS(l.nr + 1) * sizeof(long) :
		      0;
	KUNIT_EXPECT_GT(test, (size_t)(l.nr + 1) * l.stride + map,
			layout_slab_bytes(&l));
	magslab_layout_fini(&l);
}

/* Bits and objects correspond one to one, both ways. */
static void layout_is_a_permutation(struct kunit *test)
{
	struct magslab_layout l;
	unsigned long *seen;
	unsigned int bit, slot;
	void *object;

	make_layout(test, &l);
	seen = kunit_kcalloc(test, BITS_TO_LONGS(l.nr), sizeof(long),
			     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	for (bit = 0; bit < l.nr; bit++) {
		object = (void *)(uintptr_t)l.offset[bit];
		slot = layout_slot(&l, object);
		KUNIT_ASSERT_LT(test, slot, l.nr);
		KUNIT_EXPECT_TRUE(test, layout_is_object(&l, slot, object));
		KUNIT_EXPECT_EQ(test, bit, l.bit[slot]);
		KUNIT_EXPECT_FALSE(test, __test_and_set_bit(slot, seen));
	}
	magslab_layout_fini(&l);
}

/* Every other address in a slab is not that of an object. */
static void layout_knows_objects(struct kunit *test)
{
	struct magslab_layout l;
	unsigned int nr = 0;
	uintptr_t offset;

	make_layout(test, &l);
	for (offset = 0; offset < layout_slab_bytes(&l); offset++) {
		void *object = (void *)offset;

		nr += layout_is_object(&l, layout_slot(&l, object), object);
	}
	KUNIT_EXPECT_EQ(test, l.nr, nr);
	magslab_layout_fini(&l);
}

/* The order of two caches differs: 1 in 64! that this fails by chance. */
/* What is no object's offset gives no object's slot, far off or near. */
static bool divides(const struct magslab_layout *l, u64 offset)
{
	u64 slot = layout_divide(l, offset);

	if (offset % l->stride || offset / l->stride >= l->nr)
		return slot >= l->nr;
	return slot == offset / l->stride;
}

static void layout_divides(struct kunit *test)
{
	struct magslab_layout l;
	unsigned int bit, wrong = 0;
	s64 bytes, i;

	make_layout(test, &l);
	bytes = layout_slab_bytes(&l);
	for (i = -bytes; i < 2 * bytes; i++) {
		wrong += !divides(&l, i);
		for (bit = 17; bit < 64; bit += 23)
			wrong += !divides(&l, BIT_ULL(bit) + i);
	}
	KUNIT_EXPECT_EQ(test, 0, wrong);
	magslab_layout_fini(&l);
}

static void layout_order_is_random(struct kunit *test)
{
	struct magslab_layout a, b;

	KUNIT_ASSERT_EQ(test, 0, magslab_layout_init(&a, 64, 64, &no_extra));
	KUNIT_ASSERT_EQ(test, 0, magslab_layout_init(&b, 64, 64, &no_extra));
	KUNIT_EXPECT_NE(test, 0, memcmp(a.bit, b.bit, a.nr * sizeof(*a.bit)));
	magslab_layout_fini(&a);
	magslab_layout_fini(&b);
}

static struct kunit_case layout_cases[] = {
	KUNIT_CASE_PARAM(layout_fits, geometry_gen_params),
	KUNIT_CASE_PARAM(layout_wastes_no_object, geometry_gen_params),
	KUNIT_CASE_PARAM(layout_is_a_permutation, geometry_gen_params),
	KUNIT_CASE_PARAM(layout_knows_objects, geometry_gen_params),
	KUNIT_CASE_PARAM(layout_divides, geometry_gen_params),
	KUNIT_CASE(layout_order_is_random),
	{}
};

static struct kunit_suite layout_suite = {
	.name = "magslab_layout",
	.test_cases = layout_cases,
};

kunit_test_suite(layout_suite);
