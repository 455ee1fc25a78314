// SPDX-License-Identifier: GPL-2.0-only
/* How tracked objects, roots and budgets may be used, and what is refused. */
#include "planted.h"

/*
 * === Roots that come and go ===
 */

static void keeps_what_a_gone_root_had(struct kunit *test)
{
	struct fixture *f = test->priv;
	size_t size = 2 * MARK_BATCH * sizeof(void *);
	struct node **extra, *moved;

	extra = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_EQ(test, add_root(f, extra, size), 0);
	moved = plant(f, f->nodes, &extra[2 * MARK_BATCH - 1]);
	begin(f);
	go_to(f, STAGE_ROOTS);
	/* Its first half. */
	cycle_step(f->collector);
	plant(f, f->nodes, &f->roots[0])->next = moved;
	KUNIT_EXPECT_EQ(test, drop_root(f, extra, size), 0);
	extra[2 * MARK_BATCH - 1] = NULL;
	finish(f);
	EXPECT_LIVE(test, moved);
}

static void looks_at_a_new_root(struct kunit *test)
{
	struct fixture *f = test->priv;
	size_t size = NR_STAGES * sizeof(void *);
	struct node **extra;
	enum stage stage;

	extra = kunit_kzalloc(test, size, GFP_KERNEL);
	for (stage = STAGE_SCOPES; stage <= STAGE_SETTLE; stage++) {
		extra[stage] = plant(f, f->nodes, NULL);
		begin(f);
		go_to(f, stage);
		KUNIT_EXPECT_EQ(test, add_root(f, extra, size), 0);
		finish(f);
		EXPECT_LIVE(test, extra[stage]);
		KUNIT_EXPECT_EQ(test, drop_root(f, extra, size), 0);
	}
}

