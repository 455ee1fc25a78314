// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KASAN would say of each byte: its shadow is looked at and no byte itself,
 * so nothing is reported. Needs a kernel with KASAN.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/magslab_kmalloc.h>
#include <linux/mm.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "compat.h"
#include "safety/safety.h"
#include "watched.h"

/* With gaps between objects and without, with each mode and with all. */
static const struct subject subjects[] = {
	{ "8", 0, 8, 0 },
	{ "9", 0, 9, 0 },
	{ "13", 0, 13, 0 },
	{ "64", 0, 64, 64 },
	{ "100 align 128", 0, 100, 128 },
	{ "4095", 0, 4095, 0 },
	{ "20001", 0, 20001, 0 },
	{ "hardened 13", MAGSLAB_HARDENED, 13, 0 },
	{ "debug 13", MAGSLAB_DEBUG, 13, 0 },
	{ "debug 64", MAGSLAB_DEBUG, 64, 64 },
	{ "quarantine 13", MAGSLAB_QUARANTINE, 13, 0 },
	/* A page of its own has no such shadow. */
	{ "all modes but guard 100", MAGSLAB_SAFETY_ALL & ~MAGSLAB_GUARD, 100,
	  0 },
	{ "not traced 13", MAGSLAB_NOLEAKTRACE, 13, 0 },
};

KUNIT_ARRAY_PARAM(subject, subjects, subject_name);

/* Whether caches are to be watched. Return: whether they were. */
static bool want(bool wanted)
{
	return SAFETY_SANITIZERS && safety_sanitizer_want(wanted);
}

static int sanitizer_init(struct kunit *test)
{
	static const struct subject plain = { "", 0, 13, 0 };

	if (!IS_ENABLED(CONFIG_KASAN_GENERIC))
		kunit_skip(test, "this kernel has no KASAN");
	return watched_init(test, test->param_value ?: &plain);
}

/* What the compiler's check before an access to one byte comes to. */
static bool accessible(const void *byte)
{
	s8 shadow = READ_ONCE(*(s8 *)magslab_shadow(byte));

	return !shadow || (s8)((unsigned long)byte % 8) < shadow;
}

/* How many of @size bytes are. */
static size_t nr_accessible(const void *from, size_t size)
{
	size_t i, nr = 0;

	for (i = 0; i < size; i++)
		nr += accessible(from + i);
	return nr;
}

/* Where objects are, and no maps. */
static size_t objects_end(const struct magslab_layout *layout)
{
	size_t end = layout->map_offset ?: layout->use_offset;

	return end ?: layout_slab_bytes(layout);
}

static void expect_open(struct kunit *test, const void *object)
{
	struct watched_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->cache->size,
			nr_accessible(object, t->cache->size));
}

static void expect_closed(struct kunit *test, const void *object)
{
	struct watched_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, 0, nr_accessible(object, t->cache->size));
}

/*
 * === One object ===
 */

/* Of all its slab, the object is what may be accessed. */
static void shadow_of_one_object(struct kunit *test)
{
	struct watched_test *t = test->priv;
	const struct magslab_layout *l = &t->cache->layout;
	void *object = magslab_alloc(t->cache, GFP_KERNEL), *slab;

	KUNIT_ASSERT_NOT_NULL(test, object);
	slab = page_address(layout_slab(l, object));
	expect_open(test, object);
	KUNIT_EXPECT_EQ(test, t->cache->size,
			nr_accessible(slab, objects_end(l)));
	magslab_free(t->cache, object);
	KUNIT_EXPECT_EQ(test, 0, nr_accessible(slab, objects_end(l)));
}

