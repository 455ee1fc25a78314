// SPDX-License-Identifier: GPL-2.0-only
/* What the results tell of memory. */

#include "bench.h"
#include "grid.h"

/* Smaller footprints say more about the page size than about an allocator. */
#define MEMORY_LEAST (1024 * 1024)

static bool shows_memory(const struct row *row)
{
	return !row->memory && !row->result.error &&
	       row->result.flags & MAGSLAB_RESULT_HELD &&
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
static void print_footprints(const struct report *report)
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

/*
 * Live sets: a line for each, with all back-ends beside each other.
 */

static void set_number(struct libscols_line *line, size_t column, __u64 value)
{
	char cell[CELL_SIZE];

	snprintf(cell, sizeof(cell), "%llu", value);
	grid_cell(line, column, cell);
}

static bool has_taken(const struct row *row)
{
	return row && !row->result.error &&
	       row->result.flags & MAGSLAB_RESULT_TAKEN;
}

static bool has_held(const struct row *row)
{
	return has_taken(row) && row->result.flags & MAGSLAB_RESULT_HELD;
}

static void set_ratio(struct libscols_line *line, size_t column,
		      const struct row *ours, const struct row *theirs)
{
	char cell[CELL_SIZE] = "-";

	if (has_taken(ours) && has_taken(theirs) && theirs->result.taken_peak)
		snprintf(cell, sizeof(cell), "%.2f %%",
			 100.0 * ours->result.taken_peak /
				 theirs->result.taken_peak);
	grid_cell(line, column, cell);
}

static bool is_floor(const struct plan *plan, size_t backend)
{
	return plan->backends[backend]->flags & MAGSLAB_BACKEND_FLOOR;
}

static struct libscols_table *live_table(const struct plan *plan,
					 const struct contest *contest)
{
	struct libscols_table *table = grid_new();
	char name[CELL_SIZE + 16];
	size_t i;

	grid_column(table, "size", true);
	grid_column(table, "objects", true);
	grid_column(table, "live", true);
	for (i = 0; i < plan->nr_backends; i++)
		grid_column(table, plan->backends[i]->name, true);
	if (contest_is_on(contest))
		grid_column(table, "magslab/kmem_cache", true);
	for (i = 0; i < plan->nr_backends; i++) {
		if (is_floor(plan, i))
			continue;
		snprintf(name, sizeof(name), "slabs:%s",
			 plan->backends[i]->name);
		grid_column(table, name, true);
	}
	return table;
}

/* Whichever back-end's row has figures: they all had the same objects. */
static const struct row *any_taken(const struct report *report,
				   const struct plan *plan,
				   const struct row *of)
{
	size_t i;

	for (i = 0; i < plan->nr_backends; i++) {
		const struct row *row = report_find(report, of, i, plan);

		if (has_taken(row))
			return row;
	}
	return of;
}

/* The column after the last one is returned. */
static size_t add_taken(struct libscols_line *line, size_t column,
			const struct report *report, const struct plan *plan,
			const struct row *of)
{
	size_t i;

	for (i = 0; i < plan->nr_backends; i++, column++) {
		const struct row *row = report_find(report, of, i, plan);

		if (has_taken(row))
			set_bytes(line, column, row->result.taken_peak, false);
		else
			grid_cell(line, column, "-");
	}
	return column;
}

static void add_slabs(struct libscols_line *line, size_t column,
		      const struct report *report, const struct plan *plan,
		      const struct row *of)
{
	size_t i;

	for (i = 0; i < plan->nr_backends; i++) {
		const struct row *row = report_find(report, of, i, plan);

		if (is_floor(plan, i))
			continue;
		if (has_held(row))
			set_bytes(line, column++, row->result.held_peak,
				  row->result.flags &
					  MAGSLAB_RESULT_HELD_APPROX);
		else
			grid_cell(line, column++, "-");
	}
}

static void add_live_set(struct libscols_table *table,
			 const struct report *report, const struct plan *plan,
			 const struct contest *contest, const struct row *of)
{
	const __u64 live = any_taken(report, plan, of)->result.live_peak;
	struct libscols_line *line = grid_line(table);
	size_t column;

	set_number(line, 0, of->size);
	set_number(line, 1, live / of->size);
	set_bytes(line, 2, live, false);
	column = add_taken(line, 3, report, plan, of);
	if (contest_is_on(contest))
		set_ratio(line, column++,
			  report_find(report, of, contest->ours, plan),
			  report_find(report, of, contest->theirs, plan));
	add_slabs(line, column, report, plan, of);
}

static void print_live_sets(const struct report *report,
			    const struct plan *plan)
{
	struct contest contest = plan_contest(plan);
	struct libscols_table *table = live_table(plan, &contest);
	size_t i;

	for (i = 0; i < report->nr_rows; i++)
		if (report->rows[i].memory && report_is_first(report, i))
			add_live_set(table, report, plan, &contest,
				     &report->rows[i]);
	if (scols_table_is_empty(table)) {
		scols_unref_table(table);
		return;
	}
	printf("\nMemory in MiB while all objects, aligned as %s are, are live: by how\n"
	       "much the free pages are fewer, all metadata in it (empty: what else the system\n"
	       "took), and what is counted as slabs (~ for the whole system)\n",
	       plan->packed ? "pointers" : "cache lines");
	grid_print(table);
}

void memory_print(const struct report *report, const struct plan *plan)
{
	print_footprints(report);
	print_live_sets(report, plan);
}
