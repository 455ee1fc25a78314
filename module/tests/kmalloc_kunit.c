// SPDX-License-Identifier: GPL-2.0-only
/* Memory of any size. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jump_label.h>
#include <linux/magslab_kmalloc.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/vmalloc.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/fault.h"
#include "alloc/large.h"
#include "stay.h"

/* Sizes that get pages, on both sides of a power of two. */
static const size_t large_sizes[] = {
	8193, 9000, 16383, 16384, 16385, 65536, 100000, 1 << 20,
};

struct kmalloc_test {
	long long live;
	struct magslab_large_census large;
};

/* Over all classes, by the events that the caches counted. */
static long long live_objects(void)
{
	struct magslab_census c;
	long long live = 0;
	unsigned int index;

	for (index = 0; index < MAGSLAB_KMALLOC_CLASSES; index++) {
		magslab_census_take(magslab_kmalloc_caches[index], &c);
		live += c.live_objects;
	}
	return live;
}

static int kmalloc_init(struct kunit *test)
{
	struct kmalloc_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	stay_on_this_cpu();
	t->live = live_objects();
	magslab_large_census_take(&t->large);
	test->priv = t;
	return 0;
}

static void expect_large(struct kunit *test, long blocks, long pages)
{
	struct kmalloc_test *t = test->priv;
	struct magslab_large_census now;

	magslab_large_census_take(&now);
	KUNIT_EXPECT_EQ(test, blocks, now.blocks - t->large.blocks);
	KUNIT_EXPECT_EQ(test, pages, now.pages - t->large.pages);
}

/* Each case frees what it allocated, once. */
static void kmalloc_exit(struct kunit *test)
{
	struct kmalloc_test *t = test->priv;

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	KUNIT_EXPECT_EQ(test, t->live, live_objects());
	expect_large(test, 0, 0);
}

/* The compiler must not know the sizes: all of ksize() is going to be used. */
static noinline void *take(size_t size, gfp_t gfp)
{
	void *p = magslab_kmalloc(size, gfp);

	OPTIMIZER_HIDE_VAR(p);
	return p;
}

static noinline void *retake(void *p, size_t size, gfp_t gfp)
{
	p = magslab_krealloc(p, size, gfp);
	OPTIMIZER_HIDE_VAR(p);
	return p;
}

/* The default of zeroing everything would hide what forgets to. */
static bool zeroing_off(void)
{
	bool was_on = static_key_enabled(&init_on_alloc);

	if (was_on)
		static_branch_disable(&init_on_alloc);
	return was_on;
}

static void zeroing_restore(bool was_on)
{
	if (was_on)
		static_branch_enable(&init_on_alloc);
}

/*
 * === Classes ===
 */

static size_t class_size(unsigned int index)
{
	return magslab_cache_size(magslab_kmalloc_caches[index]);
}

static void every_size_has_the_smallest_class(struct kunit *test)
{
	unsigned int index;
	size_t size;

	for (size = 1; size <= MAGSLAB_KMALLOC_MAX_CACHED; size++) {
		index = magslab_kmalloc_class(size);
		KUNIT_ASSERT_LT(test, index, MAGSLAB_KMALLOC_CLASSES);
		KUNIT_EXPECT_GE(test, class_size(index), size);
		if (index)
			KUNIT_EXPECT_LT(test, class_size(index - 1), size);
		KUNIT_EXPECT_EQ(test, class_size(index),
				magslab_kmalloc_size_roundup(size));
	}
}

/* 8 apart up to 64, then at four equal distances in each doubling. */
static void classes_are_where_they_should(struct kunit *test)
{
	size_t size = 0, doubling = 64;
	unsigned int index;

	for (index = 0; index < MAGSLAB_KMALLOC_CLASSES; index++) {
		if (size < 64)
			size += 8;
		else
			size += doubling / 4;
		if (size == 2 * doubling)
			doubling = size;
		KUNIT_EXPECT_EQ(test, size, class_size(index));
	}
	KUNIT_EXPECT_EQ(test, size, (size_t)MAGSLAB_KMALLOC_MAX_CACHED);
}

