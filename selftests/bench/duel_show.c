// SPDX-License-Identifier: GPL-2.0-only
/* What came of a duel, for people and for programs. */
#include <math.h>
#include <stdlib.h>

#include "duel.h"
#include "grid.h"
#include "json.h"

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of a back-end's rounds, or NAN if it has none. */
double duel_median(const struct duel *duel, const struct duel_row *row,
		   size_t backend)
{
	double *values = allocate(duel->nr_rounds, sizeof(*values));
	double middle = NAN;
	size_t nr = 0;
	size_t i;

	for (i = 0; i < duel->nr_rounds; i++) {
		values[nr] =
			row->figures[i * duel->plan->nr_backends + backend];
		nr += values[nr] > 0;
	}
	qsort(values, nr, sizeof(*values), compare);
	if (nr)
		middle = (values[(nr - 1) / 2] + values[nr / 2]) / 2;
	free(values);
	return middle;
}

static double percent(double logarithm)
{
	return 100 * expm1(logarithm);
}

static const char *verdict(const struct duel *duel, const struct duel_row *row,
			   size_t backend)
{
	if (!backend)
		return "reference";
	if (duel->plan->backends[backend]->flags & MAGSLAB_BACKEND_FLOOR)
		return "floor";
	return duel_verdict(row, backend);
}

static void add_line(struct libscols_table *table, const struct duel *duel,
		     const struct duel_row *row, size_t backend)
{
	const struct interval *ratio = &row->ratios[backend];
	const struct interval *difference = &row->differences[backend];
	struct libscols_line *line = grid_line(table);

	grid_cell(line, 0, row->name);
	grid_cell(line, 1, duel->plan->backends[backend]->name);
	grid_figure(line, 2, "%.3f", duel_median(duel, row, backend));
	if (backend && ratio->units) {
		grid_figure(line, 3, "%+.3f", difference->estimate);
		grid_figure(line, 4, "%+.2f %%", percent(ratio->estimate));
		grid_figure(line, 5, "%+.2f %%", percent(ratio->low));
		grid_figure(line, 6, "%+.2f %%", percent(ratio->high));
	}
	grid_cell(line, 7, verdict(duel, row, backend));
}

static void print_head(const struct duel *duel)
{
	printf("\n%s per operation, %zu rounds after %zu to warm up, %.1f s%s\n",
	       unit_name(duel->clock), duel->nr_rounds, duel->warm_up,
	       duel->seconds, duel->partial ? ", partial" : "");
}

static void print_conditions(unsigned int conditions)
{
	unsigned int bit;

	for (bit = 0; condition_name(bit); bit++)
		if (conditions >> bit & 1)
			printf("Bad condition: %s.\n", condition_name(bit));
}

/* All of a duel, in a table as @shape tells. */
void duel_print_table(const struct duel *duel, unsigned int conditions,
		      const struct duel_table *shape)
{
	struct libscols_table *table = grid_new();
	size_t row, i;

	print_head(duel);
	for (i = 0; shape->columns[i]; i++)
		grid_column(table, shape->columns[i],
			    i >= shape->first_figure && i < shape->end_figure);
	for (row = 0; row < duel->nr_rows; row++)
		for (i = 0; i < duel->plan->nr_backends; i++)
			shape->add_line(table, duel, &duel->rows[row], i);
	grid_print(table);
	print_conditions(conditions);
}

void duel_print(const struct duel *duel, unsigned int conditions)
{
	static const struct duel_table shape = {
		.columns = { "workload", "backend", "median", "difference",
			     "ratio", "from", "to", "verdict" },
		.first_figure = 2,
		.end_figure = 7,
		.add_line = add_line,
	};

	duel_print_table(duel, conditions, &shape);
}

static struct json_object *interval(const struct interval *interval)
{
	struct json_object *object = json_object_new_object();

	add(object, "estimate", number_or_null(interval->estimate));
	add(object, "low", number_or_null(interval->low));
	add(object, "high", number_or_null(interval->high));
	return object;
}

static struct json_object *figures(const struct duel *duel,
				   const struct duel_row *row, size_t backend)
{
	struct json_object *array = json_object_new_array();
	const double *figure = row->figures + backend;
	size_t i;

	for (i = 0; i < duel->nr_rounds; i++) {
		json_object_array_add(array, number_or_null(*figure));
		figure += duel->plan->nr_backends;
	}
	return array;
}

static struct json_object *one(const struct duel *duel,
			       const struct duel_row *row, size_t backend)
{
	struct json_object *object = json_object_new_object();

	add(object, "backend", text(duel->plan->backends[backend]->name));
	add(object, "median", number_or_null(duel_median(duel, row, backend)));
	add(object, "verdict", text(verdict(duel, row, backend)));
	if (backend) {
		add(object, "log_ratio", interval(&row->ratios[backend]));
		add(object, "difference", interval(&row->differences[backend]));
	}
	add(object, "rounds", figures(duel, row, backend));
	return object;
}

static struct json_object *conditions_json(unsigned int conditions)
{
	struct json_object *array = json_object_new_array();
	unsigned int bit;

	for (bit = 0; condition_name(bit); bit++)
		if (conditions >> bit & 1)
			json_object_array_add(array, text(condition_name(bit)));
	return array;
}

static struct json_object *row_json(const struct duel *duel,
				    const struct duel_row *row)
{
	struct json_object *object = json_object_new_object();
	struct json_object *backends = json_object_new_array();
	size_t i;

	for (i = 0; i < duel->plan->nr_backends; i++)
		json_object_array_add(backends, one(duel, row, i));
	add(object, "workload", text(row->name));
	add(object, "size", integer(duel->step->size));
	add(object, "backends", backends);
	return object;
}

struct json_object *duel_json(const struct duel *duel, unsigned int conditions)
{
	struct json_object *object = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	size_t i;

	for (i = 0; i < duel->nr_rows; i++)
		json_object_array_add(rows, row_json(duel, &duel->rows[i]));
	add(object, "unit", text(unit_name(duel->clock)));
	add(object, "partial", boolean(duel->partial));
	add(object, "warm_up", integer(duel->warm_up));
	add(object, "block_ops", integer(duel->block_ops));
	add(object, "blocks", integer(duel->blocks));
	add(object, "dropped", integer(duel->dropped));
	add(object, "steal", rounded(duel->steal));
	add(object, "conditions", conditions_json(conditions));
	add(object, "rows", rows);
	return object;
}
