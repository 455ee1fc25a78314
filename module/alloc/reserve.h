/* SPDX-License-Identifier: GPL-2.0-only */
/* Objects kept for when there is no memory. */
#ifndef MAGSLAB_ALLOC_RESERVE_H
#define MAGSLAB_ALLOC_RESERVE_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct magslab_cache;
struct reserve_drain;

/**
 * struct magslab_stock - the objects of a reserve
 * @nr: slots
 * @level: objects in them; for a moment, one less than there are
 * @slot: a free object each, or NULL. Whoever exchanges one for the other has
 *	the object, or has got rid of it, in one instruction: so any context may.
 */
struct magslab_stock {
	unsigned int nr;
	atomic_t level;
	void *slot[];
};

/**
 * struct magslab_reserve - a cache's reserve
 * @stock: its objects, or NULL if the cache has no reserve
 * @mutex: held to replace @stock, and to refill it
 * @queue: tasks that wait for an object
 * @waiters: how many
 * @irq_work: wakes them, and starts @refill
 * @refill: fills @stock up
 * @drains: for each CPU, the work of emptying its magazines
 * @allocs: objects that were had from @stock
 * @waits: allocations that had to wait
 */
struct magslab_reserve {
	struct magslab_stock __rcu *stock;
	struct mutex mutex; /* of @stock */
	wait_queue_head_t queue;
	atomic_t waiters;
	struct irq_work irq_work;
	struct delayed_work refill;
	struct reserve_drain __percpu *drains;
	atomic_long_t allocs;
	atomic_long_t waits;
};

void magslab_reserve_init(struct magslab_reserve *reserve);
void magslab_reserve_fini(struct magslab_cache *cache);

void *magslab_reserve_alloc(struct magslab_cache *cache, gfp_t gfp);
void *magslab_reserve_take(struct magslab_cache *cache);
size_t magslab_reserve_put(struct magslab_cache *cache, void **objects,
			   size_t nr);
unsigned int magslab_reserve_level(const struct magslab_reserve *reserve,
				   unsigned int *size);

static inline bool reserve_exists(const struct magslab_reserve *reserve)
{
	return rcu_access_pointer(reserve->stock);
}

/*
 * How memory is asked for, if there is something to fall back to: without
 * insisting, and without a word. What is kept for emergencies is for those who
 * have not kept anything themselves.
 */
static inline gfp_t reserve_gfp(gfp_t gfp)
{
	return (gfp & ~__GFP_NOFAIL) | __GFP_NORETRY | __GFP_NOWARN |
	       __GFP_NOMEMALLOC;
}

#endif /* MAGSLAB_ALLOC_RESERVE_H */
