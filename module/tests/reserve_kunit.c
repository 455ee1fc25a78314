// SPDX-License-Identifier: GPL-2.0-only
/* The reserve: what it holds when there is no memory, and who waits for it. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/fault.h"
#include "stay.h"

#define RESERVE 50
#define MANY 1000

/**
 * struct reserve_test - what a case has
 * @cache: with a reserve
 * @objects: live ones
 * @live: how many
 * @census: the last one taken
 * @waiter_gfp: what the waiter asks with
 * @waited: what it got
 * @done: it got something
 */
struct reserve_test {
	struct magslab_cache *cache;
	void *objects[MANY];
	unsigned int live;
	struct magslab_census census;
	gfp_t waiter_gfp;
	void *waited;
	struct completion done;
};

static void fail_all(unsigned int nth)
{
	magslab_fault_set(MAGSLAB_FAULT_PAGES, nth);
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, nth);
}

static int reserve_init(struct kunit *test)
{
	struct reserve_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	stay_on_this_cpu();
	init_completion(&t->done);
	t->cache = magslab_cache_create("kunit-reserve", 200, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	KUNIT_EXPECT_EQ(test, 0,
			magslab_cache_set_reserve(t->cache, RESERVE,
						  GFP_KERNEL));
	test->priv = t;
	return 0;
}

static void reserve_exit(struct kunit *test)
{
	struct reserve_test *t = test->priv;

	fail_all(0);
	magslab_cache_destroy(t->cache);
}

static const struct magslab_census *census_of(struct kunit *test)
{
	struct reserve_test *t = test->priv;

	magslab_census_take(t->cache, &t->census);
	return &t->census;
}

static void expect_conserved(struct kunit *test)
{
	struct reserve_test *t = test->priv;
	const struct magslab_census *c = census_of(test);

	KUNIT_EXPECT_EQ(test, (long long)t->live, c->live_objects);
	KUNIT_EXPECT_EQ(test, c->capacity_objects,
			t->live + census_magazine_objects(c) +
				c->depot_objects + c->free_slab_objects +
				c->reserve_objects);
}

static bool take(struct reserve_test *t, gfp_t gfp)
{
	void *object = magslab_alloc(t->cache, gfp);

	if (object)
		t->objects[t->live++] = object;
	return object;
}

static void give(struct reserve_test *t, unsigned int nr)
{
	while (nr--)
		magslab_free(t->cache, t->objects[--t->live]);
}

/* No page, no magazine, and all there is taken by whom may not wait. */
static void take_all(struct kunit *test)
{
	struct reserve_test *t = test->priv;

	fail_all(1);
	while (take(t, GFP_NOWAIT))
		KUNIT_ASSERT_LT(test, t->live, MANY);
}

static long nothing(void *unused)
{
	return 0;
}

/*
 * What irq_work and work items have to do for the reserve is done. A CPU starts
 * work in the order it was queued in, and those that drain it do not sleep.
 */
static void settle(struct reserve_test *t)
{
	unsigned int cpu;

	irq_work_sync(&t->cache->reserve.irq_work);
	flush_delayed_work(&t->cache->reserve.refill);
	for_each_online_cpu(cpu)
		work_on_cpu(cpu, nothing, NULL);
}

static void reserve_is_full_from_the_start(struct kunit *test)
{
	const struct magslab_census *c = census_of(test);

	KUNIT_EXPECT_EQ(test, RESERVE, c->reserve_objects);
	KUNIT_EXPECT_EQ(test, RESERVE, c->reserve_size);
	KUNIT_EXPECT_EQ(test, 0UL, c->reserve_allocs);
	expect_conserved(test);
}

/* Every object there is can be had, those of the reserve last. */
static void reserve_survives_page_failure(struct kunit *test)
{
	struct reserve_test *t = test->priv;
	unsigned long free;

	fail_all(1);
	free = census_of(test)->free_slab_objects;
	while (t->live < free)
		KUNIT_ASSERT_TRUE(test, take(t, GFP_NOWAIT));
	KUNIT_EXPECT_EQ(test, 0UL, census_of(test)->reserve_allocs);
	take_all(test);
	KUNIT_EXPECT_EQ(test, free + RESERVE, t->live);
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_allocs);
	expect_conserved(test);
	give(t, t->live);
	expect_conserved(test);
}

