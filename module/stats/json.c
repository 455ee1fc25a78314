// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab/stats.json: all of it for programs, as one document.
 *
 * It is read in pieces, and caches come and go in between. What it consists of
 * is written as a whole or not at all: the head, each cache, the end. So it is
 * valid whatever happens, and its totals are those of the caches in it. The list
 * of caches is locked for one cache at a time.
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>

#include "alloc/cache.h"
#include "alloc/layer.h"
#include "compat.h"
#include "stats/fields.h"
#include "stats/json.h"
#include "stats/stats.h"

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

/* Names of caches are printable ASCII. */
static void print_string(struct seq_file *m, const char *string)
{
	seq_putc(m, '"');
	for (; *string; string++) {
		if (*string == '"' || *string == '\\')
			seq_putc(m, '\\');
		seq_putc(m, *string);
	}
	seq_putc(m, '"');
}

static void print_object(struct seq_file *m, const char *name,
			 const struct stats_field *fields, const void *record)
{
	seq_printf(m, "\"%s\":{", name);
	stats_print_members(m, fields, record);
	seq_putc(m, '}');
}

static void json_show_head(struct seq_file *m)
{
	seq_printf(m, "{\"schema\":%u,\"magslab\":", STATS_JSON_SCHEMA);
	print_string(m, THIS_MODULE->version ?: "");
	seq_puts(m, ",\"kernel\":");
	print_string(m, init_utsname()->release);
	seq_printf(m, ",\"time_ns\":%llu,\"page_size\":%lu", ktime_get_ns(),
		   PAGE_SIZE);
	seq_printf(m, ",\"cpus\":%u,\"nodes\":%u,\"counting\":%s",
		   num_possible_cpus(), num_online_nodes(),
		   truth(magslab_counting_get()));
	seq_puts(m, ",\"caches\":[");
}

static void json_show_cpus(struct seq_file *m,
			   const struct magslab_cache *cache)
{
	const char *comma = "";
	struct stats_cpu figures;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		stats_cpu_take(cache, cpu, &figures);
		seq_printf(m, "%s{\"cpu\":%u,\"online\":%s,", comma, cpu,
			   truth(cpu_online(cpu)));
		stats_print_members(m, stats_of_cpu, &figures);
		seq_putc(m, '}');
		comma = ",";
	}
}

static void json_show_nodes(struct seq_file *m,
			    const struct magslab_cache *cache)
{
	const char *comma = "";
	struct stats_node figures;
	int nid;

	for_each_node(nid) {
		stats_node_take(cache, nid, &figures);
		seq_printf(m, "%s{\"node\":%d,\"online\":%s,", comma, nid,
			   truth(node_online(nid)));
		stats_print_members(m, stats_of_node, &figures);
		seq_putc(m, '}');
		comma = ",";
	}
}

static void json_show_cache(struct seq_file *m,
			    const struct magslab_cache *cache)
{
	struct stats_json *json = m->private;

	stats_figures_take(cache, &json->last);
	seq_puts(m, json->totals.caches ? ",\n{\"name\":" : "\n{\"name\":");
	print_string(m, cache->name);
	seq_putc(m, ',');
	print_object(m, "is", stats_is, &json->last);
	seq_putc(m, ',');
	print_object(m, "has", stats_has, &json->last);
	seq_putc(m, ',');
	print_object(m, "did", stats_did, &json->last);
	seq_puts(m, ",\"cpus\":[");
	json_show_cpus(m, cache);
	seq_puts(m, "],\"nodes\":[");
	json_show_nodes(m, cache);
	seq_puts(m, "]}");
}

static void json_show_end(struct seq_file *m)
{
	struct stats_json *json = m->private;

	stats_totals_end(&json->totals);
	seq_printf(m, "\n],\"totals\":{\"caches\":%u,", json->totals.caches);
	print_object(m, "has", stats_has, &json->totals.sum);
	seq_putc(m, ',');
	print_object(m, "did", stats_did, &json->totals.sum);
	seq_puts(m, "}}\n");
}

static int json_show(struct seq_file *m, void *v)
{
	struct stats_json *json = v;
	struct magslab_cache *cache;

	if (json->part == STATS_JSON_HEAD) {
		json_show_head(m);
		return 0;
	}
	magslab_caches_lock();
	cache = stats_walk_here(&json->walk);
	if (cache)
		json_show_cache(m, cache);
	magslab_caches_unlock();
	json->ended = !cache;
	if (!cache)
		json_show_end(m);
	return 0;
}

static void json_rewind(struct stats_json *json)
{
	magslab_caches_lock();
	stats_walk_rewind(&json->walk);
	magslab_caches_unlock();
	stats_totals_begin(&json->totals);
	json->part = STATS_JSON_HEAD;
	json->ended = false;
}

/* Other positions than the first are only come to by json_next(). */
static void *json_start(struct seq_file *m, loff_t *pos)
{
	struct stats_json *json = m->private;

	if (!*pos)
		json_rewind(json);
	return json->part == STATS_JSON_OVER ? NULL : json;
}

/*
 * Called once for each thing that is written for good, where json_show() may be
 * called once more when there was not room enough.
 */
static void *json_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct stats_json *json = v;

	++*pos;
	cond_resched();
	if (json->ended) {
		json->part = STATS_JSON_OVER;
		return NULL;
	}
	if (json->part == STATS_JSON_HEAD) {
		json->part = STATS_JSON_CACHES;
		return json;
	}
	stats_totals_add(&json->totals, &json->last);
	magslab_caches_lock();
	stats_walk_step(&json->walk);
	magslab_caches_unlock();
	return json;
}

static void json_stop(struct seq_file *m, void *v)
{
}

const struct seq_operations stats_json_sops = {
	.start = json_start,
	.next = json_next,
	.stop = json_stop,
	.show = json_show,
};
EXPORT_SYMBOL_FOR_TEST(stats_json_sops);

static int json_open(struct inode *inode, struct file *file)
{
	struct stats_json *json =
		__seq_open_private(file, &stats_json_sops, sizeof(*json));

	if (!json)
		return -ENOMEM;
	stats_walk_begin(&json->walk);
	return 0;
}

static int json_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;
	struct stats_json *json = m->private;

	stats_walk_end(&json->walk);
	return seq_release_private(inode, file);
}

static const struct file_operations json_fops = {
	.owner = THIS_MODULE,
	.open = json_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = json_release,
};

void magslab_json_create(struct dentry *root)
{
	debugfs_create_file("stats.json", 0400, root, NULL, &json_fops);
}
