// SPDX-License-Identifier: GPL-2.0-only
/* All layers together, through the public interface. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/fault.h"
#include "geometry.h"
#include "stay.h"

/* Enough to go through magazines, depot and several slabs. */
#define MANY 1000
#define MANY_BYTES (4UL << 20)

struct cache_test {
	struct magslab_cache *cache;
	void **objects;
	unsigned int many;
	unsigned int live;
};

static int cache_init(struct kunit *test)
{
	static const struct geometry plain = { 64, 0 };
	const struct geometry *g = test->param_value ?: &plain;
	struct cache_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->objects = kunit_kcalloc(test, MANY, sizeof(void *), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->objects);
	t->many = min_t(unsigned int, MANY, MANY_BYTES / g->size);
	t->cache = magslab_cache_create("kunit", g->size, g->align, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	test->priv = t;
	stay_on_this_cpu();
	return 0;
}

static void cache_exit(struct kunit *test)
{
	struct cache_test *t = test->priv;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 0);
	magslab_cache_destroy(t->cache);
}

/* The test's own ledger of live objects, against all that the cache counts. */
static void expect_conserved(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct magslab_census c;

	magslab_census_take(t->cache, &c);
	KUNIT_EXPECT_EQ(test, (long long)t->live, c.live_objects);
	KUNIT_EXPECT_EQ(test, c.capacity_objects,
			t->live + census_magazine_objects(&c) +
				c.depot_objects + c.free_slab_objects);
}

static bool take(struct cache_test *t, gfp_t gfp)
{
	void *object = magslab_alloc(t->cache, gfp);

	if (object)
		t->objects[t->live++] = object;
	return object;
}

static void give(struct cache_test *t, unsigned int i)
{
	magslab_free(t->cache, t->objects[i]);
	t->objects[i] = t->objects[--t->live];
}

static void give_all(struct cache_test *t)
{
	while (t->live)
		give(t, t->live - 1);
}

static void take_many(struct kunit *test)
{
	struct cache_test *t = test->priv;

	while (t->live < t->many)
		KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
}

/*
 * === Objects ===
 */

static int by_address(const void *a, const void *b)
{
	const void *x = *(void *const *)a, *y = *(void *const *)b;

	return x < y ? -1 : x > y;
}

static void objects_are_aligned_and_apart(struct kunit *test)
{
	struct cache_test *t = test->priv;
	const struct geometry *g = test->param_value;
	unsigned int i;

	take_many(test);
	sort(t->objects, t->live, sizeof(void *), by_address, NULL);
	for (i = 0; i < t->live; i++) {
		KUNIT_EXPECT_TRUE(test,
				  IS_ALIGNED((unsigned long)t->objects[i],
					     max(g->align, sizeof(void *))));
		if (i)
			KUNIT_EXPECT_TRUE(test, t->objects[i - 1] + g->size <=
							t->objects[i]);
	}
	expect_conserved(test);
	give_all(t);
	expect_conserved(test);
}

static u8 stamp_of(const void *object)
{
	return ((unsigned long)object >> 3) * 37 + 1;
}

/* What is written to one object is found there, and in no other. */
static void objects_keep_their_content(struct kunit *test)
{
	struct cache_test *t = test->priv;
	size_t size = magslab_cache_size(t->cache);
	unsigned int i;

	take_many(test);
	for (i = 0; i < t->live; i++)
		memset(t->objects[i], stamp_of(t->objects[i]), size);
	for (i = 0; i < t->live; i++)
		KUNIT_EXPECT_NULL(test,
				  memchr_inv(t->objects[i],
					     stamp_of(t->objects[i]), size));
	give_all(t);
}

static void objects_survive_random_steps(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int step;

	for (step = 0; step < 20 * t->many; step++) {
		if (t->live && (t->live == t->many || get_random_u32_below(2)))
			give(t, get_random_u32_below(t->live));
		else
			KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
	}
	expect_conserved(test);
	give_all(t);
	expect_conserved(test);
}

static void shrink_gives_all_pages_back(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned long pages;

	take_many(test);
	give_all(t);
	pages = magslab_cache_pages(t->cache);
	KUNIT_EXPECT_GT(test, pages, 0UL);
	KUNIT_EXPECT_EQ(test, pages, magslab_cache_shrink(t->cache));
	KUNIT_EXPECT_EQ(test, 0UL, magslab_cache_pages(t->cache));
	expect_conserved(test);
}

