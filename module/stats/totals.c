// SPDX-License-Identifier: GPL-2.0-only
/* magslab/stats: what all caches together have and did. */
#include <linux/debugfs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "alloc/cache.h"
#include "stats/fields.h"
#include "stats/figures.h"
#include "stats/stats.h"
#include "stats/walk.h"

/* Return: false if there is no more cache. */
static bool totals_take_one(struct stats_totals *totals,
			    struct stats_walk *walk)
{
	const struct magslab_cache *cache;
	struct stats_figures figures;

	magslab_caches_lock();
	cache = stats_walk_here(walk);
	if (cache) {
		stats_figures_take(cache, &figures);
		stats_totals_add(totals, &figures);
		stats_walk_step(walk);
	}
	magslab_caches_unlock();
	return cache;
}

static void totals_take(struct stats_totals *totals)
{
	struct stats_walk walk;

	stats_totals_begin(totals);
	stats_walk_begin(&walk);
	while (totals_take_one(totals, &walk))
		cond_resched();
	stats_walk_end(&walk);
	stats_totals_end(totals);
}

static int totals_show(struct seq_file *m, void *unused)
{
	struct stats_totals *totals = kmalloc(sizeof(*totals), GFP_KERNEL);

	if (!totals)
		return -ENOMEM;
	totals_take(totals);
	seq_printf(m, "caches: %u\n", totals->caches);
	stats_print_lines(m, stats_has, &totals->sum);
	stats_print_lines(m, stats_did, &totals->sum);
	kfree(totals);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(totals);

void magslab_totals_create(struct dentry *root)
{
	debugfs_create_file("stats", 0400, root, NULL, &totals_fops);
}
