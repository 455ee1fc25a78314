// SPDX-License-Identifier: GPL-2.0-only
/* Segments: that no object is had twice, what is none is refused, and figures balance. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/magslab_segment.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "segment/segment.h"

#define COUNT 100

static const struct magslab_pool_spec specs[] = {
	{ "plain", 64, 64, COUNT }, { "odd", 41, 0, COUNT },
	{ "page", 100, 4096, 3 },   { "one", 1, 1, 1 },
	{ "large", SZ_64K, 0, 2 },  { "padded", 41, 64, COUNT },
};

static struct magslab_segment *segment_with(struct kunit *test)
{
	struct magslab_segment *segment;

	segment = magslab_segment_create("kunit", specs, ARRAY_SIZE(specs));
	KUNIT_ASSERT_FALSE(test, IS_ERR(segment));
	test->priv = segment;
	return segment;
}

static void segment_exit(struct kunit *test)
{
	magslab_segment_destroy(test->priv);
}

static struct magslab_pool *pool_named(struct kunit *test, const char *name)
{
	struct magslab_segment *segment = test->priv ?: segment_with(test);
	struct magslab_pool *pool = magslab_segment_pool(segment, name);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	return pool;
}

/* Objects of the stack, from top to bottom: all that is not in use, each once. */
static void expect_balance(struct kunit *test, struct magslab_pool *pool,
			   unsigned long live)
{
	struct magslab_pool_figures figures;
	unsigned long nr = 0;
	u64 head = pool->head;

	magslab_segment_figures(pool, &figures);
	KUNIT_EXPECT_EQ(test, figures.live, live);
	while (head & MAGSLAB_POOL_INDEX && nr <= pool->count) {
		unsigned long index = head & MAGSLAB_POOL_INDEX;
		void *object = pool->base + index * pool->stride;
		u64 link = pool->link[index];

		KUNIT_ASSERT_NE(test, link, __magslab_pool_live(object));
		head += MAGSLAB_POOL_STEP + link;
		nr++;
	}
	KUNIT_EXPECT_EQ(test, nr + live, figures.count);
	KUNIT_EXPECT_LE(test, live, figures.peak);
}

static void expect_misuses(struct kunit *test, struct magslab_pool *pool,
			   enum magslab_segment_misuse what, unsigned long nr)
{
	KUNIT_EXPECT_EQ(test, magslab_segment_misuses(pool, what), nr);
}

/*
 * === Creation ===
 */

static void refuse(struct kunit *test, const char *name,
		   const struct magslab_pool_spec *spec, unsigned int nr)
{
	struct magslab_segment *segment;

	segment = magslab_segment_create(name, spec, nr);
	KUNIT_EXPECT_EQ(test, PTR_ERR(segment), -EINVAL);
}