/* With a kernel that has memory, only not for us. */
static void reserve_survives_for_every_gfp(struct kunit *test)
{
	static const gfp_t gfps[] = { GFP_KERNEL,
				      GFP_NOIO,
				      GFP_NOFS,
				      GFP_ATOMIC,
				      GFP_NOWAIT,
				      0,
				      GFP_KERNEL | __GFP_NOFAIL };
	struct reserve_test *t = test->priv;
	unsigned int i;

	take_all(test);
	give(t, ARRAY_SIZE(gfps));
	for (i = 0; i < ARRAY_SIZE(gfps); i++)
		KUNIT_EXPECT_TRUE(test, take(t, gfps[i]));
	give(t, t->live);
}

static void empty_reserve_is_null_for_who_may_not_wait(struct kunit *test)
{
	struct reserve_test *t = test->priv;
	unsigned long waits;

	take_all(test);
	waits = census_of(test)->reserve_waits;
	KUNIT_EXPECT_FALSE(test, take(t, GFP_NOWAIT));
	KUNIT_EXPECT_FALSE(test, take(t, GFP_ATOMIC));
	KUNIT_EXPECT_FALSE(test, take(t, 0));
	KUNIT_EXPECT_EQ(test, waits, census_of(test)->reserve_waits);
	give(t, t->live);
}

/* Before there is anything for magazines or slabs. */
static void frees_fill_the_reserve_first(struct kunit *test)
{
	struct reserve_test *t = test->priv;
	const struct magslab_census *c;

	take_all(test);
	give(t, RESERVE - 1);
	c = census_of(test);
	KUNIT_EXPECT_EQ(test, RESERVE - 1, c->reserve_objects);
	KUNIT_EXPECT_EQ(test, 0UL, census_magazine_objects(c));
	give(t, 2);
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_objects);
	expect_conserved(test);
	give(t, t->live);
}

/* A magazine that is loaded takes no object away from a starving cache. */
static void magazines_are_not_loaded_while_starving(struct kunit *test)
{
	struct reserve_test *t = test->priv;
	const struct magslab_census *c;
	unsigned long empty;

	while (t->live < 400)
		KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
	give(t, 400);
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	while (take(t, GFP_NOWAIT))
		;
	/* There are magazines that would have room. */
	empty = census_of(test)->depot_empty;
	KUNIT_EXPECT_GT(test, empty, 0UL);
	settle(t);
	KUNIT_EXPECT_TRUE(test, t->cache->starving);
	give(t, RESERVE);
	c = census_of(test);
	KUNIT_EXPECT_EQ(test, RESERVE, c->reserve_objects);
	KUNIT_EXPECT_EQ(test, 0UL, census_magazine_objects(c));
	KUNIT_EXPECT_EQ(test, empty, c->depot_empty);

	/* It is over when the reserve is full. */
	flush_delayed_work(&t->cache->reserve.refill);
	KUNIT_EXPECT_FALSE(test, t->cache->starving);
	give(t, t->live);
	c = census_of(test);
	KUNIT_EXPECT_GT(test, census_magazine_objects(c), 0UL);
	expect_conserved(test);
}

static void reserve_refills_itself(struct kunit *test)
{
	struct reserve_test *t = test->priv;

	take_all(test);
	settle(t);
	KUNIT_EXPECT_EQ(test, 0U, census_of(test)->reserve_objects);
	fail_all(0);
	flush_delayed_work(&t->cache->reserve.refill);
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_objects);
	KUNIT_EXPECT_FALSE(test, t->cache->starving);
	expect_conserved(test);
	give(t, t->live);
}

/*
 * === Interrupts in the middle of an operation ===
 */

