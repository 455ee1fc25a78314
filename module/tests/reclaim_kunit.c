// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is given back as time goes by, and magazines that adapt. */
#include <kunit/test.h>
#include <linux/err.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/reaper.h"
#include "alloc/reclaim.h"
#include "stay.h"

#define SIZE 256
#define OBJECTS 4096

/* The reaper itself is stopped: time goes by as the test says. */
static int reclaim_init(struct kunit *test)
{
	struct magslab_cache *cache;

	magslab_reaper_set_interval(0);
	cache = magslab_cache_create("kunit", SIZE, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	test->priv = cache;
	stay_on_this_cpu();
	return 0;
}

static void reclaim_exit(struct kunit *test)
{
	magslab_cache_destroy(test->priv);
	magslab_reaper_set_interval(5000);
}

static unsigned int capacity(struct kunit *test)
{
	struct magslab_cache *cache = test->priv;

	return cache->sizing.capacity;
}

static void use_and_free(struct kunit *test, unsigned int nr)
{
	void **objects = kunit_kcalloc(test, nr, sizeof(void *), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	KUNIT_ASSERT_EQ(test, nr,
			magslab_alloc_bulk(test->priv, GFP_KERNEL, nr,
					   objects));
	magslab_free_bulk(test->priv, nr, objects);
	kunit_kfree(test, objects);
}

/* An interval goes by. Return: pages that are left. */
static unsigned long reap(struct kunit *test)
{
	int nid;

	for_each_node(nid)
		magslab_reclaim_close_interval(test->priv, nid);
	while (magslab_reclaim_surplus(test->priv, 100) == 100)
		;
	return magslab_cache_pages(test->priv);
}

/* A peak is over once an interval went by without another. */
static void peak_is_given_back(struct kunit *test)
{
	unsigned long pages;

	use_and_free(test, OBJECTS);
	pages = reap(test);
	KUNIT_EXPECT_GE(test, pages, OBJECTS * SIZE / PAGE_SIZE);
	/* What is loaded stays, two magazines at the most. */
	KUNIT_EXPECT_LE(test, reap(test),
			2 * capacity(test) * SIZE / PAGE_SIZE + 1);
}

/* What is in use over and over again stays. */
static void working_set_stays(struct kunit *test)
{
	unsigned long all, half;
	int i;

	use_and_free(test, OBJECTS);
	all = magslab_cache_pages(test->priv);
	for (i = 0; i < 4; i++) {
		use_and_free(test, OBJECTS);
		KUNIT_EXPECT_EQ(test, all, reap(test));
	}
	use_and_free(test, OBJECTS / 2);
	half = reap(test);
	KUNIT_EXPECT_LE(test, half, all * 2 / 3);
	KUNIT_EXPECT_GE(test, half, all / 3);
	use_and_free(test, OBJECTS / 2);
	KUNIT_EXPECT_EQ(test, half, reap(test));
}

static void adapt(struct kunit *test, unsigned long contended, int times)
{
	while (times--)
		magslab_sizing_adapt(test->priv, contended);
}

/* Magazines grow while there is contention, up to a bound, and then shrink. */
static void magazines_adapt(struct kunit *test)
{
	unsigned int usual = capacity(test);

	adapt(test, 1, 20);
	KUNIT_EXPECT_EQ(test, usual, capacity(test));
	adapt(test, 1000, 1);
	KUNIT_EXPECT_EQ(test, 2 * usual + 2, capacity(test));
	use_and_free(test, OBJECTS);
	adapt(test, 1000, 20);
	KUNIT_EXPECT_LE(test, 2 * capacity(test) * SIZE, SZ_128K);
	use_and_free(test, OBJECTS);
	adapt(test, 1, 20);
	KUNIT_EXPECT_GT(test, capacity(test), usual);
	adapt(test, 0, 3);
	KUNIT_EXPECT_GT(test, capacity(test), usual);
	adapt(test, 0, 20);
	KUNIT_EXPECT_EQ(test, usual, capacity(test));
	use_and_free(test, OBJECTS);
}

/* A size set by hand stays until it is let go. */
static void magazines_are_pinned(struct kunit *test)
{
	unsigned int usual = capacity(test), nr;

	for (nr = 1; nr <= MAGSLAB_MAX_CAPACITY; nr += 11) {
		KUNIT_EXPECT_EQ(test, 0, magslab_sizing_pin(test->priv, nr));
		use_and_free(test, OBJECTS);
		adapt(test, 1000, 2);
		KUNIT_EXPECT_EQ(test, nr, capacity(test));
	}
	KUNIT_EXPECT_EQ(test, -ERANGE,
			magslab_sizing_pin(test->priv,
					   MAGSLAB_MAX_CAPACITY + 1));
	KUNIT_EXPECT_EQ(test, 0, magslab_sizing_pin(test->priv, 0));
	KUNIT_EXPECT_EQ(test, usual, capacity(test));
}

static struct kunit_case reclaim_cases[] = { KUNIT_CASE(peak_is_given_back),
					     KUNIT_CASE(working_set_stays),
					     KUNIT_CASE(magazines_adapt),
					     KUNIT_CASE(magazines_are_pinned),
					     {} };

static struct kunit_suite reclaim_suite = {
	.name = "magslab_reclaim",
	.init = reclaim_init,
	.exit = reclaim_exit,
	.test_cases = reclaim_cases,
};

kunit_test_suite(reclaim_suite);