/* And it leaves those alone that are in use. */
static void shrink_spares_live_objects(struct kunit *test)
{
	struct cache_test *t = test->priv;
	size_t size = magslab_cache_size(t->cache);
	unsigned int i;

	take_many(test);
	while (t->live > t->many / 2)
		give(t, get_random_u32_below(t->live));
	for (i = 0; i < t->live; i++)
		memset(t->objects[i], stamp_of(t->objects[i]), size);
	magslab_cache_shrink(t->cache);
	expect_conserved(test);
	for (i = 0; i < t->live; i++)
		KUNIT_EXPECT_NULL(test,
				  memchr_inv(t->objects[i],
					     stamp_of(t->objects[i]), size));
	give_all(t);
}

/*
 * === Bulk ===
 */

static void bulk_is_all_or_nothing(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int nr = t->many;

	KUNIT_ASSERT_EQ(test, nr,
			magslab_alloc_bulk(t->cache, GFP_KERNEL, nr,
					   t->objects));
	t->live = nr;
	expect_conserved(test);
	magslab_free_bulk(t->cache, nr, t->objects);
	t->live = 0;
	expect_conserved(test);

	/* Not one page more than it has: asking for more than fits fails. */
	nr = magslab_cache_pages(t->cache) / (1 << t->cache->layout.order) *
	     t->cache->layout.nr;
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	KUNIT_EXPECT_EQ(test, 0,
			magslab_alloc_bulk(t->cache, GFP_KERNEL, nr + 1,
					   kunit_kcalloc(test, nr + 1,
							 sizeof(void *),
							 GFP_KERNEL)));
	expect_conserved(test);
}

static void bulk_of_nothing(struct kunit *test)
{
	struct cache_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, 0,
			magslab_alloc_bulk(t->cache, GFP_KERNEL, 0, NULL));
	magslab_free_bulk(t->cache, 0, NULL);
	expect_conserved(test);
}

/* All sizes around that of a magazine, mixed with single operations. */
static void bulk_mixes_with_single(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int nr, i;

	for (nr = 1; nr < 3 * t->cache->sizing.capacity; nr++) {
		KUNIT_ASSERT_EQ(test, nr,
				magslab_alloc_bulk(t->cache, GFP_KERNEL, nr,
						   t->objects));
		t->live = nr;
		for (i = 0; i < nr % 5; i++)
			KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
		expect_conserved(test);
		while (t->live > nr / 2 + 1)
			give(t, t->live - 1);
		magslab_free_bulk(t->cache, t->live, t->objects);
		t->live = 0;
		expect_conserved(test);
	}
}

/*
 * === Failure ===
 */

static void exhaustion_is_null_and_loses_nothing(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int had, i;

	for (i = 0; i < t->many / 2; i++)
		KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	while (t->live < t->many && take(t, GFP_KERNEL))
		;
	expect_conserved(test);
	had = t->live;

	/* All there was is had again, and not one more. */
	give_all(t);
	while (t->live < t->many && take(t, GFP_KERNEL))
		;
	KUNIT_EXPECT_EQ(test, had, t->live);
	expect_conserved(test);

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	KUNIT_EXPECT_TRUE(test, t->live == t->many || take(t, GFP_KERNEL));
	give_all(t);
}

/* Each place where pages are asked for fails once. */
static void each_page_failure_is_survived(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int nth;

	for (nth = 1; nth < 8; nth++) {
		magslab_fault_set(MAGSLAB_FAULT_PAGES, nth);
		while (t->live < t->many && take(t, GFP_KERNEL))
			;
		expect_conserved(test);
		magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
		give_all(t);
		magslab_cache_shrink(t->cache);
	}
}

/* A cache works without a single magazine, from slabs alone. */
static void magazines_can_do_without(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct magslab_census c;

	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 1);
	take_many(test);
	expect_conserved(test);
	give_all(t);
	expect_conserved(test);
	magslab_census_take(t->cache, &c);
	KUNIT_EXPECT_EQ(test, 0UL, census_magazine_objects(&c));
	KUNIT_EXPECT_EQ(test, c.capacity_objects, c.free_slab_objects);
}

