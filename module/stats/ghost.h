/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ghosts: magazines of every capacity there might be, which hold nothing, and
 * count how often a CPU with such magazines would have had to go to the depot.
 */
#ifndef MAGSLAB_STATS_GHOST_H
#define MAGSLAB_STATS_GHOST_H

#include <linux/percpu.h>
#include <linux/types.h>

/* Of capacities from 1 to this. */
#define GHOST_CAPACITIES 256

/* A power of two, and more than two magazines can hold. */
#define GHOST_LEVELS 1024

/* What an operation may find: no object left, or no room. */
enum ghost_end {
	GHOST_EMPTY,
	GHOST_FULL,
	GHOST_ENDS,
};

/**
 * struct ghost_list - capacities by the level at which they come to an end
 * @first: of each level, or 0
 * @next: of each capacity, or 0
 * @prev: the same, or 0 for the first one
 */
struct ghost_list {
	u16 first[GHOST_LEVELS];
	u16 next[GHOST_CAPACITIES + 1];
	u16 prev[GHOST_CAPACITIES + 1];
};

/**
 * struct ghost - the ghosts of one CPU
 * @busy: somebody is at it
 * @level: frees so far less allocations
 * @centre: the level at which each capacity last went to the depot
 * @ends: where each will go there next
 * @operations: allocations and frees
 * @past: those of them that no magazine can serve
 * @unseen: more of them, of interrupts that came when it was busy
 * @exchanges: times each capacity went to the depot, or to the slabs
 */
struct ghost {
	bool busy;
	u32 level;
	u32 centre[GHOST_CAPACITIES + 1];
	struct ghost_list ends[GHOST_ENDS];
	unsigned long operations;
	unsigned long past;
	unsigned long unseen;
	unsigned long exchanges[GHOST_CAPACITIES + 1];
};

/**
 * struct ghost_curve - the ghosts of all CPUs together
 * @operations: as in struct ghost
 * @past: the same
 * @unseen: the same
 * @exchanges: the same
 */
struct ghost_curve {
	u64 operations;
	u64 past;
	u64 unseen;
	u64 exchanges[GHOST_CAPACITIES + 1];
};

void magslab_ghost_init(struct ghost *ghost);
void magslab_ghost_tell(struct ghost __percpu *ghosts, enum ghost_end end,
			size_t nr, bool past);
void magslab_ghost_fold(const struct ghost __percpu *ghosts,
			struct ghost_curve *curve);
unsigned int magslab_ghost_hits(const struct ghost_curve *curve,
				unsigned int capacity);
unsigned int magslab_ghost_knee(const struct ghost_curve *curve);

#endif /* MAGSLAB_STATS_GHOST_H */