static void bad_arguments(struct kunit *test)
{
	static const struct magslab_pool_spec bad[] = {
		{ NULL, 8, 0, 1 },
		{ "", 8, 0, 1 },
		{ "a b", 8, 0, 1 },
		{ "size", 0, 0, 1 },
		{ "size", SZ_64K + 1, 0, 1 },
		{ "size", -1UL, 0, 1 },
		{ "align", 8, 3, 1 },
		{ "align", 8, 2 * PAGE_SIZE, 1 },
		{ "count", 8, 0, 0 },
		{ "count", 8, 0, BIT(24) },
		{ "count", 8, 0, -1U },
		{ "bytes", SZ_64K, 0, SZ_16K + 1 },
	};
	static const struct magslab_pool_spec twins[] = {
		{ "twin", 8, 0, 1 },
		{ "twin", 16, 0, 1 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		refuse(test, "kunit", &bad[i], 1);
	refuse(test, "kunit", twins, 2);
	refuse(test, NULL, specs, 1);
	refuse(test, "a/b", specs, 1);
	refuse(test, "kunit", specs, 0);
	refuse(test, "kunit", specs, MAGSLAB_SEGMENT_MAX_POOLS + 1);
	magslab_segment_destroy(NULL);
	magslab_segment_destroy(ERR_PTR(-ENOMEM));
}

static void names_are_unique(struct kunit *test)
{
	struct magslab_segment *twin;

	segment_with(test);
	twin = magslab_segment_create("kunit", specs, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR(twin), -EEXIST);
	KUNIT_EXPECT_NULL(test, magslab_segment_pool(test->priv, "none"));
	/* It is not one that was laid out at load. */
	KUNIT_EXPECT_NULL(test, magslab_segment_find("kunit"));
}

/*
 * === Allocation ===
 */

static void full_and_empty_pool(struct kunit *test,
				const struct magslab_pool_spec *spec)
{
	struct magslab_pool *pool = pool_named(test, spec->name);
	struct magslab_pool_figures figures;
	void *objects[COUNT];
	unsigned int i;

	expect_balance(test, pool, 0);
	for (i = 0; i < spec->count; i++) {
		objects[i] = magslab_segment_alloc(pool, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, objects[i]);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)objects[i],
						   spec->align ?: 8));
		memset(objects[i], i, spec->size);
	}
	KUNIT_EXPECT_NULL(test, magslab_segment_alloc(pool, GFP_KERNEL));
	expect_balance(test, pool, spec->count);
	for (i = 0; i < spec->count; i++) {
		KUNIT_EXPECT_NULL(test, memchr_inv(objects[i], i, spec->size));
		magslab_segment_free(pool, objects[i]);
	}
	expect_balance(test, pool, 0);
	KUNIT_EXPECT_PTR_EQ(test, magslab_segment_alloc(pool, 0),
			    objects[spec->count - 1]);
	magslab_segment_free(pool, objects[spec->count - 1]);
	magslab_segment_figures(pool, &figures);
	KUNIT_EXPECT_EQ(test, figures.peak, spec->count);
	KUNIT_EXPECT_EQ(test, figures.allocs, spec->count + 1);
	KUNIT_EXPECT_EQ(test, figures.failures, 1);
}

static void full_and_empty(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(specs); i++)
		full_and_empty_pool(test, &specs[i]);
}

static void peak_is_remembered(struct kunit *test)
{
	struct magslab_pool *pool = pool_named(test, "plain");
	struct magslab_pool_figures figures;
	void *objects[COUNT] = {};
	struct rnd_state random;
	unsigned long live = 0, peak = 0, allocs = 0;
	int i;

	prandom_seed_state(&random, 1);
	for (i = 0; i < 10000; i++) {
		unsigned int at = prandom_u32_state(&random) % (COUNT / 2);

		if (objects[at]) {
			magslab_segment_free(pool, objects[at]);
			objects[at] = NULL;
			live--;
			continue;
		}
		objects[at] = magslab_segment_alloc(pool, 0);
		KUNIT_ASSERT_NOT_NULL(test, objects[at]);
		peak = max(peak, ++live);
		allocs++;
	}
	expect_balance(test, pool, live);
	magslab_segment_figures(pool, &figures);
	KUNIT_EXPECT_EQ(test, figures.peak, peak);
	KUNIT_EXPECT_EQ(test, figures.allocs, allocs);
	for (i = 0; i < COUNT; i++)
		magslab_segment_free(pool, objects[i]);
}

static void zeroed(struct kunit *test)
{
	struct magslab_pool *pool = pool_named(test, "odd");
	int i;

	for (i = 0; i < 3; i++) {
		void *object = magslab_segment_alloc(pool, __GFP_ZERO);

		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 41));
		memset(object, 0xff, 41);
		magslab_segment_free(pool, object);
	}
}

/*
 * === What is refused ===
 */

static void double_free(struct kunit *test)
{
	struct magslab_pool *pool = pool_named(test, "plain");
	void *a = magslab_segment_alloc(pool, 0);
	void *b = magslab_segment_alloc(pool, 0);

	magslab_segment_free(pool, a);
	magslab_segment_free(pool, a);
	expect_balance(test, pool, 1);
	magslab_segment_free(pool, b);
	magslab_segment_free(pool, a);
	magslab_segment_free(pool, b);
	/* One that was never in use. */
	magslab_segment_free(pool, b + 64);
	expect_misuses(test, pool, MAGSLAB_SEGMENT_DOUBLE_FREE, 4);
	expect_balance(test, pool, 0);
}

