// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reserve: objects of a cache that are kept for when nothing else is left.
 * The promise is that of a mempool: as long as those who have objects free them
 * some day, whoever may wait gets one, whatever the page allocator says.
 *
 * While the reserve is short and memory cannot be had, or somebody waits, the
 * cache is starving. No CPU of a starving cache loads a magazine, and those that
 * are loaded are drained. So every free comes by here, fills the reserve before
 * anything else, and wakes those who wait. The common case knows nothing of it.
 *
 * Those who wait may be the ones that everybody's memory depends on. So on
 * their way to an object there is no lock that anybody holds while he allocates,
 * cpus_read_lock() among them, and no work but on a queue that has a rescuer.
 * Refilling is not on that way: it may sleep in the page allocator.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/topology.h>

#include "alloc/cache.h"
#include "alloc/drain.h"
#include "alloc/pages.h"
#include "alloc/reserve.h"
#include "alloc/slab.h"
#include "alloc/trace.h"

/*
 * How often a starving cache is looked at, for what no free tells of: pages, or
 * a magazine that was loaded at the last moment.
 */
#define RESERVE_POLL (HZ / 2)

struct reserve_drain {
	struct work_struct work;
	struct magslab_cache *cache;
};

static struct magslab_cache *cache_of(struct magslab_reserve *reserve)
{
	return container_of(reserve, struct magslab_cache, reserve);
}

/*
 * === The stock ===
 */

/*
 * Slots are filled from the first on and emptied from the last that is full, as
 * far as the level tells which that is. The search goes on around, so that it
 * finds what there is.
 */
static void *stock_take(struct magslab_stock *stock)
{
	unsigned int nr = stock->nr, n;
	unsigned int i = clamp_t(int, atomic_read(&stock->level), 1, nr);
	void *object;

	for (n = 0; n < nr; n++) {
		i = i ? i - 1 : nr - 1;
		if (!READ_ONCE(stock->slot[i]))
			continue;
		object = xchg(&stock->slot[i], NULL);
		if (object) {
			atomic_dec(&stock->level);
			return object;
		}
	}
	return NULL;
}

/* Return: false if every slot is full. */
static bool stock_put(struct magslab_stock *stock, void *object)
{
	unsigned int nr = stock->nr, n;
	int level = atomic_read(&stock->level);
	unsigned int i = max(level, 0);

	if (level >= (int)nr)
		return false;
	for (n = 0; n < nr; n++, i = i + 1 < nr ? i + 1 : 0) {
		if (READ_ONCE(stock->slot[i]) ||
		    cmpxchg(&stock->slot[i], NULL, object))
			continue;
		atomic_inc(&stock->level);
		return true;
	}
	return false;
}

static unsigned int stock_missing(const struct magslab_stock *stock)
{
	int level = atomic_read(&stock->level);

	return stock->nr - clamp_t(int, level, 0, stock->nr);
}

static struct magslab_stock *stock_create(unsigned int nr, gfp_t gfp)
{
	struct magslab_stock *stock;

	stock = kvzalloc(struct_size(stock, slot, nr), gfp);
	if (stock)
		stock->nr = nr;
	return stock;
}

/* When nobody else knows of it any more. */
static void stock_destroy(struct magslab_cache *cache,
			  struct magslab_stock *stock)
{
	void *object;

	if (!stock)
		return;
	while ((object = stock_take(stock)))
		magslab_slabs_put(cache, &object, 1);
	kvfree(stock);
}

/*
 * === Finding objects ===
 */

/* Up to @max objects from the depots and slabs of any node. */
static unsigned int reserve_gather(struct magslab_cache *cache, void **objects,
				   unsigned int max)
{
	unsigned int nr;
	int nid;

	for_each_node(nid) {
		nr = magslab_slabs_take(cache, nid, objects, max);
		if (nr)
			return nr;
		*objects = magslab_depot_get_object(&cache->node[nid]->depot);
		if (*objects)
			return 1;
	}
	return 0;
}

