// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each thing that a user can do wrong, done once: it is told of once, as what it
 * is, and the cache goes on without the slab.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kasan.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/freemap.h"
#include "geometry.h"
#include "watched.h"

/* Use maps in struct page and behind the objects, with free maps there or not. */
static const struct subject subjects[] = {
	{ "hardened 24", MAGSLAB_HARDENED, 24, 0 },
	{ "hardened 64", MAGSLAB_HARDENED, 64, 64 },
	{ "hardened 200", MAGSLAB_HARDENED, 200, 0 },
	{ "hardened 4096", MAGSLAB_HARDENED, 4096, 4096 },
	{ "debug 8", MAGSLAB_DEBUG, 8, 0 },
	{ "debug 9", MAGSLAB_DEBUG, 9, 0 },
	{ "debug 64", MAGSLAB_DEBUG, 64, 64 },
	{ "debug 100", MAGSLAB_DEBUG, 100, 0 },
	{ "debug 4096", MAGSLAB_DEBUG, 4096, 4096 },
	{ "quarantine 64", MAGSLAB_QUARANTINE, 64, 0 },
	{ "quarantine debug 100", MAGSLAB_QUARANTINE | MAGSLAB_DEBUG, 100, 0 },
};

/* Those of them in which writes are looked for. */
static const struct subject debugged[] = {
	{ "debug 8", MAGSLAB_DEBUG, 8, 0 },
	{ "debug 9", MAGSLAB_DEBUG, 9, 0 },
	{ "debug 64", MAGSLAB_DEBUG, 64, 64 },
	{ "debug 100", MAGSLAB_DEBUG, 100, 0 },
	{ "debug 4096", MAGSLAB_DEBUG, 4096, 4096 },
};

/* Those with several objects to a slab. */
static const struct subject crowded[] = {
	{ "hardened 24", MAGSLAB_HARDENED, 24, 0 },
	{ "hardened 64", MAGSLAB_HARDENED, 64, 64 },
	{ "hardened 200", MAGSLAB_HARDENED, 200, 0 },
	{ "debug 9", MAGSLAB_DEBUG, 9, 0 },
	{ "debug 100", MAGSLAB_DEBUG, 100, 0 },
};

KUNIT_ARRAY_PARAM(subject, subjects, subject_name);
KUNIT_ARRAY_PARAM(crowded, crowded, subject_name);
KUNIT_ARRAY_PARAM(debugged, debugged, subject_name);

static const struct subject *subject_of(struct kunit *test)
{
	static const struct subject plain = { "", MAGSLAB_DEBUG, 64, 0 };

	return test->param_value ?: &plain;
}

static int safety_init(struct kunit *test)
{
	return watched_init(test, subject_of(test));
}

/* Nothing comes from where something was found wrong, and all else adds up. */
static void expect_life_goes_on(struct kunit *test, struct page *bad)
{
	struct watched_test *t = test->priv;
	struct magslab_census c;
	unsigned int i, round;

	for (round = 0; round < 3; round++) {
		take_all(test);
		for (i = 0; i < MANY; i++) {
			KUNIT_EXPECT_PTR_NE(test, bad,
					    virt_to_head_page(t->objects[i]));
			memset(t->objects[i], i, t->cache->size);
		}
		put_all(test);
		magslab_cache_shrink(t->cache);
	}
	magslab_census_take(t->cache, &c);
	KUNIT_EXPECT_EQ(test, bad ? 1UL : 0UL, c.slabs_quarantined);
	/* Those that wait to be free are not. */
	if (t->cache->flags & MAGSLAB_QUARANTINE)
		return;
	KUNIT_EXPECT_EQ(test, 0LL, c.live_objects);
	KUNIT_EXPECT_EQ(test, c.capacity_objects, c.dead_objects);
}

static void expect_one(struct kunit *test, enum magslab_corruption class,
		       struct page *bad)
{
	expect_reports(test, class, 1);
	expect_life_goes_on(test, bad);
	expect_reports(test, class, 1);
}

/*
 * === Nothing wrong ===
 */

