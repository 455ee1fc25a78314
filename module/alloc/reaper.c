// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reaper: looks at every cache once per interval, gives back what was not
 * part of its working set, and lets magazines adapt. An idle machine is not
 * woken up for it, and while it sleeps nothing is reaped.
 */
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "alloc/cache.h"
#include "alloc/reaper.h"
#include "alloc/reclaim.h"
#include "alloc/sizing.h"
#include "compat.h"

/* Objects given back before others get at the list of caches. */
#define REAP_BATCH 65536UL

static void reap_work(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(reaper, reap_work);
/* In milliseconds; 0 if it does not run. */
static unsigned int reap_interval = 5000;
/* Only the work itself looks at it: whether it goes on with an interval. */
static bool reap_goes_on;

static void reap_close(struct magslab_cache *cache)
{
	unsigned long contended = 0;
	int nid;

	for_each_node(nid)
		contended += magslab_reclaim_close_interval(cache, nid);
	magslab_sizing_adapt(cache, contended);
}

/* Return: whether something is left to be done. */
static bool reap_caches(bool goes_on)
{
	unsigned long budget = REAP_BATCH;
	struct magslab_cache *cache;

	magslab_caches_lock();
	list_for_each_entry(cache, magslab_caches(), link) {
		if (!goes_on)
			reap_close(cache);
		budget -= magslab_reclaim_surplus(cache, budget);
	}
	magslab_caches_unlock();
	return !budget;
}

static void reaper_queue(unsigned long delay)
{
	mod_delayed_work(system_freezable_power_efficient_wq, &reaper, delay);
}

static void reap_work(struct work_struct *work)
{
	unsigned int interval = READ_ONCE(reap_interval);

	if (!interval)
		return;
	reap_goes_on = reap_caches(reap_goes_on);
	reaper_queue(reap_goes_on ? 1 : msecs_to_jiffies(interval));
}

unsigned int magslab_reaper_interval(void)
{
	return READ_ONCE(reap_interval);
}

/* @ms: milliseconds up to MAGSLAB_REAP_INTERVAL_MAX, or 0 to stop it. */
void magslab_reaper_set_interval(unsigned int ms)
{
	WRITE_ONCE(reap_interval, ms);
	reaper_queue(msecs_to_jiffies(ms));
}
EXPORT_SYMBOL_FOR_TEST(magslab_reaper_set_interval);

/**
 * magslab_reap_now - give back what depots and slabs of all caches have
 *
 * As if nothing of it was part of a working set. What CPUs have loaded stays.
 *
 * Context: Task. May sleep.
 */
void magslab_reap_now(void)
{
	struct magslab_cache *cache;

	magslab_caches_lock();
	list_for_each_entry(cache, magslab_caches(), link)
		magslab_reclaim_all(cache);
	magslab_caches_unlock();
}

void magslab_reaper_init(void)
{
	magslab_reaper_set_interval(reap_interval);
}

void magslab_reaper_exit(void)
{
	WRITE_ONCE(reap_interval, 0);
	cancel_delayed_work_sync(&reaper);
}