/* Every address near the pool but that of the object. */
static void interior_free(struct kunit *test)
{
	struct magslab_pool *pool = pool_named(test, "odd");
	void *object = magslab_segment_alloc(pool, 0);
	size_t i;

	for (i = 1; i < pool->stride; i++)
		magslab_segment_free(pool, object + i);
	expect_misuses(test, pool, MAGSLAB_SEGMENT_INTERIOR_FREE,
		       pool->stride - 1);
	expect_balance(test, pool, 1);
	magslab_segment_free(pool, object);
	expect_balance(test, pool, 0);
}

static void foreign_free(struct kunit *test)
{
	struct magslab_pool *pool = pool_named(test, "odd");
	struct magslab_pool *other = pool_named(test, "plain");
	void *object = magslab_segment_alloc(other, 0);
	void *begin = pool->base + pool->stride;
	char here[64];

	magslab_segment_free(pool, NULL);
	magslab_segment_free(pool, object);
	magslab_segment_free(pool, here);
	magslab_segment_free(pool, pool->base);
	magslab_segment_free(pool, begin - 1);
	magslab_segment_free(pool, begin + COUNT * pool->stride);
	magslab_segment_free(pool, (void *)-1UL);
	magslab_segment_free(pool, (void *)1UL);
	expect_misuses(test, pool, MAGSLAB_SEGMENT_FOREIGN_FREE, 7);
	expect_balance(test, pool, 0);
	expect_balance(test, other, 1);
	magslab_segment_free(other, object);
}

/* What is written to an object that is free does no harm to others. */
static void write_after_free(struct kunit *test)
{
	struct magslab_pool *pool = pool_named(test, "plain");
	void *object = magslab_segment_alloc(pool, 0);

	magslab_segment_free(pool, object);
	memset(object, 0xff, 64);
	expect_balance(test, pool, 0);
	KUNIT_EXPECT_PTR_EQ(test, magslab_segment_alloc(pool, 0), object);
	magslab_segment_free(pool, object);
}

/* Its memory is lost, on purpose: whoever has the object may write to it. */
static void destroyed_in_use(struct kunit *test)
{
	struct magslab_pool *pool = pool_named(test, "one");
	char *object = magslab_segment_alloc(pool, 0);
	unsigned long before;

	KUNIT_ASSERT_NOT_NULL(test, object);
	before = magslab_segment_misuses(NULL, MAGSLAB_SEGMENT_LEAK);
	magslab_segment_destroy(test->priv);
	test->priv = NULL;
	*object = 1;
	KUNIT_EXPECT_EQ(test,
			magslab_segment_misuses(NULL, MAGSLAB_SEGMENT_LEAK),
			before + 1);
}

/*
 * === Behind a cache ===
 */

static void backs_a_cache(struct kunit *test)
{
	struct magslab_pool *pool = pool_named(test, "plain");
	struct magslab_cache *cache;
	void *first, *second;

	cache = magslab_cache_create("kunit-backed", 64, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	/* Without a reclaim bit it cannot grow. */
	first = magslab_segment_backed_alloc(cache, pool, 0);
	KUNIT_EXPECT_TRUE(test, magslab_segment_has(pool, first));
	second = magslab_segment_backed_alloc(cache, pool, GFP_KERNEL);
	KUNIT_EXPECT_FALSE(test, magslab_segment_has(pool, second));
	magslab_segment_backed_free(cache, pool, second);
	magslab_segment_backed_free(cache, pool, first);
	expect_balance(test, pool, 0);
	magslab_cache_destroy(cache);
}

static struct kunit_case segment_cases[] = {
	KUNIT_CASE(bad_arguments),    KUNIT_CASE(names_are_unique),
	KUNIT_CASE(full_and_empty),   KUNIT_CASE(peak_is_remembered),
	KUNIT_CASE(zeroed),	      KUNIT_CASE(double_free),
	KUNIT_CASE(interior_free),    KUNIT_CASE(foreign_free),
	KUNIT_CASE(write_after_free), KUNIT_CASE(destroyed_in_use),
	KUNIT_CASE(backs_a_cache),    {},
};

static struct kunit_suite segment_suite = {
	.name = "magslab_segment",
	.exit = segment_exit,
	.test_cases = segment_cases,
};

kunit_test_suite(segment_suite);
