// SPDX-License-Identifier: GPL-2.0-only
/* Objects set aside: as many as promised, whatever else fails. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/fault.h"
#include "stay.h"

/* More than a slab or a magazine has, no multiple of either. */
#define SOME 301

struct prefill_test {
	struct magslab_cache *cache;
	void *objects[SOME];
	unsigned int live;
};

static int prefill_init(struct kunit *test)
{
	struct prefill_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	stay_on_this_cpu();
	t->cache = magslab_cache_create("kunit-prefill", 64, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	test->priv = t;
	return 0;
}

static void prefill_exit(struct kunit *test)
{
	struct prefill_test *t = test->priv;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 0);
	magslab_cache_destroy(t->cache);
}

static struct magslab_prefill *prefill(struct kunit *test, unsigned int nr)
{
	struct prefill_test *t = test->priv;
	struct magslab_prefill *p = magslab_prefill(t->cache, GFP_KERNEL, nr);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, nr, magslab_prefill_size(p));
	return p;
}

static void expect_live(struct kunit *test, long long live)
{
	struct prefill_test *t = test->priv;
	struct magslab_census c;

	magslab_census_take(t->cache, &c);
	KUNIT_EXPECT_EQ(test, live, c.live_objects);
	KUNIT_EXPECT_EQ(test, (long long)c.capacity_objects,
			live + (long long)(census_magazine_objects(&c) +
					   c.depot_objects +
					   c.free_slab_objects));
}

/* Each is filled with its number, so that none can be had twice unnoticed. */
static void take(struct kunit *test, struct magslab_prefill *p, unsigned int nr)
{
	struct prefill_test *t = test->priv;
	void *object;

	while (nr--) {
		object = magslab_prefill_alloc(p, 0);
		KUNIT_ASSERT_NOT_NULL(test, object);
		memset(object, t->live & 0xff, 64);
		t->objects[t->live++] = object;
	}
}

static void give_all(struct kunit *test)
{
	struct prefill_test *t = test->priv;

	while (t->live) {
		t->live--;
		KUNIT_EXPECT_NULL(test, memchr_inv(t->objects[t->live],
						   t->live & 0xff, 64));
		magslab_free(t->cache, t->objects[t->live]);
	}
}

/* Nobody leaves the cache anything, and no page can be had. */
static void leave_nothing(struct kunit *test)
{
	struct prefill_test *t = test->priv;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 1);
	while (t->live < SOME) {
		void *object = magslab_alloc(t->cache, GFP_KERNEL);

		if (!object)
			return;
		memset(object, t->live & 0xff, 64);
		t->objects[t->live++] = object;
	}
}

static void prefill_gives_what_it_promised(struct kunit *test)
{
	struct magslab_prefill *p = prefill(test, 100);

	leave_nothing(test);
	take(test, p, 100);
	KUNIT_EXPECT_EQ(test, 0U, magslab_prefill_size(p));
	KUNIT_EXPECT_NULL(test, magslab_prefill_alloc(p, 0));
	magslab_prefill_return(p);
	give_all(test);
	expect_live(test, 0);
}

/* As for an interrupt that came in the middle of an operation. */
static void prefill_gives_within_an_operation(struct kunit *test)
{
	struct prefill_test *t = test->priv;
	struct magslab_prefill *p = prefill(test, 10);
	struct magslab_cpu *cpu;

	preempt_disable();
	cpu = this_cpu_ptr(t->cache->cpu);
	cpu->front.busy = true;
	take(test, p, 10);
	KUNIT_EXPECT_EQ(test, 0UL, cpu->interrupts);
	cpu->front.busy = false;
	preempt_enable();
	magslab_prefill_return(p);
	give_all(test);
}

static void prefill_is_all_or_nothing(struct kunit *test)
{
	struct prefill_test *t = test->priv;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 3);
	KUNIT_EXPECT_NULL(test, magslab_prefill(t->cache, GFP_KERNEL, SOME));
	expect_live(test, 0);
}

static void prefill_of_nothing(struct kunit *test)
{
	struct magslab_prefill *p = prefill(test, 0);

	KUNIT_EXPECT_NULL(test, magslab_prefill_alloc(p, 0));
	magslab_prefill_return(p);
	magslab_prefill_return(NULL);
	expect_live(test, 0);
}

