// SPDX-License-Identifier: GPL-2.0-only
#include <linux/nodemask.h>

#include "alloc/cache.h"
#include "alloc/settle.h"
#include "alloc/slab.h"

static void settle_work(struct work_struct *work)
{
	struct magslab_cache *cache =
		container_of(work, struct magslab_cache, settle.work);
	int nid;

	for_each_node(nid)
		magslab_slabs_settle(cache, nid);
}

static void settle_irq(struct irq_work *irq_work)
{
	struct magslab_settle *settle =
		container_of(irq_work, struct magslab_settle, irq_work);

	schedule_work(&settle->work);
}

void magslab_settle_init(struct magslab_settle *settle)
{
	init_irq_work(&settle->irq_work, settle_irq);
	INIT_WORK(&settle->work, settle_work);
}

/* Context: Any. */
void magslab_settle_later(struct magslab_cache *cache)
{
	irq_work_queue(&cache->settle.irq_work);
}

/**
 * magslab_settle_now - finish what was put off
 * @cache: the cache
 *
 * When nobody frees meanwhile, nothing is left uncounted, and nothing of this
 * is under way, when it returns.
 *
 * Context: Task. May sleep.
 */
void magslab_settle_now(struct magslab_cache *cache)
{
	irq_work_sync(&cache->settle.irq_work);
	flush_work(&cache->settle.work);
}
