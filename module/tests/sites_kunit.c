// SPDX-License-Identifier: GPL-2.0-only
/* Sites: tables that fill up, ages that tell, and who is ranked first. */
#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/time64.h>

#include "stats/site_report.h"
#include "stats/sites.h"
#include "stay.h"

/* A small table: two sets. */
#define SMALL_BITS 1
#define SMALL_PLACES (SAMPLE_WAYS << SMALL_BITS)
/* A large one, and as many samples as fill a third of it. */
#define LARGE_BITS 12
#define LARGE_THIRD ((SAMPLE_WAYS << LARGE_BITS) / 3)

#define START_NS NSEC_PER_SEC

/* No object lies there. */
static void *object_at(unsigned long nr)
{
	return (void *)(0x100000UL + nr * 64);
}

/*
 * === The table of samples ===
 */

static void table_make(struct kunit *test, struct sample_table *table)
{
	KUNIT_ASSERT_EQ(test, 0, sample_table_init(table, SMALL_BITS));
}

static bool table_add(struct sample_table *table, unsigned long nr)
{
	const struct sample sample = { .time = nr + 1, .site = nr, .cpu = 3 };

	return sample_table_add(table, object_at(nr), &sample);
}

static void samples_come_and_go(struct kunit *test)
{
	struct sample_table table;
	struct sample got;

	table_make(test, &table);
	KUNIT_EXPECT_TRUE(test, table_add(&table, 5));
	KUNIT_EXPECT_FALSE(test,
			   sample_table_remove(&table, object_at(6), &got));
	KUNIT_EXPECT_TRUE(test,
			  sample_table_remove(&table, object_at(5), &got));
	KUNIT_EXPECT_EQ(test, got.time, 6);
	KUNIT_EXPECT_EQ(test, got.site, 5);
	KUNIT_EXPECT_EQ(test, got.cpu, 3);
	KUNIT_EXPECT_FALSE(test,
			   sample_table_remove(&table, object_at(5), &got));
	sample_table_fini(&table);
}

/* They share sets, as there are far more of them, and are told apart. */
static void samples_collide(struct kunit *test)
{
	bool added[SMALL_PLACES] = {};
	struct sample_table table;
	struct sample got;
	unsigned int i;

	table_make(test, &table);
	for (i = 0; i < SMALL_PLACES; i++)
		added[i] = table_add(&table, i);
	for (i = 0; i < SMALL_PLACES; i++) {
		KUNIT_EXPECT_EQ(test, added[i],
				sample_table_remove(&table, object_at(i),
						    &got));
		if (added[i])
			KUNIT_EXPECT_EQ(test, got.site, i);
	}
	sample_table_fini(&table);
}

/* Each place is taken in the end, none twice, and one that is given up serves. */
static void samples_fill_their_table(struct kunit *test)
{
	unsigned int i, added = 0, there = 0;
	unsigned long last = 0;
	struct sample_table table;
	struct sample got;

	table_make(test, &table);
	for (i = 0; i < 1000; i++)
		if (table_add(&table, i)) {
			added++;
			last = i;
		}
	KUNIT_EXPECT_EQ(test, added, SMALL_PLACES);
	for (i = 0; i < SMALL_PLACES; i++)
		there += sample_table_read(&table, i, &got);
	KUNIT_EXPECT_EQ(test, there, SMALL_PLACES);

	KUNIT_EXPECT_FALSE(test, table_add(&table, 2000));
	KUNIT_EXPECT_TRUE(test,
			  sample_table_remove(&table, object_at(last), &got));
	KUNIT_EXPECT_TRUE(test, table_add(&table, last));
	sample_table_fini(&table);
}

/* Addresses as far apart as those of slabs that other caches have a part of. */
static void *scattered(struct rnd_state *random)
{
	return object_at(prandom_u32_state(random));
}

/*
 * Chance fills sets while most of the table is free. Who comes then is turned away no
 * more than others, and is found when the set has room again.
 */
