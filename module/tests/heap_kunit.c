// SPDX-License-Identifier: GPL-2.0-only
/* The teaching heaps: that they do what their names say, and lose nothing. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "heap/best_fit.h"
#include "heap/first_fit.h"

#define BYTES SZ_64K
#define NR 512

/* One kind of heap. */
struct kind {
	const char *name;
	void *(*create)(size_t bytes);
	void (*destroy)(void *heap);
	void *(*alloc)(void *heap, size_t size, gfp_t gfp);
	bool (*free)(void *heap, void *object);
	size_t (*free_blocks)(void *heap);
};

#define KIND(prefix)                                                       \
	static void *prefix##_test_create(size_t bytes)                    \
	{                                                                  \
		return prefix##_create(bytes);                             \
	}                                                                  \
	static void prefix##_test_destroy(void *heap)                      \
	{                                                                  \
		prefix##_destroy(heap);                                    \
	}                                                                  \
	static void *prefix##_test_alloc(void *heap, size_t size, gfp_t g) \
	{                                                                  \
		return prefix##_alloc(heap, size, g);                      \
	}                                                                  \
	static bool prefix##_test_free(void *heap, void *object)           \
	{                                                                  \
		return prefix##_free(heap, object);                        \
	}                                                                  \
	static size_t prefix##_test_free_blocks(void *heap)                \
	{                                                                  \
		return prefix##_free_blocks(heap);                         \
	}

KIND(first_fit)
KIND(best_fit)

#define KIND_OF(prefix)                                                   \
	{                                                                 \
		.name = #prefix, .create = prefix##_test_create,          \
		.destroy = prefix##_test_destroy,                         \
		.alloc = prefix##_test_alloc, .free = prefix##_test_free, \
		.free_blocks = prefix##_test_free_blocks,                 \
	}

static const struct kind kinds[] = { KIND_OF(first_fit), KIND_OF(best_fit) };

