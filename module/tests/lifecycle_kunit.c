// SPDX-License-Identifier: GPL-2.0-only
/* Creation and destruction of caches. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/magslab.h>
#include <linux/mm.h>

struct bad_args {
	const char *what;
	const char *name;
	size_t size;
	size_t align;
	unsigned long flags;
};

#define LONGEST \
	"123456789012345678901234567890123456789012345678901234567890123"

static const struct bad_args bad_args[] = {
	{ "no name", NULL, 64, 0, 0 },
	{ "empty name", "", 64, 0, 0 },
	{ "name too long", LONGEST "4", 64, 0, 0 },
	{ "slash in name", "a/b", 64, 0, 0 },
	{ "space in name", "a b", 64, 0, 0 },
	{ "newline in name", "a\n", 64, 0, 0 },
	{ "name is dot", ".", 64, 0, 0 },
	{ "name is dot dot", "..", 64, 0, 0 },
	{ "name not ASCII", "\xc3\xa9", 64, 0, 0 },
	{ "size 0", "bad", 0, 0, 0 },
	{ "size 1", "bad", 1, 0, 0 },
	{ "size 7", "bad", 7, 0, 0 },
	{ "size above maximum", "bad", MAGSLAB_MAX_SIZE + 1, 0, 0 },
	{ "size SIZE_MAX", "bad", SIZE_MAX, 0, 0 },
	{ "align 3", "bad", 64, 3, 0 },
	{ "align 48", "bad", 64, 48, 0 },
	{ "align above PAGE_SIZE", "bad", 64, 2 * PAGE_SIZE, 0 },
	{ "unknown flag", "bad", 64, 0, BIT(4) },
	{ "unknown high flag", "bad", 64, 0, BIT(31) },
};

static void bad_args_name(const struct bad_args *args, char *name)
{
	strscpy(name, args->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad_args, bad_args, bad_args_name);

static void create_refuses(struct kunit *test)
{
	const struct bad_args *a = test->param_value;
	struct magslab_cache *cache;

	cache = magslab_cache_create(a->name, a->size, a->align, a->flags,
				     NULL);
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR_OR_ZERO(cache));
	magslab_cache_destroy(cache);
}

static void create_accepts_odd_names(struct kunit *test)
{
	static const char *const names[] = { LONGEST, "%s%n", "...", "a", "~" };
	struct magslab_cache *cache;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		cache = magslab_cache_create(names[i], 64, 0, 0, NULL);
		KUNIT_EXPECT_FALSE(test, IS_ERR(cache));
		magslab_cache_destroy(cache);
	}
}

static void create_refuses_a_name_in_use(struct kunit *test)
{
	struct magslab_cache *a, *b;

	a = magslab_cache_create("kunit-twin", 64, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(a));
	b = magslab_cache_create("kunit-twin", 128, 0, 0, NULL);
	KUNIT_EXPECT_EQ(test, -EEXIST, PTR_ERR_OR_ZERO(b));
	magslab_cache_destroy(a);
	b = magslab_cache_create("kunit-twin", 128, 0, 0, NULL);
	KUNIT_EXPECT_FALSE(test, IS_ERR(b));
	magslab_cache_destroy(b);
}

static void destroy_and_free_take_nothing(struct kunit *test)
{
	struct magslab_cache *cache;

	magslab_cache_destroy(NULL);
	magslab_cache_destroy(ERR_PTR(-ENOMEM));

	cache = magslab_cache_create("kunit", 64, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	magslab_free(cache, NULL);
	magslab_cache_destroy(cache);
}

/* The object is still good to use, and its neighbours are not handed out. */
static void destroy_leaks_live_objects(struct kunit *test)
{
	struct magslab_cache *cache;
	void *object;

	cache = magslab_cache_create("kunit-leak", 64, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	object = magslab_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	magslab_cache_destroy(cache);
	memset(object, 0xa5, 64);
	KUNIT_EXPECT_EQ(test, 1, page_count(virt_to_page(object)));

	cache = magslab_cache_create("kunit-leak", 64, 0, 0, NULL);
	KUNIT_EXPECT_FALSE(test, IS_ERR(cache));
	magslab_cache_destroy(cache);
}

static struct kunit_case lifecycle_cases[] = {
	KUNIT_CASE_PARAM(create_refuses, bad_args_gen_params),
	KUNIT_CASE(create_accepts_odd_names),
	KUNIT_CASE(create_refuses_a_name_in_use),
	KUNIT_CASE(destroy_and_free_take_nothing),
	KUNIT_CASE(destroy_leaks_live_objects),
	{}
};

static struct kunit_suite lifecycle_suite = {
	.name = "magslab_lifecycle",
	.test_cases = lifecycle_cases,
};

kunit_test_suite(lifecycle_suite);