static void safety_finds_nothing(struct kunit *test)
{
	const struct subject *s = test->param_value;
	struct watched_test *t = test->priv;
	unsigned int i;

	take_all(test);
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_TRUE(test,
				  IS_ALIGNED((unsigned long)t->objects[i],
					     max(s->align, sizeof(void *))));
	put_all(test);
	expect_life_goes_on(test, NULL);
	expect_reports(test, 0, 0);
}

/* All sizes and alignments, as plain caches have them. */
static void safety_fits_all(struct kunit *test)
{
	const struct geometry *g = test->param_value;
	static const unsigned long flags[] = { MAGSLAB_HARDENED, MAGSLAB_DEBUG,
					       MAGSLAB_QUARANTINE };
	struct magslab_cache *cache;
	void *objects[40];
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		cache = magslab_cache_create("kunit-fits", g->size, g->align,
					     flags[i], NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
		for (j = 0; j < ARRAY_SIZE(objects); j++) {
			objects[j] = magslab_zalloc(cache, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, objects[j]);
			KUNIT_EXPECT_NULL(test,
					  memchr_inv(objects[j], 0, g->size));
			KUNIT_EXPECT_TRUE(test,
					  IS_ALIGNED((unsigned long)objects[j],
						     max(g->align, 8UL)));
		}
		for (j = 0; j < ARRAY_SIZE(objects); j++)
			memset(objects[j], 0xff, g->size);
		magslab_free_bulk(cache, ARRAY_SIZE(objects), objects);
		for (j = 0; j < MAGSLAB_NR_CORRUPTIONS; j++)
			KUNIT_EXPECT_EQ(test, 0UL,
					magslab_cache_corruptions(cache, j));
		magslab_cache_destroy(cache);
	}
}

/* A constructed object stays so; nothing is written over it while it is free. */
static void construct(void *object)
{
	memset(object, 0x5c, 64);
}

static void safety_respects_constructors(struct kunit *test)
{
	struct magslab_cache *cache;
	void *object;
	int round;

	cache = magslab_cache_create("kunit-ctor", 64, 0, MAGSLAB_DEBUG,
				     construct);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	for (round = 0; round < 3; round++) {
		object = magslab_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x5c, 64));
		magslab_free(cache, object);
	}
	magslab_cache_destroy(cache);
	expect_reports(test, 0, 0);
}

/*
 * === Bad frees ===
 */