static void few_samples_all_find_room(struct kunit *test)
{
	const struct sample sample = { .time = 1 };
	unsigned int i, added = 0, removed = 0;
	struct sample_table table;
	struct rnd_state random;
	struct sample got;

	KUNIT_ASSERT_EQ(test, 0, sample_table_init(&table, LARGE_BITS));
	prandom_seed_state(&random, 1);
	for (i = 0; i < LARGE_THIRD; i++)
		added += sample_table_add(&table, scattered(&random), &sample);
	KUNIT_EXPECT_EQ(test, added, LARGE_THIRD);
	KUNIT_EXPECT_GT(test, atomic_long_read(&table.in_second), 0);

	prandom_seed_state(&random, 1);
	for (i = 0; i < LARGE_THIRD; i++)
		removed +=
			sample_table_remove(&table, scattered(&random), &got);
	KUNIT_EXPECT_EQ(test, removed, LARGE_THIRD);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&table.in_second), 0);
	sample_table_fini(&table);
}

/* What may be freed, though it never was an object: the keys of no place. */
static void nonsense_is_not_found(struct kunit *test)
{
	struct sample_table table;
	struct sample got;
	unsigned long nr;

	table_make(test, &table);
	KUNIT_EXPECT_TRUE(test, table_add(&table, 1));
	for (nr = 0; nr < 64; nr++)
		KUNIT_EXPECT_FALSE(test, sample_table_remove(&table, (void *)nr,
							     &got));
	KUNIT_EXPECT_FALSE(test, sample_table_remove(&table, (void *)ULONG_MAX,
						     &got));
	sample_table_fini(&table);
}

/*
 * === The table of sites ===
 */

static void sites_are_found_again(struct kunit *test)
{
	struct site_table table;
	int one, two;

	KUNIT_ASSERT_EQ(test, 0, site_table_init(&table));
	one = site_table_find(&table, 1001, START_NS);
	two = site_table_find(&table, 1002, START_NS);
	KUNIT_EXPECT_GE(test, one, 0);
	KUNIT_EXPECT_GE(test, two, 0);
	KUNIT_EXPECT_NE(test, one, two);
	KUNIT_EXPECT_EQ(test, one, site_table_find(&table, 1001, 9 * START_NS));
	KUNIT_EXPECT_EQ(test, table.sites[one].since, START_NS);
	site_table_fini(&table);
}

/* Whoever has a place keeps it when the table is full. */
static void sites_fill_their_table(struct kunit *test)
{
	unsigned int i, refused = 0;
	struct site_table table;
	int first;

	KUNIT_ASSERT_EQ(test, 0, site_table_init(&table));
	first = site_table_find(&table, 1, START_NS);
	for (i = 2; i < 2 * SITE_TABLE_SITES; i++)
		refused += site_table_find(&table, i, START_NS) < 0;
	KUNIT_EXPECT_GE(test, refused, SITE_TABLE_SITES - 1);
	KUNIT_EXPECT_LT(test, refused, SITE_TABLE_SITES * 5 / 4);
	KUNIT_EXPECT_EQ(test, first, site_table_find(&table, 1, START_NS));
	site_table_fini(&table);
}

static void frees_elsewhere_are_counted(struct kunit *test)
{
	struct site_table table;
	int nr;

	KUNIT_ASSERT_EQ(test, 0, site_table_init(&table));
	nr = site_table_find(&table, 1, START_NS);
	site_freed(&table, nr, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, atomic_long_read(&table.sites[nr].other_cpu));
	/* UML has one CPU, but nobody asks it. */
	site_freed(&table, nr, num_possible_cpus(), 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_long_read(&table.sites[nr].other_cpu));
	KUNIT_EXPECT_EQ(test, 2, atomic_long_read(&table.sites[nr].frees));
	KUNIT_EXPECT_TRUE(test, test_bit(0, site_free_cpus(&table, nr)));
	KUNIT_EXPECT_FALSE(test, test_bit(0, site_alloc_cpus(&table, nr)));
	site_table_fini(&table);
}

