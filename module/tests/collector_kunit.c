// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collector, driven step by step: its thread has nothing to do here. Each case of
 * "keeps" moves the only pointer to an object at the worst moment, and is lost by a
 * collector that leaves out the one rule it is about.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "collector/collector.h"

#define NR_ROOTS 64
/* Of an object that takes a step for itself. */
#define NODE_WORDS MARK_BATCH
/* What tells that an object is what it was. */
#define CANARY 0x676f6f646f626a21UL

struct node {
	struct node *next;
	struct node *other;
	unsigned long canary;
	unsigned long rest[NODE_WORDS - 3];
};

struct fixture {
	struct magslab_collector *collector;
	struct magslab_tracked *nodes;
	struct magslab_tracked *kept;
	struct node *roots[NR_ROOTS];
};

static int collector_test_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	f->collector = magslab_collector_create("kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(f->collector));
	f->nodes = magslab_tracked_create(f->collector, "kunit-nodes",
					  sizeof(struct node), 0,
					  MAGSLAB_TRACKED_RECLAIM);
	KUNIT_ASSERT_FALSE(test, IS_ERR(f->nodes));
	f->kept = magslab_tracked_create(f->collector, "kunit-kept",
					 sizeof(struct node), 0,
					 MAGSLAB_TRACKED_STACKS);
	KUNIT_ASSERT_FALSE(test, IS_ERR(f->kept));
	KUNIT_ASSERT_EQ(test,
			magslab_root_register(f->collector, f->roots,
					      sizeof(f->roots)),
			0);
	return 0;
}

static struct magslab_collector_figures figures_of(struct fixture *f)
{
	struct magslab_collector_figures figures;

	magslab_collector_figures(f->collector, &figures);
	return figures;
}

static void collector_test_exit(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct magslab_collector_figures now;

	if (!f || IS_ERR_OR_NULL(f->collector))
		return;
	now = figures_of(f);
	KUNIT_EXPECT_EQ(test, now.tracked,
			now.allocated - now.freed - now.reclaimed);
	magslab_collector_destroy(f->collector);
}

/*
 * === Helpers ===
 */

static int add_root(struct fixture *f, void *start, size_t size)
{
	return magslab_root_register(f->collector, start, size);
}

static int drop_root(struct fixture *f, void *start, size_t size)
{
	return magslab_root_unregister(f->collector, start, size);
}

/* One that only @slot has, or nobody with NULL. */
static struct node *plant(struct fixture *f, struct magslab_tracked *tracked,
			  struct node **slot)
{
	MAGSLAB_SCOPE(scope, f->collector);
	struct node *node =
		magslab_tracked_alloc(scope, 0, tracked, GFP_KERNEL);

	if (node)
		node->canary = CANARY;
	if (slot)
		magslab_tracked_store(slot, node);
	return node;
}

static void begin(struct fixture *f)
{
	cycle_arm(f->collector);
	cycle_snapshot(f->collector);
}

/* Go on to the beginning of a stage, or the end of the cycle. */
static void go_to(struct fixture *f, enum stage stage)
{
	while (f->collector->stage != stage &&
	       f->collector->stage != STAGE_REST)
		if (!cycle_step(f->collector))
			cycle_settle(f->collector);
}

static void finish(struct fixture *f)
{
	go_to(f, STAGE_REST);
}

static void whole_cycle(struct fixture *f)
{
	begin(f);
	finish(f);
}

static int state_of(struct fixture *f, const struct node *node)
{
	const void *head = (const void *)node - f->nodes->offset;

	return atomic_read(&((const struct tracked_head *)head)->state);
}

static bool is_black(struct fixture *f, const struct node *node)
{
	int state = state_of(f, node);

	return !(state & HEAD_GREY) &&
	       !state_is_white(state, cycle_of(f->collector->now));
}

#define EXPECT_LIVE(test, node)                                      \
	do {                                                         \
		KUNIT_EXPECT_TRUE(test, magslab_tracked_live(node)); \
		KUNIT_EXPECT_EQ(test, (node)->canary, CANARY);       \
	} while (0)

#define EXPECT_GONE(test, node) \
	KUNIT_EXPECT_FALSE(test, magslab_tracked_live(node))

/*
 * === What is found ===
 */

static void finds_what_nobody_has(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *loop, *kept, *held, *chain;

	plant(f, f->nodes, &f->roots[0]);
	kept = plant(f, f->nodes, &f->roots[0]->next);
	loop = plant(f, f->nodes, NULL);
	loop->next = plant(f, f->nodes, NULL);
	loop->next->next = loop;
	chain = plant(f, f->nodes, NULL);
	plant(f, f->nodes, &chain->next);
	held = plant(f, f->nodes, &f->roots[1]);
	{
		MAGSLAB_SCOPE(scope, f->collector);

		magslab_tracked_load(scope, 7, &f->roots[1]);
		magslab_tracked_store(&f->roots[1], NULL);
		whole_cycle(f);
		EXPECT_LIVE(test, held);
	}
	EXPECT_LIVE(test, f->roots[0]);
	EXPECT_LIVE(test, kept);
	EXPECT_GONE(test, loop);
	EXPECT_GONE(test, chain);
	KUNIT_EXPECT_EQ(test, figures_of(f).reclaimed, 4);
	whole_cycle(f);
	EXPECT_GONE(test, held);
	KUNIT_EXPECT_EQ(test, figures_of(f).tracked, 2);
}

