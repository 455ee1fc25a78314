// SPDX-License-Identifier: GPL-2.0-only
/*
 * One cache, node by node: a column for each node and a row for each figure that
 * the module tells of it, so that figures of later modules are shown as well.
 */
#include <string.h>

#include "top.h"

static struct json_object *node_of(const struct cache *cache, size_t i)
{
	return json_object_array_get_idx(cache->nodes, i);
}

static void fill_titles(struct sheet *sheet, const struct cache *cache)
{
	size_t nr_nodes = json_object_array_length(cache->nodes);
	struct json_object *number;
	char title[32];
	size_t i;

	sheet_column(sheet, "FIGURE", true, 0);
	for (i = 0; i < nr_nodes && i + 1 < SHEET_COLUMNS; i++) {
		number = json_object_object_get(node_of(cache, i), "node");
		snprintf(title, sizeof(title), "NODE-%lld",
			 (long long)json_object_get_int64(number));
		sheet_column(sheet, title, false, i);
	}
}

/* A node without such a figure has a dash. */
static void fill_figure(struct sheet *sheet, const struct cache *cache,
			const char *key)
{
	struct json_object *value;
	size_t i;

	sheet_text(sheet, key);
	for (i = 0; i + 1 < sheet->nr_columns; i++)
		if (json_object_object_get_ex(node_of(cache, i), key, &value))
			sheet_number(sheet, json_object_get_int64(value));
		else
			sheet_text(sheet, "-");
}

void nodes_fill(struct sheet *sheet, const struct cache *cache)
{
	struct json_object *first = node_of(cache, 0);

	fill_titles(sheet, cache);
	if (!json_object_is_type(first, json_type_object))
		return;
	json_object_object_foreach(first, key, value)
	{
		(void)value;
		if (strcmp(key, "node"))
			fill_figure(sheet, cache, key);
	}
}
