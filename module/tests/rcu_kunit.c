// SPDX-License-Identifier: GPL-2.0-only
/* What is free after a grace period, and not before; and the limit of pages. */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/fault.h"
#include "stay.h"

#define MANY 500

/* So many of all caches can wait where there is no memory. */
#define IN_STORE 3840

struct rcu_test {
	struct magslab_cache *cache;
	void *objects[IN_STORE];
	unsigned int live;
	struct magslab_census census;
};

static int rcu_test_init(struct kunit *test)
{
	struct rcu_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	stay_on_this_cpu();
	t->cache = magslab_cache_create("kunit-rcu", 100, 0,
					MAGSLAB_TYPESAFE_BY_RCU, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	test->priv = t;
	return 0;
}

static void rcu_test_exit(struct kunit *test)
{
	struct rcu_test *t = test->priv;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 0);
	magslab_cache_destroy(t->cache);
}

static const struct magslab_census *census_of(struct kunit *test)
{
	struct rcu_test *t = test->priv;

	magslab_census_take(t->cache, &t->census);
	return &t->census;
}

static void take(struct kunit *test, unsigned int nr)
{
	struct rcu_test *t = test->priv;

	for (; nr; nr--) {
		t->objects[t->live] = magslab_alloc(t->cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->objects[t->live]);
		t->live++;
	}
}

static void give_all(struct kunit *test)
{
	struct rcu_test *t = test->priv;

	while (t->live)
		magslab_free(t->cache, t->objects[--t->live]);
}

/* One CPU, so no callback runs before bottom halves are on again. */
static void give_all_by_rcu(struct kunit *test)
{
	struct rcu_test *t = test->priv;

	while (t->live)
		magslab_free_rcu(t->cache, t->objects[--t->live]);
}

/*
 * === Objects ===
 */

static void objects_wait_for_a_grace_period(struct kunit *test)
{
	struct rcu_test *t = test->priv;
	void *first, *object;

	take(test, 150);
	first = t->objects[0];
	memset(first, 0x5a, 100);
	local_bh_disable();
	give_all_by_rcu(test);
	KUNIT_EXPECT_EQ(test, 150LL, census_of(test)->live_objects);
	KUNIT_EXPECT_EQ(test, 150UL, census_of(test)->rcu_objects);
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	while (t->live < MANY &&
	       (object = magslab_alloc(t->cache, GFP_NOWAIT))) {
		KUNIT_EXPECT_PTR_NE(test, first, object);
		t->objects[t->live++] = object;
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(first, 0x5a, 100));
	local_bh_enable();

	magslab_rcu_barrier(t->cache);
	KUNIT_EXPECT_EQ(test, (long long)t->live,
			census_of(test)->live_objects);
	KUNIT_EXPECT_EQ(test, 0UL, census_of(test)->rcu_objects);
	give_all(test);
}

/* Without anybody asking for it. */
static void few_objects_do_not_wait_for_more(struct kunit *test)
{
	unsigned int tenths;

	take(test, 3);
	give_all_by_rcu(test);
	for (tenths = 0; tenths < 50 && census_of(test)->live_objects; tenths++)
		msleep(100);
	KUNIT_EXPECT_EQ(test, 0LL, census_of(test)->live_objects);
}

static void objects_are_freed_without_memory(struct kunit *test)
{
	struct rcu_test *t = test->priv;

	take(test, RCU_URGENT);
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 1);
	local_bh_disable();
	give_all_by_rcu(test);
	KUNIT_EXPECT_EQ(test, (long long)RCU_URGENT,
			census_of(test)->live_objects);
	KUNIT_EXPECT_EQ(test, (unsigned long)RCU_URGENT,
			census_of(test)->rcu_objects);
	local_bh_enable();
	magslab_rcu_barrier(t->cache);
	KUNIT_EXPECT_EQ(test, 0LL, census_of(test)->live_objects);
	KUNIT_EXPECT_EQ(test, 0UL, census_of(test)->rcu_stranded);
}

/* Of a cache that never needed any, in a context that cannot get any. */
static void batches_are_in_store(struct kunit *test)
{
	struct rcu_test *t = test->priv;

	take(test, IN_STORE);
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	local_irq_disable();
	give_all_by_rcu(test);
	KUNIT_EXPECT_EQ(test, (unsigned long)IN_STORE,
			census_of(test)->rcu_objects);
	local_irq_enable();
	magslab_rcu_barrier(t->cache);
	KUNIT_EXPECT_EQ(test, 0LL, census_of(test)->live_objects);
	KUNIT_EXPECT_EQ(test, 0UL, census_of(test)->rcu_stranded);
}

static void free_rcu_of_nothing(struct kunit *test)
{
	struct rcu_test *t = test->priv;

	magslab_free_rcu(t->cache, NULL);
	magslab_rcu_barrier(t->cache);
	KUNIT_EXPECT_EQ(test, 0UL, census_of(test)->rcu_objects);
}

/*
 * === Slabs ===
 */

/* Of callbacks on one CPU, the one queued first runs first. */
struct earlier {
	struct rcu_head head;
	bool over;
};

static void earlier_is_over(struct rcu_head *head)
{
	WRITE_ONCE(container_of(head, struct earlier, head)->over, true);
}

/*
 * Trim, and look at what waits for a grace period.
 * Return: whether it was in time, before that could be over.
 */
