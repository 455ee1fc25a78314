// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is free after a grace period: objects, in batches, and slabs of caches
 * whose memory stays what it is for readers.
 *
 * A batch is an array of pointers outside the objects: those may still be read,
 * and have no room to spare. Each CPU fills one, under a lock that is its own
 * but for the work item that sees to batches that do not become full.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/container_of.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "alloc/cache.h"
#include "alloc/fault.h"
#include "alloc/rcu.h"
#include "alloc/slab.h"
#include "alloc/tag.h"
#include "compat.h"

/* With what else is in a batch it makes 512 bytes. */
#define RCU_BATCH 60

/*
 * Batches in reserve for all caches together, 32 KiB: an atomic section on
 * PREEMPT_RT cannot get any, and may free that many objects at least.
 */
#define RCU_RESERVE 64

/* How long a batch may wait for more objects, in jiffies. */
#define RCU_DELAY (HZ / 50 + 1)

struct magslab_rcu_batch {
	struct rcu_head head;
	struct magslab_cache *cache;
	unsigned int nr;
	void *object[RCU_BATCH];
};

/*
 * === Batches ===
 */

/* Batches come from a cache of our own, as it may be asked anywhere. */
static struct magslab_cache *rcu_batches;

static struct magslab_rcu_batch *rcu_batch_get(struct magslab_cache *cache)
{
	struct magslab_rcu_batch *batch;

	if (magslab_fault_hit(MAGSLAB_FAULT_MAGAZINES))
		return NULL;
	batch = magslab_alloc(rcu_batches, GFP_NOWAIT | __GFP_NOWARN);
	if (batch) {
		batch->cache = cache;
		batch->nr = 0;
	}
	return batch;
}

/**
 * magslab_rcu_store_init - put batches in store
 *
 * Context: Task, before there is another cache. May sleep.
 * Return: 0 or -ENOMEM.
 */
int magslab_rcu_store_init(void)
{
	int ret;

	rcu_batches = magslab_cache_create("magslab-rcu",
					   sizeof(struct magslab_rcu_batch), 0,
					   MAGSLAB_HWCACHE_ALIGN, NULL);
	if (IS_ERR(rcu_batches))
		return PTR_ERR(rcu_batches);
	ret = magslab_cache_set_reserve(rcu_batches, RCU_RESERVE, GFP_KERNEL);
	if (ret)
		magslab_rcu_store_exit();
	return ret;
}

bool magslab_rcu_is_store(const struct magslab_cache *cache)
{
	return cache == rcu_batches;
}

/* When no other cache is left. */
void magslab_rcu_store_exit(void)
{
	magslab_cache_destroy(rcu_batches);
	rcu_batches = NULL;
}

/* After the grace period. */
static void rcu_batch_done(struct rcu_head *head)
{
	struct magslab_rcu_batch *batch =
		container_of(head, struct magslab_rcu_batch, head);
	struct magslab_cache *cache = batch->cache;

	magslab_free_bulk(cache, batch->nr, batch->object);
	atomic_long_add(batch->nr, &cache->rcu.done);
	magslab_free(rcu_batches, batch);
}

/*
 * === Queueing ===
 */

/* Return: true if the object was put into a batch, which may have been @spare. */
static bool rcu_queue(struct magslab_cache *cache, void *object,
		      struct magslab_rcu_batch **spare)
{
	struct magslab_rcu_cpu *cpu = &raw_cpu_ptr(cache->cpu)->rcu;
	struct magslab_rcu_batch *batch;
	unsigned long flags;
	unsigned int nr = 0;

	/* magslab_rcu_barrier() waits for who has a batch in hand. */
	rcu_read_lock();
	raw_spin_lock_irqsave(&cpu->lock, flags);
	if (!cpu->batch)
		swap(cpu->batch, *spare);
	batch = cpu->batch;
	if (batch) {
		batch->object[batch->nr++] = object;
		nr = batch->nr;
		cpu->queued++;
	}
	if (nr == RCU_BATCH)
		cpu->batch = NULL;
	raw_spin_unlock_irqrestore(&cpu->lock, flags);

	if (nr == RCU_BATCH)
		call_rcu(&batch->head, rcu_batch_done);
	else if (nr == 1)
		queue_delayed_work(system_unbound_wq, &cache->rcu.flush,
				   RCU_DELAY);
	rcu_read_unlock();
	return nr;
}

/* Without a batch: for the work item, which waits for a grace period itself. */
static bool rcu_queue_urgent(struct magslab_cache *cache, void *object)
{
	struct magslab_rcu_cpu *cpu = &raw_cpu_ptr(cache->cpu)->rcu;
	unsigned long flags;
	bool room;

	raw_spin_lock_irqsave(&cpu->lock, flags);
	room = cpu->nr_urgent < RCU_URGENT;
	if (room) {
		cpu->urgent[cpu->nr_urgent++] = object;
		cpu->queued++;
	}
	raw_spin_unlock_irqrestore(&cpu->lock, flags);
	queue_delayed_work(system_unbound_wq, &cache->rcu.flush, 1);
	return room;
}

/*
 * There is room nowhere. Whoever can wait for a grace period does; a spinlock
 * held on PREEMPT_RT counts as reading. Else the object stays live for ever,
 * which nobody is harmed by but the cache.
 */