/* What kmalloc() gives, where it is better than a power of two. */
static size_t kmalloc_would_give(size_t size)
{
	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	return max_t(size_t, 8, roundup_pow_of_two(size));
}

static void no_size_wastes_more_than_kmalloc(struct kunit *test)
{
	size_t size;

	for (size = 1; size <= 4 * MAGSLAB_KMALLOC_MAX_CACHED; size++)
		KUNIT_EXPECT_LE(test, magslab_kmalloc_size_roundup(size),
				kmalloc_would_give(size));
}

static void roundup_at_the_ends(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, magslab_kmalloc_size_roundup(0));
	KUNIT_EXPECT_EQ(test, 8, magslab_kmalloc_size_roundup(1));
	KUNIT_EXPECT_EQ(test, 8192, magslab_kmalloc_size_roundup(8192));
	KUNIT_EXPECT_EQ(test, 16384, magslab_kmalloc_size_roundup(8193));
	KUNIT_EXPECT_EQ(test, KMALLOC_MAX_SIZE,
			magslab_kmalloc_size_roundup(KMALLOC_MAX_SIZE));
	KUNIT_EXPECT_EQ(test, KMALLOC_MAX_SIZE + 1,
			magslab_kmalloc_size_roundup(KMALLOC_MAX_SIZE + 1));
	KUNIT_EXPECT_EQ(test, SIZE_MAX, magslab_kmalloc_size_roundup(SIZE_MAX));
}

/*
 * === Memory ===
 */

#define NEIGHBOURS 3

static void expect_usable(struct kunit *test, size_t size)
{
	size_t align = min_t(size_t, size & -size, PAGE_SIZE);
	u8 *p[NEIGHBOURS];
	size_t usable;
	int i;

	usable = magslab_kmalloc_size_roundup(size);
	for (i = 0; i < NEIGHBOURS; i++) {
		p[i] = take(size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p[i]);
		KUNIT_ASSERT_EQ(test, usable, magslab_ksize(p[i]));
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)p[i],
						   max_t(size_t, align, 8)));
		KUNIT_EXPECT_TRUE(test, magslab_owns(p[i] + size - 1));
		memset(p[i], 0x11 * (i + 1), usable);
	}
	for (i = 0; i < NEIGHBOURS; i++) {
		KUNIT_EXPECT_NULL(test,
				  memchr_inv(p[i], 0x11 * (i + 1), usable));
		magslab_kfree(p[i]);
	}
}

static void every_size_is_usable(struct kunit *test)
{
	size_t size;
	int i;

	for (size = 1; size <= MAGSLAB_KMALLOC_MAX_CACHED; size++)
		expect_usable(test, size);
	for (i = 0; i < ARRAY_SIZE(large_sizes); i++)
		expect_usable(test, large_sizes[i]);
}

/* What the compiler makes of a size that it knows. */
static __always_inline void expect_same(struct kunit *test, size_t size)
{
	void *p = magslab_kmalloc(size, GFP_KERNEL);

	KUNIT_EXPECT_EQ(test, magslab_ksize(p),
			magslab_kmalloc_size_roundup(size));
	magslab_kfree(p);
}

static void constant_sizes_agree(struct kunit *test)
{
	expect_same(test, 1);
	expect_same(test, 8);
	expect_same(test, 9);
	expect_same(test, 63);
	expect_same(test, 64);
	expect_same(test, 65);
	expect_same(test, 80);
	expect_same(test, 81);
	expect_same(test, 128);
	expect_same(test, 129);
	expect_same(test, 1000);
	expect_same(test, 4097);
	expect_same(test, 8191);
	expect_same(test, 8192);
	expect_same(test, 8193);
}

