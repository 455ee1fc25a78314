// SPDX-License-Identifier: GPL-2.0-only
/* The results for people. */
#include <math.h>
#include <string.h>

#include "bench.h"
#include "grid.h"

static bool has_value(const struct row *row)
{
	return row && !row->result.error;
}

static void set_value(struct libscols_line *line, size_t column, __u64 value)
{
	char cell[CELL_SIZE];

	snprintf(cell, sizeof(cell), "%.1f", value / 1000.0);
	grid_cell(line, column, cell);
}

static void set_ratio(struct libscols_line *line, size_t column,
		      const struct row *a, const struct row *b)
{
	char cell[CELL_SIZE] = "-";

	if (has_value(a) && has_value(b) && b->result.ns.median)
		snprintf(cell, sizeof(cell), "%.1f %%",
			 100.0 * a->result.ns.median / b->result.ns.median);
	grid_cell(line, column, cell);
}

static struct libscols_table *compare_table(const struct plan *plan,
					    const struct contest *contest)
{
	struct libscols_table *table = grid_new();
	size_t i;

	grid_column(table, "workload", false);
	for (i = 0; i < plan->nr_backends; i++)
		grid_column(table, plan->backends[i]->name, true);
	if (contest_is_on(contest))
		grid_column(table, "magslab/kmem_cache", true);
	return table;
}

static void add_comparison(struct libscols_table *table,
			   const struct report *report, const struct plan *plan,
			   const struct contest *contest, const struct row *of)
{
	struct libscols_line *line = grid_line(table);
	size_t i;

	grid_cell(line, 0, of->result.name);
	for (i = 0; i < plan->nr_backends; i++) {
		const struct row *row = report_find(report, of, i, plan);

		if (has_value(row))
			set_value(line, i + 1, row->result.ns.median);
		else
			grid_cell(line, i + 1, "-");
	}
	if (contest_is_on(contest))
		set_ratio(line, i + 1,
			  report_find(report, of, contest->ours, plan),
			  report_find(report, of, contest->theirs, plan));
}

static void print_size(const struct report *report, const struct plan *plan,
		       const struct row *first)
{
	struct contest contest = plan_contest(plan);
	struct libscols_table *table = compare_table(plan, &contest);
	size_t i;

	if (first->size)
		printf("\nObjects of %llu bytes", first->size);
	else
		printf("\nObjects of a trace");
	printf("%s, %u CPU%s, GFP %s%s: %s per operation,\n"
	       "median of block means\n",
	       first->packed ? ", packed" : "", first->cpus,
	       first->cpus == 1 ? "" : "s", gfp_names[first->gfp],
	       axes_words(&first->axes), unit_name(first->clock));
	for (i = 0; i < report->nr_rows; i++) {
		const struct row *row = &report->rows[i];

		if (row->size == first->size && !row->memory &&
		    report_is_first(report, i))
			add_comparison(table, report, plan, &contest, row);
	}
	grid_print(table);
}

/* Whether a row is the first that tells the time for its size. */
static bool is_first_of_size(const struct report *report, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (!report->rows[i].memory &&
		    report->rows[i].size == report->rows[index].size)
			return false;
	return !report->rows[index].memory;
}

static void print_words(const struct plan *plan)
{
	puts("An operation is one alloc and free pair for pair and burst, one object\n"
	     "allocated and freed for bulk and full-path, one replaced for steady, mstress,\n"
	     "rptest and larson, one allocated here and freed there for producer-consumer\n"
	     "and xmalloc-test, one cycle for collect, one call for replay, shuffled, holes,\n"
	     "remote-free and one-alloc-n-free, the last four of whose -alloc rows have the\n"
	     "allocations, one object allocated and freed for all others; of prefill, -alloc\n"
	     "has the first half.");
	if (plan_index(plan, "empty") >= 0)
		puts("empty is the loop around nothing, the floor of each row.");
	if (plan_index(plan, "might_alloc") >= 0)
		puts("might_alloc is the loop around might_alloc(), which each allocator calls.");
}

/* One table for each object size. */
void table_print(const struct report *report, const struct plan *plan)
{
	bool any = false;
	size_t i;

	for (i = 0; i < report->nr_rows; i++) {
		if (!is_first_of_size(report, i))
			continue;
		print_size(report, plan, &report->rows[i]);
		any = true;
	}
	if (any)
		print_words(plan);
}

static void set_throughput(struct libscols_line *line, size_t column,
			   const struct row *row)
{
	char cell[CELL_SIZE] = "-";

	if (!isnan(row_throughput(row)))
		snprintf(cell, sizeof(cell), "%.2f", row_throughput(row));
	grid_cell(line, column, cell);
}

