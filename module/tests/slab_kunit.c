// SPDX-License-Identifier: GPL-2.0-only
/* The slab layer alone: the cache is there, but its magazines are not used. */
#include <kunit/test.h>
#include <linux/err.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/fault.h"
#include "alloc/freemap.h"
#include "geometry.h"
#include "stay.h"

static int slab_init(struct kunit *test)
{
	static const struct geometry plain = { 64, 0 };
	const struct geometry *g = test->param_value ?: &plain;
	struct magslab_cache *cache;

	stay_on_this_cpu();
	cache = magslab_cache_create("kunit", g->size, g->align, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	test->priv = cache;
	return 0;
}

static void slab_exit(struct kunit *test)
{
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	magslab_cache_destroy(test->priv);
}

static struct magslab_slabs *slabs_of(struct magslab_cache *cache)
{
	return &cache->node[numa_mem_id()]->slabs;
}

static void **new_array(struct kunit *test, size_t nr)
{
	void **objects = kunit_kcalloc(test, nr, sizeof(void *), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	return objects;
}

/* Take all of a new slab's objects. */
static void grow(struct kunit *test, struct magslab_cache *cache,
		 void **objects)
{
	unsigned int nr = cache->layout.nr;

	KUNIT_ASSERT_EQ(test, nr,
			magslab_slabs_grow(cache, GFP_KERNEL, numa_mem_id(),
					   objects, nr));
}

static unsigned long partial(const struct magslab_slabs *slabs)
{
	unsigned long nr = 0;
	int i;

	for (i = 0; i < SLAB_PARTIAL_LISTS; i++)
		nr += slabs->nr[MAGSLAB_SLAB_PARTIAL + i];
	return nr;
}

/* full, partial while objects come back, empty when the last one did. */
static void slab_goes_through_its_states(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	struct magslab_slabs *slabs = slabs_of(cache);
	unsigned int nr = cache->layout.nr, i;
	void **objects = new_array(test, nr);

	grow(test, cache, objects);
	KUNIT_EXPECT_EQ(test, 1, slabs->nr[MAGSLAB_SLAB_FULL]);
	for (i = 0; i < nr; i++) {
		magslab_slabs_put(cache, &objects[i], 1);
		KUNIT_EXPECT_EQ(test, i + 1, slabs->nr_free);
		KUNIT_EXPECT_EQ(test, i + 1 < nr, partial(slabs));
	}
	KUNIT_EXPECT_EQ(test, 1, slabs->nr[MAGSLAB_SLAB_EMPTY]);
	KUNIT_EXPECT_EQ(test, 1, magslab_slabs_trim(cache, numa_mem_id(), 9));
	KUNIT_EXPECT_EQ(test, 0, magslab_census_slabs(cache));
}

/* Objects go to their own slabs, whatever order they come in. */
static void slab_takes_back_mixed_objects(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	unsigned int nr = cache->layout.nr, i;
	void **objects = new_array(test, 2 * nr);

	grow(test, cache, objects);
	grow(test, cache, objects + nr);
	for (i = 1; i < nr; i += 2)
		swap(objects[i], objects[nr + i]);
	magslab_slabs_put(cache, objects, 2 * nr);
	KUNIT_EXPECT_EQ(test, 2, slabs_of(cache)->nr[MAGSLAB_SLAB_EMPTY]);
	KUNIT_EXPECT_EQ(test, 2 * nr, slabs_of(cache)->nr_free);
}

/* Partial slabs are used up before empty ones are broken into. */
static void slab_prefers_partial(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	struct magslab_slabs *slabs = slabs_of(cache);
	unsigned int nr = cache->layout.nr;
	void **objects = new_array(test, 2 * nr);
	void *object;

	grow(test, cache, objects);
	grow(test, cache, objects + nr);
	magslab_slabs_put(cache, objects + nr, nr);
	magslab_slabs_put(cache, objects, 1);
	KUNIT_ASSERT_EQ(test, 1,
			magslab_slabs_take(cache, numa_mem_id(), &object, 1));
	KUNIT_EXPECT_PTR_EQ(test, objects[0], object);
	KUNIT_EXPECT_EQ(test, 1, slabs->nr[MAGSLAB_SLAB_EMPTY]);
	magslab_slabs_put(cache, objects, nr);
}

/* Among partial slabs the fullest is used first, whichever came last. */
static void slab_prefers_dense(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	unsigned int nr = cache->layout.nr;
	void **objects = new_array(test, 2 * nr);
	void *object;

	grow(test, cache, objects);
	grow(test, cache, objects + nr);
	magslab_slabs_put(cache, objects, 1);
	magslab_slabs_put(cache, objects + nr, nr - 1);
	KUNIT_ASSERT_EQ(test, 1,
			magslab_slabs_take(cache, numa_mem_id(), &object, 1));
	KUNIT_EXPECT_PTR_EQ(test, objects[0], object);
	magslab_slabs_put(cache, objects, nr);
	magslab_slabs_put(cache, objects + 2 * nr - 1, 1);
}

/*
 * What a free could not do for want of the lock is done later: here the free
 * map and the counter look as it leaves them.
 */
static void slab_settles(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	const struct magslab_layout *layout = &cache->layout;
	struct magslab_slabs *slabs = slabs_of(cache);
	unsigned int nr = layout->nr, i;
	void **objects = new_array(test, 2 * nr);

	grow(test, cache, objects);
	grow(test, cache, objects + nr);
	for (i = 0; i < 2 * nr; i++) {
		freemap_put_uncounted(layout, layout_slab(layout, objects[i]),
				      layout_slot(layout, objects[i]));
		atomic_long_inc(&slabs->uncounted);
	}
	KUNIT_EXPECT_EQ(test, 0, slabs->nr_free);
	KUNIT_EXPECT_EQ(test, 2, slabs->nr[MAGSLAB_SLAB_FULL]);

	magslab_slabs_settle(cache, numa_mem_id());
	KUNIT_EXPECT_EQ(test, 2 * nr, slabs->nr_free);
	KUNIT_EXPECT_EQ(test, 2, slabs->nr[MAGSLAB_SLAB_EMPTY]);
	KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&slabs->uncounted));
}