static void nothing_is_no_memory(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, magslab_kmalloc(0, GFP_KERNEL),
			    ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, take(0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, magslab_kcalloc(0, 8, GFP_KERNEL),
			    ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, magslab_kmalloc_node(0, GFP_KERNEL, 0),
			    ZERO_SIZE_PTR);
	KUNIT_EXPECT_EQ(test, 0, magslab_ksize(NULL));
	KUNIT_EXPECT_EQ(test, 0, magslab_ksize(ZERO_SIZE_PTR));
	KUNIT_EXPECT_FALSE(test, magslab_owns(NULL));
	KUNIT_EXPECT_FALSE(test, magslab_owns(ZERO_SIZE_PTR));
	magslab_kfree(NULL);
	magslab_kfree(ZERO_SIZE_PTR);
	magslab_kfree_sensitive(NULL);
	magslab_kfree_sensitive(ZERO_SIZE_PTR);
}

static void expect_zeroed(struct kunit *test, size_t size)
{
	u8 *p = take(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0xa5, magslab_ksize(p));
	magslab_kfree(p);
	p = take(size, GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, magslab_ksize(p)));
	magslab_kfree(p);
}

/* All there is of it, not just what was asked for. */
static void zeroed_is_zero(struct kunit *test)
{
	bool was_on = zeroing_off();
	size_t size;
	int i;

	for (size = 1; size <= MAGSLAB_KMALLOC_MAX_CACHED; size += size / 8 + 1)
		expect_zeroed(test, size);
	for (i = 0; i < ARRAY_SIZE(large_sizes); i++)
		expect_zeroed(test, large_sizes[i]);
	zeroing_restore(was_on);
}

static void sensitive_is_zeroed_at_free(struct kunit *test)
{
	bool was_on = zeroing_off();
	u8 *p = take(100, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0xa5, magslab_ksize(p));
	magslab_kfree_sensitive(p);
	/* The same object, as it was left. */
	KUNIT_ASSERT_PTR_EQ(test, p, take(100, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, magslab_ksize(p)));
	magslab_kfree(p);
	zeroing_restore(was_on);
}

static void arrays_do_not_overflow(struct kunit *test)
{
	const size_t half = SIZE_MAX / 2 + 1;
	size_t n = half, size = 2;
	u8 *p;

	OPTIMIZER_HIDE_VAR(n);
	OPTIMIZER_HIDE_VAR(size);
	KUNIT_EXPECT_NULL(test, magslab_kmalloc_array(n, size, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, magslab_kcalloc(n, size, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, magslab_kmalloc_array(size, n, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test,
			  magslab_kmalloc_array(n + 1, n + 1, GFP_KERNEL));

	p = magslab_kcalloc(7, 13, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, 96, magslab_ksize(p));
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, 7 * 13));
	memset(p, 1, 7 * 13);
	KUNIT_EXPECT_NULL(test, magslab_krealloc_array(p, n, size, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 1, 7 * 13));
	p = magslab_krealloc_array(p, 100, 13, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, 1536, magslab_ksize(p));
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 1, 7 * 13));
	magslab_kfree(p);
}

static void copies_are_copies(struct kunit *test)
{
	static const char text[] = "a text of no importance";
	char *p = magslab_kmemdup(text, sizeof(text), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_STREQ(test, text, p);
	magslab_kfree(p);
}

static void node_is_honoured(struct kunit *test)
{
	static const size_t sizes[] = { 8, 100, 8192, 20000 };
	int nid = numa_mem_id(), i;
	void *p;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		p = magslab_kmalloc_node(sizes[i], GFP_KERNEL | __GFP_THISNODE,
					 nid);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_EQ(test, nid, page_to_nid(virt_to_page(p)));
		KUNIT_EXPECT_EQ(test, magslab_kmalloc_size_roundup(sizes[i]),
				magslab_ksize(p));
		magslab_kfree(p);
		p = magslab_kmalloc_node(sizes[i], GFP_KERNEL, NUMA_NO_NODE);
		KUNIT_EXPECT_NOT_NULL(test, p);
		magslab_kfree(p);
	}
}

/*
 * === Another size ===
 */

static u8 byte_at(size_t i)
{
	return i * 7 + (i >> 8) + 1;
}