static noinline void rcu_last_resort(struct magslab_cache *cache, void *object)
{
	if (preemptible() && !rcu_preempt_depth()) {
		synchronize_rcu();
		magslab_free(cache, object);
		return;
	}
	atomic_long_inc(&cache->rcu.stranded);
	pr_err_ratelimited("cache '%s': no memory to free an object by RCU\n",
			   cache->name);
}

void magslab_free_rcu(struct magslab_cache *cache, void *object)
{
	struct magslab_rcu_batch *spare = NULL;
	bool queued;

	if (!object || rcu_queue(cache, object, &spare))
		return;
	spare = rcu_batch_get(cache);
	queued = spare && rcu_queue(cache, object, &spare);
	/* An interrupt was faster. It is not freed here, where that may not be. */
	if (spare)
		call_rcu(&spare->head, rcu_batch_done);
	if (!queued && !rcu_queue_urgent(cache, object))
		rcu_last_resort(cache, object);
}
EXPORT_SYMBOL_GPL(magslab_free_rcu);

/*
 * === Flushing ===
 */

static void rcu_flush_cpu(struct magslab_cache *cache, unsigned int nr)
{
	struct magslab_rcu_cpu *cpu = &per_cpu_ptr(cache->cpu, nr)->rcu;
	struct magslab_rcu_batch *batch;
	void *urgent[RCU_URGENT];
	unsigned int nr_urgent;
	unsigned long flags;

	raw_spin_lock_irqsave(&cpu->lock, flags);
	batch = cpu->batch;
	cpu->batch = NULL;
	nr_urgent = cpu->nr_urgent;
	memcpy(urgent, cpu->urgent, nr_urgent * sizeof(*urgent));
	cpu->nr_urgent = 0;
	raw_spin_unlock_irqrestore(&cpu->lock, flags);

	if (batch)
		call_rcu(&batch->head, rcu_batch_done);
	if (!nr_urgent)
		return;
	synchronize_rcu();
	magslab_free_bulk(cache, nr_urgent, urgent);
	atomic_long_add(nr_urgent, &cache->rcu.done);
}

static void rcu_flush(struct magslab_cache *cache)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		rcu_flush_cpu(cache, cpu);
}

static void rcu_flush_work(struct work_struct *work)
{
	struct delayed_work *flush = to_delayed_work(work);
	struct magslab_cache *cache =
		container_of(flush, struct magslab_cache, rcu.flush);

	rcu_flush(cache);
}

void magslab_rcu_barrier(struct magslab_cache *cache)
{
	/* By the work item alone, of which there is one at a time. */
	mod_delayed_work(system_unbound_wq, &cache->rcu.flush, 0);
	flush_delayed_work(&cache->rcu.flush);
	/* Whoever took a batch from under the lock has passed it on. */
	synchronize_rcu();
	rcu_barrier();
}
EXPORT_SYMBOL_GPL(magslab_rcu_barrier);

/**
 * magslab_rcu_pending - objects that a grace period is waited for
 * @cache: the cache
 *
 * Context: Any.
 * Return: their number, a guess while there is work going on.
 */
unsigned long magslab_rcu_pending(const struct magslab_cache *cache)
{
	unsigned long nr = -atomic_long_read(&cache->rcu.done);
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		nr += READ_ONCE(per_cpu_ptr(cache->cpu, cpu)->rcu.queued);
	return nr;
}
EXPORT_SYMBOL_FOR_TEST(magslab_rcu_pending);

/*
 * === Slabs ===
 */

static void rcu_slab_done(struct rcu_head *head)
{
	struct page *slab = container_of(head, struct page, rcu_head);
	struct magslab_cache *cache = magslab_tag_cache(slab);

	magslab_slab_free(cache, slab);
	atomic_long_dec(&cache->rcu.slabs);
}

/**
 * magslab_rcu_free_slab - give a slab back after a grace period
 * @cache: the cache
 * @slab: on no list; what links it there is overwritten, and nothing else
 *
 * Context: As call_rcu().
 */
void magslab_rcu_free_slab(struct magslab_cache *cache, struct page *slab)
{
	atomic_long_inc(&cache->rcu.slabs);
	call_rcu(&slab->rcu_head, rcu_slab_done);
}

/*
 * === Beginning and end ===
 */

void magslab_rcu_init(struct magslab_cache *cache)
{
	unsigned int cpu;

	INIT_DELAYED_WORK(&cache->rcu.flush, rcu_flush_work);
	for_each_possible_cpu(cpu)
		raw_spin_lock_init(&per_cpu_ptr(cache->cpu, cpu)->rcu.lock);
}

/* Whether a grace period was ever asked for here; then nobody does any more. */
static bool rcu_was_used(const struct magslab_cache *cache)
{
	return magslab_rcu_pending(cache) || atomic_long_read(&cache->rcu.done);
}

/**
 * magslab_rcu_fini - wait until what was freed by RCU is free
 * @cache: the cache, on which no operation is running
 *
 * Context: Task. May sleep.
 */
void magslab_rcu_fini(struct magslab_cache *cache)
{
	if (!rcu_was_used(cache))
		return;
	magslab_rcu_barrier(cache);
	cancel_delayed_work_sync(&cache->rcu.flush);
}

/* Wait until the pages of slabs have been given back. */
void magslab_rcu_wait_for_slabs(struct magslab_cache *cache)
{
	if (cache->flags & MAGSLAB_TYPESAFE_BY_RCU)
		rcu_barrier();
}
