// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quarantine mode: an object that was freed is not free before many others were
 * freed after it. Until then it is poisoned, and whoever writes to it is found
 * out when it leaves; whoever frees it again, at once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "safety/poison.h"
#include "safety/safety.h"

static unsigned int quarantine_kib = 256;
module_param(quarantine_kib, uint, 0644);
MODULE_PARM_DESC(quarantine_kib, "KiB that a cache keeps in quarantine (256)");

/* Called with the lock. Return: what has waited longest. */
static void *fifo_pop(struct safety_fifo *fifo)
{
	void *object = fifo->ring[fifo->first];

	fifo->first = fifo->first + 1 == fifo->size ? 0 : fifo->first + 1;
	fifo->nr--;
	return object;
}

/* Called with the lock, if there is room. */
static void fifo_push(struct safety_fifo *fifo, void *object)
{
	unsigned int end = fifo->first + fifo->nr++;

	fifo->ring[end < fifo->size ? end : end - fifo->size] = object;
}

/* Return: what has to leave for it, or NULL. */
static void *fifo_exchange(struct safety_fifo *fifo, void *object)
{
	void *oldest = NULL;
	unsigned long flags;

	/* What an NMI interrupted may hold it: then this one does not wait. */
	if (!leaf_lock(&fifo->leaf, &flags))
		return object;
	if (fifo->nr == fifo->size)
		oldest = fifo_pop(fifo);
	fifo_push(fifo, object);
	leaf_unlock(&fifo->leaf, flags);
	return oldest;
}

static void check(struct magslab_cache *cache, void *object,
		  unsigned long caller)
{
	if (!is_poisoned(cache, object))
		safety_report_object(cache, object, MAGSLAB_WRITE_AFTER_FREE,
				     caller);
}

static void *quarantine_take_back(struct magslab_cache *cache, void *user,
				  unsigned long caller)
{
	struct safety *safety = safety_of(cache);
	void *object = user - cache->layout.left;

	if (safety->modes & MAGSLAB_DEBUG)
		object = safety_debug_take_back(cache, user, caller);
	else
		poison(cache, object);
	/* In a starving cache somebody waits for it. */
	if (likely(!READ_ONCE(cache->starving)))
		object = fifo_exchange(&safety->fifo, object);
	if (object)
		check(cache, object, 0);
	return object;
}

static void *fifo_get(struct safety_fifo *fifo)
{
	void *oldest = NULL;
	unsigned long flags;

	if (!leaf_lock(&fifo->leaf, &flags))
		return NULL;
	if (fifo->nr)
		oldest = fifo_pop(fifo);
	leaf_unlock(&fifo->leaf, flags);
	return oldest;
}

static void quarantine_flush(struct magslab_cache *cache)
{
	struct safety_fifo *fifo = &safety_of(cache)->fifo;
	void *object;

	while ((object = fifo_get(fifo))) {
		check(cache, object, 0);
		magslab_put_back(cache, object);
		cond_resched();
	}
}

/* For a cache with quarantine mode, while it is being made, after debug mode. */
int safety_quarantine_init(struct magslab_cache *cache, struct safety *safety)
{
	/* A GiB at most. */
	unsigned int kib = clamp(READ_ONCE(quarantine_kib), 1U, SZ_1M);
	struct safety_fifo *fifo = &safety->fifo;

	leaf_lock_init(&fifo->leaf);
	fifo->size = max_t(u64, (u64)kib * SZ_1K / cache->size, 1);
	fifo->ring = kvmalloc_array(fifo->size, sizeof(void *), GFP_KERNEL);
	if (!fifo->ring)
		return -ENOMEM;
	safety->watch.take_back = quarantine_take_back;
	safety->watch.flush = quarantine_flush;
	return 0;
}

void safety_quarantine_fini(struct safety *safety)
{
	kvfree(safety->fifo.ring);
}