static void fill(u8 *p, size_t from, size_t to)
{
	for (; from < to; from++)
		p[from] = byte_at(from);
}

static size_t intact(const u8 *p, size_t size)
{
	size_t i;

	for (i = 0; i < size && p[i] == byte_at(i); i++)
		;
	return i;
}

static void realloc_keeps_content(struct kunit *test)
{
	size_t size, had = 1;
	u8 *p = take(1, GFP_KERNEL), *q;

	KUNIT_ASSERT_NOT_NULL(test, p);
	fill(p, 0, 1);
	for (size = 1; size < 100000; size += size / 16 + 1) {
		p = retake(p, size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_ASSERT_EQ(test, had, intact(p, had));
		fill(p, had, size);
		had = size;
	}
	/* On the way back it stays where it is. */
	for (; size; size -= size / 16 + 1) {
		if (size > had)
			continue;
		q = retake(p, size, GFP_KERNEL);
		KUNIT_ASSERT_PTR_EQ(test, p, q);
		KUNIT_ASSERT_EQ(test, size, intact(p, size));
	}
	magslab_kfree(p);
}

static void realloc_of_nothing_and_to_nothing(struct kunit *test)
{
	struct kmalloc_test *t = test->priv;
	void *p = retake(NULL, 50, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, 56, magslab_ksize(p));
	KUNIT_EXPECT_PTR_EQ(test, retake(p, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_EQ(test, t->live, live_objects());
	p = retake(ZERO_SIZE_PTR, 20000, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, 32768, magslab_ksize(p));
	KUNIT_EXPECT_PTR_EQ(test, retake(p, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	expect_large(test, 0, 0);
	KUNIT_EXPECT_PTR_EQ(test, retake(NULL, 0, GFP_KERNEL), ZERO_SIZE_PTR);
}

/* Grown within its index, over several, and to pages of its own. */
static void realloc_zeroes_what_it_adds(struct kunit *test)
{
	static const size_t sizes[] = { 20, 10, 24, 3000, 2900, 3072, 40000 };
	const gfp_t gfp = GFP_KERNEL | __GFP_ZERO;
	bool was_on = zeroing_off();
	size_t had = 0;
	u8 *p = NULL;
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* What is found there otherwise is not zero. */
		magslab_kfree(memset(take(sizes[i], GFP_KERNEL), 0xa5,
				     magslab_kmalloc_size_roundup(sizes[i])));
		p = retake(p, sizes[i], gfp);
		KUNIT_ASSERT_NOT_NULL(test, p);
		had = min(had, sizes[i]);
		KUNIT_EXPECT_EQ(test, had, intact(p, had));
		KUNIT_EXPECT_NULL(test, memchr_inv(p + had, 0, sizes[i] - had));
		fill(p, 0, sizes[i]);
		had = sizes[i];
	}
	magslab_kfree(p);
	zeroing_restore(was_on);
}

static void realloc_that_fails_changes_nothing(struct kunit *test)
{
	u8 *p = take(1000, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	fill(p, 0, 1000);
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	KUNIT_EXPECT_NULL(test, retake(p, 20000, GFP_KERNEL));
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	KUNIT_EXPECT_EQ(test, 1000, intact(p, 1000));
	magslab_kfree(p);
}

/*
 * === Large memory ===
 */

static void large_is_counted(struct kunit *test)
{
	void *a = take(8193, GFP_KERNEL);
	void *b = take(100000, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, b);
	expect_large(test, 2, (16384 + 131072) / PAGE_SIZE);
	magslab_kfree(a);
	expect_large(test, 1, 131072 / PAGE_SIZE);
	magslab_kfree(b);
	expect_large(test, 0, 0);
}

static void too_large_is_null(struct kunit *test)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_NOWARN;

	KUNIT_EXPECT_NULL(test, take(2 * KMALLOC_MAX_SIZE, gfp));
	KUNIT_EXPECT_NULL(test, take(SIZE_MAX / 2, gfp));
	KUNIT_EXPECT_NULL(test, take(SIZE_MAX - 4096, gfp));
	KUNIT_EXPECT_NULL(test, take(SIZE_MAX, gfp));
	KUNIT_EXPECT_NULL(test, magslab_kmalloc(SIZE_MAX, gfp));
}

/* As the context of an interrupt would look, as far as anybody asks. */
static void large_is_not_had_in_hardirq(struct kunit *test)
{
	void *p;

	preempt_count_add(HARDIRQ_OFFSET);
	p = take(20000, GFP_ATOMIC);
	preempt_count_sub(HARDIRQ_OFFSET);
	KUNIT_EXPECT_NULL(test, p);
	KUNIT_EXPECT_NULL(test, take(20000, __GFP_HIGH | __GFP_NOWARN));
}

static bool large_all_freed(const struct magslab_large_census *before)
{
	struct magslab_large_census now;

	magslab_large_census_take(&now);
	return now.blocks == before->blocks;
}

static void large_freed_in_nmi_is_freed_later(struct kunit *test)
{
	struct kmalloc_test *t = test->priv;
	struct magslab_large_census now;
	bool owned;
	void *p[3];
	int i;

	for (i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = take(20000, GFP_KERNEL);
	local_irq_disable();
	preempt_count_add(NMI_OFFSET + HARDIRQ_OFFSET);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		magslab_kfree(p[i]);
	preempt_count_sub(NMI_OFFSET + HARDIRQ_OFFSET);
	magslab_large_census_take(&now);
	owned = magslab_owns(p[0]);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, t->large.blocks + 3, now.blocks);
	KUNIT_EXPECT_FALSE(test, owned);
	for (i = 0; i < 1000 && !large_all_freed(&t->large); i++)
		usleep_range(1000, 2000);
	expect_large(test, 0, 0);
}

static void failed_pages_are_null(struct kunit *test)
{
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	KUNIT_EXPECT_NULL(test, take(20000, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, take(8193, GFP_KERNEL));
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
	expect_large(test, 0, 0);
}

/*
 * Whatever fails that may. A class whose slabs are too large for a promise is
 * helped out by the next.
 */
static void nofail_does_not_fail(struct kunit *test)
{
	unsigned int index, i;
	size_t size;
	void *p[16];

	magslab_fault_set(MAGSLAB_FAULT_PAGES, 1);
	for (index = 0; index < MAGSLAB_KMALLOC_CLASSES; index++) {
		size = class_size(index);
		magslab_cache_shrink(magslab_kmalloc_caches[index]);
		for (i = 0; i < ARRAY_SIZE(p); i++) {
			p[i] = take(size, GFP_KERNEL | __GFP_NOFAIL);
			KUNIT_ASSERT_NOT_NULL(test, p[i]);
			KUNIT_EXPECT_GE(test, magslab_ksize(p[i]), size);
		}
		while (i)
			magslab_kfree(p[--i]);
	}
	magslab_fault_set(MAGSLAB_FAULT_PAGES, 0);
}

/*
 * === Other people's memory ===
 */

/* Refused in every way, and not touched. */
static void expect_refused(struct kunit *test, u8 *p, size_t size)
{
	memset(p, 0x5a, size);
	KUNIT_EXPECT_FALSE(test, magslab_owns(p));
	KUNIT_EXPECT_EQ(test, 0, magslab_ksize(p));
	KUNIT_EXPECT_NULL(test, retake(p, 1, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, retake(p, 100000, GFP_KERNEL));
	magslab_kfree(p);
	magslab_kfree_sensitive(p);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0x5a, size));
}

static void memory_of_the_kernel_is_refused(struct kunit *test)
{
	static const size_t sizes[] = { 8, 96, 1024, 8192, 65536 };
	struct page *page;
	void *p;
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		p = kmalloc(sizes[i], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		expect_refused(test, p, sizes[i]);
		kfree(p);
	}
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_refused(test, page_address(page), 4 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, 1, page_count(page));
	__free_pages(page, 2);
}

static void memory_elsewhere_is_refused(struct kunit *test)
{
	static u8 data[64];
	u8 stack[64];
	void *p = vmalloc(4 * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_refused(test, p, 4 * PAGE_SIZE);
	vfree(p);
	expect_refused(test, data, sizeof(data));
	expect_refused(test, stack, sizeof(stack));
}

static void middle_of_large_memory_is_refused(struct kunit *test)
{
	u8 *p = take(20000, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, magslab_owns(p + 1));
	KUNIT_EXPECT_EQ(test, 0, magslab_ksize(p + 1));
	magslab_kfree(p + 1);
	magslab_kfree(p + PAGE_SIZE);
	magslab_kfree_sensitive(p + 8);
	KUNIT_EXPECT_NULL(test, retake(p + 8, 4, GFP_KERNEL));
	expect_large(test, 1, 8);
	magslab_kfree(p);
}

static void second_free_of_large_memory_is_refused(struct kunit *test)
{
	void *p = take(20000, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	magslab_kfree(p);
	magslab_kfree(p);
	KUNIT_EXPECT_FALSE(test, magslab_owns(p));
	expect_large(test, 0, 0);
}

static void middle_of_an_object_has_no_size(struct kunit *test)
{
	u8 *p = take(100, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	fill(p, 0, 100);
	KUNIT_EXPECT_EQ(test, 0, magslab_ksize(p + 8));
	KUNIT_EXPECT_NULL(test, retake(p + 8, 4, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, retake(p + 8, 4000, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, 100, intact(p, 100));
	magslab_kfree(p);
}

/* kfree() takes objects of kmem_caches, too. */
static void objects_of_any_cache_are_taken(struct kunit *test)
{
	struct magslab_cache *cache;
	struct magslab_census c;
	void *p;

	cache = magslab_cache_create("kunit", 100, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	p = magslab_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, 100, magslab_ksize(p));
	magslab_kfree(p);
	magslab_census_take(cache, &c);
	KUNIT_EXPECT_EQ(test, 0LL, c.live_objects);
	magslab_cache_destroy(cache);
}

static struct kunit_case kmalloc_cases[] = {
	KUNIT_CASE(every_size_has_the_smallest_class),
	KUNIT_CASE(classes_are_where_they_should),
	KUNIT_CASE(no_size_wastes_more_than_kmalloc),
	KUNIT_CASE(roundup_at_the_ends),
	KUNIT_CASE(every_size_is_usable),
	KUNIT_CASE(constant_sizes_agree),
	KUNIT_CASE(nothing_is_no_memory),
	KUNIT_CASE(zeroed_is_zero),
	KUNIT_CASE(sensitive_is_zeroed_at_free),
	KUNIT_CASE(arrays_do_not_overflow),
	KUNIT_CASE(copies_are_copies),
	KUNIT_CASE(node_is_honoured),
	KUNIT_CASE(realloc_keeps_content),
	KUNIT_CASE(realloc_of_nothing_and_to_nothing),
	KUNIT_CASE(realloc_zeroes_what_it_adds),
	KUNIT_CASE(realloc_that_fails_changes_nothing),
	KUNIT_CASE(large_is_counted),
	KUNIT_CASE(too_large_is_null),
	KUNIT_CASE(large_is_not_had_in_hardirq),
	KUNIT_CASE(large_freed_in_nmi_is_freed_later),
	KUNIT_CASE(failed_pages_are_null),
	KUNIT_CASE(nofail_does_not_fail),
	KUNIT_CASE(memory_of_the_kernel_is_refused),
	KUNIT_CASE(memory_elsewhere_is_refused),
	KUNIT_CASE(middle_of_large_memory_is_refused),
	KUNIT_CASE(second_free_of_large_memory_is_refused),
	KUNIT_CASE(middle_of_an_object_has_no_size),
	KUNIT_CASE(objects_of_any_cache_are_taken),
	{}
};

static struct kunit_suite kmalloc_suite = {
	.name = "magslab_kmalloc",
	.init = kmalloc_init,
	.exit = kmalloc_exit,
	.test_cases = kmalloc_cases,
};

kunit_test_suite(kmalloc_suite);