/* Fill a stock up. Return: 0, or -ENOMEM. */
static int stock_fill(struct magslab_cache *cache, struct magslab_stock *stock,
		      gfp_t gfp)
{
	void *objects[SLAB_BATCH];
	unsigned int want, nr, i;

	while ((want = stock_missing(stock))) {
		want = min_t(unsigned int, want, SLAB_BATCH);
		nr = reserve_gather(cache, objects, want);
		if (!nr)
			nr = magslab_slabs_grow(cache, gfp, numa_mem_id(),
						objects, want);
		if (!nr)
			return -ENOMEM;
		for (i = 0; i < nr && stock_put(stock, objects[i]); i++)
			;
		trace_reserve_refill(cache, i, atomic_read(&stock->level));
		magslab_slabs_put(cache, objects + i, nr - i);
		cond_resched();
	}
	return 0;
}

/* How many objects there are in the reserve, and in @size how many slots. */
unsigned int magslab_reserve_level(const struct magslab_reserve *reserve,
				   unsigned int *size)
{
	const struct magslab_stock *stock;
	unsigned int level = 0;

	*size = 0;
	rcu_read_lock();
	stock = rcu_dereference(reserve->stock);
	if (stock) {
		*size = stock->nr;
		level = stock->nr - stock_missing(stock);
	}
	rcu_read_unlock();
	return level;
}

static bool reserve_is_full(const struct magslab_reserve *reserve)
{
	unsigned int size;

	return magslab_reserve_level(reserve, &size) == size;
}

/*
 * === Starving ===
 */

static void reserve_wake(struct magslab_reserve *reserve)
{
	if (atomic_read(&reserve->waiters))
		wake_up_all(&reserve->queue);
}

static void reserve_drain_work(struct work_struct *work)
{
	struct reserve_drain *drain =
		container_of(work, struct reserve_drain, work);

	magslab_magazine_drain(drain->cache);
	reserve_wake(&drain->cache->reserve);
}

/*
 * Have every magazine emptied, and none loaded. A CPU that goes away meanwhile
 * is drained on its way; its work item then does no harm where it runs.
 */
static void reserve_starve(struct magslab_reserve *reserve)
{
	struct magslab_cache *cache = cache_of(reserve);
	struct reserve_drain *drain;
	unsigned int cpu;

	WRITE_ONCE(cache->starving, true);
	/* What is kept for later is needed now. */
	magslab_watch_flush(cache);
	for_each_online_cpu(cpu) {
		drain = per_cpu_ptr(reserve->drains, cpu);
		if (magslab_magazine_held(cache, cpu))
			magslab_drain_queue_on(cpu, &drain->work);
	}
}

/* Now, or if that did not help when it was last tried, after a while. */
static void reserve_refill_soon(struct magslab_reserve *reserve)
{
	queue_delayed_work(system_unbound_wq, &reserve->refill, 0);
}

static int reserve_fill(struct magslab_reserve *reserve)
{
	struct magslab_stock *stock;
	int ret = 0;

	mutex_lock(&reserve->mutex);
	stock = rcu_dereference_protected(reserve->stock,
					  lockdep_is_held(&reserve->mutex));
	if (stock)
		ret = stock_fill(cache_of(reserve), stock,
				 reserve_gfp(GFP_KERNEL));
	mutex_unlock(&reserve->mutex);
	return ret;
}

/* No longer starving. Who takes an object meanwhile relies on this to look. */
static void reserve_sated(struct magslab_reserve *reserve)
{
	WRITE_ONCE(cache_of(reserve)->starving, false);
	/* Pairs with magslab_reserve_take(). */
	smp_mb();
	if (!reserve_is_full(reserve))
		reserve_refill_soon(reserve);
}

/*
 * Fill the reserve up, with what is in magazines if there is nothing else. Who
 * begins to wait while the end of the starving is written down says so again
 * when he next looks around.
 */
static void reserve_refill_work(struct work_struct *work)
{
	struct delayed_work *refill = to_delayed_work(work);
	struct magslab_reserve *reserve =
		container_of(refill, struct magslab_reserve, refill);

	if (!reserve_fill(reserve) && !atomic_read(&reserve->waiters)) {
		reserve_sated(reserve);
		return;
	}
	reserve_starve(reserve);
	mod_delayed_work(system_unbound_wq, &reserve->refill, RESERVE_POLL);
}

