// SPDX-License-Identifier: GPL-2.0-only
/* Collectors: beginning and end, and the thread of each. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "collector/collector.h"
#include "collector/room.h"

/* A day. */
#define INTERVAL_MAX_MS 86400000U

static DEFINE_MUTEX(collectors_mutex);
static LIST_HEAD(collectors);

/*
 * === The thread ===
 */

/* Return: false if the thread is to end. */
static bool thread_wait(struct magslab_collector *collector)
{
	unsigned long interval = READ_ONCE(collector->interval);
	long left = interval ?: MAX_SCHEDULE_TIMEOUT;

	while (!kthread_should_stop() && left &&
	       atomic_read(&collector->wanted) == collector->done) {
		set_current_state(TASK_IDLE);
		/* Looked at again: who asks or stops does so before he wakes us. */
		if (!kthread_should_stop() &&
		    atomic_read(&collector->wanted) == collector->done)
			left = schedule_timeout(left);
		__set_current_state(TASK_RUNNING);
		if (READ_ONCE(collector->interval) != interval)
			break;
	}
	return !kthread_should_stop();
}

static bool thread_has_work(struct magslab_collector *collector,
			    unsigned long since)
{
	unsigned long interval = READ_ONCE(collector->interval);

	if (atomic_read(&collector->wanted) != collector->done)
		return true;
	return interval && time_after_eq(jiffies, since + interval);
}

static void work(struct magslab_collector *collector)
{
	cycle_arm(collector);
	cycle_snapshot(collector);
	while (collector->stage != STAGE_REST && !kthread_should_stop()) {
		if (collector->stage == STAGE_SETTLE) {
			cycle_settle(collector);
			continue;
		}
		pace_rest(&collector->pace);
		pace_slice(collector);
	}
}

static void whole_cycle(struct magslab_collector *collector)
{
	int serving = atomic_read(&collector->wanted);
	u64 begin = ktime_get_ns();

	work(collector);
	if (collector->stage != STAGE_REST)
		return;
	WRITE_ONCE(collector->done, serving);
	wake_up_all(&collector->done_wait);
	/* The rest after the last slice is part of it: it is why there was a slice. */
	pace_rest(&collector->pace);
	figure_add(&collector->elapsed_ns, ktime_get_ns() - begin);
}

static int collector_thread(void *data)
{
	struct magslab_collector *collector = data;
	unsigned long since = jiffies;

	while (thread_wait(collector)) {
		if (!thread_has_work(collector, since))
			continue;
		whole_cycle(collector);
		since = jiffies;
	}
	return 0;
}

void magslab_collector_start(struct magslab_collector *collector)
{
	atomic_inc(&collector->wanted);
	wake_up_process(collector->thread);
}
EXPORT_SYMBOL_GPL(magslab_collector_start);

int magslab_collector_collect(struct magslab_collector *collector)
{
	int ticket = atomic_inc_return(&collector->wanted);

	wake_up_process(collector->thread);
	return wait_event_killable(collector->done_wait,
				   READ_ONCE(collector->done) - ticket >= 0);
}
EXPORT_SYMBOL_GPL(magslab_collector_collect);

/*
 * === Beginning ===
 */

