// SPDX-License-Identifier: GPL-2.0-only
/* stats.json, written step by step while caches come and go. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "alloc/cache.h"
#include "stats/fields.h"
#include "stats/json.h"
#include "stay.h"

#define NR_CACHES 3
#define ROOM 65536

struct document {
	struct magslab_cache *cache[NR_CACHES];
	struct stats_json json;
	struct seq_file m;
	loff_t pos;
	void *v;
};

static struct magslab_cache *new_cache(struct kunit *test, char letter)
{
	char name[] = { 'k', 'u', 'n', 'i', 't', '-', letter, '\0' };
	struct magslab_cache *cache;

	cache = magslab_cache_create(name, 64, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	return cache;
}

static void go(struct document *d, int i)
{
	magslab_cache_destroy(d->cache[i]);
	d->cache[i] = NULL;
}

/* What comes next, as text. */
static const char *show(struct document *d)
{
	d->m.count = 0;
	stats_json_sops.show(&d->m, d->v);
	d->m.buf[min(d->m.count, d->m.size - 1)] = '\0';
	return d->m.buf;
}

static void next(struct document *d)
{
	d->v = stats_json_sops.next(&d->m, d->v, &d->pos);
}

/* As when there was not room enough: shown, and shown once more. */
static void show_in_vain(struct kunit *test, struct document *d)
{
	d->m.size = 100;
	show(d);
	KUNIT_EXPECT_TRUE(test, seq_has_overflowed(&d->m));
	d->m.size = ROOM;
	d->v = stats_json_sops.start(&d->m, &d->pos);
}

static bool is_of(const char *text, char letter)
{
	const char name[] = { '"', 'k', 'u',	'n', 'i',
			      't', '-', letter, '"', '\0' };

	return strstr(text, name);
}

static bool is_end(const char *text)
{
	return strstr(text, "]") == text + 1 && strstr(text, "\"totals\"");
}

static int stats_init(struct kunit *test)
{
	struct document *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	stay_on_this_cpu();
	d->m.buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, d->m.buf);
	d->m.size = ROOM;
	d->m.private = &d->json;
	for (i = 0; i < NR_CACHES; i++)
		d->cache[i] = new_cache(test, 'a' + i);
	stats_walk_begin(&d->json.walk);
	d->v = stats_json_sops.start(&d->m, &d->pos);
	test->priv = d;
	return 0;
}

static void stats_exit(struct kunit *test)
{
	struct document *d = test->priv;
	int i;

	stats_walk_end(&d->json.walk);
	for (i = 0; i < NR_CACHES; i++)
		magslab_cache_destroy(d->cache[i]);
}

/* Past the head, and those that were there before: at the first of ours. */
static void come_to_ours(struct kunit *test)
{
	struct document *d = test->priv;

	do {
		show(d);
		next(d);
		KUNIT_ASSERT_NOT_NULL(test, d->v);
	} while (!is_of(show(d), 'a'));
}

static void expect_end(struct kunit *test)
{
	struct document *d = test->priv;

	KUNIT_EXPECT_TRUE(test, is_end(show(d)));
	next(d);
	KUNIT_EXPECT_NULL(test, d->v);
	/* There it stays. */
	KUNIT_EXPECT_NULL(test, stats_json_sops.start(&d->m, &d->pos));
}

static void all_are_told_of_once(struct kunit *test)
{
	struct document *d = test->priv;
	unsigned int before;

	come_to_ours(test);
	before = d->json.totals.caches;
	next(d);
	KUNIT_EXPECT_TRUE(test, is_of(show(d), 'b'));
	next(d);
	KUNIT_EXPECT_TRUE(test, is_of(show(d), 'c'));
	next(d);
	expect_end(test);
	KUNIT_EXPECT_EQ(test, before + NR_CACHES, d->json.totals.caches);
}

static void cache_goes_after_it_is_told_of(struct kunit *test)
{
	struct document *d = test->priv;

	come_to_ours(test);
	go(d, 0);
	next(d);
	KUNIT_EXPECT_TRUE(test, is_of(show(d), 'b'));
}

static void cache_goes_before_it_is_told_of(struct kunit *test)
{
	struct document *d = test->priv;

	come_to_ours(test);
	next(d);
	go(d, 1);
	KUNIT_EXPECT_TRUE(test, is_of(show(d), 'c'));
	next(d);
	expect_end(test);
}

static void neighbours_go_at_once(struct kunit *test)
{
	struct document *d = test->priv;

	come_to_ours(test);
	go(d, 0);
	go(d, 1);
	next(d);
	KUNIT_EXPECT_TRUE(test, is_of(show(d), 'c'));
}

static void last_goes_before_it_is_told_of(struct kunit *test)
{
	struct document *d = test->priv;

	come_to_ours(test);
	go(d, 1);
	next(d);
	go(d, 2);
	expect_end(test);
}

