// SPDX-License-Identifier: GPL-2.0-only
/* What came of a sweep, for people and for programs. */
#include <math.h>

#include "grid.h"
#include "json.h"
#include "sweep.h"

static struct libscols_table *table_of(const struct sweep *sweep)
{
	struct libscols_table *table = grid_new();
	size_t i;

	grid_column(table, sweep_axis_name(sweep->over->axis), true);
	for (i = 0; i < sweep->plan->nr_backends; i++)
		grid_column(table, sweep->plan->backends[i]->name, true);
	return table;
}

static void print_costs(const struct sweep *sweep, const struct sweep_row *row)
{
	struct libscols_table *table = table_of(sweep);
	struct libscols_line *line;
	size_t i, backend;

	for (i = 0; i < sweep->done; i++) {
		line = grid_line(table);
		grid_figure(line, 0, "%.0f", sweep->over->values[i]);
		for (backend = 0; backend < sweep->plan->nr_backends; backend++)
			grid_figure(line, backend + 1, "%.1f",
				    row->costs[i][backend]);
	}
	grid_print(table);
}

static void print_growth(const struct sweep *sweep, const struct sweep_row *row)
{
	static const char *const columns[] = { "backend", "exponent", "from",
					       "to" };
	struct libscols_table *table = grid_new();
	struct libscols_line *line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		grid_column(table, columns[i], i > 0);
	for (i = 0; i < sweep->plan->nr_backends; i++) {
		line = grid_line(table);
		grid_cell(line, 0, sweep->plan->backends[i]->name);
		grid_figure(line, 1, "%+.3f",
			    row->growth[i].units ? row->growth[i].estimate :
						   NAN);
		grid_figure(line, 2, "%+.3f",
			    row->growth[i].valid ? row->growth[i].low : NAN);
		grid_figure(line, 3, "%+.3f",
			    row->growth[i].valid ? row->growth[i].high : NAN);
	}
	printf("Growth: cost as a power of %s, with the exponent's %g %% interval\n",
	       sweep_axis_name(sweep->over->axis), sweep->options->level);
	grid_print(table);
}

void sweep_print(const struct sweep *sweep)
{
	size_t i;

	for (i = 0; i < sweep->nr_rows; i++) {
		printf("\n%s: %s per operation, median of block means%s\n",
		       sweep->rows[i].name, unit_name(sweep->clock),
		       sweep->partial ? ", partial" : "");
		print_costs(sweep, &sweep->rows[i]);
		print_growth(sweep, &sweep->rows[i]);
	}
}

static struct json_object *backend_json(const struct sweep *sweep,
					const struct sweep_row *row,
					size_t backend)
{
	struct json_object *object = json_object_new_object();
	struct json_object *costs = json_object_new_array();
	size_t i;

	for (i = 0; i < sweep->done; i++)
		json_object_array_add(costs,
				      number_or_null(row->costs[i][backend]));
	add(object, "backend", text(sweep->plan->backends[backend]->name));
	add(object, "costs", costs);
	add(object, "growth", json_growth(&row->growth[backend]));
	return object;
}

static struct json_object *row_json(const struct sweep *sweep,
				    const struct sweep_row *row)
{
	struct json_object *object = json_object_new_object();
	struct json_object *backends = json_object_new_array();
	size_t i;

	for (i = 0; i < sweep->plan->nr_backends; i++)
		json_object_array_add(backends, backend_json(sweep, row, i));
	add(object, "workload", text(row->name));
	add(object, "backends", backends);
	return object;
}

/* All but the fingerprint. */
struct json_object *sweep_json(const struct sweep *sweep)
{
	struct json_object *object = json_object_new_object();
	struct json_object *values = json_object_new_array();
	struct json_object *rows = json_object_new_array();
	size_t i;

	for (i = 0; i < sweep->done; i++)
		json_object_array_add(values, integer(sweep->over->values[i]));
	for (i = 0; i < sweep->nr_rows; i++)
		json_object_array_add(rows, row_json(sweep, &sweep->rows[i]));
	add(object, "schema", integer(1));
	add(object, "kind", text("sweep"));
	add(object, "axis", text(sweep_axis_name(sweep->over->axis)));
	add(object, "unit", text(unit_name(sweep->clock)));
	add(object, "level", rounded(sweep->options->level));
	add(object, "partial", boolean(sweep->partial));
	add(object, "values", values);
	add(object, "rows", rows);
	return object;
}
