// SPDX-License-Identifier: GPL-2.0-only
/* What can be set for all caches, while they are in use. */
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/limits.h>

#include "alloc/layer.h"
#include "alloc/reaper.h"
#include "alloc/sizing.h"
#include "stats/stats.h"

static int interval_get(void *unused, u64 *ms)
{
	*ms = magslab_reaper_interval();
	return 0;
}

static int interval_set(void *unused, u64 ms)
{
	if (ms > MAGSLAB_REAP_INTERVAL_MAX)
		return -ERANGE;
	magslab_reaper_set_interval(ms);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(interval_fops, interval_get, interval_set, "%llu\n");

static int threshold_get(void *unused, u64 *contended)
{
	*contended = magslab_sizing_threshold();
	return 0;
}

static int threshold_set(void *unused, u64 contended)
{
	if (!contended || contended > UINT_MAX)
		return -ERANGE;
	magslab_sizing_set_threshold(contended);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(threshold_fops, threshold_get, threshold_set,
			 "%llu\n");

static int reap_set(void *unused, u64 one)
{
	if (one != 1)
		return -EINVAL;
	magslab_reap_now();
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(reap_fops, NULL, reap_set, "%llu\n");

static int counting_get(void *unused, u64 *on)
{
	*on = magslab_counting_get();
	return 0;
}

static int counting_set(void *unused, u64 on)
{
	if (on > 1)
		return -ERANGE;
	magslab_counting_set(on);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(counting_fops, counting_get, counting_set, "%llu\n");

void magslab_tunables_create(struct dentry *root)
{
	debugfs_create_file("reap_interval_ms", 0600, root, NULL,
			    &interval_fops);
	debugfs_create_file("reap", 0200, root, NULL, &reap_fops);
	debugfs_create_file("contention_threshold", 0600, root, NULL,
			    &threshold_fops);
	debugfs_create_file("counting", 0600, root, NULL, &counting_fops);
}
