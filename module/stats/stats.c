// SPDX-License-Identifier: GPL-2.0-only
/*
 * The debugfs tree:
 *
 *	magslab/summary			a line for each cache
 *	magslab/stats			what all caches have and did, see totals.c
 *	magslab/stats.json		all figures of all caches, see json.c
 *	magslab/caches/NAME/		one cache, see cache_dir.c
 *	magslab/collectors/NAME/	one collector, see collector/report.c
 *	magslab/escape/			the kernel's objects, see escape/kernel.c
 *	magslab/arenas/NAME		one arena, see arena/show.c
 *	magslab/segments/NAME		one segment, see segment/show.c
 *	magslab/large			memory too large for a cache
 *	magslab/reap_interval_ms	tunables, see tunables.c
 *	magslab/reap
 *	magslab/contention_threshold
 *	magslab/fail_pages		fault injection, see alloc/fault.h
 *	magslab/fail_magazines
 *	magslab/failed_pages		what it made fail so far
 *	magslab/failed_magazines
 *
 * The module works as well without debugfs, so nothing here fails its load.
 */
#include <linux/debugfs.h>
#include <linux/notifier.h>
#include <linux/seq_file.h>

#include "alloc/cache.h"
#include "alloc/fault.h"
#include "alloc/large.h"
#include "stats/stats.h"
#include "stats/walk.h"

static struct dentry *stats_root;
static struct dentry *stats_caches;

static int stats_notified(struct notifier_block *observer, unsigned long event,
			  void *data)
{
	if (event == MAGSLAB_CACHE_CREATED) {
		magslab_cache_dir_create(data, stats_caches);
		return NOTIFY_OK;
	}
	stats_walks_leave(data);
	magslab_cache_dir_remove(data, stats_caches);
	return NOTIFY_OK;
}

static struct notifier_block stats_observer = {
	.notifier_call = stats_notified,
};

static int large_show(struct seq_file *m, void *v)
{
	struct magslab_large_census census;

	magslab_large_census_take(&census);
	seq_printf(m, "live_blocks: %ld\npages: %ld\n", census.blocks,
		   census.pages);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(large);

static int fail_get(void *data, u64 *nth)
{
	*nth = magslab_fault_get((uintptr_t)data);
	return 0;
}

static int fail_set(void *data, u64 nth)
{
	if (nth > INT_MAX)
		return -ERANGE;
	magslab_fault_set((uintptr_t)data, nth);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(fail_fops, fail_get, fail_set, "%llu\n");

static int hits_get(void *data, u64 *hits)
{
	*hits = magslab_fault_hits((uintptr_t)data);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(hits_fops, hits_get, NULL, "%llu\n");

static void fail_create(const char *name, const char *hits_name,
			enum magslab_fault fault)
{
	void *data = (void *)(uintptr_t)fault;

	debugfs_create_file(name, 0600, stats_root, data, &fail_fops);
	debugfs_create_file(hits_name, 0400, stats_root, data, &hits_fops);
}

/* Where other rooms put theirs, between init and exit. */
struct dentry *magslab_stats_root(void)
{
	return stats_root;
}

int magslab_stats_init(void)
{
	stats_root = debugfs_create_dir("magslab", NULL);
	stats_caches = debugfs_create_dir("caches", stats_root);
	magslab_summary_create(stats_root);
	magslab_totals_create(stats_root);
	magslab_json_create(stats_root);
	debugfs_create_file("large", 0400, stats_root, NULL, &large_fops);
	magslab_tunables_create(stats_root);
	fail_create("fail_pages", "failed_pages", MAGSLAB_FAULT_PAGES);
	fail_create("fail_magazines", "failed_magazines",
		    MAGSLAB_FAULT_MAGAZINES);
	magslab_caches_observe(&stats_observer);
	return 0;
}

void magslab_stats_exit(void)
{
	magslab_caches_unobserve(&stats_observer);
	debugfs_remove(stats_root);
}
