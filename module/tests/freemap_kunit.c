// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/random.h>
#include <linux/sort.h>

#include "alloc/freemap.h"
#include "geometry.h"

struct freemap_test {
	struct magslab_layout layout;
	struct page *slab;
	void **objects;
};

static bool put(struct freemap_test *t, const void *object)
{
	return freemap_put(&t->layout, t->slab,
			   layout_slot(&t->layout, object));
}

static int freemap_init(struct kunit *test)
{
	static const struct geometry plain = { 64, 0 };
	const struct geometry *g = test->param_value ?: &plain;
	struct freemap_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_EQ(test, 0,
			magslab_layout_init(&t->layout, g->size,
					    max(g->align, sizeof(void *)),
					    &no_extra));
	t->slab = alloc_pages(GFP_KERNEL | __GFP_COMP, t->layout.order);
	KUNIT_ASSERT_NOT_NULL(test, t->slab);
	t->objects =
		kunit_kcalloc(test, t->layout.nr, sizeof(void *), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->objects);
	freemap_fill(&t->layout, t->slab);
	test->priv = t;
	return 0;
}

static void freemap_exit(struct kunit *test)
{
	struct freemap_test *t = test->priv;

	set_page_private(t->slab, 0);
	t->slab->index = 0;
	__free_pages(t->slab, t->layout.order);
	magslab_layout_fini(&t->layout);
}

static int by_address(const void *a, const void *b)
{
	const void *x = *(void *const *)a, *y = *(void *const *)b;

	return x < y ? -1 : x > y;
}

/* Every object comes out exactly once, and then none. */
static void freemap_gives_each_once(struct kunit *test)
{
	struct freemap_test *t = test->priv;
	unsigned int nr = t->layout.nr, i;
	void *none;

	KUNIT_EXPECT_EQ(test, nr, freemap_count(t->slab));
	KUNIT_ASSERT_EQ(test, nr,
			freemap_take(&t->layout, t->slab, t->objects, nr));
	KUNIT_EXPECT_EQ(test, 0, freemap_count(t->slab));
	KUNIT_EXPECT_EQ(test, 0, freemap_take(&t->layout, t->slab, &none, 1));

	sort(t->objects, nr, sizeof(void *), by_address, NULL);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_PTR_EQ(test, t->objects[i],
				    page_address(t->slab) +
					    i * t->layout.stride);
}

/* Taking a few at a time, the count is right at each step. */
static void freemap_counts(struct kunit *test)
{
	struct freemap_test *t = test->priv;
	unsigned int left = t->layout.nr, taken;

	while (left) {
		taken = freemap_take(&t->layout, t->slab, t->objects, 7);
		KUNIT_ASSERT_EQ(test, min(left, 7U), taken);
		left -= taken;
		KUNIT_ASSERT_EQ(test, left, freemap_count(t->slab));
	}
}

/* What is put back can be taken again; what is there cannot be put. */
static void freemap_refuses_double_put(struct kunit *test)
{
	struct freemap_test *t = test->priv;
	void *object, *again;

	KUNIT_ASSERT_EQ(test, 1, freemap_take(&t->layout, t->slab, &object, 1));
	KUNIT_EXPECT_TRUE(test, put(t, object));
	KUNIT_EXPECT_FALSE(test, put(t, object));
	KUNIT_EXPECT_EQ(test, t->layout.nr, freemap_count(t->slab));
	KUNIT_EXPECT_EQ(test, 1, freemap_take(&t->layout, t->slab, &again, 1));
	KUNIT_EXPECT_PTR_EQ(test, object, again);
}

/* What is put without being counted is free, but is not taken until it is. */
static void freemap_settles(struct kunit *test)
{
	struct freemap_test *t = test->priv;
	unsigned int nr = t->layout.nr, slot;
	void *object, *none;

	freemap_take(&t->layout, t->slab, t->objects, nr);
	object = t->objects[nr - 1];
	slot = layout_slot(&t->layout, object);
	KUNIT_EXPECT_TRUE(test,
			  freemap_put_uncounted(&t->layout, t->slab, slot));
	KUNIT_EXPECT_FALSE(test,
			   freemap_put_uncounted(&t->layout, t->slab, slot));
	KUNIT_EXPECT_FALSE(test, put(t, object));
	KUNIT_EXPECT_EQ(test, 0, freemap_count(t->slab));
	KUNIT_EXPECT_EQ(test, 0, freemap_take(&t->layout, t->slab, &none, 1));

	KUNIT_EXPECT_EQ(test, 1, freemap_settle(&t->layout, t->slab));
	KUNIT_EXPECT_EQ(test, 0, freemap_settle(&t->layout, t->slab));
	KUNIT_EXPECT_EQ(test, 1, freemap_count(t->slab));
	KUNIT_EXPECT_EQ(test, 1, freemap_take(&t->layout, t->slab, &none, 1));
	KUNIT_EXPECT_PTR_EQ(test, object, none);
}

/* Random steps against a count kept by hand. */
static void freemap_random_steps(struct kunit *test)
{
	struct freemap_test *t = test->priv;
	unsigned int held = 0, step, want, taken, i;

	for (step = 0; step < 2000; step++) {
		if (get_random_u32_below(2) && held) {
			i = get_random_u32_below(held--);
			swap(t->objects[i], t->objects[held]);
			KUNIT_ASSERT_TRUE(test, put(t, t->objects[held]));
			continue;
		}
		want = 1 + get_random_u32_below(5);
		want = min(want, t->layout.nr - held);
		taken = freemap_take(&t->layout, t->slab, t->objects + held,
				     want);
		KUNIT_ASSERT_EQ(test, want, taken);
		held += taken;
	}
	KUNIT_EXPECT_EQ(test, t->layout.nr - held, freemap_count(t->slab));
}

static struct kunit_case freemap_cases[] = {
	KUNIT_CASE_PARAM(freemap_gives_each_once, geometry_gen_params),
	KUNIT_CASE_PARAM(freemap_counts, geometry_gen_params),
	KUNIT_CASE_PARAM(freemap_refuses_double_put, geometry_gen_params),
	KUNIT_CASE_PARAM(freemap_settles, geometry_gen_params),
	KUNIT_CASE_PARAM(freemap_random_steps, geometry_gen_params),
	{}
};

static struct kunit_suite freemap_suite = {
	.name = "magslab_freemap",
	.init = freemap_init,
	.exit = freemap_exit,
	.test_cases = freemap_cases,
};

kunit_test_suite(freemap_suite);
