/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a collector knows of an object, before it. Slabs of tracked caches are
 * typesafe by RCU and heads are constructed, so the head of an object that is not in
 * use can be looked at too: its state says so.
 *
 *	+------+-----+------------------+
 *	| head | pad | what users see   |
 *	+------+-----+------------------+
 *	              offset
 *
 * The state is one word, changed by compare-and-exchange alone:
 *
 *	LIVE		somebody may use it
 *	GREY		it is in the collector's hands, linked by @grey, and stays
 *			allocated until it is not, even if it is not LIVE any more
 *	FOUND		it was told of as unreachable
 *	and the last cycle that marked it. White is what is LIVE and has another
 *	number than the cycle at hand.
 *
 * Who clears the last of LIVE and GREY gives the object back.
 */
#ifndef MAGSLAB_COLLECTOR_HEAD_H
#define MAGSLAB_COLLECTOR_HEAD_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/stackdepot.h>
#include <linux/types.h>

struct magslab_tracked;

#define HEAD_LIVE BIT(0)
#define HEAD_GREY BIT(1)
#define HEAD_FOUND BIT(2)
#define HEAD_CYCLE_SHIFT 3

/* Cycles are counted in what is left of the word, and never 0. */
#define CYCLE_MAX (U32_MAX >> HEAD_CYCLE_SHIFT)

/**
 * struct tracked_head - what comes before an object
 * @link: in the roster of objects, while it is in use
 * @grey: the next one that is grey
 * @tracked: its cache
 * @caller: who allocated it
 * @stack: in the stack depot, or 0
 * @state: as above
 */
struct tracked_head {
	struct list_head link;
	struct llist_node grey;
	struct magslab_tracked *tracked;
	unsigned long caller;
	depot_stack_handle_t stack;
	atomic_t state;
};

static_assert(sizeof(struct tracked_head) == 48);

static inline u32 state_cycle(u32 state)
{
	return state >> HEAD_CYCLE_SHIFT;
}

static inline bool state_is_white(u32 state, u32 cycle)
{
	return state & HEAD_LIVE && state_cycle(state) != cycle;
}

/* What a white object's state is once it is marked. */
static inline u32 state_marked(u32 state, u32 cycle)
{
	return (state & HEAD_FOUND) | HEAD_LIVE | cycle << HEAD_CYCLE_SHIFT;
}

#endif /* MAGSLAB_COLLECTOR_HEAD_H */
