// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects on pages of their own: they are like others, what is done wrong with
 * them is told of once, and after they were freed nothing is mapped there. What
 * would fault is not done; the report of a fault is asked for without one.
 */
#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/magslab_kmalloc.h>
#include <linux/magslab_kmem_calls.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "safety/pool.h"
#include "safety/safety.h"
#include "watched.h"

/* Pages of the pool, if nobody asked for more when the module was loaded. */
#define PAGES 64

/* Pages of which it is known, after they were freed, whose they were. */
#define REMEMBERED (3 * PAGES)

/* More than there are pages. */
#define SOME 100

static const struct subject subjects[] = {
	{ "8", MAGSLAB_GUARD, 8, 0 },
	{ "9", MAGSLAB_GUARD, 9, 0 },
	{ "64", MAGSLAB_GUARD, 64, 64 },
	{ "100", MAGSLAB_GUARD, 100, 0 },
	{ "300 of 256", MAGSLAB_GUARD, 300, 256 },
	{ "4095", MAGSLAB_GUARD, 4095, 0 },
	{ "4096", MAGSLAB_GUARD, 4096, 4096 },
	{ "debug 100", MAGSLAB_GUARD | MAGSLAB_DEBUG, 100, 0 },
	{ "quarantine 9", MAGSLAB_GUARD | MAGSLAB_QUARANTINE, 9, 0 },
	{ "all 65", MAGSLAB_SAFETY_ALL, 65, 0 },
};

KUNIT_ARRAY_PARAM(subject, subjects, subject_name);

static const struct subject *subject_of(struct kunit *test)
{
	static const struct subject plain = { "", MAGSLAB_GUARD, 64, 0 };

	return test->param_value ?: &plain;
}

/* Like the one at hand, but for its modes. */
static struct magslab_cache *make_with(struct kunit *test, const char *name,
				       unsigned long flags)
{
	struct subject subject = *subject_of(test);

	subject.flags = flags;
	return watched_make(test, &subject, name);
}

static unsigned int sample_before;

static int guard_init(struct kunit *test)
{
	sample_before = safety_guard_sample;
	safety_guard_sample = 1;
	return watched_init(test, subject_of(test));
}

static void guard_exit(struct kunit *test)
{
	watched_exit(test);
	safety_guard_sample = sample_before;
}

/* At rest: @apart objects in use on their own pages, @live in slabs. */
static void expect_books(struct kunit *test, unsigned long apart,
			 long long live)
{
	struct watched_test *t = test->priv;
	struct magslab_census c;
	unsigned long free;

	if (t->cache->watch->flush)
		t->cache->watch->flush(t->cache);
	magslab_census_take(t->cache, &c);
	free = census_magazine_objects(&c) + c.depot_objects +
	       c.free_slab_objects + c.uncounted_objects + c.dead_objects;
	KUNIT_EXPECT_EQ(test, apart, c.apart_objects);
	KUNIT_EXPECT_EQ(test, live, c.live_objects);
	KUNIT_EXPECT_EQ(test, (long long)c.capacity_objects, live + free);
}

/* An object with a page of its own. */
static void *take(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = magslab_alloc(t->cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_ASSERT_TRUE(test, is_vmalloc_addr(object));
	return object;
}

static void *page_of(void *object)
{
	return (void *)((unsigned long)object & PAGE_MASK);
}

/* Where nobody may access it, this page is mapped to reserve the address. */
static bool is_mapped(void *address)
{
	struct page *page = vmalloc_to_page(address);

	return page && page != ZERO_PAGE(0);
}

/*
 * === Nothing wrong ===
 */

static void guard_gives_pages(struct kunit *test)
{
	const struct subject *s = test->param_value;
	struct watched_test *t = test->priv;
	unsigned int i, round, offset;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < PAGES / 2; i++) {
			t->objects[i] = take(test);
			offset = offset_in_page(t->objects[i]);
			KUNIT_EXPECT_EQ(test, 0, offset % max(s->align, 8UL));
			KUNIT_EXPECT_LE(test, offset + s->size, PAGE_SIZE);
			memset(t->objects[i], i, s->size);
		}
		expect_books(test, PAGES / 2, 0);
		for (i = 0; i < PAGES / 2; i++)
			KUNIT_EXPECT_NULL(test, memchr_inv(t->objects[i], i,
							   s->size));
		magslab_free_bulk(t->cache, PAGES / 2, t->objects);
		safety_pool_flush();
	}
	expect_books(test, 0, 0);
	expect_reports(test, 0, 0);
}