static void any_address_within_counts(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *node = plant(f, f->nodes, NULL);

	f->roots[3] = (void *)&node->rest[NODE_WORDS - 4] + 7;
	whole_cycle(f);
	EXPECT_LIVE(test, node);
	f->roots[3] = node + 1;
	whole_cycle(f);
	EXPECT_GONE(test, node);
	node = plant(f, f->nodes, NULL);
	f->roots[3] = (void *)node - 1;
	whole_cycle(f);
	EXPECT_GONE(test, node);
}

/* Between two objects is nobody's. */
static void no_address_after_it_counts(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct magslab_tracked *padded;
	struct node *object;

	padded = magslab_tracked_create(f->collector, "kunit-padded", 40, 64,
					MAGSLAB_TRACKED_RECLAIM);
	KUNIT_ASSERT_FALSE(test, IS_ERR(padded));
	object = plant(f, padded, NULL);
	f->roots[0] = (void *)object + 39;
	whole_cycle(f);
	EXPECT_LIVE(test, object);
	f->roots[0] = (void *)object + 40;
	whole_cycle(f);
	EXPECT_GONE(test, object);
}

/* Told of once, and never freed. */
static void only_tells(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *node = plant(f, f->kept, NULL);
	struct found_site *site = NULL;
	unsigned int i;

	whole_cycle(f);
	whole_cycle(f);
	EXPECT_LIVE(test, node);
	KUNIT_EXPECT_EQ(test, figures_of(f).found, 1);
	KUNIT_EXPECT_EQ(test, figures_of(f).reclaimed, 0);
	for (i = 0; i < FOUND_SITES; i++)
		if (f->collector->found.sites[i].objects)
			site = &f->collector->found.sites[i];
	KUNIT_ASSERT_NOT_NULL(test, site);
	KUNIT_EXPECT_PTR_EQ(test, site->find.tracked,
			    (const struct magslab_tracked *)f->kept);
	KUNIT_EXPECT_EQ(test, site->objects, 1);
	KUNIT_EXPECT_FALSE(test, site->find.reclaimed);
	KUNIT_EXPECT_TRUE(test, magslab_tracked_free(node));
}

static void is_zeroed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *node = plant(f, f->nodes, NULL);

	memset(node, 0xa5, sizeof(*node));
	KUNIT_EXPECT_TRUE(test, magslab_tracked_free(node));
	node = plant(f, f->nodes, NULL);
	node->canary = 0;
	KUNIT_EXPECT_NULL(test, memchr_inv(node, 0, sizeof(*node)));
}

/*
 * === What is kept, though it moves ===
 */

/* From an object that was not looked at to one that was: P3. */
static void keeps_what_is_stored_behind_it(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *first, *second, *moved;

	second = plant(f, f->nodes, &f->roots[0]);
	first = plant(f, f->nodes, &f->roots[1]);
	moved = plant(f, f->nodes, &second->next);
	begin(f);
	go_to(f, STAGE_TRACE);
	while (!is_black(f, first))
		cycle_step(f->collector);
	KUNIT_ASSERT_FALSE(test, is_black(f, second));
	KUNIT_ASSERT_EQ(test, f->collector->stage, STAGE_TRACE);
	{
		MAGSLAB_SCOPE(scope, f->collector);
		struct node *node;

		node = magslab_tracked_load(scope, 0, &second->next);
		magslab_tracked_store(&first->next, node);
		magslab_tracked_store(&second->next, NULL);
	}
	finish(f);
	EXPECT_LIVE(test, moved);
	KUNIT_EXPECT_PTR_EQ(test, first->next, moved);
}

/* The same by an exchange. */
static void keeps_what_is_exchanged(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *first, *second, *moved, *node;

	second = plant(f, f->nodes, &f->roots[0]);
	first = plant(f, f->nodes, &f->roots[1]);
	moved = plant(f, f->nodes, &second->next);
	begin(f);
	go_to(f, STAGE_TRACE);
	while (!is_black(f, first))
		cycle_step(f->collector);
	KUNIT_ASSERT_FALSE(test, is_black(f, second));
	{
		MAGSLAB_SCOPE(scope, f->collector);

		node = magslab_tracked_exchange(scope, 0, &second->next, NULL);
		magslab_tracked_store(&first->next, node);
	}
	finish(f);
	KUNIT_EXPECT_PTR_EQ(test, node, moved);
	EXPECT_LIVE(test, moved);
}