static void new_one_is_told_of(struct kunit *test)
{
	struct document *d = test->priv;

	come_to_ours(test);
	go(d, 1);
	go(d, 2);
	d->cache[1] = new_cache(test, 'd');
	next(d);
	KUNIT_EXPECT_TRUE(test, is_of(show(d), 'd'));
}

/* The end is the end, though it has to be written anew. */
static void none_comes_after_the_end(struct kunit *test)
{
	struct document *d = test->priv;

	come_to_ours(test);
	go(d, 1);
	go(d, 2);
	next(d);
	show_in_vain(test, d);
	d->cache[1] = new_cache(test, 'd');
	expect_end(test);
}

static void what_had_no_room_counts_once(struct kunit *test)
{
	struct document *d = test->priv;
	unsigned int before;

	come_to_ours(test);
	before = d->json.totals.caches;
	show_in_vain(test, d);
	KUNIT_EXPECT_TRUE(test, is_of(show(d), 'a'));
	next(d);
	KUNIT_EXPECT_EQ(test, before + 1, d->json.totals.caches);
	/* Gone before there was room for it, so it was never there. */
	show_in_vain(test, d);
	go(d, 1);
	KUNIT_EXPECT_TRUE(test, is_of(show(d), 'c'));
	next(d);
	KUNIT_EXPECT_EQ(test, before + 2, d->json.totals.caches);
	expect_end(test);
}

/* As without any cache: magslab itself always has some. */
static void none_are_a_document_too(struct kunit *test)
{
	struct document *d = test->priv;
	const char *text;

	text = show(d);
	KUNIT_EXPECT_EQ(test, '[', text[strlen(text) - 1]);
	next(d);
	/* Behind the newest is the end of the list. */
	d->json.walk.at = d->cache[NR_CACHES - 1]->link.next;
	KUNIT_EXPECT_TRUE(test, strstarts(show(d), "\n],"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(d->m.buf, "\"caches\":0,"));
	expect_end(test);
}

static void commas_are_between(struct kunit *test)
{
	struct document *d = test->priv;

	show(d);
	next(d);
	/* As if ours were all. */
	d->json.walk.at = &d->cache[0]->link;
	KUNIT_EXPECT_TRUE(test, strstarts(show(d), "\n{"));
	next(d);
	KUNIT_EXPECT_TRUE(test, strstarts(show(d), ",\n{"));
	next(d);
	KUNIT_EXPECT_TRUE(test, strstarts(show(d), ",\n{"));
	next(d);
	KUNIT_EXPECT_TRUE(test, strstarts(show(d), "\n],"));
	expect_end(test);
}

static void read_anew_it_begins_anew(struct kunit *test)
{
	struct document *d = test->priv;

	come_to_ours(test);
	next(d);
	d->pos = 0;
	d->v = stats_json_sops.start(&d->m, &d->pos);
	KUNIT_EXPECT_TRUE(test, strstarts(show(d), "{\"schema\":"));
	KUNIT_EXPECT_EQ(test, 0, d->json.totals.caches);
	come_to_ours(test);
}

struct sample {
	unsigned int small;
	unsigned long large;
	long long signed_one;
};

/* Members that no table has are left alone. */
static void sums_are_of_any_kind(struct kunit *test)
{
	static const struct stats_field fields[] = {
		{ "large", offsetof(struct sample, large), STATS_ULONG },
		{ "signed_one", offsetof(struct sample, signed_one),
		  STATS_LLONG },
		{}
	};
	static const struct stats_field small[] = {
		{ "small", offsetof(struct sample, small), STATS_UINT }, {}
	};
	struct sample sum = { 1, 1UL << 40, -5 }, one = { 2, 3, -7 };

	stats_add(fields, &sum, &one);
	KUNIT_EXPECT_EQ(test, 1, sum.small);
	KUNIT_EXPECT_EQ(test, (1UL << 40) + 3, sum.large);
	KUNIT_EXPECT_EQ(test, -12, sum.signed_one);
	stats_add(small, &sum, &one);
	KUNIT_EXPECT_EQ(test, 3, sum.small);
	KUNIT_EXPECT_EQ(test, (1UL << 40) + 3, sum.large);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(all_are_told_of_once),
	KUNIT_CASE(cache_goes_after_it_is_told_of),
	KUNIT_CASE(cache_goes_before_it_is_told_of),
	KUNIT_CASE(neighbours_go_at_once),
	KUNIT_CASE(last_goes_before_it_is_told_of),
	KUNIT_CASE(new_one_is_told_of),
	KUNIT_CASE(none_comes_after_the_end),
	KUNIT_CASE(what_had_no_room_counts_once),
	KUNIT_CASE(none_are_a_document_too),
	KUNIT_CASE(commas_are_between),
	KUNIT_CASE(read_anew_it_begins_anew),
	KUNIT_CASE(sums_are_of_any_kind),
	{}
};

static struct kunit_suite stats_suite = {
	.name = "magslab_stats",
	.init = stats_init,
	.exit = stats_exit,
	.test_cases = stats_cases,
};

kunit_test_suite(stats_suite);
