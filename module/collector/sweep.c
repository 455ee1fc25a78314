// SPDX-License-Identifier: GPL-2.0-only
/* Sweeping: what is white after marking, nobody can reach. */
#include "collector/collector.h"

/* Objects looked at with their list locked. */
#define SWEEP_BATCH 8

/**
 * struct sweep - a step of it
 * @cycle: at hand
 * @finds: of objects that stay in use
 * @nr: of those
 */
struct sweep {
	u32 cycle;
	struct find finds[SWEEP_BATCH];
	unsigned int nr;
};

static struct find find_of(const struct tracked_head *head)
{
	return (struct find){
		.tracked = head->tracked,
		.caller = head->caller,
		.stack = head->stack,
	};
}

/* It stays; told of the first time. */
static bool keep(struct sweep *sweep, struct tracked_head *head, int state)
{
	if (!(state & HEAD_FOUND) &&
	    atomic_try_cmpxchg(&head->state, &state, state | HEAD_FOUND))
		sweep->finds[sweep->nr++] = find_of(head);
	return false;
}

static bool sweep_one(struct list_head *entry, void *arg)
{
	struct tracked_head *head =
		list_entry(entry, struct tracked_head, link);
	int state = atomic_read(&head->state);
	struct sweep *sweep = arg;

	if (!state_is_white(state, sweep->cycle))
		return false;
	if (!(head->tracked->flags & MAGSLAB_TRACKED_RECLAIM))
		return keep(sweep, head, state);
	/* Somebody may free it at this moment though he cannot have it. */
	return atomic_try_cmpxchg(&head->state, &state, 0);
}

static void tell(struct magslab_collector *collector, const struct find *find)
{
	figure_add(&collector->nr_found, 1);
	found_add(&collector->found, find);
}

static void reclaim(struct magslab_collector *collector,
		    struct list_head *taken)
{
	struct tracked_head *head, *next;
	struct find find;

	list_for_each_entry_safe(head, next, taken, link) {
		find = find_of(head);
		find.reclaimed = true;
		tell(collector, &find);
		tracked_give_back(head);
	}
}

/* Look at some objects. Return: false if those were all. */
bool sweep_some(struct magslab_collector *collector)
{
	struct sweep sweep = { .cycle = cycle_of(collector->now) };
	LIST_HEAD(taken);
	unsigned int i;

	figure_add(&collector->swept,
		   roster_walk(&collector->objects, SWEEP_BATCH, sweep_one,
			       &sweep, &taken));
	for (i = 0; i < sweep.nr; i++)
		tell(collector, &sweep.finds[i]);
	reclaim(collector, &taken);
	return !roster_walk_over(&collector->objects);
}

static bool sweep_any(struct list_head *entry, void *arg)
{
	struct tracked_head *head =
		list_entry(entry, struct tracked_head, link);

	return head->tracked->flags & MAGSLAB_TRACKED_RECLAIM;
}

/* Of a collector that ends: all that is its own to reclaim. */
void sweep_all(struct magslab_collector *collector)
{
	struct tracked_head *head, *next;

	roster_walk_begin(&collector->objects);
	while (!roster_walk_over(&collector->objects)) {
		LIST_HEAD(taken);

		roster_walk(&collector->objects, SWEEP_BATCH, sweep_any, NULL,
			    &taken);
		list_for_each_entry_safe(head, next, &taken, link) {
			atomic_set(&head->state, 0);
			tracked_give_back(head);
		}
		cond_resched();
	}
}
