// SPDX-License-Identifier: GPL-2.0-only
/* magslab/summary: a line for each cache, in the columns of slabtop(1). */
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "stats/stats.h"

static void *summary_start(struct seq_file *m, loff_t *pos)
{
	magslab_caches_lock();
	return seq_list_start_head(magslab_caches(), *pos);
}

static void *summary_next(struct seq_file *m, void *v, loff_t *pos)
{
	return seq_list_next(v, magslab_caches(), pos);
}

static void summary_stop(struct seq_file *m, void *v)
{
	magslab_caches_unlock();
}

static unsigned long percent(unsigned long part, unsigned long whole)
{
	return whole ? div64_ul((u64)part * 100, whole) : 0;
}

static int summary_show_head(struct seq_file *m)
{
	seq_printf(m, "%10s %10s %4s %8s %8s %8s %10s %4s %s\n", "OBJS",
		   "ACTIVE", "USE", "SIZE", "SLABS", "OBJ/SLAB", "KIB", "HIT",
		   "NAME");
	return 0;
}

static int summary_show(struct seq_file *m, void *v)
{
	struct magslab_census census;
	struct magslab_cache *cache;
	unsigned long live, hits;

	if (v == magslab_caches())
		return summary_show_head(m);

	cache = list_entry(v, struct magslab_cache, link);
	magslab_census_take(cache, &census);
	/* Counted at different moments, frees may be ahead of allocations. */
	live = max(census.live_objects, 0LL);
	hits = census_alloc_hits(&census.cpus) + census_free_hits(&census.cpus);
	seq_printf(m, "%10lu %10lu %3lu%% %8u %8lu %8u %10lu %3lu%% %s\n",
		   census.capacity_objects, live,
		   percent(live, census.capacity_objects), cache->size,
		   census.pages >> cache->layout.order, cache->layout.nr,
		   census.pages << (PAGE_SHIFT - 10),
		   percent(hits, census.cpus.allocs + census.cpus.frees),
		   cache->name);
	return 0;
}

static const struct seq_operations summary_sops = {
	.start = summary_start,
	.next = summary_next,
	.stop = summary_stop,
	.show = summary_show,
};

DEFINE_SEQ_ATTRIBUTE(summary);

void magslab_summary_create(struct dentry *root)
{
	debugfs_create_file("summary", 0400, root, NULL, &summary_fops);
}
