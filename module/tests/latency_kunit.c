// SPDX-License-Identifier: GPL-2.0-only
/* Histograms, and in which of them an operation's time is found. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/workqueue.h>

#include "alloc/cache.h"
#include "alloc/fault.h"
#include "listen.h"
#include "stats/latency.h"
#include "stay.h"

/*
 * === Histograms ===
 */

#define VALUES 5000

static int histogram_init(struct kunit *test)
{
	test->priv = alloc_percpu(struct histogram);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	stay_on_this_cpu();
	return 0;
}

static void histogram_exit(struct kunit *test)
{
	free_percpu(test->priv);
}

static struct histogram *whole(struct kunit *test)
{
	struct histogram *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, h);
	magslab_histogram_fold(test->priv, h);
	return h;
}

/* Each begins where the one before it ends, and is narrow. */
static void buckets_have_borders(struct kunit *test)
{
	u64 first = 0, last;
	unsigned int i;

	for (i = 0; i < HISTOGRAM_OVERFLOW; i++) {
		last = magslab_histogram_last(i);
		KUNIT_EXPECT_EQ(test, i, magslab_histogram_bucket(first));
		KUNIT_EXPECT_EQ(test, i, magslab_histogram_bucket(last));
		KUNIT_EXPECT_LE(test, 8 * (last - first), first);
		first = last + 1;
	}
	KUNIT_EXPECT_EQ(test, 1ULL << HISTOGRAM_BITS, first);
	KUNIT_EXPECT_EQ(test, HISTOGRAM_OVERFLOW,
			magslab_histogram_bucket(first));
	KUNIT_EXPECT_EQ(test, HISTOGRAM_OVERFLOW,
			magslab_histogram_bucket(U64_MAX));
}

static void too_large_is_kept_apart(struct kunit *test)
{
	u64 huge = 5ULL << HISTOGRAM_BITS;
	struct histogram *h;

	magslab_histogram_add(test->priv, huge);
	magslab_histogram_add(test->priv, 7);
	h = whole(test);
	KUNIT_EXPECT_EQ(test, 1UL, h->count[HISTOGRAM_OVERFLOW]);
	KUNIT_EXPECT_EQ(test, 2ULL, magslab_histogram_total(h));
	KUNIT_EXPECT_EQ(test, 7ULL, magslab_histogram_percentile(h, 5000));
	KUNIT_EXPECT_EQ(test, huge, magslab_histogram_percentile(h, 9900));
	KUNIT_EXPECT_EQ(test, huge, (u64)h->max);
	KUNIT_EXPECT_EQ(test, huge + 7, (u64)h->sum);
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

/* Each is what a sorted list has in its place, or an eighth more at the most. */
static void expect_percentiles(struct kunit *test, u64 *values, unsigned int nr)
{
	static const unsigned int percentiles[] = { 1,	  2500, 5000, 9000,
						    9900, 9990, 9999, 10000 };
	struct histogram *h = whole(test);
	unsigned int i, rank;
	u64 is, told;

	sort(values, nr, sizeof(*values), compare, NULL);
	for (i = 0; i < ARRAY_SIZE(percentiles); i++) {
		rank = DIV_ROUND_UP(nr * percentiles[i], 10000);
		is = values[rank - 1];
		told = magslab_histogram_percentile(h, percentiles[i]);
		KUNIT_EXPECT_GE(test, told, is);
		KUNIT_EXPECT_LE(test, 8 * (told - is), is);
	}
	KUNIT_EXPECT_EQ(test, values[nr - 1], (u64)h->max);
	KUNIT_EXPECT_EQ(test, (u64)nr, magslab_histogram_total(h));
}

/* As many of all sizes, as times are: a few are very long. */
static void percentiles_are_those_of_a_list(struct kunit *test)
{
	u64 *values = kunit_kcalloc(test, VALUES, sizeof(u64), GFP_KERNEL);
	struct rnd_state rnd;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, values);
	prandom_seed_state(&rnd, 1);
	for (i = 0; i < VALUES; i++) {
		values[i] = prandom_u32_state(&rnd) >>
			    (prandom_u32_state(&rnd) % 32);
		magslab_histogram_add(test->priv, values[i]);
	}
	expect_percentiles(test, values, VALUES);
}

