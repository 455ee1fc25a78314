/* SPDX-License-Identifier: GPL-2.0-only */
/* A cache that is watched, objects of it, and what was reported meanwhile. */
#ifndef MAGSLAB_TESTS_WATCHED_H
#define MAGSLAB_TESTS_WATCHED_H

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/string.h>

#include "stay.h"

#include "alloc/cache.h"

/* More than the magazines of a CPU hold, which is twice 126. */
#define MANY 260

/* What a cache is like. Each suite has an array of them, called subjects. */
struct subject {
	const char *name;
	unsigned long flags;
	size_t size;
	size_t align;
};

static inline void subject_name(const struct subject *subject, char *name)
{
	strscpy(name, subject->name, KUNIT_PARAM_DESC_SIZE);
}

/**
 * struct watched_test - what a case has
 * @cache: destroyed after it, if it is not NULL
 * @objects: for the case to use
 * @before: what was reported before it, of each class
 */
struct watched_test {
	struct magslab_cache *cache;
	void *objects[MANY];
	unsigned long before[MAGSLAB_NR_CORRUPTIONS];
};

static inline struct magslab_cache *
watched_make(struct kunit *test, const struct subject *s, const char *name)
{
	struct magslab_cache *cache;

	cache = magslab_cache_create(name, s->size, s->align, s->flags, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	return cache;
}

/* For the beginning of a case. Return: 0. */
static inline int watched_init(struct kunit *test, const struct subject *s)
{
	struct watched_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int c;

	KUNIT_ASSERT_NOT_NULL(test, t);
	stay_on_this_cpu();
	for (c = 0; c < MAGSLAB_NR_CORRUPTIONS; c++)
		t->before[c] = magslab_cache_corruptions(NULL, c);
	t->cache = watched_make(test, s, "kunit");
	test->priv = t;
	return 0;
}

/* For its end, which comes also if it was skipped at its beginning. */
static inline void watched_exit(struct kunit *test)
{
	struct watched_test *t = test->priv;

	if (t)
		magslab_cache_destroy(t->cache);
}

static inline void take_all(struct kunit *test)
{
	struct watched_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		t->objects[i] = magslab_alloc(t->cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->objects[i]);
	}
}

static inline void put_all(struct kunit *test)
{
	struct watched_test *t = test->priv;

	magslab_free_bulk(t->cache, MANY, t->objects);
}

/* What was reported since the case began: @nr times @class, nothing else. */
static inline void expect_reports(struct kunit *test,
				  enum magslab_corruption class,
				  unsigned long nr)
{
	struct watched_test *t = test->priv;
	unsigned long seen;
	int c;

	for (c = 0; c < MAGSLAB_NR_CORRUPTIONS; c++) {
		seen = magslab_cache_corruptions(NULL, c) - t->before[c];
		KUNIT_EXPECT_EQ_MSG(test, c == class ? nr : 0, seen, "class %d",
				    c);
	}
}

#endif /* MAGSLAB_TESTS_WATCHED_H */