static void add_detail(struct libscols_table *table, const struct row *row)
{
	const struct magslab_result *result = &row->result;
	struct libscols_line *line = grid_line(table);
	char cell[CELL_SIZE];

	grid_cell(line, 0, result->name);
	grid_cell(line, 1, row->backend->name);
	snprintf(cell, sizeof(cell), "%llu", row->size);
	grid_cell(line, 2, cell);
	set_value(line, 3, result->ns.min);
	set_value(line, 4, result->ns.median);
	set_value(line, 5, result->ns.mean);
	set_value(line, 6, result->ns.p99);
	set_value(line, 7, result->ns.max);
	if (result->flags & MAGSLAB_RESULT_CYCLES)
		set_value(line, 8, result->cycles.median);
	else
		grid_cell(line, 8, "-");
	snprintf(cell, sizeof(cell), "%u", result->blocks);
	grid_cell(line, 9, cell);
	snprintf(cell, sizeof(cell), "%u", result->switched + result->migrated);
	grid_cell(line, 10, cell);
	snprintf(cell, sizeof(cell), "%llu", result->block_ops);
	grid_cell(line, 11, cell);
	set_throughput(line, 12, row);
}

/* All figures of all rows. */
void table_print_detail(const struct report *report)
{
	static const char *const columns[] = {
		"workload", "backend", "size",	 "min",	   "median",
		"mean",	    "p99",     "max",	 "cycles", "blocks",
		"dropped",  "block",   "Mops/s",
	};
	struct libscols_table *table = grid_new();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		grid_column(table, columns[i], i > 1);
	for (i = 0; i < report->nr_rows; i++)
		if (!report->rows[i].result.error)
			add_detail(table, &report->rows[i]);
	puts("\nEvery row: spread of block means; cycles is the median; block is in operations;\n"
	     "Mops/s are millions of operations a second, of all CPUs together (- on a clock\n"
	     "that tells no time)");
	grid_print(table);
}

/* What some back-ends count of what CPUs share. */
struct shared {
	__u32 flag;
	const char *name;
};

static const struct shared shared_kinds[] = {
	{ MAGSLAB_RESULT_LOCKS, "Locks taken" },
	{ MAGSLAB_RESULT_EXCHANGES,
	  "Exchanges of what a CPU has for what all share" },
};

static bool counts(const struct row *row, const struct shared *kind)
{
	return row && row->result.flags & kind->flag;
}

static bool is_first_counted(const struct report *report, size_t index,
			     const struct shared *kind)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (counts(&report->rows[i], kind) &&
		    row_is_like(&report->rows[i], &report->rows[index]))
			return false;
	return counts(&report->rows[index], kind);
}

static double per_100_calls(const struct magslab_result *result,
			    const struct shared *kind)
{
	__u64 times = kind->flag == MAGSLAB_RESULT_LOCKS ? result->locks :
							   result->exchanges;

	return 100.0 * times / result->calls;
}

static void add_shared(struct libscols_table *table,
		       const struct report *report, const struct plan *plan,
		       const struct row *of, const struct shared *kind)
{
	struct libscols_line *line = grid_line(table);
	char cell[CELL_SIZE];
	size_t i;

	grid_cell(line, 0, of->result.name);
	snprintf(cell, sizeof(cell), "%llu", of->size);
	grid_cell(line, 1, cell);
	for (i = 0; i < plan->nr_backends; i++) {
		const struct row *row = report_find(report, of, i, plan);

		grid_figure(line, i + 2, "%.3f",
			    counts(row, kind) ?
				    per_100_calls(&row->result, kind) :
				    NAN);
	}
}

static void print_shared(const struct report *report, const struct plan *plan,
			 const struct shared *kind)
{
	struct libscols_table *table = grid_new();
	size_t i;

	grid_column(table, "workload", false);
	grid_column(table, "size", true);
	for (i = 0; i < plan->nr_backends; i++)
		grid_column(table, plan->backends[i]->name, true);
	for (i = 0; i < report->nr_rows; i++)
		if (is_first_counted(report, i, kind))
			add_shared(table, report, plan, &report->rows[i], kind);
	if (scols_table_is_empty(table)) {
		scols_unref_table(table);
		return;
	}
	printf("\n%s, for 100 calls: allocations and\n"
	       "frees together, when the flow was steady, or else over whole turns (- where\n"
	       "nobody counts)\n",
	       kind->name);
	grid_print(table);
}

/* How often CPUs were in each other's way, in the rows where somebody counted. */
void table_print_shared(const struct report *report, const struct plan *plan)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shared_kinds); i++)
		print_shared(report, plan, &shared_kinds[i]);
}
