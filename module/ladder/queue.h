/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Magazines first in, first out: per CPU, what is freed goes to the end of one
 * magazine, the tail, and what is allocated comes from the beginning of another, the
 * head. An exhausted head and a full tail change places. Behind them are a depot and a
 * cache, of which the queue is a user: what lies in it is allocated there.
 *
 * Its guard is magslab's own, see <linux/magslab_inline.h>.
 */
#ifndef MAGSLAB_LADDER_QUEUE_H
#define MAGSLAB_LADDER_QUEUE_H

#include <linux/magslab.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched/mm.h>

#include "alloc/depot.h"

/**
 * struct ladder_queue_cpu - what one CPU has
 * @next: in the head, the object to be taken next
 * @end: one past its last object; @next == @end means exhausted, or that there is none
 * @last: in the tail, the place for what is freed next
 * @limit: one past its last place; @last == @limit means full, or that there is none
 * @busy: an operation is under way
 * @allocs: objects allocated
 * @frees: objects freed
 * @head: the magazine of @next and @end, or NULL
 * @tail: the magazine of @last and @limit, or NULL
 *
 * The owning CPU's, within its guard.
 */
struct ladder_queue_cpu {
	void **next;
	void **end;
	void **last;
	void **limit;
	bool busy;
	unsigned long allocs;
	unsigned long frees;
	struct magslab_magazine *head;
	struct magslab_magazine *tail;
};

/**
 * struct ladder_queue - an allocator
 * @cpu: the ends of the queue
 * @zero_size: bytes to zero unasked
 * @capacity: rounds of a magazine
 * @cache: where objects come from
 * @depot: by node number
 */
struct ladder_queue {
	struct ladder_queue_cpu __percpu *cpu;
	unsigned int zero_size;
	unsigned int capacity;
	struct magslab_cache *cache;
	struct magslab_depot depot[];
};

struct ladder_queue *ladder_queue_create(struct magslab_cache *cache);
void ladder_queue_destroy(struct ladder_queue *queue);
void ladder_queue_give_back(struct ladder_queue *queue);
u64 ladder_queue_locks(const struct ladder_queue *queue);

/* Within the guard, which they leave: the head is exhausted, the tail full. */
void *ladder_queue_alloc_miss(struct ladder_queue *queue, gfp_t gfp);
void ladder_queue_free_miss(struct ladder_queue *queue, void *object);

/* In an interrupt that came in the middle of an operation. */
void *ladder_queue_alloc_between(struct ladder_queue *queue, gfp_t gfp);
void ladder_queue_free_between(struct ladder_queue *queue, void *object);

static __always_inline bool ladder_queue_enter(struct ladder_queue *queue)
{
	preempt_disable();
	if (unlikely(raw_cpu_read(queue->cpu->busy))) {
		preempt_enable();
		return false;
	}
	raw_cpu_write(queue->cpu->busy, true);
	barrier();
	return true;
}

static __always_inline void ladder_queue_leave(struct ladder_queue *queue)
{
	barrier();
	raw_cpu_write(queue->cpu->busy, false);
	preempt_enable();
}

static __always_inline void *ladder_queue_alloc(struct ladder_queue *queue,
						gfp_t gfp)
{
	void **next, *object;

	if (!ladder_queue_enter(queue))
		return ladder_queue_alloc_between(queue, gfp);
	next = raw_cpu_read(queue->cpu->next);
	if (unlikely(next == raw_cpu_read(queue->cpu->end))) {
		object = ladder_queue_alloc_miss(queue, gfp);
	} else {
		raw_cpu_write(queue->cpu->next, next + 1);
		raw_cpu_inc(queue->cpu->allocs);
		object = *next;
		ladder_queue_leave(queue);
		if (want_init_on_alloc(gfp))
			__magslab_zero(object, queue->zero_size);
	}
	/* A caller that may sleep does so with the object in hand. */
	if (gfpflags_allow_blocking(gfp))
		might_alloc(gfp | __GFP_DIRECT_RECLAIM);
	return object;
}

static __always_inline void ladder_queue_free(struct ladder_queue *queue,
					      void *object)
{
	void **last;

	if (want_init_on_free())
		__magslab_zero(object, queue->zero_size);
	if (!ladder_queue_enter(queue)) {
		ladder_queue_free_between(queue, object);
		return;
	}
	last = raw_cpu_read(queue->cpu->last);
	if (unlikely(last == raw_cpu_read(queue->cpu->limit))) {
		ladder_queue_free_miss(queue, object);
		return;
	}
	*last = object;
	raw_cpu_write(queue->cpu->last, last + 1);
	raw_cpu_inc(queue->cpu->frees);
	ladder_queue_leave(queue);
}

#endif /* MAGSLAB_LADDER_QUEUE_H */