/* A report would call it a use after free. */
static void shadow_of_freed_object(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = magslab_alloc(t->cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	magslab_free(t->cache, object);
	KUNIT_EXPECT_EQ(test, 0xfb, *magslab_shadow(object));
	KUNIT_EXPECT_EQ(test, 0xfb,
			*magslab_shadow(object + t->cache->size - 1));
}

/* Between objects that are all in use, the gaps are closed all the same. */
static void shadow_between_objects(struct kunit *test)
{
	struct watched_test *t = test->priv;
	const struct magslab_layout *l = &t->cache->layout;
	unsigned int i, mine = 0;
	void *slab;

	take_all(test);
	slab = page_address(layout_slab(l, t->objects[0]));
	for (i = 0; i < MANY; i++) {
		expect_open(test, t->objects[i]);
		mine += page_address(layout_slab(l, t->objects[i])) == slab;
	}
	KUNIT_EXPECT_EQ(test, mine * t->cache->size,
			nr_accessible(slab, objects_end(l)));
	put_all(test);
}

/* In magazines, in the depot and in its slab. */
static void shadow_wherever_it_is_free(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *kept;
	unsigned int i;

	take_all(test);
	kept = t->objects[0];
	for (i = 1; i < MANY; i++)
		magslab_free(t->cache, t->objects[i]);
	for (i = 1; i < MANY; i++)
		expect_closed(test, t->objects[i]);
	magslab_cache_shrink(t->cache);
	for (i = 1; i < MANY; i++)
		if (layout_slab(&t->cache->layout, t->objects[i]) ==
		    layout_slab(&t->cache->layout, kept))
			expect_closed(test, t->objects[i]);
	expect_open(test, kept);
	magslab_free(t->cache, kept);
}

/*
 * === Each way to have an object, and to be rid of it ===
 */

static void *alloc_one(struct magslab_cache *cache)
{
	return magslab_alloc(cache, GFP_KERNEL);
}

static void *alloc_zeroed(struct magslab_cache *cache)
{
	return magslab_zalloc(cache, GFP_KERNEL);
}

static void *alloc_atomic(struct magslab_cache *cache)
{
	return magslab_alloc(cache, GFP_ATOMIC);
}

static void *alloc_on_node(struct magslab_cache *cache)
{
	return magslab_alloc_node(cache, GFP_KERNEL, first_memory_node);
}

static void *alloc_on_this_node_only(struct magslab_cache *cache)
{
	return magslab_alloc(cache, GFP_KERNEL | __GFP_THISNODE);
}

static void *alloc_in_bulk(struct magslab_cache *cache)
{
	void *object;

	return magslab_alloc_bulk(cache, GFP_KERNEL, 1, &object) ? object :
								   NULL;
}

static void *alloc_set_aside(struct magslab_cache *cache)
{
	struct magslab_prefill *prefill = magslab_prefill(cache, GFP_KERNEL, 3);
	void *object;

	if (!prefill)
		return NULL;
	object = magslab_prefill_alloc(prefill, GFP_KERNEL);
	magslab_prefill_return(prefill);
	return object;
}

/* As an interrupt that comes in the middle of an operation does. */
static void *alloc_between(struct magslab_cache *cache)
{
	struct magslab_cpu *cpu;
	void *object;

	magslab_free(cache, magslab_alloc(cache, GFP_KERNEL));
	magslab_cache_shrink(cache);
	preempt_disable();
	cpu = this_cpu_ptr(cache->cpu);
	cpu->front.busy = true;
	object = magslab_alloc(cache, GFP_KERNEL & ~__GFP_DIRECT_RECLAIM);
	cpu->front.busy = false;
	preempt_enable();
	return object ?: magslab_alloc(cache, GFP_KERNEL);
}

static void *alloc_from_reserve(struct magslab_cache *cache)
{
	void *object;

	if (magslab_cache_set_reserve(cache, 8, GFP_KERNEL))
		return NULL;
	magslab_cache_set_limit(cache, 1);
	object = magslab_alloc(cache, GFP_NOWAIT);
	magslab_cache_set_limit(cache, 0);
	return object;
}

static void free_one(struct magslab_cache *cache, void *object)
{
	magslab_free(cache, object);
}

static void free_in_bulk(struct magslab_cache *cache, void *object)
{
	magslab_free_bulk(cache, 1, &object);
}

static void free_between(struct magslab_cache *cache, void *object)
{
	struct magslab_cpu *cpu;

	preempt_disable();
	cpu = this_cpu_ptr(cache->cpu);
	cpu->front.busy = true;
	magslab_free(cache, object);
	cpu->front.busy = false;
	preempt_enable();
}

static void free_by_rcu(struct magslab_cache *cache, void *object)
{
	magslab_free_rcu(cache, object);
	magslab_rcu_barrier(cache);
}

/* Begins with what the cache is like, as all parameters of this suite do. */
struct way {
	struct subject subject;
	void *(*alloc)(struct magslab_cache *cache);
	void (*free)(struct magslab_cache *cache, void *object);
};

static const struct way ways[] = {
	{ { "one by one", 0, 13 }, alloc_one, free_one },
	{ { "zeroed, in bulk", 0, 13 }, alloc_zeroed, free_in_bulk },
	{ { "in bulk, between", 0, 13 }, alloc_in_bulk, free_between },
	{ { "between, by RCU", 0, 13 }, alloc_between, free_by_rcu },
	{ { "atomic", 0, 13 }, alloc_atomic, free_one },
	{ { "on a node", 0, 13 }, alloc_on_node, free_one },
	{ { "on this node only", 0, 13 }, alloc_on_this_node_only, free_one },
	{ { "set aside", 0, 13 }, alloc_set_aside, free_one },
	{ { "from the reserve", 0, 13 }, alloc_from_reserve, free_one },
};

static void way_name(const struct way *way, char *name)
{
	subject_name(&way->subject, name);
}

KUNIT_ARRAY_PARAM(way, ways, way_name);

static void shadow_whichever_way(struct kunit *test)
{
	struct watched_test *t = test->priv;
	const struct way *way = test->param_value;
	unsigned int i;
	void *object;

	for (i = 0; i < MANY; i++) {
		object = way->alloc(t->cache);
		KUNIT_ASSERT_NOT_NULL(test, object);
		expect_open(test, object);
		KUNIT_EXPECT_FALSE(test, accessible(object + t->cache->size));
		way->free(t->cache, object);
		expect_closed(test, object);
		if (i == 2 && way->free == free_by_rcu)
			break;
	}
}

/* It is in use until its grace period is over. */
static void shadow_within_grace_period(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = magslab_alloc(t->cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	rcu_read_lock();
	magslab_free_rcu(t->cache, object);
	expect_open(test, object);
	rcu_read_unlock();
	magslab_rcu_barrier(t->cache);
	expect_closed(test, object);
}

/*
 * === Other caches ===
 */

/* A reader may look at an object that was freed, but not behind it. */
static void shadow_of_typesafe_objects(struct kunit *test)
{
	struct watched_test *t = test->priv;
	unsigned int i;

	magslab_cache_destroy(t->cache);
	t->cache = magslab_cache_create("kunit", 13, 0, MAGSLAB_TYPESAFE_BY_RCU,
					NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	take_all(test);
	rcu_read_lock();
	put_all(test);
	for (i = 0; i < MANY; i++) {
		expect_open(test, t->objects[i]);
		KUNIT_EXPECT_FALSE(test, accessible(t->objects[i] + 13));
	}
	rcu_read_unlock();
}

static void construct(void *object)
{
	memset(object, 0x5c, 13);
}

/* It was written to before, and nobody has it. */
static void shadow_of_constructed_objects(struct kunit *test)
{
	struct watched_test *t = test->priv;

	magslab_cache_destroy(t->cache);
	t->cache = magslab_cache_create("kunit", 13, 0, 0, construct);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	shadow_of_one_object(test);
}

static void shadow_of_kmalloc(struct kunit *test)
{
	u8 *p = magslab_kmalloc(13, GFP_KERNEL);
	u8 *large = magslab_kmalloc(3 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, large);
	KUNIT_EXPECT_EQ(test, 16, nr_accessible(p, 16));
	KUNIT_EXPECT_EQ(test, 4 * PAGE_SIZE,
			nr_accessible(large, 4 * PAGE_SIZE));
	magslab_kfree(p);
	magslab_kfree(large);
	KUNIT_EXPECT_EQ(test, 0, nr_accessible(p, 16));
}

/* A cache that nobody is told of. */
static void shadow_if_not_wanted(struct kunit *test)
{
	struct watched_test *t = test->priv;

	magslab_cache_destroy(t->cache);
	want(false);
	t->cache = magslab_cache_create("kunit", 13, 0, 0, NULL);
	want(true);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	KUNIT_EXPECT_NULL(test, t->cache->watch);
	take_all(test);
	magslab_free_bulk(t->cache, MANY - 1, t->objects + 1);
	expect_open(test, t->objects[1]);
	magslab_free(t->cache, t->objects[0]);
}

/* Whoever gets them has all of them. */
static void shadow_of_pages_given_back(struct kunit *test)
{
	struct watched_test *t = test->priv;
	unsigned int order = t->cache->layout.order, i, seen = 0;
	void *slab;

	take_all(test);
	slab = page_address(layout_slab(&t->cache->layout, t->objects[0]));
	put_all(test);
	magslab_cache_shrink(t->cache);
	KUNIT_ASSERT_EQ(test, 0, magslab_census_slabs(t->cache));
	for (i = 0; i < MANY; i++) {
		t->objects[i] = (void *)__get_free_pages(GFP_KERNEL, order);
		KUNIT_ASSERT_NOT_NULL(test, t->objects[i]);
		seen += t->objects[i] == slab;
		KUNIT_EXPECT_EQ(test, PAGE_SIZE << order,
				nr_accessible(t->objects[i],
					      PAGE_SIZE << order));
	}
	for (i = 0; i < MANY; i++)
		free_pages((unsigned long)t->objects[i], order);
	kunit_info(test, "%s page of the slab among them\n",
		   seen ? "the first" : "no");
}

/* The other suites may have been told to do without. */
static bool wanted_before;

static int suite_init(struct kunit_suite *suite)
{
	wanted_before = want(true);
	return 0;
}

static void suite_exit(struct kunit_suite *suite)
{
	want(wanted_before);
}

static struct kunit_case sanitizer_cases[] = {
	KUNIT_CASE_PARAM(shadow_of_one_object, subject_gen_params),
	KUNIT_CASE_PARAM(shadow_of_freed_object, subject_gen_params),
	KUNIT_CASE_PARAM(shadow_between_objects, subject_gen_params),
	KUNIT_CASE_PARAM(shadow_wherever_it_is_free, subject_gen_params),
	KUNIT_CASE_PARAM(shadow_whichever_way, way_gen_params),
	KUNIT_CASE(shadow_within_grace_period),
	KUNIT_CASE(shadow_of_typesafe_objects),
	KUNIT_CASE(shadow_of_constructed_objects),
	KUNIT_CASE(shadow_of_kmalloc),
	KUNIT_CASE(shadow_if_not_wanted),
	KUNIT_CASE(shadow_of_pages_given_back),
	{}
};

static struct kunit_suite sanitizer_suite = {
	.name = "magslab_sanitizer",
	.suite_init = suite_init,
	.suite_exit = suite_exit,
	.init = sanitizer_init,
	.exit = watched_exit,
	.test_cases = sanitizer_cases,
};

kunit_test_suites(&sanitizer_suite);
