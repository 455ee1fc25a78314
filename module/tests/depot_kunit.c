// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>

#include "alloc/depot.h"
#include "alloc/fault.h"

#define ROUNDS 4

static struct magslab_magazine *new_magazine(struct kunit *test,
					     unsigned int rounds)
{
	struct magslab_magazine *m;
	unsigned int i;

	m = magslab_magazine_create(ROUNDS, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < rounds; i++)
		m->round[i] = (void *)((i + 1) * 8UL);
	m->rounds = rounds;
	return m;
}

static int depot_init(struct kunit *test)
{
	struct magslab_depot *depot;

	depot = kunit_kzalloc(test, sizeof(*depot), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, depot);
	magslab_depot_init(depot, ROUNDS);
	test->priv = depot;
	return 0;
}

static void depot_exit(struct kunit *test)
{
	struct magslab_depot *depot = test->priv;
	struct magslab_magazine *m;

	while ((m = magslab_depot_get_full(depot, NULL)))
		magslab_magazine_destroy(m);
	while ((m = magslab_depot_get_empty(depot, NULL)))
		magslab_magazine_destroy(m);
}

static void depot_starts_with_nothing(struct kunit *test)
{
	struct magslab_depot *depot = test->priv;

	KUNIT_EXPECT_NULL(test, magslab_depot_get_full(depot, NULL));
	KUNIT_EXPECT_NULL(test, magslab_depot_get_empty(depot, NULL));
	KUNIT_EXPECT_NULL(test, magslab_depot_get_object(depot));
	magslab_depot_put(depot, NULL);
	KUNIT_EXPECT_EQ(test, 0, depot->full.nr + depot->empty.nr);
}

/* The most recently used magazine, still in cache, comes first. */
static void depot_is_last_in_first_out(struct kunit *test)
{
	struct magslab_magazine *a = new_magazine(test, ROUNDS);
	struct magslab_magazine *b = new_magazine(test, ROUNDS);
	struct magslab_depot *depot = test->priv;

	magslab_depot_put(depot, a);
	magslab_depot_put(depot, b);
	KUNIT_EXPECT_PTR_EQ(test, b, magslab_depot_get_full(depot, NULL));
	KUNIT_EXPECT_PTR_EQ(test, a, magslab_depot_get_full(depot, NULL));
	magslab_magazine_destroy(a);
	magslab_magazine_destroy(b);
}

static void depot_sorts_and_counts(struct kunit *test)
{
	struct magslab_depot *depot = test->priv;

	magslab_depot_put(depot, new_magazine(test, ROUNDS));
	magslab_depot_put(depot, new_magazine(test, 1));
	magslab_depot_put(depot, new_magazine(test, 0));
	KUNIT_EXPECT_EQ(test, 2, depot->full.nr);
	KUNIT_EXPECT_EQ(test, 1, depot->empty.nr);
	KUNIT_EXPECT_EQ(test, ROUNDS + 1, depot->nr_objects);
}

/* Single objects come from the newest magazine until it is an empty one. */
static void depot_gives_single_objects(struct kunit *test)
{
	struct magslab_depot *depot = test->priv;
	unsigned long i;

	magslab_depot_put(depot, new_magazine(test, ROUNDS));
	for (i = ROUNDS; i; i--) {
		KUNIT_EXPECT_EQ(test, i, depot->nr_objects);
		KUNIT_EXPECT_PTR_EQ(test, (void *)(i * 8),
				    magslab_depot_get_object(depot));
	}
	KUNIT_EXPECT_NULL(test, magslab_depot_get_object(depot));
	KUNIT_EXPECT_EQ(test, 0, depot->full.nr);
	KUNIT_EXPECT_EQ(test, 1, depot->empty.nr);
}