/*
 * === Ages ===
 */

static void percentiles_are_those_of_a_list(struct kunit *test)
{
	static struct life lives[200];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lives); i++)
		lives[i].age = i + 1;
	KUNIT_EXPECT_EQ(test, 100, site_percentile(lives, 200, 50));
	KUNIT_EXPECT_EQ(test, 180, site_percentile(lives, 200, 90));
	KUNIT_EXPECT_EQ(test, 200, site_percentile(lives, 200, 100));
	KUNIT_EXPECT_EQ(test, 2, site_percentile(lives, 3, 50));
	KUNIT_EXPECT_EQ(test, 1, site_percentile(lives, 1, 50));
	KUNIT_EXPECT_EQ(test, 1, site_percentile(lives, 1, 90));
}

/* Lives that began one by one from @from to @to seconds ago. */
static void lives_fill(struct life *lives, unsigned int nr, unsigned int from,
		       unsigned int to)
{
	u64 span = (u64)(from - to) * NSEC_PER_SEC;
	unsigned int i;

	for (i = 0; i < nr; i++)
		lives[i].age = (u64)to * NSEC_PER_SEC + span / nr * i;
}

#define LIVES 400

static bool suspect_of(unsigned int nr, unsigned int from, unsigned int to,
		       unsigned int watched)
{
	static struct life lives[LIVES];

	lives_fill(lives, nr, from, to);
	return site_is_suspect(lives, nr, watched * (u64)NSEC_PER_SEC);
}

static void leaks_are_suspect(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, suspect_of(LIVES, 100, 0, 100));
	KUNIT_EXPECT_TRUE(test, suspect_of(SITE_SUSPECT_SAMPLES, 8, 0, 8));
}

static void others_are_not_suspect(struct kunit *test)
{
	/* Built up at first, and kept. */
	KUNIT_EXPECT_FALSE(test, suspect_of(LIVES, 100, 90, 100));
	KUNIT_EXPECT_FALSE(test, suspect_of(LIVES, 100, 26, 100));
	/* Soon freed, or replaced by and by. */
	KUNIT_EXPECT_FALSE(test, suspect_of(LIVES, 1, 0, 100));
	KUNIT_EXPECT_FALSE(test, suspect_of(LIVES, 74, 0, 100));
	/* Not watched long enough, or too few of them. */
	KUNIT_EXPECT_FALSE(test, suspect_of(LIVES, 4, 0, 4));
	KUNIT_EXPECT_FALSE(test, suspect_of(SITE_SUSPECT_SAMPLES - 1, 8, 0, 8));
	KUNIT_EXPECT_FALSE(test, suspect_of(0, 8, 0, 8));
}

/* A set that is kept, and what comes and goes beside it. */
static void held_and_churning_is_not_suspect(struct kunit *test)
{
	static struct life lives[LIVES];

	lives_fill(lives, LIVES / 2, 100, 95);
	lives_fill(lives + LIVES / 2, LIVES / 2, 1, 0);
	KUNIT_EXPECT_FALSE(test,
			   site_is_suspect(lives, LIVES, 100 * NSEC_PER_SEC));
}

/*
 * === The instrument, with a clock that the test turns ===
 */

struct sites_test {
	struct sites *sites;
	u64 now;
};

static const struct magslab_instrument *const instrument = &magslab_sites;

/* Callers that are not in the module: no function is there. */
enum { LEAK = 0x11000, CHURN = 0x12000, HOLD = 0x13000 };

static void begin(struct kunit *test, struct sites_test *t, unsigned int rate)
{
	t->sites = instrument->create(NULL, rate);
	KUNIT_ASSERT_NOT_NULL(test, t->sites);
	t->now = START_NS;
	stay_on_this_cpu();
}

static void tell_alloc(struct sites_test *t, unsigned long nr,
		       unsigned long caller)
{
	struct magslab_tapped op = { .caller = caller };
	void *object = object_at(nr);

	instrument->allocated(t->sites, NULL, &object, 1, &op, t->now);
}

