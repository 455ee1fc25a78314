// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "collector/roster.h"

static struct roster_shard *shard_of(struct roster *roster,
				     const struct list_head *entry)
{
	unsigned long page = (unsigned long)entry >> PAGE_SHIFT;

	return &roster->shards[hash_long(page, ROSTER_SHARD_BITS)];
}

void roster_init(struct roster *roster)
{
	unsigned int i;

	INIT_LIST_HEAD(&roster->cursor);
	roster->at = ROSTER_SHARDS;
	for (i = 0; i < ROSTER_SHARDS; i++) {
		raw_spin_lock_init(&roster->shards[i].lock);
		INIT_LIST_HEAD(&roster->shards[i].list);
	}
}

void roster_enter(struct roster *roster, struct list_head *entry)
{
	struct roster_shard *shard = shard_of(roster, entry);
	unsigned long flags;

	raw_spin_lock_irqsave(&shard->lock, flags);
	list_add(entry, &shard->list);
	shard->nr++;
	shard->entered++;
	raw_spin_unlock_irqrestore(&shard->lock, flags);
}

static void shard_strike(struct roster_shard *shard, enum roster_exit why)
{
	shard->nr--;
	shard->left[why]++;
}

void roster_leave(struct roster *roster, struct list_head *entry,
		  enum roster_exit why)
{
	struct roster_shard *shard = shard_of(roster, entry);
	unsigned long flags;

	raw_spin_lock_irqsave(&shard->lock, flags);
	list_del(entry);
	shard_strike(shard, why);
	raw_spin_unlock_irqrestore(&shard->lock, flags);
}

/*
 * === Walking ===
 */

void roster_walk_begin(struct roster *roster)
{
	roster->at = 0;
}

bool roster_walk_over(const struct roster *roster)
{
	return roster->at == ROSTER_SHARDS;
}

/* With the lock: meet who comes after the cursor, and put that behind him. */
static bool shard_step(struct roster *roster, struct roster_shard *shard,
		       roster_visit visit, void *arg, struct list_head *taken)
{
	struct list_head *entry = roster->cursor.next;

	if (entry == &shard->list)
		return false;
	list_move(&roster->cursor, entry);
	if (visit(entry, arg)) {
		list_move(entry, taken);
		shard_strike(shard, ROSTER_RECLAIMED);
	}
	return true;
}

/**
 * roster_walk - go on for a few entries
 * @roster: the roster, between roster_walk_begin() and the end of the walk
 * @batch: entries to meet at most, of one list
 * @visit: called with each
 * @arg: for it
 * @taken: receives those that the walker is to have
 *
 * Return: how many were met.
 */
unsigned int roster_walk(struct roster *roster, unsigned int batch,
			 roster_visit visit, void *arg, struct list_head *taken)
{
	struct roster_shard *shard = &roster->shards[roster->at];
	unsigned int met = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&shard->lock, flags);
	if (list_empty(&roster->cursor))
		list_add(&roster->cursor, &shard->list);
	while (met < batch && shard_step(roster, shard, visit, arg, taken))
		met++;
	if (met < batch) {
		list_del_init(&roster->cursor);
		roster->at++;
	}
	raw_spin_unlock_irqrestore(&shard->lock, flags);
	return met;
}

/* Give a walk up, wherever it is. */
void roster_walk_end(struct roster *roster)
{
	struct roster_shard *shard;
	unsigned long flags;

	if (roster_walk_over(roster))
		return;
	shard = &roster->shards[roster->at];
	raw_spin_lock_irqsave(&shard->lock, flags);
	list_del_init(&roster->cursor);
	roster->at = ROSTER_SHARDS;
	raw_spin_unlock_irqrestore(&shard->lock, flags);
}

static void shard_count(struct roster_shard *shard, struct roster_count *count)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&shard->lock, flags);
	count->nr += shard->nr;
	count->entered += shard->entered;
	for (i = 0; i < ROSTER_EXITS; i++)
		count->left[i] += shard->left[i];
	raw_spin_unlock_irqrestore(&shard->lock, flags);
}

/* Balanced, as an entry comes to a list and leaves it in one piece. */
void roster_count(struct roster *roster, struct roster_count *count)
{
	unsigned int i;

	memset(count, 0, sizeof(*count));
	for (i = 0; i < ROSTER_SHARDS; i++)
		shard_count(&roster->shards[i], count);
}