static void bad_roots(struct kunit *test)
{
	struct fixture *f = test->priv;
	void *roots = f->roots;

	KUNIT_EXPECT_EQ(test, add_root(f, roots + 1, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_root(f, roots, 7), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_root(f, roots, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_root(f, NULL, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_root(f, roots, -8UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_root(f, roots, sizeof(f->roots)), -EEXIST);
	KUNIT_EXPECT_EQ(test, drop_root(f, roots, 8), -ENOENT);
	KUNIT_EXPECT_EQ(test, drop_root(f, test, 8), -ENOENT);
	KUNIT_EXPECT_EQ(test, drop_root(f, NULL, 0), -ENOENT);
}

/* Each for itself. */
static void overlapping_roots(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *node = plant(f, f->nodes, &f->roots[1]);

	KUNIT_EXPECT_EQ(test, add_root(f, &f->roots[1], 16), 0);
	whole_cycle(f);
	EXPECT_LIVE(test, node);
	KUNIT_EXPECT_EQ(test, drop_root(f, f->roots, sizeof(f->roots)), 0);
	whole_cycle(f);
	EXPECT_LIVE(test, node);
	KUNIT_EXPECT_EQ(test, drop_root(f, &f->roots[1], 16), 0);
	KUNIT_EXPECT_EQ(test, drop_root(f, &f->roots[1], 16), -ENOENT);
	whole_cycle(f);
	EXPECT_GONE(test, node);
}

/*
 * === Frees ===
 */

static void freed_while_grey(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *node = plant(f, f->nodes, &f->roots[0]);
	struct node *child = plant(f, f->nodes, &node->next);

	begin(f);
	go_to(f, STAGE_TRACE);
	KUNIT_ASSERT_TRUE(test, state_of(f, node) & HEAD_GREY);
	magslab_tracked_store(&f->roots[0], NULL);
	KUNIT_EXPECT_TRUE(test, magslab_tracked_free(node));
	EXPECT_GONE(test, node);
	KUNIT_EXPECT_FALSE(test, magslab_tracked_free(node));
	KUNIT_EXPECT_EQ(test, figures_of(f).tracked, 2);
	finish(f);
	KUNIT_EXPECT_EQ(test, figures_of(f).tracked, 1);
	KUNIT_EXPECT_EQ(test, figures_of(f).freed, 1);
	EXPECT_LIVE(test, child);
}

/* When a cycle is given up, what was freed in the meantime is given back. */
static void freed_and_given_up(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *node = plant(f, f->kept, &f->roots[0]);

	begin(f);
	go_to(f, STAGE_TRACE);
	magslab_tracked_store(&f->roots[0], NULL);
	KUNIT_EXPECT_TRUE(test, magslab_tracked_free(node));
	KUNIT_EXPECT_EQ(test, figures_of(f).tracked, 1);
	cycle_abandon(f->collector);
	KUNIT_EXPECT_EQ(test, figures_of(f).tracked, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&__magslab_marking), 0);
	whole_cycle(f);
}

static void bad_frees(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *node = plant(f, f->nodes, NULL);
	void *other = kunit_kzalloc(test, 64, GFP_KERNEL);

	KUNIT_EXPECT_TRUE(test, magslab_tracked_free(NULL));
	KUNIT_EXPECT_FALSE(test, magslab_tracked_free(other));
	KUNIT_EXPECT_FALSE(test, magslab_tracked_free(&node->next + 1));
	KUNIT_EXPECT_FALSE(test, magslab_tracked_free((void *)8));
	KUNIT_EXPECT_TRUE(test, magslab_tracked_free(node));
	KUNIT_EXPECT_FALSE(test, magslab_tracked_free(node));
	KUNIT_EXPECT_EQ(test, figures_of(f).refused, 2);
	KUNIT_EXPECT_EQ(test, figures_of(f).freed, 1);
}

/* Nobody tracks it any more; its memory stays, as its cache tells. */
static void freed_after_the_end(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *kept = plant(f, f->kept, &f->roots[0]);
	struct node *gone = plant(f, f->nodes, &f->roots[1]);

	magslab_collector_destroy(f->collector);
	f->collector = NULL;
	EXPECT_GONE(test, kept);
	EXPECT_GONE(test, gone);
	KUNIT_EXPECT_EQ(test, kept->canary, CANARY);
	KUNIT_EXPECT_FALSE(test, magslab_tracked_free(kept));
	KUNIT_EXPECT_FALSE(test, magslab_tracked_free(gone));
}

/* What is no pointer to a tracked object is stored like any other. */
static void foreign_stores(struct kunit *test)
{
	struct fixture *f = test->priv;
	static char here;
	void *local = NULL;

	begin(f);
	magslab_tracked_store(&f->roots[0], (struct node *)&here);
	magslab_tracked_store(&f->roots[0], (struct node *)-1UL);
	magslab_tracked_store(&f->roots[0], (struct node *)16);
	magslab_tracked_store(&f->roots[0], NULL);
	magslab_tracked_store(&local, f->collector);
	KUNIT_EXPECT_PTR_EQ(test, local, (void *)f->collector);
	finish(f);
	KUNIT_EXPECT_NULL(test, f->roots[0]);
}

/*
 * === Work in pieces ===
 */

/* No step looks at more than its share, however large an object or a root is. */
static void large_ones_in_pieces(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct magslab_tracked *large;
	size_t nr = (MAGSLAB_MAX_SIZE - 64) / sizeof(void *), i;
	struct node **array, **all;
	u64 before;

	large = magslab_tracked_create(f->collector, "kunit-large", nr * 8, 0,
				       MAGSLAB_TRACKED_RECLAIM);
	KUNIT_ASSERT_FALSE(test, IS_ERR(large));
	array = (void *)plant(f, large, &f->roots[0]);
	KUNIT_ASSERT_NOT_NULL(test, array);
	array[2] = NULL;
	for (i = 1; i < nr; i += 400)
		plant(f, f->nodes, &array[i]);
	all = kunit_kcalloc(test, nr, sizeof(*all), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, all);
	plant(f, f->nodes, &all[nr - 1]);
	add_root(f, all, nr * sizeof(*all));
	begin(f);
	while (f->collector->stage != STAGE_REST) {
		before = f->collector->mark.words;
		if (!cycle_step(f->collector))
			cycle_settle(f->collector);
		KUNIT_ASSERT_LE(test, f->collector->mark.words - before,
				MARK_BATCH);
	}
	KUNIT_EXPECT_EQ(test, figures_of(f).reclaimed, 0);
	KUNIT_EXPECT_GE(test, figures_of(f).words, 2 * nr);
	for (i = 1; i < nr; i += 400)
		EXPECT_LIVE(test, array[i]);
	EXPECT_LIVE(test, all[nr - 1]);
	drop_root(f, all, nr * sizeof(*all));
}

/* Given up after any number of steps, nothing is left behind. */
static void ends_in_the_middle(struct kunit *test)
{
	unsigned int steps, i;

	for (steps = 0; steps < 60; steps += 3) {
		struct fixture *f = test->priv;
		struct node *freed;

		for (i = 0; i < 20; i++)
			plant(f, f->nodes, &f->roots[i]);
		plant(f, f->nodes, NULL);
		begin(f);
		for (i = 0; i < steps; i++)
			if (!cycle_step(f->collector) &&
			    f->collector->stage == STAGE_SETTLE)
				cycle_settle(f->collector);
		freed = f->roots[0];
		magslab_tracked_store(&f->roots[0], NULL);
		KUNIT_EXPECT_TRUE(test, magslab_tracked_free(freed));
		magslab_collector_destroy(f->collector);
		KUNIT_ASSERT_EQ(test, atomic_read(&__magslab_marking), 0);
		memset(f->roots, 0, sizeof(f->roots));
		KUNIT_ASSERT_EQ(test, planted_init(test), 0);
	}
}

/*
 * === Budgets ===
 */

static int set(struct magslab_collector *c, u64 budget_ns, u64 period_ns)
{
	return magslab_collector_set_budget(c, budget_ns, period_ns);
}

static void bad_budgets(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct magslab_collector *c = f->collector;
	static const u64 bad[][2] = {
		{ 0, 50000000 },
		{ 0, 0 },
		{ 1, 50000000 },
		{ MAGSLAB_COLLECTOR_MIN_BUDGET - 1, 50000000 },
		{ 50000000, 50000000 },
		{ 50000001, 50000000 },
		{ 10000000, 0 },
		{ 10000000, MAGSLAB_COLLECTOR_MAX_PERIOD + 1 },
		{ U64_MAX, U64_MAX },
		{ 10000000, U64_MAX },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, set(c, bad[i][0], bad[i][1]), -EINVAL);
	KUNIT_EXPECT_EQ(test, c->pace.budget_ns, 10000000);
	KUNIT_EXPECT_EQ(test, c->pace.period_ns, 50000000);
	KUNIT_EXPECT_EQ(test, set(c, 50000, 10000000000), 0);
	KUNIT_EXPECT_EQ(test, magslab_collector_set_interval(c, 86400001),
			-EINVAL);
}

static void bad_names_and_sizes(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct magslab_collector *c = f->collector;
	struct magslab_tracked *again;
	static const char *const names[] = { NULL, "", ".", "..", "a b", "a/b" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ(test,
				PTR_ERR(magslab_collector_create(names[i])),
				-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(magslab_collector_create("kunit")),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, PTR_ERR(magslab_tracked_create(c, "x", 7, 0, 0)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			PTR_ERR(magslab_tracked_create(c, "x", SZ_64K, 0, 0)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(magslab_tracked_create(c, "x", 8, 3, 0)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			PTR_ERR(magslab_tracked_create(c, "x", 8, 8192, 0)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(magslab_tracked_create(c, "x", 8, 0, 4)),
			-EINVAL);
	again = magslab_tracked_create(c, "kunit-nodes", 8, 0, 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR(again), -EEXIST);
	magslab_collector_destroy(NULL);
	magslab_collector_destroy(ERR_PTR(-ENOMEM));
}

static void aligns(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct magslab_tracked *tracked;
	size_t align;
	char name[32];
	void *object;

	for (align = 8; align <= PAGE_SIZE; align *= 2) {
		MAGSLAB_SCOPE(scope, f->collector);

		snprintf(name, sizeof(name), "kunit-%zu", align);
		tracked = magslab_tracked_create(f->collector, name, 40, align,
						 MAGSLAB_TRACKED_RECLAIM);
		KUNIT_ASSERT_FALSE(test, IS_ERR(tracked));
		object = magslab_tracked_alloc(scope, 0, tracked, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_TRUE(test,
				  IS_ALIGNED((unsigned long)object, align));
		whole_cycle(f);
		KUNIT_EXPECT_TRUE(test, magslab_tracked_live(object));
	}
	whole_cycle(f);
	KUNIT_EXPECT_EQ(test, figures_of(f).tracked, 0);
}

/*
 * === With its thread ===
 */

#define MANY 100000

/* As it is used. What slices took is told and not judged: others have the CPU too. */
static void by_its_thread(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct magslab_collector_figures now;
	struct magslab_tracked *small;
	unsigned int i;

	small = magslab_tracked_create(f->collector, "kunit-small", 32, 0,
				       MAGSLAB_TRACKED_RECLAIM);
	KUNIT_ASSERT_FALSE(test, IS_ERR(small));
	for (i = 0; i < MANY; i++) {
		MAGSLAB_SCOPE(scope, f->collector);
		struct node *node;

		node = magslab_tracked_alloc(scope, 0, small, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, node);
		node->next = f->roots[i % 2];
		magslab_tracked_store(&f->roots[i % 2], node);
	}
	magslab_tracked_store(&f->roots[1], NULL);
	KUNIT_EXPECT_EQ(test, magslab_collector_collect(f->collector), 0);
	now = figures_of(f);
	KUNIT_EXPECT_EQ(test, now.reclaimed, MANY / 2);
	KUNIT_EXPECT_EQ(test, now.found, MANY / 2);
	KUNIT_EXPECT_EQ(test, now.tracked, MANY / 2);
	kunit_info(test, "%llu slices, longest %llu ns, %llu over budget",
		   now.slices, now.longest_ns, now.over_budget);
	kunit_info(test, "%llu ns to mark an object, %llu ns to sweep one",
		   now.mark_ns / now.scanned, now.sweep_ns / now.swept);
}

static struct kunit_case tracked_cases[] = {
	KUNIT_CASE(keeps_what_a_gone_root_had),
	KUNIT_CASE(looks_at_a_new_root),
	KUNIT_CASE(bad_roots),
	KUNIT_CASE(overlapping_roots),
	KUNIT_CASE(freed_while_grey),
	KUNIT_CASE(freed_and_given_up),
	KUNIT_CASE(bad_frees),
	KUNIT_CASE(freed_after_the_end),
	KUNIT_CASE(foreign_stores),
	KUNIT_CASE(large_ones_in_pieces),
	KUNIT_CASE(ends_in_the_middle),
	KUNIT_CASE(bad_budgets),
	KUNIT_CASE(bad_names_and_sizes),
	KUNIT_CASE(aligns),
	KUNIT_CASE(by_its_thread),
	{},
};

static struct kunit_suite tracked_suite = {
	.name = "magslab_tracked",
	.init = planted_init,
	.exit = planted_exit,
	.test_cases = tracked_cases,
};

kunit_test_suite(tracked_suite);
