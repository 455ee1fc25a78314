// SPDX-License-Identifier: GPL-2.0-only
/* How full each slab of a cache is: a character for each of them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

#define SLABS_PER_LINE 64

/* A line of the module's file. */
struct slab {
	int64_t number;
	int64_t node;
	char list[32];
	int64_t occupied;
	int64_t total;
};

/* What was drawn so far. */
struct drawing {
	int64_t node;
	size_t slabs; /* of this node */
	size_t lines;
	size_t limit;
	int64_t occupied;
	int64_t total;
	size_t all;
};

static bool is_usual(const char *list)
{
	return !strcmp(list, "full") || !strcmp(list, "partial") ||
	       !strcmp(list, "empty");
}

/* Tenths, but only what is full or empty looks like that. */
static char mark(const struct slab *slab)
{
	if (!is_usual(slab->list))
		return slab->list[0] & ~0x20;
	if (slab->occupied <= 0)
		return '.';
	if (slab->occupied >= slab->total)
		return '#';
	return '0' + (10 * slab->occupied / slab->total);
}

static bool parse_slab(struct slab *slab, const char *line)
{
	char rest;

	return sscanf(line,
		      "%" SCNd64 " %" SCNd64 " %31[a-z_] %" SCNd64 " %" SCNd64
		      " %c",
		      &slab->number, &slab->node, slab->list, &slab->occupied,
		      &slab->total, &rest) == 5 &&
	       slab->total > 0 && slab->occupied >= 0 &&
	       slab->occupied <= slab->total;
}

/* Return: whether there is room for one more slab. */
static bool begin_line(struct drawing *drawing, const struct slab *slab)
{
	bool new_node = slab->node != drawing->node;

	if (!new_node && drawing->slabs % SLABS_PER_LINE)
		return true;
	if (drawing->limit && drawing->lines == drawing->limit)
		return false;
	if (drawing->lines++)
		putchar('\n');
	if (new_node)
		drawing->slabs = 0;
	drawing->node = slab->node;
	printf("%6" PRId64 " %10" PRId64 "  ", slab->node, slab->number);
	return true;
}

static bool draw(struct drawing *drawing, const struct slab *slab)
{
	if (!begin_line(drawing, slab))
		return false;
	putchar(mark(slab));
	drawing->slabs++;
	drawing->all++;
	drawing->occupied += slab->occupied;
	drawing->total += slab->total;
	return true;
}

/* Comments begin with #. */
static void draw_all(struct drawing *drawing, char *map)
{
	struct slab slab;
	char *line;

	while ((line = strsep(&map, "\n"))) {
		if (!*line || *line == '#')
			continue;
		if (!parse_slab(&slab, line))
			quit(EXIT_FAILED,
			     "the heat map is not as documented: '%.60s'",
			     line);
		if (!draw(drawing, &slab))
			break;
	}
	if (drawing->lines)
		putchar('\n');
}

static void print_legend(const struct drawing *drawing)
{
	puts("\n. empty   0 to 9 tenths of its objects in use   # full   a letter: another list\n"
	     "(the first of its name)");
	printf("%zu slabs, %" PRId64 " of %" PRId64
	       " objects in use (%.1f %%)\n",
	       drawing->all, drawing->occupied, drawing->total,
	       drawing->total ? percent(drawing->occupied, drawing->total) : 0);
}

int heatmap_show(const struct options *options)
{
	struct drawing drawing = { .node = -1, .limit = options->lines };
	char *map = source_heatmap(options);

	puts("  NODE       SLAB  ONE CHARACTER A SLAB");
	draw_all(&drawing, map);
	print_legend(&drawing);
	free(map);
	return EXIT_OK;
}