static void guard_uses_both_ends(struct kunit *test)
{
	struct watched_test *t = test->priv;
	unsigned int i, left = 0, right = 0;

	migrate_disable();
	for (i = 0; i < PAGES / 2; i++) {
		t->objects[i] = take(test);
		left += offset_in_page(t->objects[i]) == 0;
		right += offset_in_page(t->objects[i]) == PAGE_SIZE - 64;
	}
	migrate_enable();
	KUNIT_EXPECT_EQ(test, PAGES / 4, left);
	KUNIT_EXPECT_EQ(test, PAGES / 4, right);
	magslab_free_bulk(t->cache, PAGES / 2, t->objects);
}

static void guard_zeroes(struct kunit *test)
{
	const struct subject *s = test->param_value;
	struct watched_test *t = test->priv;
	struct magslab_prefill *prefill;
	void *object;

	object = magslab_zalloc(t->cache, GFP_KERNEL);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, s->size));
	magslab_free(t->cache, object);
	KUNIT_ASSERT_EQ(test, 2,
			magslab_alloc_bulk(t->cache, GFP_KERNEL | __GFP_ZERO, 2,
					   t->objects));
	KUNIT_EXPECT_NULL(test, memchr_inv(t->objects[0], 0, s->size));
	KUNIT_EXPECT_NULL(test, memchr_inv(t->objects[1], 0, s->size));
	magslab_free_bulk(t->cache, 2, t->objects);
	prefill = magslab_prefill(t->cache, GFP_KERNEL, 2);
	KUNIT_ASSERT_NOT_NULL(test, prefill);
	object = magslab_prefill_alloc(prefill, __GFP_ZERO);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(object));
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, s->size));
	magslab_free(t->cache, object);
	magslab_prefill_return(prefill);
	expect_books(test, 0, 0);
	expect_reports(test, 0, 0);
}

static void construct(void *object)
{
	memset(object, 0x5c, 64);
}

static void guard_constructs(struct kunit *test)
{
	struct magslab_cache *cache;
	void *object;

	cache = magslab_cache_create("kunit-ctor", 64, 0, MAGSLAB_GUARD,
				     construct);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	object = magslab_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(object));
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x5c, 64));
	magslab_free(cache, object);
	/* It would have to run where constructors do not. */
	object = magslab_alloc(cache, 0);
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(object));
	magslab_free(cache, object);
	magslab_cache_destroy(cache);
	expect_reports(test, 0, 0);
}

static void guard_runs_out(struct kunit *test)
{
	struct watched_test *t = test->priv;
	unsigned int i, apart = 0;

	for (i = 0; i < SOME; i++) {
		t->objects[i] = magslab_alloc(t->cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->objects[i]);
		apart += is_vmalloc_addr(t->objects[i]);
	}
	KUNIT_EXPECT_EQ(test, PAGES, apart);
	expect_books(test, PAGES, SOME - PAGES);
	magslab_free_bulk(t->cache, SOME, t->objects);
	expect_books(test, 0, 0);
	safety_pool_flush();
	magslab_free(t->cache, take(test));
	expect_reports(test, 0, 0);
}

static void guard_samples(struct kunit *test)
{
	struct watched_test *t = test->priv;
	unsigned int i, apart = 0;

	safety_guard_sample = 10;
	migrate_disable();
	for (i = 0; i < SOME; i++) {
		t->objects[i] = magslab_alloc(t->cache, GFP_KERNEL);
		apart += is_vmalloc_addr(t->objects[i]);
	}
	migrate_enable();
	KUNIT_EXPECT_EQ(test, SOME / 10, apart);
	magslab_free_bulk(t->cache, SOME, t->objects);
	expect_books(test, 0, 0);
}

static void expect_not_apart(struct kunit *test, size_t size,
			     unsigned long flags, gfp_t gfp)
{
	struct magslab_cache *cache;
	void *object;

	cache = magslab_cache_create("kunit-not", size, 0, flags, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	object = magslab_alloc(cache, gfp);
	KUNIT_EXPECT_NOT_NULL(test, object);
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(object));
	magslab_free(cache, object);
	magslab_cache_destroy(cache);
}

static void guard_leaves_some_alone(struct kunit *test)
{
	expect_not_apart(test, 64, MAGSLAB_GUARD | MAGSLAB_TYPESAFE_BY_RCU,
			 GFP_KERNEL);
	expect_not_apart(test, 4097, MAGSLAB_GUARD, GFP_KERNEL);
	expect_not_apart(test, 64, MAGSLAB_GUARD, GFP_KERNEL | __GFP_THISNODE);
	expect_not_apart(test, 64, MAGSLAB_HARDENED, GFP_KERNEL);
	expect_reports(test, 0, 0);
}

