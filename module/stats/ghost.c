// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two magazines of a capacity are served from until both are empty, and to until
 * both are full: what alloc/magazine.c calls the previous one is always one or the
 * other, and takes the place of the loaded one without the depot. After an exchange
 * one is full and one is empty, whichever end was reached. So all that matters is
 * how far allocations and frees have run apart since: capacity c goes to the depot
 * again when that is more than c, in either direction.
 *
 * Thus each capacity waits at two levels, one at either side, and an operation
 * concerns those alone that wait where it is. Most often there are none.
 */
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "compat.h"
#include "stats/ghost.h"

/* So many objects at once, and interrupts have a chance to be seen in between. */
#define GHOST_BATCH 64

static u32 ghost_level(const struct ghost *ghost, enum ghost_end end,
		       unsigned int capacity)
{
	u32 centre = ghost->centre[capacity];

	return end == GHOST_EMPTY ? centre - capacity : centre + capacity;
}

static u16 *ghost_first(struct ghost *ghost, enum ghost_end end, u32 level)
{
	return &ghost->ends[end].first[level % GHOST_LEVELS];
}

static void ghost_link(struct ghost *ghost, enum ghost_end end,
		       unsigned int capacity)
{
	u16 *first = ghost_first(ghost, end, ghost_level(ghost, end, capacity));
	struct ghost_list *list = &ghost->ends[end];

	list->next[capacity] = *first;
	list->prev[capacity] = 0;
	if (*first)
		list->prev[*first] = capacity;
	*first = capacity;
}

static void ghost_unlink(struct ghost *ghost, enum ghost_end end,
			 unsigned int capacity)
{
	struct ghost_list *list = &ghost->ends[end];
	u16 next = list->next[capacity], prev = list->prev[capacity];

	if (prev)
		list->next[prev] = next;
	else
		*ghost_first(ghost, end, ghost_level(ghost, end, capacity)) =
			next;
	if (next)
		list->prev[next] = prev;
}

static void ghost_exchange(struct ghost *ghost, unsigned int capacity)
{
	ghost_unlink(ghost, GHOST_EMPTY, capacity);
	ghost_unlink(ghost, GHOST_FULL, capacity);
	ghost->centre[capacity] = ghost->level;
	ghost_link(ghost, GHOST_EMPTY, capacity);
	ghost_link(ghost, GHOST_FULL, capacity);
	WRITE_ONCE(ghost->exchanges[capacity], ghost->exchanges[capacity] + 1);
}

static void ghost_step(struct ghost *ghost, enum ghost_end end)
{
	u16 *first = ghost_first(ghost, end, ghost->level);

	while (*first)
		ghost_exchange(ghost, *first);
	ghost->level += end == GHOST_EMPTY ? -1 : 1;
}

/**
 * magslab_ghost_init - begin with one magazine full and one empty
 * @ghost: all zeroes
 */
void magslab_ghost_init(struct ghost *ghost)
{
	unsigned int capacity;

	for (capacity = 1; capacity <= GHOST_CAPACITIES; capacity++) {
		ghost_link(ghost, GHOST_EMPTY, capacity);
		ghost_link(ghost, GHOST_FULL, capacity);
	}
}
EXPORT_SYMBOL_FOR_TEST(magslab_ghost_init);

/* Preemption is off. An interrupt that comes meanwhile is done when it is over. */
static void ghost_tell(struct ghost *ghost, enum ghost_end end, unsigned int nr,
		       bool past)
{
	unsigned int i;

	if (ghost->busy) {
		WRITE_ONCE(ghost->unseen, ghost->unseen + nr);
		return;
	}
	WRITE_ONCE(ghost->busy, true);
	barrier();
	WRITE_ONCE(ghost->operations, ghost->operations + nr);
	if (past)
		WRITE_ONCE(ghost->past, ghost->past + nr);
	for (i = 0; i < nr && !past; i++)
		ghost_step(ghost, end);
	barrier();
	WRITE_ONCE(ghost->busy, false);
}

/**
 * magslab_ghost_tell - let this CPU's ghosts know of operations
 * @ghosts: of all CPUs
 * @end: where allocations (%GHOST_EMPTY), or frees, come to
 * @nr: how many
 * @past: they go past magazines, however large
 *
 * Context: Any, also NMI.
 */
void magslab_ghost_tell(struct ghost __percpu *ghosts, enum ghost_end end,
			size_t nr, bool past)
{
	unsigned int now;

	for (; nr; nr -= now) {
		now = min_t(size_t, nr, GHOST_BATCH);
		preempt_disable();
		ghost_tell(this_cpu_ptr(ghosts), end, now, past);
		preempt_enable();
	}
}
EXPORT_SYMBOL_FOR_TEST(magslab_ghost_tell);

static void ghost_fold_one(const struct ghost *ghost, struct ghost_curve *curve)
{
	unsigned int i;

	curve->operations += READ_ONCE(ghost->operations);
	curve->past += READ_ONCE(ghost->past);
	curve->unseen += READ_ONCE(ghost->unseen);
	for (i = 1; i <= GHOST_CAPACITIES; i++)
		curve->exchanges[i] += READ_ONCE(ghost->exchanges[i]);
}

/**
 * magslab_ghost_fold - see the ghosts of all CPUs as one
 * @ghosts: of each CPU
 * @curve: overwritten with the sum of them
 *
 * Context: Any.
 */
void magslab_ghost_fold(const struct ghost __percpu *ghosts,
			struct ghost_curve *curve)
{
	unsigned int cpu;

	memset(curve, 0, sizeof(*curve));
	for_each_possible_cpu(cpu)
		ghost_fold_one(per_cpu_ptr(ghosts, cpu), curve);
}
EXPORT_SYMBOL_FOR_TEST(magslab_ghost_fold);

/**
 * magslab_ghost_hits - tell how many operations would need two magazines alone
 * @curve: with at least one operation
 * @capacity: of these magazines, 1 to GHOST_CAPACITIES
 *
 * Return: how many of 10000.
 */
unsigned int magslab_ghost_hits(const struct ghost_curve *curve,
				unsigned int capacity)
{
	u64 misses = curve->exchanges[capacity] + curve->past;

	/* Counted at different moments, one may be ahead of the other. */
	misses = min(misses, curve->operations);
	return 10000 - div64_u64(misses * 10000, curve->operations);
}
EXPORT_SYMBOL_FOR_TEST(magslab_ghost_hits);

/**
 * magslab_ghost_knee - tell from which capacity on more is gained no more
 * @curve: the curve
 *
 * It is where hits are farthest above the straight line from those of capacity 1
 * to those of the largest.
 *
 * Return: the capacity.
 */
unsigned int magslab_ghost_knee(const struct ghost_curve *curve)
{
	s64 first = curve->exchanges[1], above, best = 0;
	s64 fall = first - curve->exchanges[GHOST_CAPACITIES];
	unsigned int capacity, knee = 1;

	for (capacity = 2; capacity <= GHOST_CAPACITIES; capacity++) {
		above = (first - (s64)curve->exchanges[capacity]) *
				(GHOST_CAPACITIES - 1) -
			fall * (capacity - 1);
		if (above > best) {
			best = above;
			knee = capacity;
		}
	}
	return knee;
}
EXPORT_SYMBOL_FOR_TEST(magslab_ghost_knee);