static bool trim_and_look(struct kunit *test, const void *first)
{
	struct rcu_test *t = test->priv;
	struct earlier earlier = {};
	unsigned long trimmed, waiting;
	struct magslab_cache *cache;
	bool dirty, in_time;

	init_rcu_head_on_stack(&earlier.head);
	migrate_disable();
	call_rcu(&earlier.head, earlier_is_over);
	trimmed = magslab_slabs_trim(t->cache, numa_mem_id(), ULONG_MAX);
	waiting = census_of(test)->rcu_slabs;
	cache = magslab_cache_of(first);
	dirty = !memchr_inv(first, 0x5a, 100);
	in_time = !READ_ONCE(earlier.over);
	migrate_enable();
	rcu_barrier();
	destroy_rcu_head_on_stack(&earlier.head);

	KUNIT_EXPECT_GT(test, trimmed, 0UL);
	if (in_time) {
		KUNIT_EXPECT_EQ(test, trimmed, waiting);
		KUNIT_EXPECT_PTR_EQ(test, t->cache, cache);
		KUNIT_EXPECT_TRUE(test, dirty);
	}
	return in_time;
}

static void slabs_wait_for_a_grace_period(struct kunit *test)
{
	struct rcu_test *t = test->priv;
	unsigned int tries = 100;
	void *first;

	/* So that objects go straight back into their slabs. */
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 1);
	do {
		take(test, 200);
		first = t->objects[0];
		memset(first, 0x5a, 100);
		give_all(test);
	} while (!trim_and_look(test, first) && --tries);
	KUNIT_EXPECT_NE(test, tries, 0U);
	KUNIT_EXPECT_EQ(test, 0UL, census_of(test)->rcu_slabs);
	KUNIT_EXPECT_NULL(test, magslab_cache_of(first));
}

/* Zeroed for who asks, and only then. */
static void typesafe_objects_are_not_zeroed(struct kunit *test)
{
	struct rcu_test *t = test->priv;
	void *object;

	take(test, 1);
	object = t->objects[0];
	memset(object, 0x5a, 100);
	give_all(test);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x5a, 100));
	take(test, 1);
	KUNIT_ASSERT_PTR_EQ(test, object, t->objects[0]);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x5a, 100));
	give_all(test);
	object = magslab_zalloc(t->cache, GFP_KERNEL);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 100));
	memset(object, 0x5a, 100);
	magslab_free(t->cache, object);
	KUNIT_EXPECT_EQ(test, 1,
			magslab_alloc_bulk(t->cache, GFP_KERNEL | __GFP_ZERO, 1,
					   &object));
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 100));
	magslab_free(t->cache, object);
}

static void destroy_waits(struct kunit *test)
{
	struct rcu_test *t = test->priv;
	struct magslab_cache *cache;
	void *object;

	cache = magslab_cache_create("kunit-brief", 100, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	swap(cache, t->cache);
	take(test, 100);
	object = t->objects[0];
	give_all_by_rcu(test);
	swap(cache, t->cache);
	magslab_cache_destroy(cache);
	KUNIT_EXPECT_NULL(test, magslab_cache_of(object));
}

/*
 * === The limit ===
 */

static void limit_is_kept(struct kunit *test)
{
	struct rcu_test *t = test->priv;
	void *object;

	magslab_cache_set_limit(t->cache, 3);
	while (t->live < MANY &&
	       (object = magslab_alloc(t->cache, GFP_KERNEL | __GFP_NOFAIL)))
		t->objects[t->live++] = object;
	KUNIT_EXPECT_EQ(test, 3UL, magslab_cache_pages(t->cache));
	KUNIT_EXPECT_EQ(test, 3 * t->cache->layout.nr, t->live);
	KUNIT_EXPECT_GT(test, census_of(test)->limit_refusals, 0UL);
	KUNIT_EXPECT_EQ(test, 0UL, census_of(test)->page_failures);

	magslab_cache_set_limit(t->cache, 4);
	take(test, 1);
	KUNIT_EXPECT_EQ(test, 4UL, magslab_cache_pages(t->cache));
	magslab_cache_set_limit(t->cache, 0);
	take(test, 100);
	KUNIT_EXPECT_GT(test, magslab_cache_pages(t->cache), 4UL);
	give_all(test);
}

/* What was given back, or was not had at all, does not count. */
static void limit_forgets(struct kunit *test)
{
	struct rcu_test *t = test->priv;
	unsigned int round;

	magslab_cache_set_limit(t->cache, 3);
	for (round = 0; round < 5; round++) {
		magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
		KUNIT_EXPECT_NULL(test, magslab_alloc(t->cache, GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, round + 1UL,
				census_of(test)->page_failures);
		magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
		take(test, 3 * t->cache->layout.nr);
		give_all(test);
		magslab_cache_shrink(t->cache);
		rcu_barrier();
		KUNIT_EXPECT_EQ(test, 0L, atomic_long_read(&t->cache->pages));
	}
}

static struct kunit_case rcu_cases[] = {
	KUNIT_CASE(objects_wait_for_a_grace_period),
	KUNIT_CASE(few_objects_do_not_wait_for_more),
	KUNIT_CASE(objects_are_freed_without_memory),
	KUNIT_CASE(batches_are_in_store),
	KUNIT_CASE(free_rcu_of_nothing),
	KUNIT_CASE(slabs_wait_for_a_grace_period),
	KUNIT_CASE(typesafe_objects_are_not_zeroed),
	KUNIT_CASE(destroy_waits),
	KUNIT_CASE(limit_is_kept),
	KUNIT_CASE(limit_forgets),
	{}
};

static struct kunit_suite rcu_suite = {
	.name = "magslab_rcu",
	.init = rcu_test_init,
	.exit = rcu_test_exit,
	.test_cases = rcu_cases,
};

kunit_test_suite(rcu_suite);