/* Nor are they lost when the work item that should count them missed them. */
static void slab_shrink_settles(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	const struct magslab_layout *layout = &cache->layout;
	void **objects = new_array(test, layout->nr);
	unsigned int i;

	grow(test, cache, objects);
	for (i = 0; i < layout->nr; i++) {
		freemap_put_uncounted(layout, layout_slab(layout, objects[i]),
				      layout_slot(layout, objects[i]));
		atomic_long_inc(&slabs_of(cache)->uncounted);
	}
	KUNIT_EXPECT_EQ(test, 1UL << layout->order,
			magslab_cache_shrink(cache));
}

/* One lock acquisition never hands out more than SLAB_BATCH objects. */
static void slab_take_is_bounded(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	unsigned int nr = cache->layout.nr;
	void **objects = new_array(test, nr);
	unsigned int want = min_t(unsigned int, nr, SLAB_BATCH);
	unsigned long locked;

	grow(test, cache, objects);
	magslab_slabs_put(cache, objects, nr);
	locked = slabs_of(cache)->leaf.taken;
	KUNIT_EXPECT_EQ(test, want,
			magslab_slabs_take(cache, numa_mem_id(), objects, nr));
	KUNIT_EXPECT_EQ(test, locked + 1, slabs_of(cache)->leaf.taken);
	magslab_slabs_put(cache, objects, want);
}