static void tell_free(struct sites_test *t, unsigned long nr)
{
	struct magslab_tapped op = { .caller = CHURN };
	void *object = object_at(nr);

	instrument->freeing(t->sites, NULL, &object, 1, &op, t->now);
}

static const struct site *site_of(struct sites_test *t, unsigned long caller)
{
	return &t->sites->table.sites[site_table_find(&t->sites->table, caller,
						      t->now)];
}

static void frees_end_lives(struct kunit *test)
{
	struct site_report report;
	struct sites_test t;
	unsigned int i;

	begin(test, &t, 1);
	for (i = 0; i < 100; i++)
		tell_alloc(&t, i, CHURN);
	for (i = 0; i < 90; i++)
		tell_free(&t, i);
	for (i = 200; i < 300; i++)
		tell_free(&t, i);
	KUNIT_EXPECT_EQ(test, 100,
			atomic_long_read(&site_of(&t, CHURN)->allocs));
	KUNIT_EXPECT_EQ(test, 90, atomic_long_read(&site_of(&t, CHURN)->frees));
	KUNIT_ASSERT_EQ(test, 0, site_report_make(&report, t.sites, t.now));
	KUNIT_EXPECT_EQ(test, 10, report.nr_lives);
	site_report_free(&report);
	instrument->destroy(t.sites);
}

static void missed_frees_are_counted(struct kunit *test)
{
	struct site_report report;
	struct sites_test t;

	begin(test, &t, 1);
	tell_alloc(&t, 1, HOLD);
	tell_alloc(&t, 1, CHURN);
	KUNIT_EXPECT_EQ(test, 1, atomic_long_read(&t.sites->frees_not_seen));
	KUNIT_ASSERT_EQ(test, 0, site_report_make(&report, t.sites, t.now));
	KUNIT_EXPECT_EQ(test, 1, report.nr_lives);
	KUNIT_EXPECT_EQ(test, report.lines[0].live, 1);
	KUNIT_EXPECT_PTR_EQ(test, site_of(&t, CHURN),
			    (const struct site *)&t.sites->table
				    .sites[report.lines[0].site]);
	site_report_free(&report);
	instrument->destroy(t.sites);
}

static void drops_are_counted(struct kunit *test)
{
	const long more = 3L * (SAMPLE_WAYS << SITES_SAMPLE_BITS);
	const struct site *site;
	struct sites_test t;
	long i;

	begin(test, &t, 1);
	for (i = 0; i < more; i++)
		tell_alloc(&t, i, HOLD);
	site = site_of(&t, HOLD);
	KUNIT_EXPECT_GT(test, atomic_long_read(&t.sites->samples_dropped), 0);
	KUNIT_EXPECT_EQ(test, more,
			atomic_long_read(&site->allocs) +
				atomic_long_read(&t.sites->samples_dropped));
	KUNIT_EXPECT_EQ(test, 0, atomic_long_read(&t.sites->sites_dropped));
	for (i = 0; i < more; i++)
		tell_free(&t, i);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&site->allocs),
			atomic_long_read(&site->frees));

	for (i = 1; i <= 2 * SITE_TABLE_SITES; i++)
		tell_alloc(&t, i, i);
	KUNIT_EXPECT_GE(test, atomic_long_read(&t.sites->sites_dropped),
			(long)SITE_TABLE_SITES);
	instrument->destroy(t.sites);
}

/* One of 64 of 100000: 1563 samples, and a sigma of 1.5 %. Within 5 of them. */
static void rate_is_kept(struct kunit *test)
{
	const struct site *site;
	struct sites_test t;
	unsigned int i;
	long estimate;

	begin(test, &t, 64);
	for (i = 0; i < 100000; i++) {
		tell_alloc(&t, 1, CHURN);
		tell_free(&t, 1);
	}
	site = site_of(&t, CHURN);
	estimate = atomic_long_read(&site->allocs) * 64;
	KUNIT_EXPECT_GE(test, estimate, 92500);
	KUNIT_EXPECT_LE(test, estimate, 107500);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&site->allocs),
			atomic_long_read(&site->frees));
	instrument->destroy(t.sites);
}