static void prefill_of_very_many(struct kunit *test)
{
	struct magslab_prefill *p = prefill(test, 100000);

	expect_live(test, 100000);
	magslab_prefill_return(p);
	expect_live(test, 0);
}

static void prefill_returns_the_rest(struct kunit *test)
{
	struct magslab_prefill *p = prefill(test, 100);

	take(test, p, 30);
	KUNIT_EXPECT_EQ(test, 70U, magslab_prefill_size(p));
	expect_live(test, 100);
	magslab_prefill_return(p);
	expect_live(test, 30);
	give_all(test);
	expect_live(test, 0);
}

static void refill_tops_up(struct kunit *test)
{
	struct magslab_prefill *p = prefill(test, 100);

	take(test, p, 80);
	KUNIT_EXPECT_EQ(test, 0, magslab_prefill_refill(p, GFP_KERNEL, 50));
	KUNIT_EXPECT_EQ(test, 50U, magslab_prefill_size(p));
	KUNIT_EXPECT_EQ(test, 0, magslab_prefill_refill(p, GFP_KERNEL, 10));
	KUNIT_EXPECT_EQ(test, 50U, magslab_prefill_size(p));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			magslab_prefill_refill(p, GFP_KERNEL, 101));
	KUNIT_EXPECT_EQ(test, 0, magslab_prefill_refill(p, GFP_KERNEL, 100));
	take(test, p, 100);
	magslab_prefill_return(p);
	expect_live(test, 180);
	give_all(test);
}

static void refill_that_fails_keeps_what_there_is(struct kunit *test)
{
	struct magslab_prefill *p = prefill(test, 100);

	take(test, p, 60);
	leave_nothing(test);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			magslab_prefill_refill(p, GFP_KERNEL, 100));
	KUNIT_EXPECT_EQ(test, 40U, magslab_prefill_size(p));
	take(test, p, 40);
	magslab_prefill_return(p);
	give_all(test);
	expect_live(test, 0);
}

static void prefill_zeroes_if_asked(struct kunit *test)
{
	struct prefill_test *t = test->priv;
	struct magslab_prefill *p = prefill(test, 50);
	void *object;

	take(test, p, 50);
	magslab_prefill_return(p);
	while (t->live) {
		memset(t->objects[--t->live], 0xa5, 64);
		magslab_free(t->cache, t->objects[t->live]);
	}
	p = prefill(test, 50);
	while ((object = magslab_prefill_alloc(p, __GFP_ZERO))) {
		KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 64));
		magslab_free(t->cache, object);
	}
	magslab_prefill_return(p);
}

static void construct(void *object)
{
	memset(object, 0x5a, 64);
}

static void prefill_refuses_to_zero_the_constructed(struct kunit *test)
{
	struct magslab_prefill *p;
	struct magslab_cache *cache;
	void *object;

	cache = magslab_cache_create("kunit-ctor", 64, 0, 0, construct);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	p = magslab_prefill(cache, GFP_KERNEL, 2);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NULL(test, magslab_prefill_alloc(p, __GFP_ZERO));
	KUNIT_EXPECT_EQ(test, 2U, magslab_prefill_size(p));
	object = magslab_prefill_alloc(p, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x5a, 64));
	magslab_free(cache, object);
	magslab_prefill_return(p);
	magslab_cache_destroy(cache);
}

static struct kunit_case prefill_cases[] = {
	KUNIT_CASE(prefill_gives_what_it_promised),
	KUNIT_CASE(prefill_gives_within_an_operation),
	KUNIT_CASE(prefill_is_all_or_nothing),
	KUNIT_CASE(prefill_of_nothing),
	KUNIT_CASE(prefill_of_very_many),
	KUNIT_CASE(prefill_returns_the_rest),
	KUNIT_CASE(refill_tops_up),
	KUNIT_CASE(refill_that_fails_keeps_what_there_is),
	KUNIT_CASE(prefill_zeroes_if_asked),
	KUNIT_CASE(prefill_refuses_to_zero_the_constructed),
	{}
};

static struct kunit_suite prefill_suite = {
	.name = "magslab_prefill",
	.init = prefill_init,
	.exit = prefill_exit,
	.test_cases = prefill_cases,
};

kunit_test_suite(prefill_suite);
