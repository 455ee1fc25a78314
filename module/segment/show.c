// SPDX-License-Identifier: GPL-2.0-only
/* A file for each segment, magslab/segments/NAME in debugfs. It only reads. */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "segment/segment.h"

/* A pool's map has at most so many cells, and lines of so many. */
#define MAP_CELLS 1024UL
#define MAP_LINE 64UL

static struct dentry *segments_dir;

static void show_figures(struct seq_file *m, const struct pool *pool)
{
	struct magslab_pool_figures figures;

	magslab_segment_figures(&pool->front, &figures);
	seq_printf(m, "%-20s %10zu %6zu %6lu ", pool->name, pool->offset,
		   pool->size, pool->front.stride);
	seq_printf(m, "%8lu %8lu %8lu %8lu %12llu %8lu %6lu %6lu %6lu\n",
		   figures.count, figures.live, figures.count - figures.live,
		   figures.peak, figures.allocs, figures.failures,
		   magslab_segment_misuses(&pool->front,
					   MAGSLAB_SEGMENT_DOUBLE_FREE),
		   magslab_segment_misuses(&pool->front,
					   MAGSLAB_SEGMENT_FOREIGN_FREE),
		   magslab_segment_misuses(&pool->front,
					   MAGSLAB_SEGMENT_INTERIOR_FREE));
}

/* What is so of objects @first up to @last: all are in use, some, none, none ever. */
static char cell(const struct pool *pool, unsigned long first,
		 unsigned long last)
{
	unsigned long i, live = 0, fresh = 0, nr = last - first + 1;

	for (i = first; i <= last; i++) {
		live += pool_is_live(pool, i);
		fresh += pool_is_fresh(pool, i);
	}
	if (live)
		return live == nr ? '#' : '+';
	return fresh == nr ? '-' : '.';
}

static void show_map(struct seq_file *m, const struct pool *pool)
{
	unsigned long count = pool->front.count;
	unsigned long each = DIV_ROUND_UP(count, MAP_CELLS);
	unsigned long first, column = 0;

	seq_printf(m, "\nmap of %s, %lu a cell:\n", pool->name, each);
	for (first = 1; first <= count; first += each) {
		seq_putc(m, cell(pool, first, min(first + each - 1, count)));
		if (++column % MAP_LINE == 0)
			seq_putc(m, '\n');
		cond_resched();
	}
	if (column % MAP_LINE)
		seq_putc(m, '\n');
}

static int segment_show(struct seq_file *m, void *v)
{
	const struct magslab_segment *segment = m->private;
	unsigned int i;

	seq_printf(m, "bytes: %zu\npools: %u\n\n", segment->bytes, segment->nr);
	seq_printf(m,
		   "%-20s %10s %6s %6s %8s %8s %8s %8s %12s %8s %6s %6s %6s\n",
		   "POOL", "OFFSET", "SIZE", "STRIDE", "COUNT", "USED", "FREE",
		   "PEAK", "ALLOCS", "FULL", "DOUBLE", "FOREIGN", "INTERIOR");
	for (i = 0; i < segment->nr; i++)
		show_figures(m, segment->pools[i]);
	for (i = 0; i < segment->nr; i++)
		show_map(m, segment->pools[i]);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(segment);

void segment_show_init(struct dentry *root)
{
	segments_dir = debugfs_create_dir("segments", root);
}

void segment_show_create(struct magslab_segment *segment)
{
	segment->file = debugfs_create_file(segment->name, 0400, segments_dir,
					    segment, &segment_fops);
}
