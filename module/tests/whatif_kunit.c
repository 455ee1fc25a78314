// SPDX-License-Identifier: GPL-2.0-only
/* Ghost magazines against a plain model of real ones, and against real ones. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "alloc/cache.h"
#include "alloc/reaper.h"
#include "listen.h"
#include "stats/whatif.h"
#include "stay.h"

#define SIZE 64
#define MOST 2000
#define STEPS 40000

/* What a test does: runs of allocations and of frees, short ones and long ones. */
struct walk {
	struct rnd_state rnd;
	unsigned int left;
	bool up;
};

static void walk_begin(struct walk *walk, u64 seed)
{
	*walk = (struct walk){};
	prandom_seed_state(&walk->rnd, seed);
}

/* Return: whether to allocate, with @live objects there. */
static bool walk_step(struct walk *walk, unsigned int live)
{
	if (!walk->left--) {
		walk->left = prandom_u32_state(&walk->rnd) %
			     (1U << prandom_u32_state(&walk->rnd) % 9);
		walk->up = prandom_u32_state(&walk->rnd) & 1;
	}
	return live && (live == MOST || walk->up);
}

/*
 * === Ghosts ===
 */

/* Two magazines, moved about as in alloc/magazine.c. */
struct model {
	unsigned int capacity;
	unsigned int loaded;
	unsigned int previous;
	unsigned long exchanges;
};

static void model_alloc(struct model *model)
{
	if (!model->loaded && model->previous) {
		swap(model->loaded, model->previous);
	} else if (!model->loaded) {
		model->exchanges++;
		model->loaded = model->capacity;
	}
	model->loaded--;
}

static void model_free(struct model *model)
{
	if (model->loaded == model->capacity && !model->previous) {
		swap(model->loaded, model->previous);
	} else if (model->loaded == model->capacity) {
		model->exchanges++;
		model->previous = model->capacity;
		model->loaded = 0;
	}
	model->loaded++;
}

struct ghosts {
	struct ghost __percpu *each;
	struct ghost_curve curve;
	struct model models[GHOST_CAPACITIES + 1];
};

static int ghost_init(struct kunit *test)
{
	struct ghosts *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);
	unsigned int cpu, i;

	KUNIT_ASSERT_NOT_NULL(test, g);
	g->each = alloc_percpu(struct ghost);
	KUNIT_ASSERT_NOT_NULL(test, g->each);
	for_each_possible_cpu(cpu)
		magslab_ghost_init(per_cpu_ptr(g->each, cpu));
	for (i = 1; i <= GHOST_CAPACITIES; i++)
		g->models[i] = (struct model){ .capacity = i, .loaded = i };
	test->priv = g;
	stay_on_this_cpu();
	return 0;
}

static void ghost_exit(struct kunit *test)
{
	struct ghosts *g = test->priv;

	free_percpu(g->each);
}

static void tell(struct ghosts *g, bool alloc)
{
	unsigned int i;

	magslab_ghost_tell(g->each, alloc ? GHOST_EMPTY : GHOST_FULL, 1, false);
	for (i = 1; i <= GHOST_CAPACITIES; i++)
		(alloc ? model_alloc : model_free)(&g->models[i]);
}

static void expect_like_models(struct kunit *test, u64 operations)
{
	struct ghosts *g = test->priv;
	unsigned int i;

	magslab_ghost_fold(g->each, &g->curve);
	KUNIT_EXPECT_EQ(test, operations, g->curve.operations);
	KUNIT_EXPECT_EQ(test, 0ULL, g->curve.unseen);
	for (i = 1; i <= GHOST_CAPACITIES; i++)
		KUNIT_EXPECT_EQ(test, (u64)g->models[i].exchanges,
				g->curve.exchanges[i]);
}

static void ghosts_walk_like_magazines(struct kunit *test)
{
	struct walk walk;
	unsigned int i;

	walk_begin(&walk, 1);
	for (i = 0; i < STEPS; i++)
		tell(test->priv, walk_step(&walk, MOST / 2));
	expect_like_models(test, STEPS);
}

/* All the way up, and down again, further than any two magazines reach. */
static void ghosts_run_like_magazines(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 4 * GHOST_LEVELS; i++)
		tell(test->priv, true);
	for (i = 0; i < 4 * GHOST_LEVELS; i++)
		tell(test->priv, false);
	expect_like_models(test, 8 * GHOST_LEVELS);
}

/* Of what goes past magazines, no capacity has any. */
static void what_goes_past_is_no_hit(struct kunit *test)
{
	struct ghosts *g = test->priv;

	magslab_ghost_tell(g->each, GHOST_EMPTY, 1, false);
	magslab_ghost_tell(g->each, GHOST_EMPTY, 300, true);
	magslab_ghost_tell(g->each, GHOST_FULL, 99, false);
	magslab_ghost_fold(g->each, &g->curve);
	KUNIT_EXPECT_EQ(test, 400ULL, g->curve.operations);
	KUNIT_EXPECT_EQ(test, 300ULL, g->curve.past);
	KUNIT_EXPECT_EQ(test, 2500,
			magslab_ghost_hits(&g->curve, GHOST_CAPACITIES));
	KUNIT_EXPECT_EQ(test, 2500, magslab_ghost_hits(&g->curve, 100));
	KUNIT_EXPECT_EQ(test, 2475, magslab_ghost_hits(&g->curve, 97));
}