static void double_free_adjacent(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = magslab_alloc(t->cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	magslab_free(t->cache, object);
	magslab_free(t->cache, object);
	expect_one(test, MAGSLAB_DOUBLE_FREE, virt_to_head_page(object));
}

/* While it is in a magazine, in the depot, or in its slab. */
static void double_free_distant(struct kunit *test)
{
	struct watched_test *t = test->priv;
	struct page *bad;

	take_all(test);
	bad = virt_to_head_page(t->objects[1]);
	magslab_free(t->cache, t->objects[1]);
	magslab_free_bulk(t->cache, MANY - 10, t->objects + 10);
	magslab_free(t->cache, t->objects[1]);
	magslab_free(t->cache, t->objects[0]);
	magslab_free_bulk(t->cache, 8, t->objects + 2);
	expect_one(test, MAGSLAB_DOUBLE_FREE, bad);
}

static void double_free_in_slab(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *kept, *twice;

	/* Something in the slab stays in use, so that the slab stays. */
	take_all(test);
	kept = t->objects[0];
	twice = kept;
	for (unsigned int i = 1; i < MANY; i++)
		if (virt_to_head_page(t->objects[i]) == virt_to_head_page(kept))
			twice = t->objects[i];
	for (unsigned int i = 1; i < MANY; i++)
		magslab_free(t->cache, t->objects[i]);
	magslab_cache_shrink(t->cache);
	if (twice == kept)
		magslab_free(t->cache, kept);
	magslab_free(t->cache, twice);
	if (twice != kept)
		magslab_free(t->cache, kept);
	expect_one(test, MAGSLAB_DOUBLE_FREE, virt_to_head_page(twice));
}

static int static_data;

static void foreign_frees(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *page = (void *)__get_free_page(GFP_KERNEL);
	void *heap = kmalloc(64, GFP_KERNEL), *virt = vmalloc(64);
	int on_stack;
	void *foreign[] = {
		page,
		page + 64,
		heap,
		virt,
		&on_stack,
		&static_data,
		foreign_frees,
		ZERO_SIZE_PTR,
		ERR_PTR(-ENOMEM),
		(void *)PAGE_SIZE,
		(void *)-8L,
		(void *)1,
		(void *)0x8000000000000000,
		(void *)(TASK_SIZE - PAGE_SIZE),
		high_memory,
		high_memory - 8,
		(void *)PAGE_OFFSET,
	};
	unsigned int i;

	take_all(test);
	for (i = 0; i < ARRAY_SIZE(foreign); i++) {
		magslab_free(t->cache, foreign[i]);
		expect_reports(test, MAGSLAB_FOREIGN_FREE, i + 1);
	}
	put_all(test);
	expect_life_goes_on(test, NULL);
	vfree(virt);
	kfree(heap);
	free_page((unsigned long)page);
}

static void interior_free(struct kunit *test)
{
	struct watched_test *t = test->priv;
	struct page *bad;

	take_all(test);
	bad = virt_to_head_page(t->objects[3]);
	magslab_free(t->cache, t->objects[3] + 1);
	expect_reports(test, MAGSLAB_INTERIOR_FREE, 1);
	put_all(test);
	expect_one(test, MAGSLAB_INTERIOR_FREE, bad);
}

/* Each byte of a slab but where its objects begin. */
static void interior_frees(struct kunit *test)
{
	struct watched_test *t = test->priv;
	const struct magslab_layout *l = &t->cache->layout;
	unsigned int i, bad = 0;
	void *base;

	take_all(test);
	base = page_address(layout_slab(l, t->objects[0]));
	for (i = 0; i < layout_slab_bytes(l); i++) {
		if (i % l->stride == l->left && i / l->stride < l->nr)
			continue;
		magslab_free(t->cache, base + i);
		bad++;
	}
	expect_reports(test, MAGSLAB_INTERIOR_FREE, bad);
	put_all(test);
	expect_life_goes_on(test, layout_slab(l, base));
}

static void free_to_other_cache(struct kunit *test)
{
	struct watched_test *t = test->priv;
	struct magslab_cache *other =
		watched_make(test, subject_of(test), "kunit-other");
	void *object = magslab_alloc(other, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	magslab_free(t->cache, object);
	expect_one(test, MAGSLAB_OTHER_FREE, NULL);
	magslab_free(other, object);
	magslab_cache_destroy(other);
	expect_reports(test, MAGSLAB_OTHER_FREE, 1);
}

/*
 * === What a CPU remembers ===
 */

/* CPUs that take what lies in a slab for objects without a look at its tag. */
static unsigned int nr_remembering(struct magslab_cache *cache,
				   const void *slab)
{
	struct magslab_recent *recent;
	unsigned int cpu, nr = 0;

	for_each_possible_cpu(cpu) {
		recent = per_cpu_ptr(&watched_cpu(cache)->recent, cpu);
		nr += recent->nr && recent->start == (unsigned long)slab;
	}
	return nr;
}

static struct magslab_cache *make_hardened(struct kunit *test, void **object,
					   void **slab)
{
	struct magslab_cache *cache;

	cache = magslab_cache_create("kunit-recent", 64, 0, MAGSLAB_HARDENED,
				     NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	/* The first one comes past the magazines. */
	*object = magslab_alloc(cache, GFP_KERNEL);
	magslab_free(cache, *object);
	*object = magslab_alloc(cache, GFP_KERNEL);
	*slab = page_address(layout_slab(&cache->layout, *object));
	KUNIT_EXPECT_EQ(test, 1, nr_remembering(cache, *slab));
	return cache;
}

static void forgets_what_is_given_back(struct kunit *test)
{
	void *object, *slab;
	struct magslab_cache *cache = make_hardened(test, &object, &slab);

	magslab_free(cache, object);
	magslab_cache_shrink(cache);
	KUNIT_EXPECT_EQ(test, 0UL, magslab_cache_pages(cache));
	KUNIT_EXPECT_EQ(test, 0, nr_remembering(cache, slab));
	magslab_cache_destroy(cache);
}

static void forgets_what_is_in_quarantine(struct kunit *test)
{
	void *object, *slab;
	struct magslab_cache *cache = make_hardened(test, &object, &slab);

	magslab_free(cache, object + 8);
	expect_reports(test, MAGSLAB_INTERIOR_FREE, 1);
	KUNIT_EXPECT_EQ(test, 0, nr_remembering(cache, slab));
	magslab_free(cache, object);
	KUNIT_EXPECT_EQ(test, 0, nr_remembering(cache, slab));
	magslab_cache_destroy(cache);
}

/*
 * === Bad writes ===
 */

/* What KASAN is not to see, where there is one. */
static void flip(u8 *byte)
{
	kasan_disable_current();
	*byte ^= 0x81;
	kasan_enable_current();
}

static void write_at(struct kunit *test, long offset,
		     enum magslab_corruption class)
{
	struct watched_test *t = test->priv;
	u8 *object;

	take_all(test);
	object = t->objects[5];
	flip(object + offset);
	put_all(test);
	expect_one(test, class, virt_to_head_page(object));
}

static void overflow_by_one(struct kunit *test)
{
	struct watched_test *t = test->priv;

	write_at(test, t->cache->size, MAGSLAB_OVERFLOW);
}

static void underflow_by_one(struct kunit *test)
{
	write_at(test, -1, MAGSLAB_UNDERFLOW);
}

/* Into what is known of its owners. */
static void underflow_by_many(struct kunit *test)
{
	struct watched_test *t = test->priv;

	write_at(test, -(long)t->cache->layout.left, MAGSLAB_UNDERFLOW);
}

static void write_after_free(struct kunit *test)
{
	struct watched_test *t = test->priv;
	u8 *object;

	take_all(test);
	object = t->objects[MANY - 2];
	put_all(test);
	flip(object + t->cache->size - 1);
	take_all(test);
	put_all(test);
	expect_one(test, MAGSLAB_WRITE_AFTER_FREE, virt_to_head_page(object));
}

/* What an overflow of the last object of a slab may do. */
static struct page *slab_half_taken(struct kunit *test)
{
	struct watched_test *t = test->priv;
	struct page *slab;
	unsigned int i;

	take_all(test);
	slab = layout_slab(&t->cache->layout, t->objects[0]);
	for (i = 0; i < MANY; i++) {
		if (i && (i % 2 || layout_slab(&t->cache->layout,
					       t->objects[i]) != slab)) {
			magslab_free(t->cache, t->objects[i]);
			t->objects[i] = NULL;
		}
	}
	magslab_cache_shrink(t->cache);
	return slab;
}

/* Use what is free in it, and then free what is in use. */
static void put_rest(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void **rest = kunit_kmalloc(test, sizeof(t->objects), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, rest);
	memcpy(rest, t->objects, sizeof(t->objects));
	take_all(test);
	put_all(test);
	for (i = 0; i < MANY; i++)
		magslab_free(t->cache, rest[i]);
}

static void free_map_of_ones(struct kunit *test)
{
	struct watched_test *t = test->priv;
	const struct magslab_layout *l = &t->cache->layout;
	struct page *slab = slab_half_taken(test);

	/* Where it is not in struct page, all that is in its words. */
	bitmap_set(freemap_words(l, slab), 0,
		   l->map_offset ? round_up(l->nr, BITS_PER_LONG) : l->nr);
	put_rest(test);
	expect_reports(test, MAGSLAB_FREE_MAP, 1);
}

static void free_map_of_zeros(struct kunit *test)
{
	struct watched_test *t = test->priv;
	const struct magslab_layout *l = &t->cache->layout;
	struct page *slab = slab_half_taken(test);

	KUNIT_ASSERT_GT(test, freemap_count(slab), 0);
	bitmap_clear(freemap_words(l, slab), 0, l->nr);
	put_rest(test);
	expect_one(test, MAGSLAB_FREE_MAP, slab);
}

/*
 * === Quarantine ===
 */

#define WAITING (256 * SZ_1K / 1024)

static struct magslab_cache *make_waiting(struct kunit *test)
{
	struct magslab_cache *cache;

	cache = magslab_cache_create("kunit-wait", 1024, 0, MAGSLAB_QUARANTINE,
				     NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	return cache;
}

/* Not before as many were freed after it as there may wait. */
static void quarantine_keeps(struct kunit *test)
{
	struct magslab_cache *cache = make_waiting(test);
	void *first = magslab_alloc(cache, GFP_KERNEL), *object;
	unsigned int i;

	magslab_free(cache, first);
	for (i = 0; i < WAITING; i++) {
		object = magslab_alloc(cache, GFP_KERNEL);
		KUNIT_EXPECT_PTR_NE(test, first, object);
		magslab_free(cache, object);
	}
	/* That made it free, as the last one that was. */
	object = magslab_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, first, object);
	magslab_free(cache, object);
	magslab_cache_destroy(cache);
	expect_reports(test, 0, 0);
}

static void quarantine_finds_writes(struct kunit *test)
{
	struct magslab_cache *cache = make_waiting(test);
	u8 *object = magslab_alloc(cache, GFP_KERNEL), *next;
	unsigned int i;

	magslab_free(cache, object);
	flip(object + 1023);
	for (i = 0; i < WAITING; i++) {
		expect_reports(test, 0, 0);
		next = magslab_alloc(cache, GFP_KERNEL);
		magslab_free(cache, next);
	}
	expect_reports(test, MAGSLAB_WRITE_AFTER_FREE, 1);
	magslab_cache_destroy(cache);
	expect_reports(test, MAGSLAB_WRITE_AFTER_FREE, 1);
}

static void quarantine_finds_writes_at_destroy(struct kunit *test)
{
	struct magslab_cache *cache = make_waiting(test);
	u8 *object = magslab_alloc(cache, GFP_KERNEL);

	magslab_free(cache, object);
	flip(object);
	magslab_cache_destroy(cache);
	expect_reports(test, MAGSLAB_WRITE_AFTER_FREE, 1);
}

static void leak_at_destroy(struct kunit *test)
{
	struct magslab_cache *cache =
		watched_make(test, subject_of(test), "kunit-leak");

	KUNIT_EXPECT_NOT_NULL(test, magslab_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_NOT_NULL(test, magslab_alloc(cache, GFP_KERNEL));
	magslab_cache_destroy(cache);
	expect_reports(test, MAGSLAB_LEAK, 1);
}

static struct kunit_case safety_cases[] = {
	KUNIT_CASE_PARAM(safety_finds_nothing, subject_gen_params),
	KUNIT_CASE(safety_respects_constructors),
	KUNIT_CASE_PARAM(double_free_adjacent, subject_gen_params),
	KUNIT_CASE_PARAM(double_free_distant, subject_gen_params),
	KUNIT_CASE_PARAM(double_free_in_slab, subject_gen_params),
	KUNIT_CASE_PARAM(foreign_frees, subject_gen_params),
	KUNIT_CASE_PARAM(interior_free, subject_gen_params),
	KUNIT_CASE_PARAM(interior_frees, subject_gen_params),
	KUNIT_CASE_PARAM(free_to_other_cache, subject_gen_params),
	KUNIT_CASE(forgets_what_is_given_back),
	KUNIT_CASE(forgets_what_is_in_quarantine),
	KUNIT_CASE_PARAM(overflow_by_one, debugged_gen_params),
	KUNIT_CASE_PARAM(underflow_by_one, debugged_gen_params),
	KUNIT_CASE_PARAM(underflow_by_many, debugged_gen_params),
	KUNIT_CASE_PARAM(write_after_free, debugged_gen_params),
	KUNIT_CASE_PARAM(free_map_of_ones, crowded_gen_params),
	KUNIT_CASE_PARAM(free_map_of_zeros, crowded_gen_params),
	KUNIT_CASE(quarantine_keeps),
	KUNIT_CASE(quarantine_finds_writes),
	KUNIT_CASE(quarantine_finds_writes_at_destroy),
	KUNIT_CASE_PARAM(leak_at_destroy, subject_gen_params),
	{}
};

static struct kunit_suite safety_suite = {
	.name = "magslab_safety",
	.init = safety_init,
	.exit = watched_exit,
	.test_cases = safety_cases,
};

static struct kunit_case safety_fit_cases[] = {
	KUNIT_CASE_PARAM(safety_fits_all, geometry_gen_params),
	{}
};

static struct kunit_suite safety_fit_suite = {
	.name = "magslab_safety_fit",
	.test_cases = safety_fit_cases,
};

kunit_test_suites(&safety_suite, &safety_fit_suite);