/* Two sites in turn, which a fixed gap of 64 would take for one. */
static void rate_is_in_step_with_nobody(struct kunit *test)
{
	struct sites_test t;
	unsigned int i;
	long leaks;

	begin(test, &t, 64);
	for (i = 0; i < 100000; i++)
		tell_alloc(&t, i, i % 2 ? LEAK : HOLD);
	leaks = atomic_long_read(&site_of(&t, LEAK)->allocs) * 64;
	KUNIT_EXPECT_GE(test, leaks, 44000);
	KUNIT_EXPECT_LE(test, leaks, 56000);
	instrument->destroy(t.sites);
}

/* What a second brings: a leak of 10, and 100 that live for a second. */
static void a_second_passes(struct sites_test *t, unsigned int second)
{
	unsigned int i;

	for (i = 0; i < 100; i++) {
		if (second)
			tell_free(t, 20000 + (second - 1) * 100 + i);
		tell_alloc(t, 20000 + second * 100 + i, CHURN);
	}
	for (i = 0; i < 10; i++)
		tell_alloc(t, 10000 + second * 10 + i, LEAK);
	t->now += NSEC_PER_SEC;
}

static void leak_is_ranked_first(struct kunit *test)
{
	struct site_report report;
	struct sites_test t;
	unsigned int i;

	begin(test, &t, 1);
	for (i = 0; i < 5000; i++)
		tell_alloc(&t, i, HOLD);
	for (i = 0; i < 20; i++)
		a_second_passes(&t, i);

	KUNIT_ASSERT_EQ(test, 0, site_report_make(&report, t.sites, t.now));
	KUNIT_ASSERT_EQ(test, 3, report.nr_lines);
	KUNIT_EXPECT_EQ(test, LEAK,
			t.sites->table.sites[report.lines[0].site].caller);
	KUNIT_EXPECT_TRUE(test, report.lines[0].suspect);
	KUNIT_EXPECT_EQ(test, 200, report.lines[0].live);
	KUNIT_EXPECT_EQ(test, 20 * NSEC_PER_SEC, report.lines[0].max);
	KUNIT_EXPECT_EQ(test, HOLD,
			t.sites->table.sites[report.lines[1].site].caller);
	KUNIT_EXPECT_FALSE(test, report.lines[1].suspect);
	KUNIT_EXPECT_EQ(test, 20 * NSEC_PER_SEC, report.lines[1].p50);
	KUNIT_EXPECT_FALSE(test, report.lines[2].suspect);
	KUNIT_EXPECT_EQ(test, 100, report.lines[2].live);
	site_report_free(&report);
	instrument->destroy(t.sites);
}

static struct kunit_case sites_cases[] = {
	KUNIT_CASE(samples_come_and_go),
	KUNIT_CASE(samples_collide),
	KUNIT_CASE(samples_fill_their_table),
	KUNIT_CASE(few_samples_all_find_room),
	KUNIT_CASE(nonsense_is_not_found),
	KUNIT_CASE(sites_are_found_again),
	KUNIT_CASE(sites_fill_their_table),
	KUNIT_CASE(frees_elsewhere_are_counted),
	KUNIT_CASE(percentiles_are_those_of_a_list),
	KUNIT_CASE(leaks_are_suspect),
	KUNIT_CASE(others_are_not_suspect),
	KUNIT_CASE(held_and_churning_is_not_suspect),
	KUNIT_CASE(frees_end_lives),
	KUNIT_CASE(missed_frees_are_counted),
	KUNIT_CASE(drops_are_counted),
	KUNIT_CASE(rate_is_kept),
	KUNIT_CASE(rate_is_in_step_with_nobody),
	KUNIT_CASE(leak_is_ranked_first),
	{}
};

static struct kunit_suite sites_suite = {
	.name = "magslab_sites",
	.test_cases = sites_cases,
};

kunit_test_suite(sites_suite);