/* Magazines run out later, when frees ask for them. */
static void magazines_can_run_out(struct kunit *test)
{
	struct cache_test *t = test->priv;

	take_many(test);
	magslab_fault_set(MAGSLAB_FAULT_MAGAZINES, 3);
	give_all(t);
	expect_conserved(test);
	take_many(test);
	give_all(t);
	expect_conserved(test);
}

static void nofail_does_not_fail(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int i;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	for (i = 0; i < t->many; i++)
		KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL | __GFP_NOFAIL));
	give_all(t);
}

/* Live objects are right after a double free, hits after failures. */
static void counters_survive_misuse(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct magslab_census c;
	void *object;

	KUNIT_ASSERT_TRUE(test, take(t, GFP_KERNEL));
	object = magslab_alloc(t->cache, GFP_KERNEL);
	magslab_free(t->cache, object);
	magslab_cache_shrink(t->cache);
	magslab_free(t->cache, object);
	magslab_cache_shrink(t->cache);
	expect_conserved(test);
	magslab_census_take(t->cache, &c);
	KUNIT_EXPECT_EQ(test, 1UL, c.rejected_frees);
	give_all(t);

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	magslab_cache_shrink(t->cache);
	KUNIT_EXPECT_NULL(test, magslab_alloc(t->cache, GFP_KERNEL));
	magslab_census_take(t->cache, &c);
	KUNIT_EXPECT_EQ(test, 1UL, c.cpus.failures);
	KUNIT_EXPECT_LE(test, census_alloc_hits(&c.cpus), c.cpus.allocs);
	KUNIT_EXPECT_LE(test, census_free_hits(&c.cpus), c.cpus.frees);
}

/*
 * === An interrupt in the middle of an operation ===
 */

/*
 * With the busy flag set by hand, what runs next sees what an interrupt would
 * that came in between two instructions of an operation.
 */
static struct magslab_cpu *enter_operation(struct cache_test *t)
{
	struct magslab_cpu *cpu;

	preempt_disable();
	cpu = this_cpu_ptr(t->cache->cpu);
	cpu->front.busy = true;
	return cpu;
}

static void leave_operation(struct magslab_cpu *cpu)
{
	cpu->front.busy = false;
	preempt_enable();
}

/* It finds objects, keeps off the magazines, and nothing is lost. */
static void interrupt_keeps_off_magazines(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct magslab_cpu *cpu;
	unsigned int loaded, i;

	take_many(test);
	while (t->live > t->many / 4)
		give(t, t->live - 1);

	cpu = enter_operation(t);
	loaded = cpu->front.top - cpu->front.base;
	KUNIT_EXPECT_GT(test, loaded, 0);
	for (i = 0; i < t->many / 4; i++)
		KUNIT_EXPECT_TRUE(test, take(t, GFP_NOWAIT));
	KUNIT_EXPECT_EQ(test, loaded, cpu->front.top - cpu->front.base);
	for (i = 0; i < t->many / 4; i++)
		give(t, get_random_u32_below(t->live));
	KUNIT_EXPECT_EQ(test, loaded, cpu->front.top - cpu->front.base);
	KUNIT_EXPECT_TRUE(test, cpu->front.busy);
	KUNIT_EXPECT_EQ(test, 2 * (t->many / 4), cpu->interrupts);
	leave_operation(cpu);

	expect_conserved(test);
	give_all(t);
	expect_conserved(test);
}

static void interrupt_can_use_bulk(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int nr = t->many / 2;
	struct magslab_cpu *cpu;

	take_many(test);
	give_all(t);
	cpu = enter_operation(t);
	KUNIT_EXPECT_EQ(test, nr,
			magslab_alloc_bulk(t->cache, GFP_NOWAIT, nr,
					   t->objects));
	t->live = nr;
	magslab_free_bulk(t->cache, nr, t->objects);
	t->live = 0;
	leave_operation(cpu);
	expect_conserved(test);
}

/*
 * === Content ===
 */

static void zalloc_zeroes_on_a_hit(struct kunit *test)
{
	struct cache_test *t = test->priv;
	size_t size = magslab_cache_size(t->cache);
	void *object;

	object = magslab_alloc(t->cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 0xa5, size);
	magslab_free(t->cache, object);
	KUNIT_ASSERT_PTR_EQ(test, object, magslab_zalloc(t->cache, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, size));
	magslab_free(t->cache, object);
}