static void reserve_irq(struct irq_work *irq_work)
{
	struct magslab_reserve *reserve =
		container_of(irq_work, struct magslab_reserve, irq_work);

	reserve_wake(reserve);
	if (READ_ONCE(cache_of(reserve)->starving) || !reserve_is_full(reserve))
		reserve_refill_soon(reserve);
}

/*
 * === In and out ===
 */

/**
 * magslab_reserve_take - take an object out of the reserve
 * @cache: the cache
 *
 * Context: Any.
 * Return: the object, or NULL if there is none, or no reserve.
 */
void *magslab_reserve_take(struct magslab_cache *cache)
{
	struct magslab_reserve *reserve = &cache->reserve;
	struct magslab_stock *stock;
	void *object = NULL;

	rcu_read_lock();
	stock = rcu_dereference(reserve->stock);
	if (stock)
		object = stock_take(stock);
	if (object)
		trace_reserve_take(cache, 1, atomic_read(&stock->level));
	rcu_read_unlock();
	if (!object)
		return NULL;
	atomic_long_inc(&reserve->allocs);
	/* Pairs with reserve_sated(): one sees the other. */
	smp_mb();
	if (!READ_ONCE(cache->starving))
		irq_work_queue(&reserve->irq_work);
	return object;
}

/**
 * magslab_reserve_put - give free objects to the reserve, if it is short
 * @cache: the cache
 * @objects: the objects
 * @nr: how many
 *
 * Context: Any.
 * Return: how many it took; the others are still the caller's.
 */
size_t magslab_reserve_put(struct magslab_cache *cache, void **objects,
			   size_t nr)
{
	struct magslab_reserve *reserve = &cache->reserve;
	struct magslab_stock *stock;
	size_t done = 0;

	rcu_read_lock();
	stock = rcu_dereference(reserve->stock);
	while (stock && done < nr && stock_put(stock, objects[done]))
		done++;
	if (done)
		trace_reserve_put(cache, done, atomic_read(&stock->level));
	rcu_read_unlock();
	/* Pairs with the barrier of prepare_to_wait(): one sees the other. */
	smp_mb();
	if (atomic_read(&reserve->waiters))
		irq_work_queue(&reserve->irq_work);
	return done;
}

/*
 * Without waiting. If pages were refused, it is time that frees come by here;
 * an interrupt that must not ask for any does not know.
 */
static void *reserve_find(struct magslab_cache *cache, gfp_t gfp)
{
	void *object = magslab_reserve_take(cache);

	if (pages_may_alloc(gfp) && !READ_ONCE(cache->starving)) {
		WRITE_ONCE(cache->starving, true);
		irq_work_queue(&cache->reserve.irq_work);
	}

	if (!object)
		reserve_gather(cache, &object, 1);
	return object;
}

/* As the caller asked for it, if meanwhile there is no reserve any more. */
static void *reserve_grow(struct magslab_cache *cache, gfp_t gfp)
{
	void *object;

	if (reserve_exists(&cache->reserve))
		gfp = reserve_gfp(gfp);
	if (!magslab_slabs_grow(cache, gfp, numa_mem_id(), &object, 1))
		return NULL;
	return object;
}

/*
 * Until somebody frees an object. Nobody who waits here can be told that there
 * is none, so not even a signal that kills helps.
 */
static void *reserve_wait(struct magslab_cache *cache, gfp_t gfp)
{
	struct magslab_reserve *reserve = &cache->reserve;
	DEFINE_WAIT(wait);
	void *object = NULL;

	atomic_long_inc(&reserve->waits);
	atomic_inc(&reserve->waiters);
	trace_reserve_wait(cache, atomic_read(&reserve->waiters), gfp);
	while (!object && reserve_exists(reserve)) {
		reserve_starve(reserve);
		reserve_refill_soon(reserve);
		prepare_to_wait(&reserve->queue, &wait, TASK_UNINTERRUPTIBLE);
		object = reserve_find(cache, gfp);
		if (!object) {
			io_schedule_timeout(RESERVE_POLL);
			object = reserve_grow(cache, gfp);
		}
	}
	finish_wait(&reserve->queue, &wait);
	atomic_dec(&reserve->waiters);
	return object ?: reserve_grow(cache, gfp);
}

