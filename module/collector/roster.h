/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rosters: all of something, in lists that are locked apart. An entry's list is told
 * by its address, so it needs no more than its links. One walker at a time goes
 * through all lists in steps; whoever is on a list from beginning to end of the walk
 * is met once, and who comes during it may be met or not.
 */
#ifndef MAGSLAB_COLLECTOR_ROSTER_H
#define MAGSLAB_COLLECTOR_ROSTER_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define ROSTER_SHARD_BITS 6
#define ROSTER_SHARDS BIT(ROSTER_SHARD_BITS)

/* Why an entry left. */
enum roster_exit {
	ROSTER_FREED,
	ROSTER_RECLAIMED,
	ROSTER_EXITS,
};

/**
 * struct roster_shard - one of its lists
 * @lock: protects the rest; held for one step of the walker at most
 * @list: entries, the newest first
 * @nr: entries on it now
 * @entered: entries there ever were
 * @left: those that left, by why
 */
struct roster_shard {
	raw_spinlock_t lock; /* of the list and the counts */
	struct list_head list;
	u64 nr;
	u64 entered;
	u64 left[ROSTER_EXITS];
} ____cacheline_aligned_in_smp;

/**
 * struct roster - all of them
 * @cursor: on one of the lists during a walk: what is before it was met
 * @at: which list the walker is at, or %ROSTER_SHARDS
 * @shards: the lists
 */
struct roster {
	struct list_head cursor;
	unsigned int at;
	struct roster_shard shards[ROSTER_SHARDS];
};

struct roster_count {
	u64 nr;
	u64 entered;
	u64 left[ROSTER_EXITS];
};

/*
 * What is done about an entry, with its list locked and interrupts off. Return: whether
 * the walker is to have it, off the list.
 */
typedef bool (*roster_visit)(struct list_head *entry, void *arg);

void roster_init(struct roster *roster);
void roster_enter(struct roster *roster, struct list_head *entry);
void roster_leave(struct roster *roster, struct list_head *entry,
		  enum roster_exit why);
void roster_walk_begin(struct roster *roster);
unsigned int roster_walk(struct roster *roster, unsigned int batch,
			 roster_visit visit, void *arg,
			 struct list_head *taken);
bool roster_walk_over(const struct roster *roster);
void roster_walk_end(struct roster *roster);
void roster_count(struct roster *roster, struct roster_count *count);

#endif /* MAGSLAB_COLLECTOR_ROSTER_H */
