/* SPDX-License-Identifier: GPL-2.0-only */
/* Objects, and slabs, that are free after a grace period. */
#ifndef MAGSLAB_ALLOC_RCU_H
#define MAGSLAB_ALLOC_RCU_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct magslab_cache;
struct magslab_rcu_batch;
struct page;

/* Objects that a CPU can keep where there is no memory for a batch. */
#define RCU_URGENT 14

/**
 * struct magslab_rcu_cpu - what is freed by RCU on one CPU
 * @lock: protects the other fields; interrupts are off while it is held
 * @batch: being filled, or NULL
 * @queued: objects that were ever put here
 * @nr_urgent: objects in @urgent
 * @urgent: objects that are in no batch
 */
struct magslab_rcu_cpu {
	raw_spinlock_t lock;
	struct magslab_rcu_batch *batch;
	unsigned long queued;
	unsigned int nr_urgent;
	void *urgent[RCU_URGENT];
};

/**
 * struct magslab_rcu - what is freed by RCU in a cache
 * @flush: starts grace periods for batches that are not full
 * @done: objects of batches that became free
 * @stranded: objects that stay live, because they could be kept nowhere
 * @slabs: slabs whose grace period is not over
 */
struct magslab_rcu {
	struct delayed_work flush;
	atomic_long_t done;
	atomic_long_t stranded;
	atomic_long_t slabs;
};

int magslab_rcu_store_init(void);
void magslab_rcu_store_exit(void);
bool magslab_rcu_is_store(const struct magslab_cache *cache);

void magslab_rcu_init(struct magslab_cache *cache);
void magslab_rcu_fini(struct magslab_cache *cache);
void magslab_rcu_free_slab(struct magslab_cache *cache, struct page *slab);
void magslab_rcu_wait_for_slabs(struct magslab_cache *cache);
unsigned long magslab_rcu_pending(const struct magslab_cache *cache);

#endif /* MAGSLAB_ALLOC_RCU_H */