static void few_values_have_percentiles(struct kunit *test)
{
	u64 values[] = { 1000, 3, 100000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		magslab_histogram_add(test->priv, values[i]);
	expect_percentiles(test, values, ARRAY_SIZE(values));
}

static struct kunit_case histogram_cases[] = {
	KUNIT_CASE(buckets_have_borders),
	KUNIT_CASE(too_large_is_kept_apart),
	KUNIT_CASE(percentiles_are_those_of_a_list),
	KUNIT_CASE(few_values_have_percentiles),
	{}
};

static struct kunit_suite histogram_suite = {
	.name = "magslab_histogram",
	.init = histogram_init,
	.exit = histogram_exit,
	.test_cases = histogram_cases,
};

/*
 * === Delays, and where they are found ===
 */

#define DELAY_NS 20000000ULL
#define SIZE 1024
#define RESERVE 8
#define MANY 400

struct latency_test {
	struct magslab_cache *cache;
	struct listener listener;
	void *objects[MANY];
	unsigned int live;
};

static void listen(struct kunit *test, struct magslab_cache *cache)
{
	struct latency_test *t = test->priv;

	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	t->cache = cache;
	KUNIT_ASSERT_TRUE(test,
			  listen_begin(&t->listener, cache, &magslab_latency));
}

static int latency_init(struct kunit *test)
{
	struct latency_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	stay_on_this_cpu();
	return 0;
}

static bool take(struct latency_test *t, gfp_t gfp)
{
	void *object = magslab_alloc(t->cache, gfp);

	if (object)
		t->objects[t->live++] = object;
	return object;
}

static void give(struct latency_test *t, unsigned int nr)
{
	while (nr--)
		magslab_free(t->cache, t->objects[--t->live]);
}

static void latency_exit(struct kunit *test)
{
	struct latency_test *t = test->priv;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	if (!t->cache)
		return;
	give(t, t->live);
	listen_end(&t->listener, t->cache);
	magslab_cache_destroy(t->cache);
}

static const struct histogram *row(struct latency_test *t,
				   enum latency_operation operation,
				   enum latency_tier tier)
{
	return magslab_latency_row(t->listener.data, operation, tier,
				   LATENCY_LOCAL);
}

/* The times of a row that are as long as a delay. */
static unsigned long long_times(struct latency_test *t,
				enum latency_operation operation,
				enum latency_tier tier)
{
	const struct histogram *h = row(t, operation, tier);
	unsigned int i = magslab_histogram_bucket(DELAY_NS);
	unsigned long nr = 0;

	for (; i < HISTOGRAM_BUCKETS; i++)
		nr += h->count[i];
	return nr;
}

static u64 all_times(struct latency_test *t, enum latency_operation operation,
		     enum latency_tier tier)
{
	return magslab_histogram_total(row(t, operation, tier));
}

/* So many there, and none anywhere else. */
static void expect_long_times(struct kunit *test,
			      enum latency_operation operation,
			      enum latency_tier tier, unsigned long nr)
{
	struct latency_test *t = test->priv;
	unsigned int o, i;

	for (o = 0; o < LATENCY_OPERATIONS; o++)
		for (i = 0; i < LATENCY_TIERS; i++)
			KUNIT_EXPECT_EQ(test,
					o == operation && i == tier ? nr : 0,
					long_times(t, o, i));
}

/* By the clock: what loops make of it depends on how busy the machine is. */
static void delay(void)
{
	u64 end = listen_clock() + DELAY_NS;

	while (listen_clock() < end)
		cpu_relax();
}

/* Objects that begin pages take their time: at least one of each slab. */
static void slow_construct(void *object)
{
	if (!((unsigned long)object & (PAGE_SIZE - 1)))
		delay();
}

static void slow_constructor_is_in_grow(struct kunit *test)
{
	struct latency_test *t = test->priv;

	listen(test, magslab_cache_create("kunit-latency", 4096, 0, 0,
					  slow_construct));
	while (t->live < 8)
		KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
	give(t, 8);
	KUNIT_EXPECT_GT(test, all_times(t, LATENCY_ALLOC, LATENCY_GROW), 0ULL);
	KUNIT_EXPECT_EQ(test, 8ULL,
			all_times(t, LATENCY_ALLOC, LATENCY_HIT) +
				all_times(t, LATENCY_ALLOC, LATENCY_GROW) +
				all_times(t, LATENCY_ALLOC, LATENCY_SLAB));
	expect_long_times(test, LATENCY_ALLOC, LATENCY_GROW,
			  all_times(t, LATENCY_ALLOC, LATENCY_GROW));
}

static struct latency_test *giver_test;

static void giver_work(struct work_struct *unused)
{
	give(giver_test, 1);
}

static DECLARE_DELAYED_WORK(giver, giver_work);

/* Who finds the reserve empty waits until somebody gives. */
static void long_wait_is_in_reserve(struct kunit *test)
{
	struct latency_test *t = test->priv;
	void *object;

	listen(test, magslab_cache_create("kunit-latency", SIZE, 0, 0, NULL));
	KUNIT_ASSERT_EQ(test, 0,
			magslab_cache_set_reserve(t->cache, RESERVE,
						  GFP_KERNEL));
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	while (take(t, GFP_NOWAIT))
		KUNIT_ASSERT_LT(test, t->live, MANY);
	KUNIT_EXPECT_EQ(test, 1ULL, all_times(t, LATENCY_ALLOC, LATENCY_FAIL));
	giver_test = t;
	schedule_delayed_work(&giver, nsecs_to_jiffies(2 * DELAY_NS));
	object = magslab_alloc(t->cache, GFP_NOIO);
	flush_delayed_work(&giver);
	KUNIT_ASSERT_NOT_NULL(test, object);
	magslab_free(t->cache, object);
	expect_long_times(test, LATENCY_ALLOC, LATENCY_RESERVE, 1);
}

static void *slow_take_back(struct magslab_cache *cache, void *object,
			    unsigned long caller)
{
	delay();
	return object;
}

/* A watcher that takes its time when something is freed. */
static void slow_watcher_is_in_free(struct kunit *test)
{
	struct latency_test *t = test->priv;
	const struct magslab_watch *was;
	struct magslab_watch slow;

	listen(test, magslab_cache_create("kunit-latency", SIZE, 0,
					  MAGSLAB_HARDENED, NULL));
	was = t->cache->watch;
	KUNIT_ASSERT_NOT_NULL(test, was);
	KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
	slow = *was;
	slow.take_back = slow_take_back;
	t->cache->watch = &slow;
	give(t, 1);
	t->cache->watch = was;
	expect_long_times(test, LATENCY_FREE, LATENCY_HIT, 1);
}

/* Many at once are one operation, as far as the farthest of them is. */
static void bulk_is_one_operation(struct kunit *test)
{
	struct latency_test *t = test->priv;

	listen(test, magslab_cache_create("kunit-latency", SIZE, 0, 0, NULL));
	t->live = magslab_alloc_bulk(t->cache, GFP_KERNEL, MANY, t->objects);
	KUNIT_EXPECT_EQ(test, MANY, t->live);
	KUNIT_EXPECT_EQ(test, 1ULL, all_times(t, LATENCY_ALLOC, LATENCY_GROW));
	magslab_free_bulk(t->cache, MANY, t->objects);
	t->live = 0;
	KUNIT_EXPECT_EQ(test, 1ULL,
			all_times(t, LATENCY_FREE, LATENCY_GROW) +
				all_times(t, LATENCY_FREE, LATENCY_DEPOT));
}

static void hits_are_hits(struct kunit *test)
{
	struct latency_test *t = test->priv;
	unsigned int i;

	listen(test, magslab_cache_create("kunit-latency", SIZE, 0, 0, NULL));
	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
		give(t, 1);
	}
	KUNIT_EXPECT_EQ(test, 99ULL, all_times(t, LATENCY_ALLOC, LATENCY_HIT));
	KUNIT_EXPECT_EQ(test, 100ULL, all_times(t, LATENCY_FREE, LATENCY_HIT));
}

static struct kunit_case latency_cases[] = {
	KUNIT_CASE(slow_constructor_is_in_grow),
	KUNIT_CASE(long_wait_is_in_reserve),
	KUNIT_CASE(slow_watcher_is_in_free),
	KUNIT_CASE(bulk_is_one_operation),
	KUNIT_CASE(hits_are_hits),
	{}
};

static struct kunit_suite latency_suite = {
	.name = "magslab_latency",
	.init = latency_init,
	.exit = latency_exit,
	.test_cases = latency_cases,
};

kunit_test_suites(&histogram_suite, &latency_suite);