/* One is given only where one is got, and both under one lock. */
static void depot_exchanges(struct kunit *test)
{
	struct magslab_magazine *full = new_magazine(test, ROUNDS);
	struct magslab_magazine *empty = new_magazine(test, 0);
	struct magslab_depot *depot = test->priv;
	unsigned long locked;

	KUNIT_EXPECT_NULL(test, magslab_depot_get_full(depot, empty));
	KUNIT_EXPECT_EQ(test, 0, depot->empty.nr);

	magslab_depot_put(depot, full);
	locked = depot->leaf.taken;
	KUNIT_EXPECT_PTR_EQ(test, full, magslab_depot_get_full(depot, empty));
	KUNIT_EXPECT_EQ(test, locked + 1, depot->leaf.taken);
	KUNIT_EXPECT_EQ(test, 1, depot->empty.nr);
	KUNIT_EXPECT_EQ(test, 0, depot->nr_objects);

	KUNIT_EXPECT_PTR_EQ(test, empty, magslab_depot_get_empty(depot, full));
	KUNIT_EXPECT_EQ(test, ROUNDS, depot->nr_objects);
	magslab_magazine_destroy(empty);
}

/* What lay there all the time was not needed, and only that. */
static void depot_tells_surplus(struct kunit *test)
{
	struct magslab_depot *depot = test->priv;
	struct magslab_depot_interval interval;
	struct magslab_magazine *m;
	unsigned int i;

	for (i = 0; i < 5; i++)
		magslab_depot_put(depot, new_magazine(test, ROUNDS));
	magslab_depot_put(depot, new_magazine(test, 0));
	magslab_depot_close_interval(depot, &interval);
	KUNIT_EXPECT_EQ(test, 0, interval.full);

	m = magslab_depot_get_full(depot, magslab_depot_get_full(depot, NULL));
	magslab_depot_put(depot, m);
	magslab_depot_close_interval(depot, &interval);
	KUNIT_EXPECT_EQ(test, 3, interval.full);
	KUNIT_EXPECT_EQ(test, 1, interval.empty);
	KUNIT_EXPECT_EQ(test, 0, interval.contended);
}

/* Those of another capacity are retired, as soon as they are empty. */
static void depot_retires(struct kunit *test)
{
	struct magslab_depot *depot = test->priv;
	struct magslab_magazine *m;

	magslab_depot_put(depot, new_magazine(test, 0));
	magslab_depot_put(depot, new_magazine(test, 1));
	magslab_depot_resize(depot, 2 * ROUNDS);
	KUNIT_EXPECT_NULL(test, magslab_depot_get_empty(depot, NULL));
	KUNIT_EXPECT_EQ(test, 1, depot->retired.nr);
	KUNIT_EXPECT_NOT_NULL(test, magslab_depot_get_object(depot));
	KUNIT_EXPECT_EQ(test, 0, depot->full.nr);
	KUNIT_EXPECT_EQ(test, 2, depot->retired.nr);
	while ((m = magslab_depot_get_retired(depot)))
		magslab_magazine_destroy(m);

	magslab_depot_resize(depot, ROUNDS);
	magslab_depot_put(depot, new_magazine(test, 0));
	KUNIT_EXPECT_EQ(test, 1, depot->empty.nr);
}

static void magazine_failure_is_null(struct kunit *test)
{
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 1);
	KUNIT_EXPECT_NULL(test, magslab_magazine_create(ROUNDS, GFP_KERNEL));
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 0);
}

static struct kunit_case depot_cases[] = {
	KUNIT_CASE(depot_starts_with_nothing),
	KUNIT_CASE(depot_is_last_in_first_out),
	KUNIT_CASE(depot_sorts_and_counts),
	KUNIT_CASE(depot_gives_single_objects),
	KUNIT_CASE(depot_exchanges),
	KUNIT_CASE(depot_tells_surplus),
	KUNIT_CASE(depot_retires),
	KUNIT_CASE(magazine_failure_is_null),
	{}
};

static struct kunit_suite depot_suite = {
	.name = "magslab_depot",
	.init = depot_init,
	.exit = depot_exit,
	.test_cases = depot_cases,
};

kunit_test_suite(depot_suite);
