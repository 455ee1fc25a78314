// SPDX-License-Identifier: GPL-2.0-only
/* Cache lines and pages, for people: instructions alone mislead. */
#include <math.h>

#include "bench.h"
#include "grid.h"

/* Of one thing there is to count, per @calls calls. */
struct measure {
	const char *name;
	__u64 (*of)(const struct magslab_result *result);
	double calls;
};

static __u64 object_lines(const struct magslab_result *result)
{
	return result->object_lines;
}

static __u64 object_pages(const struct magslab_result *result)
{
	return result->object_pages;
}

static __u64 touched_lines(const struct magslab_result *result)
{
	return result->touched_lines;
}

static const struct measure measures[] = {
	{ "lines", object_lines, 1000 },
	{ "pages", object_pages, 1000 },
	{ "touched", touched_lines, 1 },
};

static bool has_lines(const struct row *row)
{
	return row && row->result.flags & MAGSLAB_RESULT_LINES;
}

static bool is_first_with_lines(const struct report *report, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (has_lines(&report->rows[i]) &&
		    row_is_like(&report->rows[i], &report->rows[index]))
			return false;
	return has_lines(&report->rows[index]);
}

static void set_cell(struct libscols_line *line, size_t column,
		     const struct measure *measure, const struct row *row)
{
	double figure = NAN;

	if (has_lines(row) && measure->of(&row->result))
		figure = measure->calls * measure->of(&row->result) /
			 row->result.line_calls;
	grid_figure(line, column, "%.1f", figure);
}

static void add_measure(struct libscols_table *table,
			const struct report *report, const struct plan *plan,
			const struct measure *measure, const struct row *of)
{
	struct libscols_line *line = grid_line(table);
	char cell[CELL_SIZE];
	size_t i;

	grid_cell(line, 0, of->result.name);
	snprintf(cell, sizeof(cell), "%llu", of->size);
	grid_cell(line, 1, cell);
	grid_cell(line, 2, measure->name);
	for (i = 0; i < plan->nr_backends; i++)
		set_cell(line, i + 3, measure,
			 report_find(report, of, i, plan));
}

/* Three lines for each row that they were counted in. */
void lines_print(const struct report *report, const struct plan *plan)
{
	struct libscols_table *table = grid_new();
	size_t i, j;

	grid_column(table, "workload", false);
	grid_column(table, "size", true);
	grid_column(table, "count", false);
	for (i = 0; i < plan->nr_backends; i++)
		grid_column(table, plan->backends[i]->name, true);
	for (i = 0; i < report->nr_rows; i++) {
		if (!is_first_with_lines(report, i))
			continue;
		for (j = 0; j < ARRAY_SIZE(measures); j++)
			add_measure(table, report, plan, &measures[j],
				    &report->rows[i]);
	}
	if (scols_table_is_empty(table)) {
		scols_unref_table(table);
		return;
	}
	puts("\nlines, pages: different cache lines and pages that the objects of 1000 calls\n"
	     "begin in. touched: cache lines that one call touches, in objects and in what the\n"
	     "allocator has beside them (- where the back-end does not tell)");
	grid_print(table);
}
