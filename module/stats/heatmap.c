// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab/caches/NAME/heatmap: how the objects of a cache lie in its slabs, as it
 * was when the file was opened. Lines that begin with # sum it up; then comes a
 * line for each slab.
 */
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "alloc/survey.h"
#include "stats/stats.h"

/* Slabs that are kept of one opening at the most; others are counted. */
#define HEATMAP_MOST 1048576UL

/* Tenths of a slab's objects that are not free in it. */
#define HEATMAP_BINS 10

/**
 * struct heat - one slab
 * @taken: objects that are not free in it
 * @nid: its node
 * @list: the list it is on
 */
struct heat {
	u16 taken;
	u16 nid;
	u8 list;
};

/**
 * struct heatmap - what one opening of the file sees
 * @cache: of which cache
 * @census: its counters at that time
 * @bins: partial slabs, by tenths of their objects that are taken
 * @free_in_partial: objects free in them
 * @seen: slabs there were
 * @room: how many @heat has room for
 * @heat: the first of them
 */
struct heatmap {
	const struct magslab_cache *cache;
	struct magslab_census census;
	unsigned long bins[HEATMAP_BINS];
	unsigned long free_in_partial;
	unsigned long seen;
	unsigned long room;
	struct heat heat[];
};

static bool is_partial(int list)
{
	return list != MAGSLAB_SLAB_FULL && list != MAGSLAB_SLAB_EMPTY;
}

static void heatmap_look(const struct magslab_slab_look *look, void *arg)
{
	struct heatmap *map = arg;
	unsigned int nr = map->cache->layout.nr, taken = nr - look->free;

	if (is_partial(look->list)) {
		map->bins[min(taken * HEATMAP_BINS / nr, HEATMAP_BINS - 1U)]++;
		map->free_in_partial += look->free;
	}
	if (map->seen < map->room)
		map->heat[map->seen] =
			(struct heat){ taken, look->nid, look->list };
	map->seen++;
}

/* A cache that grows meanwhile has a few more slabs than there is room for. */
static struct heatmap *heatmap_take(struct magslab_cache *cache)
{
	unsigned long room = min(magslab_census_slabs(cache), HEATMAP_MOST);
	struct heatmap *map;

	map = kvzalloc(struct_size(map, heat, room), GFP_KERNEL);
	if (!map)
		return NULL;
	map->cache = cache;
	map->room = room;
	magslab_census_take(cache, &map->census);
	magslab_survey(cache, heatmap_look, map);
	return map;
}

/*
 * === The file ===
 */

static unsigned long permille(unsigned long part, unsigned long whole)
{
	return whole ? div64_ul((u64)part * 1000, whole) : 0;
}

static void show_share(struct seq_file *m, const char *name, unsigned long part,
		       unsigned long whole)
{
	unsigned long share = permille(part, whole);

	seq_printf(m, "# %s: %lu.%lu %%\n", name, share / 10, share % 10);
}

static void show_head(struct seq_file *m, const struct heatmap *map)
{
	const struct magslab_census *c = &map->census;
	unsigned long carved = map->seen * map->cache->layout.nr;
	unsigned int i;

	seq_printf(m,
		   "# slabs: %lu\n# slabs_below: %lu\n# objects_per_slab: %u\n",
		   map->seen, min(map->seen, map->room), map->cache->layout.nr);
	seq_puts(m, "# partial_by_tenths:");
	for (i = 0; i < HEATMAP_BINS; i++)
		seq_printf(m, " %lu", map->bins[i]);
	seq_putc(m, '\n');
	show_share(m, "fragmentation", map->free_in_partial, carved);
	show_share(m, "in_magazines", census_magazine_objects(c), carved);
	show_share(m, "in_depots", c->depot_objects, carved);
	show_share(m, "freed_on_other_nodes", c->cpus.remote_frees,
		   c->cpus.frees);
	seq_puts(m, "# slab node list taken objects\n");
}

static const char *list_name(int list)
{
	if (list == MAGSLAB_SLAB_FULL)
		return "full";
	return list == MAGSLAB_SLAB_EMPTY ? "empty" : "partial";
}

/* Position 0 is the head, and slab i is at i + 1. */
static void *heatmap_start(struct seq_file *m, loff_t *pos)
{
	struct heatmap *map = m->private;

	return *pos <= min(map->seen, map->room) ? pos : NULL;
}

static void *heatmap_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return heatmap_start(m, pos);
}

static void heatmap_stop(struct seq_file *m, void *v)
{
}

static int heatmap_show(struct seq_file *m, void *v)
{
	const struct heatmap *map = m->private;
	const struct heat *heat;
	loff_t pos = *(loff_t *)v;

	if (!pos) {
		show_head(m, map);
		return 0;
	}
	heat = &map->heat[pos - 1];
	seq_printf(m, "%llu %u %s %u %u\n", pos - 1, heat->nid,
		   list_name(heat->list), heat->taken, map->cache->layout.nr);
	return 0;
}

static const struct seq_operations heatmap_sops = {
	.start = heatmap_start,
	.next = heatmap_next,
	.stop = heatmap_stop,
	.show = heatmap_show,
};

static int heatmap_open(struct inode *inode, struct file *file)
{
	struct heatmap *map;
	int ret = seq_open(file, &heatmap_sops);

	if (ret)
		return ret;
	map = heatmap_take(inode->i_private);
	if (!map) {
		seq_release(inode, file);
		return -ENOMEM;
	}
	((struct seq_file *)file->private_data)->private = map;
	return 0;
}

static int heatmap_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kvfree(m->private);
	return seq_release(inode, file);
}

static const struct file_operations heatmap_fops = {
	.owner = THIS_MODULE,
	.open = heatmap_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = heatmap_release,
};

void magslab_heatmap_create(struct magslab_cache *cache, struct dentry *dir)
{
	debugfs_create_file("heatmap", 0400, dir, cache, &heatmap_fops);
}