/* From a root that has its turn later to an object that is new. */
static void keeps_what_leaves_a_root(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *moved = plant(f, f->nodes, &f->roots[60]);

	begin(f);
	{
		MAGSLAB_SCOPE(scope, f->collector);
		struct node *node;

		node = magslab_tracked_alloc(scope, 0, f->nodes, GFP_KERNEL);
		node->next = magslab_tracked_load(scope, 1, &f->roots[60]);
		magslab_tracked_store(&f->roots[61], node);
		magslab_tracked_store(&f->roots[60], NULL);
	}
	finish(f);
	EXPECT_LIVE(test, moved);
}

/* From a handle that has its turn later to an object that is new: P5. */
static void let_go_before_its_turn(struct kunit *test, bool leave)
{
	struct fixture *f = test->priv;
	struct magslab_scope memory, *scope;
	struct node *moved = plant(f, f->nodes, &f->roots[0]);

	scope = magslab_scope_enter(&memory, f->collector);
	magslab_tracked_load(scope, 0, &f->roots[0]);
	magslab_tracked_store(&f->roots[0], NULL);
	begin(f);
	plant(f, f->nodes, &f->roots[1])->next = moved;
	if (leave)
		magslab_scope_leave(scope);
	else
		magslab_scope_hold(scope, 0, NULL);
	finish(f);
	EXPECT_LIVE(test, moved);
	if (!leave)
		magslab_scope_leave(scope);
}

static void keeps_what_a_handle_had(struct kunit *test)
{
	let_go_before_its_turn(test, false);
}

static void keeps_what_a_scope_had(struct kunit *test)
{
	let_go_before_its_turn(test, true);
}

static void keeps_what_is_new(struct kunit *test)
{
	struct fixture *f = test->priv;
	enum stage stage;

	for (stage = STAGE_SCOPES; stage <= STAGE_SWEEP; stage++) {
		struct node *node;

		begin(f);
		go_to(f, stage);
		node = plant(f, f->nodes, NULL);
		finish(f);
		EXPECT_LIVE(test, node);
	}
	whole_cycle(f);
	KUNIT_EXPECT_EQ(test, figures_of(f).tracked, 0);
}

/*
 * Before the snapshot others still store without the barrier, which is done here by
 * hand. So what is born then has to be looked at: P4.
 */
static void keeps_what_is_new_before_it(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *moved = plant(f, f->nodes, &f->roots[0]);

	cycle_arm(f->collector);
	plant(f, f->nodes, &f->roots[1])->next = moved;
	f->roots[0] = NULL;
	cycle_snapshot(f->collector);
	finish(f);
	EXPECT_LIVE(test, f->roots[1]);
	EXPECT_LIVE(test, moved);
}

/* What is loaded before the snapshot and in a handle only after its turn: P4. */
static void keeps_what_is_loaded_before_it(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *moved = plant(f, f->nodes, &f->roots[0]);

	{
		MAGSLAB_SCOPE(scope, f->collector);
		u32 now;

		cycle_arm(f->collector);
		now = collector_now(f->collector);
		f->roots[0] = NULL;
		cycle_snapshot(f->collector);
		go_to(f, STAGE_ROOTS);
		scope_set(scope, 0, moved, now);
		finish(f);
		EXPECT_LIVE(test, moved);
	}
}

/* Whoever overwrites before the snapshot and saw that it comes: P3. */
static void keeps_what_goes_before_it(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct node *moved = plant(f, f->nodes, &f->roots[0]);

	cycle_arm(f->collector);
	magslab_tracked_store(&f->roots[0], NULL);
	cycle_snapshot(f->collector);
	finish(f);
	EXPECT_LIVE(test, moved);
	whole_cycle(f);
	EXPECT_GONE(test, moved);
}

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
		KUNIT_ASSERT_EQ(test, collector_test_init(test), 0);
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

static struct kunit_case collector_cases[] = {
	KUNIT_CASE(finds_what_nobody_has),
	KUNIT_CASE(any_address_within_counts),
	KUNIT_CASE(no_address_after_it_counts),
	KUNIT_CASE(only_tells),
	KUNIT_CASE(is_zeroed),
	KUNIT_CASE(keeps_what_is_stored_behind_it),
	KUNIT_CASE(keeps_what_is_exchanged),
	KUNIT_CASE(keeps_what_leaves_a_root),
	KUNIT_CASE(keeps_what_a_handle_had),
	KUNIT_CASE(keeps_what_a_scope_had),
	KUNIT_CASE(keeps_what_is_new),
	KUNIT_CASE(keeps_what_is_new_before_it),
	KUNIT_CASE(keeps_what_is_loaded_before_it),
	KUNIT_CASE(keeps_what_goes_before_it),
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

static struct kunit_suite collector_suite = {
	.name = "magslab_collector",
	.init = collector_test_init,
	.exit = collector_test_exit,
	.test_cases = collector_cases,
};

kunit_test_suite(collector_suite);
