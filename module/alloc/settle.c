// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mutex.h>
#include <linux/nodemask.h>

#include "alloc/cache.h"
#include "alloc/settle.h"
#include "alloc/slab.h"

/* Return: whether nothing is left. */
static bool settle_all(struct magslab_cache *cache)
{
	bool all = true;
	int nid;

	/* Both go round the lists from the head. */
	mutex_lock(&cache->survey);
	for_each_node(nid)
		all &= magslab_slabs_settle(cache, nid);
	mutex_unlock(&cache->survey);
	return all;
}

/* Soon enough for objects that are free but cannot be had. */
#define SETTLE_AGAIN (HZ / 20)

/*
 * Slabs that others moved meanwhile may have been missed: look again, but not at
 * once, as what is missing may be so for good where a slab was overwritten.
 */
static void settle_work(struct work_struct *work)
{
	struct delayed_work *again = to_delayed_work(work);
	struct magslab_cache *cache =
		container_of(again, struct magslab_cache, settle.work);

	if (!settle_all(cache))
		schedule_delayed_work(again, SETTLE_AGAIN);
}

static void settle_irq(struct irq_work *irq_work)
{
	struct magslab_settle *settle =
		container_of(irq_work, struct magslab_settle, irq_work);

	schedule_delayed_work(&settle->work, 0);
}

void magslab_settle_init(struct magslab_settle *settle)
{
	init_irq_work(&settle->irq_work, settle_irq);
	INIT_DELAYED_WORK(&settle->work, settle_work);
}

/* Context: Any. */
void magslab_settle_later(struct magslab_cache *cache)
{
	irq_work_queue(&cache->settle.irq_work);
}

/* Nothing of this is under way when it returns. Context: Task. May sleep. */
void magslab_settle_stop(struct magslab_cache *cache)
{
	irq_work_sync(&cache->settle.irq_work);
	cancel_delayed_work_sync(&cache->settle.work);
}

/**
 * magslab_settle_now - finish what was put off
 * @cache: the cache
 *
 * When nobody uses the cache meanwhile, nothing is left uncounted, and nothing
 * of this is under way, when it returns.
 *
 * Context: Task. May sleep.
 */
void magslab_settle_now(struct magslab_cache *cache)
{
	magslab_settle_stop(cache);
	if (!settle_all(cache))
		magslab_settle_later(cache);
}