static void reserve_serves_within_an_operation(struct kunit *test)
{
	struct reserve_test *t = test->priv;
	struct magslab_cpu *cpu;
	bool had;

	take_all(test);
	give(t, 1);
	preempt_disable();
	cpu = this_cpu_ptr(t->cache->cpu);
	cpu->front.busy = true;
	had = take(t, GFP_ATOMIC);
	cpu->front.busy = false;
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, had);
	KUNIT_EXPECT_EQ(test, 1UL, cpu->interrupts);
	KUNIT_EXPECT_EQ(test, RESERVE + 1, census_of(test)->reserve_allocs);
	give(t, t->live);
}

/*
 * === Waiting ===
 */

static int waiter(void *data)
{
	struct reserve_test *t = data;

	t->waited = magslab_alloc(t->cache, t->waiter_gfp);
	complete(&t->done);
	return 0;
}

/* Nothing but what is freed helps the waiter, and that does, at once. */
static void waiter_is_woken(struct kunit *test, gfp_t gfp)
{
	struct reserve_test *t = test->priv;
	unsigned long before;

	take_all(test);
	t->waiter_gfp = gfp;
	KUNIT_ASSERT_FALSE(test,
			   IS_ERR(kthread_run(waiter, t, "kunit-waiter")));
	/* Long before it would look around by itself. */
	KUNIT_EXPECT_EQ(test, 0UL,
			wait_for_completion_timeout(&t->done, 6 * HZ / 10));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&t->cache->reserve.waiters));
	before = jiffies;
	give(t, 1);
	if (!wait_for_completion_timeout(&t->done, 10 * HZ))
		fail_all(0);
	KUNIT_EXPECT_LE(test, jiffies - before, HZ / 4);
	KUNIT_EXPECT_NOT_NULL(test, t->waited);
	KUNIT_EXPECT_EQ(test, 1UL, census_of(test)->reserve_waits);
	t->objects[t->live++] = t->waited;
	expect_conserved(test);
	give(t, t->live);
}

static void waiter_is_woken_by_a_free(struct kunit *test)
{
	waiter_is_woken(test, GFP_KERNEL);
}

static void waiter_in_reclaim_is_woken(struct kunit *test)
{
	waiter_is_woken(test, GFP_NOIO);
}

static void nofail_waits(struct kunit *test)
{
	waiter_is_woken(test, GFP_KERNEL | __GFP_NOFAIL);
}

static void waiter_sees_memory_come_back(struct kunit *test)
{
	struct reserve_test *t = test->priv;

	take_all(test);
	t->waiter_gfp = GFP_KERNEL;
	KUNIT_ASSERT_FALSE(test,
			   IS_ERR(kthread_run(waiter, t, "kunit-waiter")));
	KUNIT_EXPECT_EQ(test, 0UL,
			wait_for_completion_timeout(&t->done, HZ / 4));
	fail_all(0);
	wait_for_completion(&t->done);
	KUNIT_ASSERT_NOT_NULL(test, t->waited);
	t->objects[t->live++] = t->waited;
	give(t, t->live);
}

/*
 * === Bulk ===
 */

static void bulk_uses_the_reserve(struct kunit *test)
{
	struct reserve_test *t = test->priv;

	take_all(test);
	give(t, RESERVE);
	KUNIT_EXPECT_EQ(test, 0,
			magslab_alloc_bulk(t->cache, GFP_NOWAIT, RESERVE + 1,
					   t->objects + t->live));
	expect_conserved(test);
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_objects);
	KUNIT_EXPECT_EQ(test, RESERVE,
			magslab_alloc_bulk(t->cache, GFP_NOWAIT, RESERVE,
					   t->objects + t->live));
	t->live += RESERVE;
	expect_conserved(test);
	magslab_free_bulk(t->cache, t->live, t->objects);
	t->live = 0;
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_objects);
	expect_conserved(test);
}

/*
 * === Setting it ===
 */