/* What an interrupt does in the middle is told to nobody, and said so. */
static void interrupts_are_unseen(struct kunit *test)
{
	struct ghosts *g = test->priv;

	per_cpu_ptr(g->each, raw_smp_processor_id())->busy = true;
	magslab_ghost_tell(g->each, GHOST_EMPTY, 200, false);
	per_cpu_ptr(g->each, raw_smp_processor_id())->busy = false;
	magslab_ghost_fold(g->each, &g->curve);
	KUNIT_EXPECT_EQ(test, 200ULL, g->curve.unseen);
	KUNIT_EXPECT_EQ(test, 0ULL, g->curve.operations);
}

/* A curve that falls to a point and no further has its knee there. */
static void knee_is_where_it_bends(struct kunit *test)
{
	struct ghosts *g = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, 1, magslab_ghost_knee(&g->curve));
	for (i = 1; i <= GHOST_CAPACITIES; i++)
		g->curve.exchanges[i] = i < 30 ? 1000 - 30 * i : 100;
	KUNIT_EXPECT_EQ(test, 30, magslab_ghost_knee(&g->curve));
}

static struct kunit_case ghost_cases[] = {
	KUNIT_CASE(ghosts_walk_like_magazines),
	KUNIT_CASE(ghosts_run_like_magazines),
	KUNIT_CASE(what_goes_past_is_no_hit),
	KUNIT_CASE(interrupts_are_unseen),
	KUNIT_CASE(knee_is_where_it_bends),
	{}
};

static struct kunit_suite ghost_suite = {
	.name = "magslab_ghost",
	.init = ghost_init,
	.exit = ghost_exit,
	.test_cases = ghost_cases,
};

/*
 * === Prediction ===
 */

struct whatif_test {
	struct magslab_cache *cache;
	struct listener listener;
	unsigned int live;
	void *objects[MOST];
};

static int whatif_init(struct kunit *test)
{
	struct whatif_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	magslab_reaper_set_interval(0);
	t->cache = magslab_cache_create("kunit-whatif", SIZE, 0, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->cache));
	test->priv = t;
	stay_on_this_cpu();
	return 0;
}

static void whatif_exit(struct kunit *test)
{
	struct whatif_test *t = test->priv;

	magslab_cache_destroy(t->cache);
	magslab_reaper_set_interval(5000);
}

static void take_to(struct kunit *test, unsigned int live)
{
	struct whatif_test *t = test->priv;

	for (; t->live < live; t->live++) {
		t->objects[t->live] = magslab_alloc(t->cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->objects[t->live]);
	}
}

static void give_to(struct whatif_test *t, unsigned int live)
{
	while (t->live > live)
		magslab_free(t->cache, t->objects[--t->live]);
}

/* Magazines of the size are in use, and slabs have all there will be. */
static void settle(struct kunit *test, unsigned int capacity)
{
	struct whatif_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, 0, magslab_sizing_pin(t->cache, capacity));
	take_to(test, MOST);
	give_to(t, 0);
	take_to(test, MOST / 2);
}

static void walk_for_real(struct kunit *test)
{
	struct whatif_test *t = test->priv;
	struct walk walk;
	unsigned int i;

	walk_begin(&walk, 7);
	for (i = 0; i < STEPS; i++) {
		if (walk_step(&walk, t->live) && t->live)
			give_to(t, t->live - 1);
		else if (t->live < MOST)
			take_to(test, t->live + 1);
	}
}

/* By 2 points at the most. */
static void predictions_come_true(struct kunit *test)
{
	static const unsigned int capacities[] = { 6, 14, 62, 126 };
	struct whatif_test *t = test->priv;
	unsigned int i, predicted, measured;

	for (i = 0; i < ARRAY_SIZE(capacities); i++) {
		settle(test, capacities[i]);
		KUNIT_ASSERT_TRUE(test, listen_begin(&t->listener, t->cache,
						     &magslab_whatif));
		walk_for_real(test);
		predicted = magslab_whatif_predicted(t->listener.data,
						     capacities[i]);
		measured = magslab_whatif_measured(t->cache, t->listener.data);
		listen_end(&t->listener, t->cache);
		kunit_info(test, "capacity %u: predicted %u, measured %u",
			   capacities[i], predicted, measured);
		KUNIT_EXPECT_LE(test, abs((int)(predicted - measured)), 200);
		KUNIT_EXPECT_LT(test, measured, 9990);
		give_to(t, 0);
	}
}

static struct kunit_case whatif_cases[] = { KUNIT_CASE(predictions_come_true),
					    {} };

static struct kunit_suite whatif_suite = {
	.name = "magslab_whatif",
	.init = whatif_init,
	.exit = whatif_exit,
	.test_cases = whatif_cases,
};

kunit_test_suites(&ghost_suite, &whatif_suite);
