// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab/caches/NAME/: what one cache has and did.
 *
 *	stats			"name: value" lines
 *	cpus			a line for each possible CPU
 *	nodes			a line for each possible node
 *	magazine_capacity	how many rounds magazines have
 *	and those of balance.c, heatmap.c and instrument.c
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/nodemask.h>
#include <linux/seq_file.h>

#include "alloc/cache.h"
#include "stats/fields.h"
#include "stats/figures.h"
#include "stats/instrument.h"
#include "stats/stats.h"

static int stats_show(struct seq_file *m, void *unused)
{
	const struct magslab_cache *cache = m->private;
	struct stats_figures figures;

	stats_figures_take(cache, &figures);
	stats_print_lines(m, stats_is, &figures);
	stats_print_lines(m, stats_has, &figures);
	stats_print_lines(m, stats_did, &figures);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static void show_cpu(struct seq_file *m, const struct magslab_cache *cache,
		     unsigned int cpu)
{
	struct stats_cpu figures;

	stats_cpu_take(cache, cpu, &figures);
	seq_printf(m, "%5u %6u", cpu, cpu_online(cpu));
	stats_print_cells(m, stats_of_cpu, &figures);
}

static int cpus_show(struct seq_file *m, void *unused)
{
	const struct magslab_cache *cache = m->private;
	unsigned int cpu;

	seq_printf(m, "%5s %6s", "cpu", "online");
	stats_print_heads(m, stats_of_cpu);
	for_each_possible_cpu(cpu)
		show_cpu(m, cache, cpu);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cpus);

static void show_node(struct seq_file *m, const struct magslab_cache *cache,
		      int nid)
{
	struct stats_node figures;

	stats_node_take(cache, nid, &figures);
	seq_printf(m, "%5d %6d", nid, node_online(nid));
	stats_print_cells(m, stats_of_node, &figures);
}

static int nodes_show(struct seq_file *m, void *unused)
{
	const struct magslab_cache *cache = m->private;
	int nid;

	seq_printf(m, "%5s %6s", "node", "online");
	stats_print_heads(m, stats_of_node);
	for_each_node(nid)
		show_node(m, cache, nid);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(nodes);

static int capacity_get(void *data, u64 *capacity)
{
	const struct magslab_cache *cache = data;

	*capacity = READ_ONCE(cache->sizing.capacity);
	return 0;
}

static int capacity_set(void *data, u64 capacity)
{
	if (capacity > MAGSLAB_MAX_CAPACITY)
		return -ERANGE;
	return magslab_sizing_pin(data, capacity);
}

DEFINE_DEBUGFS_ATTRIBUTE(capacity_fops, capacity_get, capacity_set, "%llu\n");

/* Called as caches come; the list of caches stands still meanwhile. */
void magslab_cache_dir_create(struct magslab_cache *cache,
			      struct dentry *parent)
{
	struct dentry *dir = debugfs_create_dir(cache->name, parent);

	debugfs_create_file("stats", 0400, dir, cache, &stats_fops);
	debugfs_create_file("cpus", 0400, dir, cache, &cpus_fops);
	debugfs_create_file("nodes", 0400, dir, cache, &nodes_fops);
	debugfs_create_file("magazine_capacity", 0600, dir, cache,
			    &capacity_fops);
	magslab_balance_create(cache, dir);
	magslab_heatmap_create(cache, dir);
	magslab_instruments_create(cache, dir);
}

/* Called before a cache goes. Waits for readers, who lock nothing. */
void magslab_cache_dir_remove(struct magslab_cache *cache,
			      struct dentry *parent)
{
	debugfs_lookup_and_remove(cache->name, parent);
	magslab_instruments_stop(cache);
}