static void init_on_alloc_is_honoured(struct kunit *test)
{
	struct cache_test *t = test->priv;
	size_t size = magslab_cache_size(t->cache);
	void *object;

	if (!want_init_on_alloc(0))
		kunit_skip(test, "kernel does not zero on allocation");
	object = magslab_alloc(t->cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 0xa5, size);
	magslab_free_bulk(t->cache, 1, &object);
	KUNIT_ASSERT_EQ(test, 1,
			magslab_alloc_bulk(t->cache, GFP_KERNEL, 1, &object));
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, size));
	magslab_free(t->cache, object);
}

static atomic_t constructed;

static void count_ctor(void *object)
{
	atomic_inc(&constructed);
	*(unsigned long *)object = 0xc0ffee;
}

static void ctor_runs_once_per_object(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct magslab_cache *cache = t->cache;
	unsigned int round, i;

	atomic_set(&constructed, 0);
	t->cache = magslab_cache_create("kunit-ctor", 64, 0, 0, count_ctor);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	for (round = 0; round < 3; round++) {
		take_many(test);
		for (i = 0; i < t->live; i++)
			KUNIT_EXPECT_EQ(test, 0xc0ffee,
					*(unsigned long *)t->objects[i]);
		give_all(t);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&constructed),
			magslab_cache_pages(t->cache) * t->cache->layout.nr);
	magslab_cache_destroy(t->cache);
	t->cache = cache;
}

static void ctor_excludes_zeroing(struct kunit *test)
{
	struct magslab_cache *cache;
	void *objects[3];

	cache = magslab_cache_create("kunit-ctor", 64, 0, 0, count_ctor);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	KUNIT_EXPECT_NULL(test, magslab_zalloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, 0,
			magslab_alloc_bulk(cache, GFP_KERNEL | __GFP_ZERO, 3,
					   objects));
	KUNIT_EXPECT_EQ(test, 0,
			magslab_alloc_bulk(cache, GFP_KERNEL | __GFP_ZERO, 0,
					   objects));
	magslab_cache_shrink(cache);
	KUNIT_EXPECT_EQ(test, 0UL, magslab_cache_pages(cache));
	magslab_cache_destroy(cache);
}

static struct kunit_case cache_cases[] = {
	KUNIT_CASE_PARAM(objects_are_aligned_and_apart, geometry_gen_params),
	KUNIT_CASE_PARAM(objects_keep_their_content, geometry_gen_params),
	KUNIT_CASE_PARAM(objects_survive_random_steps, geometry_gen_params),
	KUNIT_CASE_PARAM(shrink_gives_all_pages_back, geometry_gen_params),
	KUNIT_CASE_PARAM(shrink_spares_live_objects, geometry_gen_params),
	KUNIT_CASE_PARAM(bulk_is_all_or_nothing, geometry_gen_params),
	KUNIT_CASE(bulk_of_nothing),
	KUNIT_CASE(bulk_mixes_with_single),
	KUNIT_CASE_PARAM(exhaustion_is_null_and_loses_nothing,
			 geometry_gen_params),
	KUNIT_CASE(each_page_failure_is_survived),
	KUNIT_CASE(magazines_can_do_without),
	KUNIT_CASE(magazines_can_run_out),
	KUNIT_CASE(nofail_does_not_fail),
	KUNIT_CASE(counters_survive_misuse),
	KUNIT_CASE(interrupt_keeps_off_magazines),
	KUNIT_CASE(interrupt_can_use_bulk),
	KUNIT_CASE_PARAM(zalloc_zeroes_on_a_hit, geometry_gen_params),
	KUNIT_CASE_PARAM(init_on_alloc_is_honoured, geometry_gen_params),
	KUNIT_CASE(ctor_runs_once_per_object),
	KUNIT_CASE(ctor_excludes_zeroing),
	{}
};

static struct kunit_suite cache_suite = {
	.name = "magslab_cache",
	.init = cache_init,
	.exit = cache_exit,
	.test_cases = cache_cases,
};

kunit_test_suite(cache_suite);

MODULE_DESCRIPTION("KUnit tests of magslab");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(MAGSLAB_TEST);