static void guard_is_known(struct kunit *test)
{
	const struct subject *s = test->param_value;
	struct watched_test *t = test->priv;
	void *object = take(test);

	KUNIT_EXPECT_PTR_EQ(test, t->cache, magslab_cache_of(object));
	KUNIT_EXPECT_PTR_EQ(test, t->cache,
			    magslab_cache_of(page_of(object) + PAGE_SIZE - 1));
	KUNIT_EXPECT_NULL(test, magslab_cache_of(page_of(object) + PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, magslab_owns(object));
	KUNIT_EXPECT_EQ(test, s->size, magslab_ksize(object));
	KUNIT_EXPECT_EQ(test, s->size, magslab_kmem_ksize(object));
	magslab_kmem_kfree(object);
	object = take(test);
	magslab_kmem_kvfree(object);
	object = take(test);
	magslab_kmem_free(t->cache, object);
	object = take(test);
	magslab_kfree_sensitive(object);
	object = take(test);
	magslab_free_rcu(t->cache, object);
	magslab_rcu_barrier(t->cache);
	expect_books(test, 0, 0);
	expect_reports(test, 0, 0);
}

/*
 * === Unmapping ===
 */

static void guard_unmaps(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = take(test);

	KUNIT_EXPECT_TRUE(test, is_mapped(page_of(object)));
	KUNIT_EXPECT_FALSE(test, is_mapped(page_of(object) + PAGE_SIZE));
	magslab_free(t->cache, object);
	safety_pool_flush();
	KUNIT_EXPECT_FALSE(test, is_mapped(page_of(object)));
	/* Whose it was is known, and is no more when the cache is not. */
	KUNIT_EXPECT_PTR_EQ(test, t->cache, magslab_cache_of(object));
	magslab_cache_destroy(t->cache);
	t->cache = NULL;
	KUNIT_EXPECT_NULL(test, magslab_cache_of(object));
	expect_reports(test, 0, 0);
}

/* Addresses wait their turn, and are not the next ones to be used again. */
static void guard_remembers(struct kunit *test)
{
	struct watched_test *t = test->priv;
	unsigned int i, j;

	for (i = 0; i < REMEMBERED; i++) {
		t->objects[i] = page_of(take(test));
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_PTR_NE(test, t->objects[j], t->objects[i]);
		/* Wherever on it the object is, one of them is wrong. */
		magslab_free(t->cache, t->objects[i]);
		magslab_free(t->cache, t->objects[i] + PAGE_SIZE - 64);
		safety_pool_flush();
		for (j = 0; j <= i; j++)
			KUNIT_EXPECT_FALSE(test, is_mapped(t->objects[j]));
	}
	for (i = 0; i < REMEMBERED; i++)
		KUNIT_EXPECT_PTR_EQ(test, t->cache,
				    magslab_cache_of(t->objects[i]));
	KUNIT_EXPECT_EQ(test, REMEMBERED,
			magslab_cache_corruptions(t->cache,
						  MAGSLAB_INTERIOR_FREE));
}

/* Whoever asks next gets no address at which a use after free is to fault. */
static void guard_keeps_addresses(struct kunit *test)
{
	struct watched_test *t = test->priv;
	unsigned int i;
	void *object;

	if (num_possible_cpus() > 1)
		kunit_skip(test, "the kernel has free addresses for each CPU");
	object = take(test);
	magslab_free(t->cache, object);
	safety_pool_flush();
	for (i = 0; i < SOME; i++) {
		t->objects[i] = vmalloc(PAGE_SIZE);
		KUNIT_EXPECT_PTR_NE(test, page_of(object), t->objects[i]);
	}
	KUNIT_EXPECT_PTR_EQ(test, t->cache, magslab_cache_of(object));
	for (i = 0; i < SOME; i++)
		vfree(t->objects[i]);
}

/*
 * === What is done wrong ===
 */

static void guard_double_free(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = take(test);

	magslab_free(t->cache, object);
	magslab_free(t->cache, object);
	expect_reports(test, MAGSLAB_DOUBLE_FREE, 1);
	safety_pool_flush();
	magslab_free(t->cache, object);
	expect_reports(test, MAGSLAB_DOUBLE_FREE, 2);
	magslab_kmem_kfree(object);
	expect_reports(test, MAGSLAB_DOUBLE_FREE, 3);
	expect_books(test, 0, 0);
}

static void guard_interior_free(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = take(test);

	magslab_free(t->cache, object + 1);
	magslab_free(t->cache, page_of(object) + PAGE_SIZE - 1);
	expect_reports(test, MAGSLAB_INTERIOR_FREE, 2);
	KUNIT_EXPECT_EQ(test, 0, magslab_ksize(object + 1));
	expect_books(test, 1, 0);
	magslab_free(t->cache, object);
	expect_reports(test, MAGSLAB_INTERIOR_FREE, 2);
}

static void guard_other_free(struct kunit *test)
{
	struct magslab_cache *others[] = {
		make_with(test, "kunit-other", MAGSLAB_GUARD),
		make_with(test, "kunit-hardened", MAGSLAB_HARDENED),
	};
	struct watched_test *t = test->priv;
	void *object = take(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		magslab_free(others[i], object);
		expect_reports(test, MAGSLAB_OTHER_FREE, i + 1);
		KUNIT_EXPECT_EQ(test, 1,
				magslab_cache_corruptions(others[i],
							  MAGSLAB_OTHER_FREE));
		magslab_cache_destroy(others[i]);
	}
	expect_books(test, 1, 0);
	magslab_free(t->cache, object);
	expect_books(test, 0, 0);
	expect_reports(test, MAGSLAB_OTHER_FREE, 2);
}

static void guard_foreign_free(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = take(test), *virt = vmalloc(64);

	magslab_free(t->cache, virt);
	/* What is never mapped. */
	magslab_free(t->cache, page_of(object) + PAGE_SIZE);
	expect_reports(test, MAGSLAB_FOREIGN_FREE, 2);
	magslab_free(t->cache, object);
	vfree(virt);
	expect_books(test, 0, 0);
}

/* Whichever end of their pages they are at, if there is room. */
static void write_at(struct kunit *test, bool behind,
		     enum magslab_corruption class)
{
	const struct subject *s = test->param_value;
	struct watched_test *t = test->priv;
	unsigned int i, done = 0, offset;
	u8 *object;

	for (i = 0; i < PAGES; i++)
		t->objects[i] = take(test);
	for (i = 0; i < PAGES; i++) {
		object = t->objects[i];
		offset = offset_in_page(object);
		if (behind ? offset + s->size < PAGE_SIZE : offset) {
			object[behind ? (long)s->size : -1] ^= 1;
			done++;
		}
		magslab_free(t->cache, object);
		expect_reports(test, class, done);
	}
	/* An object may leave no room at all, or none before it. */
	if (s->size < PAGE_SIZE - 8)
		KUNIT_EXPECT_GE(test, done, PAGES / 4);
	safety_pool_flush();
	expect_reports(test, class, done);
}

static void guard_overflow(struct kunit *test)
{
	write_at(test, true, MAGSLAB_OVERFLOW);
}

static void guard_underflow(struct kunit *test)
{
	write_at(test, false, MAGSLAB_UNDERFLOW);
}

/* The byte that ends a string, one too far. */
static void guard_overflow_of_zeroed(struct kunit *test)
{
	const struct subject *s = test->param_value;
	struct watched_test *t = test->priv;
	u8 *object = magslab_zalloc(t->cache, GFP_KERNEL);
	bool room = offset_in_page(object) + s->size < PAGE_SIZE;

	KUNIT_ASSERT_TRUE(test, is_vmalloc_addr(object));
	if (room)
		object[s->size] = 0;
	magslab_free(t->cache, object);
	expect_reports(test, MAGSLAB_OVERFLOW, room);
}

/*
 * Change a byte of an object that was freed, if it is still mapped: by default
 * there are 20 ms and more for that, but not for a guest that does not run.
 */
static bool scribble(u8 *byte)
{
	__put_kernel_nofault(byte, &(u8){ 0 }, u8, unmapped);
	return true;
unmapped:
	return false;
}

static void free_and_write(struct kunit *test, size_t offset)
{
	struct watched_test *t = test->priv;
	u8 *object;

	do {
		safety_pool_flush();
		object = take(test);
		magslab_free(t->cache, object);
	} while (!scribble(object + offset));
}

static void guard_write_after_free(struct kunit *test)
{
	const struct subject *s = test->param_value;

	free_and_write(test, s->size - 1);
	safety_pool_flush();
	expect_reports(test, MAGSLAB_WRITE_AFTER_FREE, 1);
	expect_books(test, 0, 0);
}

static void guard_write_after_free_at_destroy(struct kunit *test)
{
	struct watched_test *t = test->priv;

	free_and_write(test, 0);
	magslab_cache_destroy(t->cache);
	t->cache = NULL;
	expect_reports(test, MAGSLAB_WRITE_AFTER_FREE, 1);
}

static void guard_leak(struct kunit *test)
{
	struct magslab_cache *cache =
		watched_make(test, subject_of(test), "kunit-leak");
	void *object = magslab_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, is_vmalloc_addr(object));
	magslab_cache_destroy(cache);
	expect_reports(test, MAGSLAB_LEAK, 1);
	/* Whoever has it may use it, and free it. */
	memset(object, 0, 8);
	magslab_free(cache, object);
	magslab_free(cache, object);
	KUNIT_EXPECT_EQ(test, 1,
			magslab_cache_corruptions(cache, MAGSLAB_DOUBLE_FREE));
}

