// SPDX-License-Identifier: GPL-2.0-only
/*
 * Marking: what is grey, and the barrier that makes it so. Grey objects are linked
 * through their heads, so there is always room for one more.
 */
#include <linux/export.h>
#include <linux/kernel.h>

#include "alloc/tag.h"
#include "collector/collector.h"

/* Collectors that are in PHASE_ARM or PHASE_MARK. */
atomic_t __magslab_marking;
EXPORT_SYMBOL_GPL(__magslab_marking);

/*
 * === White to grey ===
 */

/* Return: whether it was white, and now is grey and the caller's to link. */
static bool head_shade(struct tracked_head *head, const void *address,
		       const struct magslab_tracked *tracked, u32 cycle)
{
	int state = atomic_read(&head->state);

	if (!state_is_white(state, cycle) || !tracked_is_ours(address, tracked))
		return false;
	do {
		if (!state_is_white(state, cycle))
			return false;
	} while (!atomic_try_cmpxchg(&head->state, &state,
				     state_marked(state, cycle) | HEAD_GREY));
	return true;
}

/**
 * mark_shade - see that the cycle at hand keeps what is at an address
 * @address: any value
 *
 * Context: Any, in an RCU reader's section that saw that somebody marks.
 */
void mark_shade(const void *address)
{
	struct magslab_collector *collector;
	struct magslab_tracked *tracked;
	struct tracked_head *head;
	u32 now;

	head = tracked_find(address, &tracked);
	if (!head)
		return;
	collector = tracked->collector;
	now = collector_now(collector);
	if (phase_of(now) == PHASE_REST)
		return;
	if (head_shade(head, address, tracked, cycle_of(now)))
		llist_add(&head->grey, &collector->mark.shared);
}

/* Born grey while others may still store without the barrier, and black afterwards. */
void mark_born(struct magslab_collector *collector, struct tracked_head *head,
	       u32 now)
{
	u32 state = state_marked(0, cycle_of(now));

	if (phase_of(now) != PHASE_ARM) {
		atomic_set_release(&head->state, state);
		return;
	}
	atomic_set_release(&head->state, state | HEAD_GREY);
	llist_add(&head->grey, &collector->mark.shared);
}

/*
 * === The barrier ===
 */

/*
 * One exchange, so that what is overwritten is what is made grey, whoever else stores
 * here. It is grey before the section ends, which the end of marking waits for.
 */
void __magslab_store_marking(void **slot, void *value)
{
	mark_shade(xchg(slot, value));
}
EXPORT_SYMBOL_GPL(__magslab_store_marking);

void *__magslab_load(struct magslab_scope *scope, unsigned int handle,
		     void **slot)
{
	void *object;
	u32 now;

	if (!scope_fits(scope, handle))
		return NULL;
	rcu_read_lock();
	now = collector_now(scope->collector);
	object = READ_ONCE(*slot);
	scope_set(scope, handle, object, now);
	rcu_read_unlock();
	return object;
}
EXPORT_SYMBOL_GPL(__magslab_load);

void *__magslab_exchange(struct magslab_scope *scope, unsigned int handle,
			 void **slot, void *value)
{
	void *object;
	u32 now;

	if (!scope_fits(scope, handle))
		return NULL;
	rcu_read_lock();
	now = collector_now(scope->collector);
	object = xchg(slot, value);
	if (atomic_read(&__magslab_marking))
		mark_shade(object);
	scope_set(scope, handle, object, now);
	rcu_read_unlock();
	return object;
}
EXPORT_SYMBOL_GPL(__magslab_exchange);

/*
 * === Grey to black ===
 */

/**
 * mark_shade_word - keep what a word points to, if it does
 * @collector: the collector, which is marking; its thread calls, or a task that
 *	registers roots
 * @word: any value
 *
 * Context: In an RCU reader's section.
 */
void mark_shade_word(struct magslab_collector *collector, unsigned long word)
{
	struct magslab_tracked *tracked;
	struct tracked_head *head;

	/* Most are none. */
	if (!may_be_mapped((void *)word))
		return;
	head = tracked_find((void *)word, &tracked);
	if (head && tracked->collector == collector &&
	    head_shade(head, (void *)word, tracked,
		       cycle_of(collector_now(collector))))
		llist_add(&head->grey, &collector->mark.shared);
}

/* Whatever is written to words that are no pointers, at the same time, is none of ours. */
__no_kcsan void mark_words(struct magslab_collector *collector,
			   const unsigned long *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		mark_shade_word(collector, READ_ONCE(words[i]));
}

/* Let the next object be the one being looked at. Return: false if there is none. */
static bool mark_next(struct mark *mark)
{
	if (!mark->own)
		mark->own = llist_del_all(&mark->shared);
	if (!mark->own)
		return false;
	mark->object = llist_entry(mark->own, struct tracked_head, grey);
	mark->own = mark->own->next;
	mark->pos = 0;
	return true;
}

/* It is black, or was freed while it was in our hands. */
static void mark_finish(struct mark *mark)
{
	struct tracked_head *head = mark->object;
	int state = atomic_read(&head->state), next;

	mark->object = NULL;
	do {
		next = state & HEAD_LIVE ? state & ~HEAD_GREY : 0;
	} while (!atomic_try_cmpxchg(&head->state, &state, next));
	if (!next)
		tracked_retire(head);
}

/* Look at a piece of the object. Return: what that cost, in words. */
static size_t mark_piece(struct magslab_collector *collector, size_t most)
{
	struct mark *mark = &collector->mark;
	struct tracked_head *head = mark->object;
	const unsigned long *words = head_object(head);
	size_t nr = min(head->tracked->words - mark->pos, most);

	mark_words(collector, words + mark->pos, nr);
	mark->pos += nr;
	figure_add(&mark->words, nr);
	if (mark->pos < head->tracked->words)
		return nr;
	figure_add(&mark->scanned, 1);
	mark_finish(mark);
	return nr + MARK_OBJECT;
}

/**
 * mark_some - look at what grey objects have, as much as is one piece of work
 * @collector: the collector
 *
 * An object larger than a piece is gone on with in the next one.
 *
 * Return: false if nothing was grey.
 */
bool mark_some(struct magslab_collector *collector)
{
	struct mark *mark = &collector->mark;
	size_t cost = 0;

	rcu_read_lock();
	while (cost < MARK_BATCH && (mark->object || mark_next(mark)))
		cost += mark_piece(collector, MARK_BATCH - cost);
	rcu_read_unlock();
	return cost;
}

bool mark_is_empty(const struct magslab_collector *collector)
{
	const struct mark *mark = &collector->mark;

	return !mark->object && !mark->own && llist_empty(&mark->shared);
}

/* Of a cycle that is given up: nobody looks at them any more. */
void mark_drop(struct magslab_collector *collector)
{
	struct mark *mark = &collector->mark;

	while (mark->object || mark_next(mark))
		mark_finish(mark);
}
