/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A collector that a case drives step by step, as its thread has nothing to do, and
 * objects that are planted for it.
 */
#ifndef MAGSLAB_TESTS_PLANTED_H
#define MAGSLAB_TESTS_PLANTED_H

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

static inline int planted_init(struct kunit *test)
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

static inline struct magslab_collector_figures figures_of(struct fixture *f)
{
	struct magslab_collector_figures figures;

	magslab_collector_figures(f->collector, &figures);
	return figures;
}

static inline void planted_exit(struct kunit *test)
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

static inline int add_root(struct fixture *f, void *start, size_t size)
{
	return magslab_root_register(f->collector, start, size);
}

static inline int drop_root(struct fixture *f, void *start, size_t size)
{
	return magslab_root_unregister(f->collector, start, size);
}

/* One that only @slot has, or nobody with NULL. */
static inline struct node *
plant(struct fixture *f, struct magslab_tracked *tracked, struct node **slot)
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

static inline void begin(struct fixture *f)
{
	cycle_arm(f->collector);
	cycle_snapshot(f->collector);
}

/* Go on to the beginning of a stage, or the end of the cycle. */
static inline void go_to(struct fixture *f, enum stage stage)
{
	while (f->collector->stage != stage &&
	       f->collector->stage != STAGE_REST)
		if (!cycle_step(f->collector))
			cycle_settle(f->collector);
}

static inline void finish(struct fixture *f)
{
	go_to(f, STAGE_REST);
}

static inline void whole_cycle(struct fixture *f)
{
	begin(f);
	finish(f);
}

static inline int state_of(struct fixture *f, const struct node *node)
{
	const void *head = (const void *)node - f->nodes->offset;

	return atomic_read(&((const struct tracked_head *)head)->state);
}

static inline bool is_black(struct fixture *f, const struct node *node)
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

#endif /* MAGSLAB_TESTS_PLANTED_H */