static void kind_name(const struct kind *kind, char *name)
{
	strscpy(name, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kinds, kinds, kind_name);

static void *heap_of(struct kunit *test, size_t bytes)
{
	const struct kind *kind = test->param_value;
	void *heap = kind->create(bytes);

	KUNIT_ASSERT_FALSE(test, IS_ERR(heap));
	test->priv = heap;
	return heap;
}

static void heap_exit(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	if (test->priv)
		kind->destroy(test->priv);
}

static void refuses(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	KUNIT_EXPECT_EQ(test, PTR_ERR(kind->create(0)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(kind->create(16)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(kind->create(SZ_1G + 16)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(kind->create(-1UL)), -EINVAL);
}

/* What is no object, or one no more, is not freed. */
static void bad_frees(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	void *heap = heap_of(test, BYTES);
	void *a = kind->alloc(heap, 100, GFP_KERNEL);
	void *b = kind->alloc(heap, 100, GFP_KERNEL);
	char here[64];

	memset(a, 0, 100);
	KUNIT_EXPECT_FALSE(test, kind->free(heap, NULL));
	KUNIT_EXPECT_FALSE(test, kind->free(heap, here));
	KUNIT_EXPECT_FALSE(test, kind->free(heap, a + 1));
	KUNIT_EXPECT_FALSE(test, kind->free(heap, a + 16));
	KUNIT_EXPECT_FALSE(test, kind->free(heap, a + BYTES));
	KUNIT_EXPECT_TRUE(test, kind->free(heap, a));
	KUNIT_EXPECT_FALSE(test, kind->free(heap, a));
	KUNIT_EXPECT_TRUE(test, kind->free(heap, b));
	KUNIT_EXPECT_FALSE(test, kind->free(heap, b));
	KUNIT_EXPECT_EQ(test, kind->free_blocks(heap), 1);
}

/* A full heap has no more; an empty one is one block again. */
static void full_and_empty(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	void *heap = heap_of(test, BYTES), **objects, *object;
	size_t nr = 0, i;

	objects = kunit_kcalloc(test, BYTES / 64, sizeof(void *), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, objects);
	KUNIT_EXPECT_NULL(test, kind->alloc(heap, BYTES, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kind->alloc(heap, -1UL, GFP_KERNEL));
	while ((object = kind->alloc(heap, 64, GFP_KERNEL)))
		objects[nr++] = object;
	KUNIT_EXPECT_EQ(test, nr, BYTES / 80);
	for (i = 0; i < nr; i += 2)
		KUNIT_EXPECT_TRUE(test, kind->free(heap, objects[i]));
	KUNIT_EXPECT_GE(test, kind->free_blocks(heap), nr / 2);
	KUNIT_EXPECT_NULL(test, kind->alloc(heap, 160, GFP_KERNEL));
	for (i = 1; i < nr; i += 2)
		KUNIT_EXPECT_TRUE(test, kind->free(heap, objects[i]));
	KUNIT_EXPECT_EQ(test, kind->free_blocks(heap), 1);
	KUNIT_EXPECT_NOT_NULL(test, kind->alloc(heap, BYTES - 64, GFP_KERNEL));
}

/* Of three holes, at 0 the largest, then the smallest that will do, then another. */
static void which_hole(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	void *heap = heap_of(test, BYTES), *hole[3];
	static const size_t sizes[] = { 512, 112, 256 };
	bool best = kind == &kinds[1];
	int i;

	for (i = 0; i < 3; i++) {
		hole[i] = kind->alloc(heap, sizes[i], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, hole[i]);
		KUNIT_ASSERT_NOT_NULL(test, kind->alloc(heap, 64, GFP_KERNEL));
	}
	for (i = 2; i >= 0; i--)
		KUNIT_EXPECT_TRUE(test, kind->free(heap, hole[i]));
	KUNIT_EXPECT_EQ(test, kind->free_blocks(heap), 4);
	KUNIT_EXPECT_PTR_EQ(test, kind->alloc(heap, 100, GFP_KERNEL),
			    hole[best ? 1 : 0]);
}

/* Where the kernel asks for it, memory is zero when it is handed out. */
static void zeroed(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	void *heap = heap_of(test, BYTES), *object;

	object = kind->alloc(heap, 256, GFP_KERNEL);
	memset(object, 0xaa, 256);
	KUNIT_EXPECT_TRUE(test, kind->free(heap, object));
	object = kind->alloc(heap, 256, GFP_KERNEL | __GFP_ZERO);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 256));
}

struct stamped {
	u8 *object;
	size_t size;
	u8 stamp;
};

static void let_go(struct kunit *test, void *heap, struct stamped *s)
{
	const struct kind *kind = test->param_value;

	if (!s->object)
		return;
	KUNIT_EXPECT_NULL(test, memchr_inv(s->object, s->stamp, s->size));
	KUNIT_EXPECT_TRUE(test, kind->free(heap, s->object));
	s->object = NULL;
}

/* Many sizes at random: nobody's memory is anybody else's. */
static void nothing_overlaps(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	void *heap = heap_of(test, BYTES);
	struct rnd_state random;
	struct stamped *all;
	int i;

	all = kunit_kcalloc(test, NR, sizeof(*all), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, all);
	prandom_seed_state(&random, 1);
	for (i = 0; i < 20000; i++) {
		struct stamped *s = &all[prandom_u32_state(&random) % NR];

		let_go(test, heap, s);
		s->size = prandom_u32_state(&random) % 300;
		s->stamp = prandom_u32_state(&random);
		s->object = kind->alloc(heap, s->size, GFP_KERNEL);
		if (s->object)
			memset(s->object, s->stamp, s->size);
	}
	for (i = 0; i < NR; i++)
		let_go(test, heap, &all[i]);
	KUNIT_EXPECT_EQ(test, kind->free_blocks(heap), 1);
}

static struct kunit_case heap_cases[] = {
	KUNIT_CASE_PARAM(refuses, kinds_gen_params),
	KUNIT_CASE_PARAM(bad_frees, kinds_gen_params),
	KUNIT_CASE_PARAM(full_and_empty, kinds_gen_params),
	KUNIT_CASE_PARAM(which_hole, kinds_gen_params),
	KUNIT_CASE_PARAM(zeroed, kinds_gen_params),
	KUNIT_CASE_PARAM(nothing_overlaps, kinds_gen_params),
	{},
};

static struct kunit_suite heap_suite = {
	.name = "magslab_heap",
	.exit = heap_exit,
	.test_cases = heap_cases,
};

kunit_test_suite(heap_suite);
