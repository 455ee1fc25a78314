// SPDX-License-Identifier: GPL-2.0-only
/* On how many pages objects lie, where that is known beforehand. */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "listen.h"
#include "stats/locality.h"
#include "stay.h"

#define WINDOWS 3
#define NR (WINDOWS * LOCALITY_WINDOW)

struct locality_test {
	struct magslab_cache *cache;
	struct listener listener;
	void **objects;
};

static void locality_begin(struct kunit *test, size_t size)
{
	struct locality_test *t = test->priv;

	stay_on_this_cpu();
	t->cache = magslab_cache_create("locality", size, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	KUNIT_ASSERT_TRUE(test, listen_begin(&t->listener, t->cache,
					     &magslab_locality));
}

static void take(struct kunit *test, unsigned int nr)
{
	struct locality_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		t->objects[i] = magslab_alloc(t->cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->objects[i]);
	}
}

static void put(struct kunit *test, unsigned int nr)
{
	struct locality_test *t = test->priv;

	while (nr)
		magslab_free(t->cache, t->objects[--nr]);
}

static struct locality_sum sum_of(struct kunit *test)
{
	struct locality_test *t = test->priv;

	return magslab_locality_sum(t->listener.data);
}

static int locality_init(struct kunit *test)
{
	struct locality_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->objects = kunit_kcalloc(test, NR, sizeof(void *), GFP_KERNEL);
	test->priv = t;
	return t->objects ? 0 : -ENOMEM;
}

static void locality_exit(struct kunit *test)
{
	struct locality_test *t = test->priv;

	if (IS_ERR_OR_NULL(t->cache))
		return;
	listen_end(&t->listener, t->cache);
	magslab_cache_destroy(t->cache);
}

/* The same object again and again. */
static void one_page(struct kunit *test)
{
	struct locality_sum sum;
	unsigned int i;

	locality_begin(test, 64);
	for (i = 0; i < NR; i++) {
		take(test, 1);
		put(test, 1);
	}
	sum = sum_of(test);
	KUNIT_EXPECT_EQ(test, sum.windows, WINDOWS);
	KUNIT_EXPECT_EQ(test, sum.pages, WINDOWS);
	KUNIT_EXPECT_EQ(test, sum.most, 1);
}

/* A page for each, but for a few whose hashes are the same. */
static void a_page_each(struct kunit *test)
{
	struct locality_sum sum;

	locality_begin(test, PAGE_SIZE);
	take(test, NR);
	sum = sum_of(test);
	put(test, NR);
	KUNIT_EXPECT_EQ(test, sum.windows, WINDOWS);
	KUNIT_EXPECT_LE(test, sum.most, LOCALITY_WINDOW);
	KUNIT_EXPECT_GE(test, sum.least, LOCALITY_WINDOW * 96 / 100);
}

/* How many of two runs of pages, so far apart, are told apart. */
static unsigned int told_apart(unsigned long *seen, unsigned long distance)
{
	unsigned long first = 0x12345, i;

	bitmap_zero(seen, LOCALITY_HASHES);
	for (i = 0; i < LOCALITY_WINDOW / 2; i++) {
		__set_bit(magslab_locality_hash(first + i), seen);
		__set_bit(magslab_locality_hash(first + i + distance), seen);
	}
	return bitmap_weight(seen, LOCALITY_HASHES);
}

/*
 * Fibonacci's numbers are the distances at which a multiplication by the golden ratio
 * has the two runs on top of each other.
 */
static void runs_of_pages(struct kunit *test)
{
	unsigned long distance = 987, before = 610, next;
	unsigned long *seen;

	seen = kunit_kzalloc(test, LOCALITY_HASHES / BITS_PER_BYTE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	while (distance < BIT(32)) {
		KUNIT_EXPECT_GE(test, told_apart(seen, distance),
				LOCALITY_WINDOW * 96 / 100);
		next = distance + before;
		before = distance;
		distance = next;
	}
}

/* Fresh slabs, one after the other, each of its objects in turn. */
static void packed(struct kunit *test)
{
	unsigned int least = LOCALITY_WINDOW * 64 / PAGE_SIZE;
	struct locality_sum sum;

	locality_begin(test, 64);
	take(test, NR);
	sum = sum_of(test);
	put(test, NR);
	KUNIT_EXPECT_EQ(test, sum.windows, WINDOWS);
	KUNIT_EXPECT_GE(test, sum.least, least);
	KUNIT_EXPECT_LE(test, sum.most, least + 6);
}

/* What is not a whole window is in no sum. */
static void not_whole(struct kunit *test)
{
	locality_begin(test, 64);
	take(test, LOCALITY_WINDOW - 1);
	KUNIT_EXPECT_EQ(test, sum_of(test).windows, 0);
	put(test, LOCALITY_WINDOW - 1);
	take(test, 1);
	KUNIT_EXPECT_EQ(test, sum_of(test).windows, 1);
	put(test, 1);
}

static struct kunit_case locality_cases[] = {
	KUNIT_CASE(one_page),	   KUNIT_CASE(a_page_each),
	KUNIT_CASE(runs_of_pages), KUNIT_CASE(packed),
	KUNIT_CASE(not_whole),	   {},
};

static struct kunit_suite locality_suite = {
	.name = "magslab_locality",
	.init = locality_init,
	.exit = locality_exit,
	.test_cases = locality_cases,
};

kunit_test_suite(locality_suite);