/*
 * === Faults ===
 */

static void fault(void *address)
{
	rcu_read_lock();
	safety_guard_fault(address, _THIS_IP_);
	rcu_read_unlock();
}

static void guard_tells_use_after_free(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = take(test);

	fault(object);
	expect_reports(test, 0, 0);
	magslab_free(t->cache, object);
	safety_pool_flush();
	fault(object + 63);
	expect_reports(test, MAGSLAB_USE_AFTER_FREE, 1);
	fault(object);
	expect_reports(test, MAGSLAB_USE_AFTER_FREE, 1);
	magslab_cache_destroy(t->cache);
	t->cache = NULL;
	fault(object);
	expect_reports(test, MAGSLAB_USE_AFTER_FREE, 1);
}

static void guard_tells_out_of_bounds(struct kunit *test)
{
	struct watched_test *t = test->priv;
	void *object = take(test), *page = page_of(object);

	fault(page + PAGE_SIZE);
	expect_reports(test, MAGSLAB_OUT_OF_BOUNDS, 1);
	fault(page - 1);
	expect_reports(test, MAGSLAB_OUT_OF_BOUNDS, 1);
	magslab_free(t->cache, object);
	safety_pool_flush();
	fault(page + PAGE_SIZE);
	expect_reports(test, MAGSLAB_OUT_OF_BOUNDS, 1);
}