/**
 * magslab_reserve_alloc - allocate an object when there is no memory
 * @cache: the cache, which has or had a reserve
 * @gfp: as for magslab_alloc()
 *
 * Context: Any. Waits for others to free objects if @gfp allows direct reclaim.
 * Return: the object. NULL if there is none, and @gfp does not let it wait.
 */
void *magslab_reserve_alloc(struct magslab_cache *cache, gfp_t gfp)
{
	void *object = reserve_find(cache, gfp);

	if (object || !gfpflags_allow_blocking(gfp))
		return object;
	object = reserve_grow(cache, gfp);
	return object ?: reserve_wait(cache, gfp);
}

/*
 * === Setting it up ===
 */

static int reserve_prepare(struct magslab_reserve *reserve)
{
	struct reserve_drain *drain;
	unsigned int cpu;

	if (reserve->drains)
		return 0;
	reserve->drains = alloc_percpu(struct reserve_drain);
	if (!reserve->drains)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		drain = per_cpu_ptr(reserve->drains, cpu);
		INIT_WORK(&drain->work, reserve_drain_work);
		drain->cache = cache_of(reserve);
	}
	return 0;
}

/* Those who find the old stock are waited for. */
static void reserve_replace(struct magslab_reserve *reserve,
			    struct magslab_stock *stock)
{
	struct magslab_stock *old;

	old = rcu_replace_pointer(reserve->stock, stock,
				  lockdep_is_held(&reserve->mutex));
	if (!old)
		return;
	synchronize_rcu();
	stock_destroy(cache_of(reserve), old);
}

static int reserve_resize(struct magslab_reserve *reserve, unsigned int nr,
			  gfp_t gfp)
{
	struct magslab_cache *cache = cache_of(reserve);
	struct magslab_stock *stock;
	int ret = reserve_prepare(reserve);

	if (ret)
		return ret;
	stock = stock_create(nr, gfp);
	if (!stock)
		return -ENOMEM;
	ret = stock_fill(cache, stock, gfp);
	if (ret)
		stock_destroy(cache, stock);
	else
		reserve_replace(reserve, stock);
	return ret;
}

int magslab_cache_set_reserve(struct magslab_cache *cache, unsigned int nr,
			      gfp_t gfp)
{
	struct magslab_reserve *reserve = &cache->reserve;
	int ret = 0;

	if (nr > MAGSLAB_RESERVE_MAX || !gfpflags_allow_blocking(gfp) ||
	    gfp & (MAGSLAB_GFP_PARTICULAR | __GFP_NOFAIL))
		return -EINVAL;
	mutex_lock(&reserve->mutex);
	if (nr)
		ret = reserve_resize(reserve, nr, gfp);
	else
		reserve_replace(reserve, NULL);
	mutex_unlock(&reserve->mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(magslab_cache_set_reserve);

void magslab_reserve_init(struct magslab_reserve *reserve)
{
	mutex_init(&reserve->mutex);
	init_waitqueue_head(&reserve->queue);
	init_irq_work(&reserve->irq_work, reserve_irq);
	INIT_DELAYED_WORK(&reserve->refill, reserve_refill_work);
}

/**
 * magslab_reserve_fini - put the reserve back into the slabs, for good
 * @cache: the cache, on which no operation is running
 *
 * Context: Task. May sleep.
 */
void magslab_reserve_fini(struct magslab_cache *cache)
{
	struct magslab_reserve *reserve = &cache->reserve;
	unsigned int cpu;

	if (!reserve->drains)
		return;
	irq_work_sync(&reserve->irq_work);
	cancel_delayed_work_sync(&reserve->refill);
	for_each_possible_cpu(cpu)
		cancel_work_sync(&per_cpu_ptr(reserve->drains, cpu)->work);
	mutex_lock(&reserve->mutex);
	reserve_replace(reserve, NULL);
	mutex_unlock(&reserve->mutex);
	free_percpu(reserve->drains);
	reserve->drains = NULL;
}
