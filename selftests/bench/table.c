// SPDX-License-Identifier: GPL-2.0-only
/* The results for people. */
#include <libsmartcols.h>
#include <string.h>

#include "bench.h"

#define CELL_SIZE 32
/* Smaller footprints say more about the page size than about an allocator. */
#define MEMORY_LEAST (1024 * 1024)

static struct libscols_table *new_table(void)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		quit(EXIT_FAILED, "out of memory");
	/* Nothing is cut off, wherever the output goes. */
	scols_table_enable_maxout(table, 0);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	return table;
}

static void add_column(struct libscols_table *table, const char *name,
		       bool number)
{
	if (!scols_table_new_column(table, name, 0,
				    number ? SCOLS_FL_RIGHT : 0))
		quit(EXIT_FAILED, "out of memory");
}

static struct libscols_line *add_line(struct libscols_table *table)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		quit(EXIT_FAILED, "out of memory");
	return line;
}

static void set_cell(struct libscols_line *line, size_t column,
		     const char *text)
{
	if (scols_line_set_data(line, column, text))
		quit(EXIT_FAILED, "out of memory");
}

static void print_and_free(struct libscols_table *table)
{
	scols_print_table(table);
	scols_unref_table(table);
}

/* A back-end may be in a plan twice, to see what two equal ones read. */
static size_t earlier_ones(const struct plan *plan, size_t index)
{
	size_t nr = 0;
	size_t i;

	for (i = 0; i < index; i++)
		nr += plan->backends[i]->id == plan->backends[index]->id;
	return nr;
}

/* The row of a plan's back-end, or NULL. */
static const struct row *find(const struct report *report, __u64 size,
			      const char *name, size_t backend,
			      const struct plan *plan)
{
	size_t skip = earlier_ones(plan, backend);
	size_t i;

	for (i = 0; i < report->nr_rows; i++) {
		const struct row *row = &report->rows[i];

		if (row->size == size && !strcmp(row->result.name, name) &&
		    row->result.backend == plan->backends[backend]->id &&
		    !skip--)
			return row;
	}
	return NULL;
}

/* Whether a row is the first of its workload and size. */
static bool is_first(const struct report *report, size_t index)
{
	const struct row *row = &report->rows[index];
	size_t i;

	for (i = 0; i < index; i++)
		if (report->rows[i].size == row->size &&
		    !strcmp(report->rows[i].result.name, row->result.name))
			return false;
	return true;
}

static bool has_value(const struct row *row)
{
	return row && !row->result.error;
}

static void set_value(struct libscols_line *line, size_t column, __u64 value)
{
	char cell[CELL_SIZE];

	snprintf(cell, sizeof(cell), "%.1f", value / 1000.0);
	set_cell(line, column, cell);
}

static void set_ratio(struct libscols_line *line, size_t column,
		      const struct row *a, const struct row *b)
{
	char cell[CELL_SIZE] = "-";

	if (has_value(a) && has_value(b) && b->result.ns.median)
		snprintf(cell, sizeof(cell), "%.1f %%",
			 100.0 * a->result.ns.median / b->result.ns.median);
	set_cell(line, column, cell);
}

static int index_of(const struct plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->nr_backends; i++)
		if (!strcmp(plan->backends[i]->name, name))
			return i;
	return -1;
}

/* Our own against the kernel's, if both are there. */
struct contest {
	int ours;
	int theirs;
};

static struct contest find_contest(const struct plan *plan)
{
	struct contest contest = {
		.ours = index_of(plan, "magslab"),
		.theirs = index_of(plan, "kmem_cache"),
	};

	return contest;
}

static bool is_contest(const struct contest *contest)
{
	return contest->ours >= 0 && contest->theirs >= 0;
}

static struct libscols_table *compare_table(const struct plan *plan,
					    const struct contest *contest)
{
	struct libscols_table *table = new_table();
	size_t i;

	add_column(table, "workload", false);
	for (i = 0; i < plan->nr_backends; i++)
		add_column(table, plan->backends[i]->name, true);
	if (is_contest(contest))
		add_column(table, "magslab/kmem_cache", true);
	return table;
}

static void add_comparison(struct libscols_table *table,
			   const struct report *report, const struct plan *plan,
			   const struct contest *contest, const struct row *of)
{
	struct libscols_line *line = add_line(table);
	const char *name = of->result.name;
	size_t i;

	set_cell(line, 0, name);
	for (i = 0; i < plan->nr_backends; i++) {
		const struct row *row = find(report, of->size, name, i, plan);

		if (has_value(row))
			set_value(line, i + 1, row->result.ns.median);
		else
			set_cell(line, i + 1, "-");
	}
	if (is_contest(contest))
		set_ratio(line, i + 1,
			  find(report, of->size, name, contest->ours, plan),
			  find(report, of->size, name, contest->theirs, plan));
}