static void reserve_can_be_resized(struct kunit *test)
{
	static const unsigned int sizes[] = {
		1, 200, 7, 0, 0, 64, MAGSLAB_RESERVE_MAX, 3
	};
	struct reserve_test *t = test->priv;
	unsigned int i;

	while (t->live < 100)
		KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_EQ(test, 0,
				magslab_cache_set_reserve(t->cache, sizes[i],
							  GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, sizes[i],
				census_of(test)->reserve_objects);
		expect_conserved(test);
	}
	give(t, t->live);
	magslab_cache_set_reserve(t->cache, 0, GFP_KERNEL);
	magslab_cache_shrink(t->cache);
	KUNIT_EXPECT_EQ(test, 0UL, magslab_cache_pages(t->cache));
}

static void reserve_refuses(struct kunit *test)
{
	static const gfp_t gfps[] = { GFP_NOWAIT,
				      GFP_ATOMIC,
				      0,
				      GFP_KERNEL | __GFP_THISNODE,
				      GFP_KERNEL | __GFP_DMA32,
				      GFP_KERNEL | __GFP_NOFAIL };
	unsigned int too_many = MAGSLAB_RESERVE_MAX + 1;
	struct reserve_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gfps); i++)
		KUNIT_EXPECT_EQ(test, -EINVAL,
				magslab_cache_set_reserve(t->cache, 1,
							  gfps[i]));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			magslab_cache_set_reserve(t->cache, too_many,
						  GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_size);
}

static void resize_that_fails_changes_nothing(struct kunit *test)
{
	struct reserve_test *t = test->priv;

	fail_all(3);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			magslab_cache_set_reserve(t->cache, 1000, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_objects);
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_size);
	expect_conserved(test);
	take_all(test);
	KUNIT_EXPECT_EQ(test, RESERVE, census_of(test)->reserve_allocs);
	give(t, t->live);
}

/* Its slabs go with the cache: none of them is known any more. */
static void destroy_takes_the_reserve_along(struct kunit *test)
{
	struct reserve_test *t = test->priv;
	struct magslab_cache *cache;
	void *object;

	cache = magslab_cache_create("kunit-brief", 4096, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	KUNIT_EXPECT_EQ(test, 0,
			magslab_cache_set_reserve(cache, 1, GFP_KERNEL));
	magslab_cache_shrink(cache);
	KUNIT_EXPECT_GT(test, magslab_cache_pages(cache), 0UL);
	swap(cache, t->cache);
	take_all(test);
	swap(cache, t->cache);
	object = t->objects[0];
	while (t->live)
		magslab_free(cache, t->objects[--t->live]);
	KUNIT_EXPECT_PTR_EQ(test, cache, magslab_cache_of(object));
	magslab_cache_destroy(cache);
	KUNIT_EXPECT_NULL(test, magslab_cache_of(object));
}

static struct kunit_case reserve_cases[] = {
	KUNIT_CASE(reserve_is_full_from_the_start),
	KUNIT_CASE(reserve_survives_page_failure),
	KUNIT_CASE(reserve_survives_for_every_gfp),
	KUNIT_CASE(empty_reserve_is_null_for_who_may_not_wait),
	KUNIT_CASE(frees_fill_the_reserve_first),
	KUNIT_CASE(magazines_are_not_loaded_while_starving),
	KUNIT_CASE(reserve_refills_itself),
	KUNIT_CASE(reserve_serves_within_an_operation),
	KUNIT_CASE(waiter_is_woken_by_a_free),
	KUNIT_CASE(waiter_in_reclaim_is_woken),
	KUNIT_CASE(nofail_waits),
	KUNIT_CASE(waiter_sees_memory_come_back),
	KUNIT_CASE(bulk_uses_the_reserve),
	KUNIT_CASE(reserve_can_be_resized),
	KUNIT_CASE(reserve_refuses),
	KUNIT_CASE(resize_that_fails_changes_nothing),
	KUNIT_CASE(destroy_takes_the_reserve_along),
	{}
};

static struct kunit_suite reserve_suite = {
	.name = "magslab_reserve",
	.init = reserve_init,
	.exit = reserve_exit,
	.test_cases = reserve_cases,
};

kunit_test_suite(reserve_suite);
