// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the collector finds, and what it keeps. Each case of "keeps" moves the only
 * pointer to an object at the worst moment, and is lost by a collector that leaves out
 * the one rule it is about.
 */
#include "planted.h"

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
	{},
};

static struct kunit_suite collector_suite = {
	.name = "magslab_collector",
	.init = planted_init,
	.exit = planted_exit,
	.test_cases = collector_cases,
};

kunit_test_suite(collector_suite);