static void print_size(const struct report *report, const struct plan *plan,
		       const struct row *first)
{
	struct contest contest = find_contest(plan);
	struct libscols_table *table = compare_table(plan, &contest);
	size_t i;

	printf("\nObjects of %llu bytes, %u CPU%s, GFP %s: %s per operation,\n"
	       "median of block means\n",
	       first->size, first->cpus, first->cpus == 1 ? "" : "s",
	       gfp_names[first->gfp], unit_name(first->clock));
	for (i = 0; i < report->nr_rows; i++) {
		const struct row *row = &report->rows[i];

		if (row->size == first->size && is_first(report, i))
			add_comparison(table, report, plan, &contest, row);
	}
	print_and_free(table);
}

static bool is_first_of_size(const struct report *report, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (report->rows[i].size == report->rows[index].size)
			return false;
	return true;
}

/* One table for each object size. */
void table_print(const struct report *report, const struct plan *plan)
{
	size_t i;

	for (i = 0; i < report->nr_rows; i++)
		if (is_first_of_size(report, i))
			print_size(report, plan, &report->rows[i]);
	puts("An operation is one alloc and free pair for pair and burst, one object\n"
	     "allocated and freed for bulk and full-path, one call for shuffled.");
	if (index_of(plan, "empty") >= 0)
		puts("empty is the loop around nothing, the floor of each row.");
	if (index_of(plan, "might_alloc") >= 0)
		puts("might_alloc is the loop around might_alloc(), which each allocator calls.");
}

static void add_detail(struct libscols_table *table, const struct row *row)
{
	const struct magslab_result *result = &row->result;
	struct libscols_line *line = add_line(table);
	char cell[CELL_SIZE];

	set_cell(line, 0, result->name);
	set_cell(line, 1, row->backend->name);
	snprintf(cell, sizeof(cell), "%llu", row->size);
	set_cell(line, 2, cell);
	set_value(line, 3, result->ns.min);
	set_value(line, 4, result->ns.median);
	set_value(line, 5, result->ns.mean);
	set_value(line, 6, result->ns.p99);
	set_value(line, 7, result->ns.max);
	if (result->flags & MAGSLAB_RESULT_CYCLES)
		set_value(line, 8, result->cycles.median);
	else
		set_cell(line, 8, "-");
	snprintf(cell, sizeof(cell), "%u", result->blocks);
	set_cell(line, 9, cell);
	snprintf(cell, sizeof(cell), "%u", result->switched + result->migrated);
	set_cell(line, 10, cell);
	snprintf(cell, sizeof(cell), "%llu", result->block_ops);
	set_cell(line, 11, cell);
}

/* All figures of all rows. */
void table_print_detail(const struct report *report)
{
	static const char *const columns[] = {
		"workload", "backend", "size",	 "min",	   "median",  "mean",
		"p99",	    "max",     "cycles", "blocks", "dropped", "block",
	};
	struct libscols_table *table = new_table();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		add_column(table, columns[i], i > 1);
	for (i = 0; i < report->nr_rows; i++)
		if (!report->rows[i].result.error)
			add_detail(table, &report->rows[i]);
	puts("\nEvery row: spread of block means; cycles is the median; block is in operations");
	print_and_free(table);
}

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
	set_cell(line, column, cell);
}

static void add_memory(struct libscols_table *table, const struct row *row)
{
	const struct magslab_result *result = &row->result;
	struct libscols_line *line = add_line(table);
	bool about = result->flags & MAGSLAB_RESULT_HELD_APPROX;

	set_cell(line, 0, result->name);
	set_cell(line, 1, row->backend->name);
	set_bytes(line, 2, result->live_peak, false);
	set_bytes(line, 3, result->held_peak, about);
	set_bytes(line, 4, result->held_after, about);
	if (result->flags & MAGSLAB_RESULT_KEEPS)
		set_cell(line, 5, "cannot");
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
void table_print_memory(const struct report *report)
{
	static const char *const columns[] = {
		"workload", "backend",	   "live",
		"held",	    "after frees", "given back",
	};
	struct libscols_table *table = new_table();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		add_column(table, columns[i], i > 1);
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
	print_and_free(table);
}
