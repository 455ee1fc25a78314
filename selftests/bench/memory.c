// SPDX-License-Identifier: GPL-2.0-only
/* What the results tell of memory. */

#include "bench.h"
#include "grid.h"

/* Smaller footprints say more about the page size than about an allocator. */
#define MEMORY_LEAST (1024 * 1024)

static bool shows_memory(const struct row *row)
{
	return !row->result.error && row->result.flags & MAGSLAB_RESULT_HELD &&
	       !(row->backend->flags & MAGSLAB_BACKEND_FLOOR) &&
	       row->result.live_peak >= MEMORY_LEAST;
}

static void set_bytes(struct libscols_line *line, size_t column, __u64 bytes,
		      bool approximate)
{
	char cell[CELL_SIZE];

	snprintf(cell, sizeof(cell), "%s%.2f", approximate ? "~" : "",
		 bytes / (1024.0 * 1024.0));
	grid_cell(line, column, cell);
}

static void add_memory(struct libscols_table *table, const struct row *row)
{
	const struct magslab_result *result = &row->result;
	struct libscols_line *line = grid_line(table);
	bool about = result->flags & MAGSLAB_RESULT_HELD_APPROX;

	grid_cell(line, 0, result->name);
	grid_cell(line, 1, row->backend->name);
	set_bytes(line, 2, result->live_peak, false);
	set_bytes(line, 3, result->held_peak, about);
	set_bytes(line, 4, result->held_after, about);
	if (result->flags & MAGSLAB_RESULT_KEEPS)
		grid_cell(line, 5, "cannot");
	else
		set_bytes(line, 5, result->held_returned, about);
}

/* Rows of one run have the same footprint. */
static bool repeats(const struct row *row, const struct row *before)
{
	return row->result.backend == before->result.backend &&
	       row->size == before->size &&
	       row->result.live_peak == before->result.live_peak &&
	       row->result.held_peak == before->result.held_peak &&
	       row->result.held_after == before->result.held_after;
}

/* Memory held beside memory live, where there is enough of it to tell. */
void memory_print(const struct report *report)
{
	static const char *const columns[] = {
		"workload", "backend",	   "live",
		"held",	    "after frees", "given back",
	};
	struct libscols_table *table = grid_new();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		grid_column(table, columns[i], i > 1);
	for (i = 0; i < report->nr_rows; i++)
		if (shows_memory(&report->rows[i]) &&
		    (!i || !repeats(&report->rows[i], &report->rows[i - 1])))
			add_memory(table, &report->rows[i]);
	if (scols_table_is_empty(table)) {
		scols_unref_table(table);
		return;
	}
	puts("\nMemory in MiB at the peak, after all frees, and after giving back\n"
	     "(~ from counters of the whole system)");
	grid_print(table);
}