static bool name_is_valid(const char *name)
{
	const char *c;

	if (!name || !*name || strlen(name) > MAGSLAB_NAME_MAX ||
	    !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (c = name; *c; c++)
		if (!isascii(*c) || !isgraph(*c) || *c == '/')
			return false;
	return true;
}

static struct magslab_collector *collector_find(const char *name)
{
	struct magslab_collector *collector;

	list_for_each_entry(collector, &collectors, link)
		if (!strcmp(collector->name, name))
			return collector;
	return NULL;
}

static struct magslab_collector *collector_new(const char *name)
{
	struct magslab_collector *collector =
		kvzalloc(sizeof(*collector), GFP_KERNEL);

	if (!collector)
		return NULL;
	roster_init(&collector->objects);
	roster_init(&collector->scopes);
	roots_init(&collector->roots);
	found_init(&collector->found);
	pace_init(&collector->pace);
	init_llist_head(&collector->mark.shared);
	INIT_LIST_HEAD(&collector->caches);
	init_waitqueue_head(&collector->done_wait);
	strscpy(collector->name, name, sizeof(collector->name));
	return collector;
}

/* With the mutex. Return: 0 or an error. */
static int collector_publish(struct magslab_collector *collector)
{
	if (collector_find(collector->name))
		return -EEXIST;
	collector->thread = kthread_run(collector_thread, collector,
					"magslab-gc/%s", collector->name);
	if (IS_ERR(collector->thread))
		return PTR_ERR(collector->thread);
	list_add_tail(&collector->link, &collectors);
	collector_dir_create(collector);
	return 0;
}

struct magslab_collector *magslab_collector_create(const char *name)
{
	struct magslab_collector *collector;
	int ret;

	if (!name_is_valid(name))
		return ERR_PTR(-EINVAL);
	collector = collector_new(name);
	if (!collector)
		return ERR_PTR(-ENOMEM);
	mutex_lock(&collectors_mutex);
	ret = collector_publish(collector);
	mutex_unlock(&collectors_mutex);
	if (!ret)
		return collector;
	kvfree(collector);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(magslab_collector_create);

/*
 * === End ===
 */

/* After the last object: what is still in use is their caches' to tell. */
static void destroy_caches(struct magslab_collector *collector)
{
	struct magslab_tracked *tracked, *next;

	list_for_each_entry(tracked, &collector->caches, link)
		tracked_forget(tracked);
	synchronize_rcu();
	list_for_each_entry_safe(tracked, next, &collector->caches, link) {
		magslab_cache_destroy(tracked->cache);
		kfree(tracked);
	}
}

static void collector_unpublish(struct magslab_collector *collector)
{
	mutex_lock(&collectors_mutex);
	list_del(&collector->link);
	collector_dir_remove(collector);
	mutex_unlock(&collectors_mutex);
}

void magslab_collector_destroy(struct magslab_collector *collector)
{
	if (IS_ERR_OR_NULL(collector))
		return;
	collector_unpublish(collector);
	kthread_stop(collector->thread);
	cycle_abandon(collector);
	sweep_all(collector);
	destroy_caches(collector);
	roots_fini(&collector->roots);
	kvfree(collector);
}
EXPORT_SYMBOL_GPL(magslab_collector_destroy);

/*
 * === Settings and figures ===
 */

int magslab_collector_set_budget(struct magslab_collector *collector,
				 u64 budget_ns, u64 period_ns)
{
	return pace_set(&collector->pace, budget_ns, period_ns);
}
EXPORT_SYMBOL_GPL(magslab_collector_set_budget);

int magslab_collector_set_interval(struct magslab_collector *collector,
				   unsigned int ms)
{
	if (ms > INTERVAL_MAX_MS)
		return -EINVAL;
	WRITE_ONCE(collector->interval, msecs_to_jiffies(ms));
	wake_up_process(collector->thread);
	return 0;
}
EXPORT_SYMBOL_GPL(magslab_collector_set_interval);

static void figures_of_objects(struct magslab_collector *collector,
			       struct magslab_collector_figures *figures)
{
	struct roster_count count;

	roster_count(&collector->objects, &count);
	figures->tracked = count.nr;
	figures->allocated = count.entered;
	figures->freed = count.left[ROSTER_FREED];
	figures->reclaimed = count.left[ROSTER_RECLAIMED];
}

void magslab_collector_figures(struct magslab_collector *collector,
			       struct magslab_collector_figures *figures)
{
	const u64 *ns = collector->stage_ns;

	figures_of_objects(collector, figures);
	figures->found = READ_ONCE(collector->nr_found);
	figures->refused = atomic_long_read(&collector->refused);
	figures->cycles = READ_ONCE(collector->cycles);
	figures->scanned = READ_ONCE(collector->mark.scanned);
	figures->words = READ_ONCE(collector->mark.words);
	figures->mark_ns =
		READ_ONCE(ns[STAGE_SCOPES]) + READ_ONCE(ns[STAGE_ROOTS]) +
		READ_ONCE(ns[STAGE_TRACE]) + READ_ONCE(ns[STAGE_LATE]);
	figures->sweep_ns = READ_ONCE(ns[STAGE_SWEEP]);
	figures->swept = READ_ONCE(collector->swept);
	figures->elapsed_ns = READ_ONCE(collector->elapsed_ns);
	pace_figures(&collector->pace, figures);
}
EXPORT_SYMBOL_GPL(magslab_collector_figures);

void magslab_collector_init(struct dentry *root)
{
	collector_dirs_create(root);
}

/* Whoever has a collector keeps the module loaded. */
void magslab_collector_exit(void)
{
	collector_dirs_remove();
}