static void slab_refuses_double_free(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	void **objects = new_array(test, cache->layout.nr);

	grow(test, cache, objects);
	magslab_slabs_put(cache, objects, cache->layout.nr);
	magslab_slabs_put(cache, objects, 1);
	KUNIT_EXPECT_EQ(test, 1, atomic_long_read(&slabs_of(cache)->rejected));
	KUNIT_EXPECT_EQ(test, cache->layout.nr, slabs_of(cache)->nr_free);
}

static void slab_refuses_foreign_object(struct kunit *test)
{
	struct magslab_cache *cache = test->priv, *other;
	void **objects = new_array(test, cache->layout.nr);

	other = magslab_cache_create("kunit-other", 64, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	grow(test, cache, objects);
	magslab_slabs_put(other, objects, 1);
	KUNIT_EXPECT_EQ(test, 1L, atomic_long_read(&slabs_of(other)->rejected));
	KUNIT_EXPECT_EQ(test, 0, slabs_of(other)->nr_free);
	magslab_slabs_put(cache, objects, cache->layout.nr);
	magslab_cache_destroy(other);
}

static void slab_refuses_interior_pointer(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	void **objects = new_array(test, cache->layout.nr);
	void *inside;

	grow(test, cache, objects);
	inside = objects[0] + 8;
	magslab_slabs_put(cache, &inside, 1);
	KUNIT_EXPECT_EQ(test, 1, atomic_long_read(&slabs_of(cache)->rejected));
	KUNIT_EXPECT_EQ(test, 0, slabs_of(cache)->nr_free);
	magslab_slabs_put(cache, objects, cache->layout.nr);
}

/* What is wrong with one object does not keep the others from their slabs. */
static void slab_goes_on_after_refusal(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	unsigned int nr = cache->layout.nr;
	void **objects = new_array(test, nr + 1);

	grow(test, cache, objects);
	objects[nr] = objects[1];
	objects[1] = objects[0];
	magslab_slabs_put(cache, objects, nr + 1);
	KUNIT_EXPECT_EQ(test, 1, atomic_long_read(&slabs_of(cache)->rejected));
	KUNIT_EXPECT_EQ(test, nr, slabs_of(cache)->nr_free);
}

static void slab_growth_can_fail(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	void *object;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	KUNIT_EXPECT_EQ(test, 0,
			magslab_slabs_grow(cache, GFP_KERNEL, numa_mem_id(),
					   &object, 1));
	KUNIT_EXPECT_EQ(test, 0, magslab_census_slabs(cache));
}

/* A request without any reclaim bit never reaches the page allocator. */
static void slab_does_not_grow_without_reclaim(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;
	void *object;

	KUNIT_EXPECT_EQ(test, 0,
			magslab_slabs_grow(cache, __GFP_NOWARN, numa_mem_id(),
					   &object, 1));
}

static struct kunit_case slab_cases[] = {
	KUNIT_CASE_PARAM(slab_goes_through_its_states, geometry_gen_params),
	KUNIT_CASE_PARAM(slab_takes_back_mixed_objects, geometry_gen_params),
	KUNIT_CASE_PARAM(slab_take_is_bounded, geometry_gen_params),
	KUNIT_CASE_PARAM(slab_settles, geometry_gen_params),
	KUNIT_CASE_PARAM(slab_shrink_settles, geometry_gen_params),
	KUNIT_CASE(slab_prefers_partial),
	KUNIT_CASE(slab_prefers_dense),
	KUNIT_CASE(slab_refuses_double_free),
	KUNIT_CASE(slab_refuses_foreign_object),
	KUNIT_CASE(slab_refuses_interior_pointer),
	KUNIT_CASE(slab_goes_on_after_refusal),
	KUNIT_CASE(slab_growth_can_fail),
	KUNIT_CASE(slab_does_not_grow_without_reclaim),
	{}
};

static struct kunit_suite slab_suite = {
	.name = "magslab_slab",
	.init = slab_init,
	.exit = slab_exit,
	.test_cases = slab_cases,
};

kunit_test_suite(slab_suite);
