// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab/collectors/NAME/: what a collector has and did.
 *
 *	stats		"name: value" lines
 *	pauses		how long slices took
 *	found		where what was unreachable came from
 *	collect		writing 1 asks for a cycle
 *	budget_ns	tunables
 *	period_ns
 *	interval_ms
 */
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "collector/collector.h"

static struct dentry *collectors_dir;

static void put(struct seq_file *m, const char *name, u64 value)
{
	seq_printf(m, "%s: %llu\n", name, value);
}

static u64 ratio(u64 part, u64 whole)
{
	return whole ? div64_u64(part, whole) : 0;
}

static void show_objects(struct seq_file *m,
			 const struct magslab_collector_figures *f)
{
	put(m, "tracked", f->tracked);
	put(m, "allocated", f->allocated);
	put(m, "freed", f->freed);
	put(m, "reclaimed", f->reclaimed);
	put(m, "found", f->found);
	put(m, "refused", f->refused);
}

static void show_work(struct seq_file *m,
		      const struct magslab_collector_figures *f)
{
	put(m, "cycles", f->cycles);
	put(m, "scanned", f->scanned);
	put(m, "words", f->words);
	put(m, "swept", f->swept);
	put(m, "mark_ns", f->mark_ns);
	put(m, "sweep_ns", f->sweep_ns);
	put(m, "mark_ns_per_object", ratio(f->mark_ns, f->scanned));
	put(m, "sweep_ns_per_object", ratio(f->sweep_ns, f->swept));
}

static void show_slices(struct seq_file *m,
			const struct magslab_collector_figures *f)
{
	put(m, "slices", f->slices);
	put(m, "over_budget", f->over_budget);
	put(m, "longest_ns", f->longest_ns);
	put(m, "p999_ns", f->p999_ns);
	put(m, "busy_ns", f->busy_ns);
	put(m, "elapsed_ns", f->elapsed_ns);
	put(m, "duty_permille", ratio(1000 * f->busy_ns, f->elapsed_ns));
}

static int stats_show(struct seq_file *m, void *unused)
{
	struct magslab_collector *collector = m->private;
	struct magslab_collector_figures figures;

	magslab_collector_figures(collector, &figures);
	show_objects(m, &figures);
	show_work(m, &figures);
	show_slices(m, &figures);
	put(m, "roots", READ_ONCE(collector->roots.nr));
	put(m, "stage", READ_ONCE(collector->stage));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int pauses_show(struct seq_file *m, void *unused)
{
	struct magslab_collector *collector = m->private;

	pace_show(&collector->pace, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(pauses);

static int finds_show(struct seq_file *m, void *unused)
{
	struct magslab_collector *collector = m->private;

	found_show(&collector->found, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(finds);

static int collect_set(void *data, u64 one)
{
	if (one != 1)
		return -EINVAL;
	magslab_collector_start(data);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(collect_fops, NULL, collect_set, "%llu\n");

static int budget_get(void *data, u64 *ns)
{
	struct magslab_collector *collector = data;

	*ns = READ_ONCE(collector->pace.budget_ns);
	return 0;
}

static int budget_set(void *data, u64 ns)
{
	struct magslab_collector *collector = data;

	return pace_set(&collector->pace, ns,
			READ_ONCE(collector->pace.period_ns));
}

DEFINE_DEBUGFS_ATTRIBUTE(budget_fops, budget_get, budget_set, "%llu\n");

static int period_get(void *data, u64 *ns)
{
	struct magslab_collector *collector = data;

	*ns = READ_ONCE(collector->pace.period_ns);
	return 0;
}

static int period_set(void *data, u64 ns)
{
	struct magslab_collector *collector = data;

	return pace_set(&collector->pace, READ_ONCE(collector->pace.budget_ns),
			ns);
}

DEFINE_DEBUGFS_ATTRIBUTE(period_fops, period_get, period_set, "%llu\n");

static int interval_get(void *data, u64 *ms)
{
	struct magslab_collector *collector = data;

	*ms = jiffies_to_msecs(READ_ONCE(collector->interval));
	return 0;
}

static int interval_set(void *data, u64 ms)
{
	if (ms > UINT_MAX)
		return -EINVAL;
	return magslab_collector_set_interval(data, ms);
}

DEFINE_DEBUGFS_ATTRIBUTE(interval_fops, interval_get, interval_set, "%llu\n");

void collector_dir_create(struct magslab_collector *collector)
{
	struct dentry *dir =
		debugfs_create_dir(collector->name, collectors_dir);

	collector->dir = dir;
	debugfs_create_file("stats", 0400, dir, collector, &stats_fops);
	debugfs_create_file("pauses", 0400, dir, collector, &pauses_fops);
	debugfs_create_file("found", 0400, dir, collector, &finds_fops);
	debugfs_create_file("collect", 0200, dir, collector, &collect_fops);
	debugfs_create_file("budget_ns", 0600, dir, collector, &budget_fops);
	debugfs_create_file("period_ns", 0600, dir, collector, &period_fops);
	debugfs_create_file("interval_ms", 0600, dir, collector,
			    &interval_fops);
}

/* Waits for readers. */
void collector_dir_remove(struct magslab_collector *collector)
{
	debugfs_remove(collector->dir);
}

void collector_dirs_create(struct dentry *root)
{
	collectors_dir = debugfs_create_dir("collectors", root);
}

void collector_dirs_remove(void)
{
	debugfs_remove(collectors_dir);
}