static void guard_tells_nothing_of_others(struct kunit *test)
{
	void *virt = vmalloc(PAGE_SIZE);

	fault(NULL);
	fault((void *)-1L);
	fault(virt);
	fault(test);
	vfree(virt);
	expect_reports(test, 0, 0);
}

static struct kunit_case guard_cases[] = {
	KUNIT_CASE_PARAM(guard_gives_pages, subject_gen_params),
	KUNIT_CASE(guard_uses_both_ends),
	KUNIT_CASE_PARAM(guard_zeroes, subject_gen_params),
	KUNIT_CASE(guard_constructs),
	KUNIT_CASE_PARAM(guard_runs_out, subject_gen_params),
	KUNIT_CASE(guard_samples),
	KUNIT_CASE(guard_leaves_some_alone),
	KUNIT_CASE_PARAM(guard_is_known, subject_gen_params),
	KUNIT_CASE(guard_unmaps),
	KUNIT_CASE(guard_remembers),
	KUNIT_CASE(guard_keeps_addresses),
	KUNIT_CASE_PARAM(guard_double_free, subject_gen_params),
	KUNIT_CASE_PARAM(guard_interior_free, subject_gen_params),
	KUNIT_CASE_PARAM(guard_other_free, subject_gen_params),
	KUNIT_CASE(guard_foreign_free),
	KUNIT_CASE_PARAM(guard_overflow, subject_gen_params),
	KUNIT_CASE_PARAM(guard_underflow, subject_gen_params),
	KUNIT_CASE_PARAM(guard_overflow_of_zeroed, subject_gen_params),
	KUNIT_CASE_PARAM(guard_write_after_free, subject_gen_params),
	KUNIT_CASE(guard_write_after_free_at_destroy),
	KUNIT_CASE_PARAM(guard_leak, subject_gen_params),
	KUNIT_CASE(guard_tells_use_after_free),
	KUNIT_CASE(guard_tells_out_of_bounds),
	KUNIT_CASE(guard_tells_nothing_of_others),
	{}
};

static struct kunit_suite guard_suite = {
	.name = "magslab_guard",
	.init = guard_init,
	.exit = guard_exit,
	.test_cases = guard_cases,
};

kunit_test_suites(&guard_suite);
