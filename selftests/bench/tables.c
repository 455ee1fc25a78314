// SPDX-License-Identifier: GPL-2.0-only
/* The figures behind a chart, and those that no chart has room for. */
#include <math.h>
#include <string.h>

#include "html.h"
#include "message.h"
#include "page.h"
#include "tails.h"

/* A column that is a member of an object, or a member of its member. */
struct column {
	const char *title;
	const char *inner;
	const char *name;
	const char *format;
	double scale;
};

static double value_of(struct json_object *object, const struct column *column)
{
	if (column->inner &&
	    !json_object_object_get_ex(object, column->inner, &object))
		return NAN;
	return document_maybe(object, column->name) * column->scale;
}

static void put_columns(FILE *to, const struct column *columns, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		html_column(to, columns[i].title, true);
}

static void put_values(FILE *to, struct json_object *object,
		       const struct column *columns, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		html_figure(to, columns[i].format,
			    value_of(object, &columns[i]));
}

/*
 * === What a chart shows ===
 */

static void put_point(FILE *to, const struct chart *chart, size_t point)
{
	const char *label = chart->labels[point];
	char name[CHART_TEXT];
	size_t i;

	snprintf(name, sizeof(name), "%.10g", chart->x[point]);
	html_row_begin(to, chart->kind == CHART_CURVES ? name : label);
	for (i = 0; i < chart->nr_series; i++)
		html_figure(to, "%.1f", chart->series[i].y[point]);
	html_row_end(to);
}

static void put_points(FILE *to, const struct chart *chart)
{
	char caption[2 * CHART_TEXT];
	size_t i;

	snprintf(caption, sizeof(caption), "%s, median of block means",
		 chart->y_label);
	html_table_begin(to, caption);
	html_column(to, *chart->x_label ? chart->x_label : "workload", false);
	for (i = 0; i < chart->nr_series; i++)
		html_column(to, chart->series[i].name, true);
	html_table_rows(to);
	for (i = 0; i < chart->nr_points; i++)
		put_point(to, chart, i);
	html_table_end(to);
}

/*
 * === A sweep's growth ===
 */

static const struct column growth[] = {
	{ "exponent", "growth", "exponent", "%+.3f", 1 },
	{ "from", "growth", "low", "%+.3f", 1 },
	{ "to", "growth", "high", "%+.3f", 1 },
};

static void put_growth(FILE *to, const struct document *document, size_t index)
{
	static const char caption[] =
		"Growth: the cost as a power of the axis, with its interval";
	struct json_object *rows =
		document_array(document, document->root, "rows");
	struct json_object *row = json_object_array_get_idx(rows, index);
	struct json_object *all = document_array(document, row, "backends");
	size_t i;

	html_table_begin(to, caption);
	html_column(to, "back-end", false);
	put_columns(to, growth, ARRAY_SIZE(growth));
	html_table_rows(to);
	for (i = 0; i < json_object_array_length(all); i++) {
		struct json_object *one = json_object_array_get_idx(all, i);

		html_row_begin(to, document_text(document, one, "backend"));
		put_values(to, one, growth, ARRAY_SIZE(growth));
		html_row_end(to);
	}
	html_table_end(to);
}

/*
 * === A duel's fighters ===
 */

/* The index-th row of all duels, in whose order the charts are. */
static struct json_object *row_of(const struct document *document, size_t index,
				  struct json_object **duel)
{
	struct json_object *duels =
		document_array(document, document->root, "duels");
	struct json_object *rows;
	size_t i;

	for (i = 0; i < json_object_array_length(duels); i++) {
		*duel = json_object_array_get_idx(duels, i);
		rows = document_array(document, *duel, "rows");
		if (index < json_object_array_length(rows))
			return json_object_array_get_idx(rows, index);
		index -= json_object_array_length(rows);
	}
	quit(EXIT_USAGE, "%s: duels: a row is missing", document->path);
}

static void put_percent(FILE *to, struct json_object *fighter, const char *name)
{
	struct json_object *ratio;
	double value = NAN;

	if (json_object_object_get_ex(fighter, "log_ratio", &ratio))
		value = 100 * expm1(document_maybe(ratio, name));
	html_figure(to, "%+.2f %%", value);
}

static void put_fighter(FILE *to, const struct document *document,
			struct json_object *fighter)
{
	static const struct column cost[] = {
		{ "median", NULL, "median", "%.3f", 1 },
		{ "difference", "difference", "estimate", "%+.3f", 1 },
	};

	html_row_begin(to, document_text(document, fighter, "backend"));
	put_values(to, fighter, cost, ARRAY_SIZE(cost));
	put_percent(to, fighter, "estimate");
	put_percent(to, fighter, "low");
	put_percent(to, fighter, "high");
	html_cell(to, document_text(document, fighter, "verdict"));
	html_row_end(to);
}

static const char *unit_of(struct json_object *duel)
{
	struct json_object *unit;

	return json_object_object_get_ex(duel, "unit", &unit) ?
		       json_object_get_string(unit) :
		       "cost";
}

static void put_fighters(FILE *to, const struct document *document,
			 size_t index)
{
	static const char *const figures[] = { "median", "difference", "ratio",
					       "from", "to" };
	static const char format[] =
		"%.40s per operation; ratio to the first, with its %g %% interval";
	struct json_object *duel;
	struct json_object *row = row_of(document, index, &duel);
	struct json_object *all = document_array(document, row, "backends");
	char caption[160];
	size_t i;

	snprintf(caption, sizeof(caption), format, unit_of(duel),
		 document_number(document, document->root, "level"));
	html_table_begin(to, caption);
	html_column(to, "back-end", false);
	for (i = 0; i < ARRAY_SIZE(figures); i++)
		html_column(to, figures[i], true);
	html_column(to, "verdict", false);
	html_table_rows(to);
	for (i = 0; i < json_object_array_length(all); i++)
		put_fighter(to, document, json_object_array_get_idx(all, i));
	html_table_end(to);
}

/* Those of one chart. */
void tables_put(FILE *to, const struct document *document,
		const struct chart *chart, size_t index)
{
	switch (document->kind) {
	case DOCUMENT_RUN:
		/* Of tails there is one table for all; lines have many points. */
		if (chart->kind == CHART_BARS)
			put_points(to, chart);
		break;
	case DOCUMENT_DUEL:
		put_fighters(to, document, index);
		break;
	case DOCUMENT_SWEEP:
		put_points(to, chart);
		put_growth(to, document, index);
		break;
	}
}

/*
 * === Everything else that a run tells ===
 */

#define KIB (1.0 / 1024)

static const struct column spread[] = {
	{ "size", NULL, "size", "%.0f", 1 },
	{ "min", "per_op", "min", "%.1f", 1 },
	{ "median", "per_op", "median", "%.1f", 1 },
	{ "mean", "per_op", "mean", "%.1f", 1 },
	{ "p99", "per_op", "p99", "%.1f", 1 },
	{ "max", "per_op", "max", "%.1f", 1 },
	{ "blocks", NULL, "blocks", "%.0f", 1 },
	{ "dropped", NULL, "dropped", "%.0f", 1 },
	{ "Mops/s", NULL, "mops_per_second", "%.2f", 1 },
};

static const struct column memory[] = {
	{ "size", NULL, "size", "%.0f", 1 },
	{ "live KiB", NULL, "live_peak", "%.1f", KIB },
	{ "held KiB", NULL, "held_peak", "%.1f", KIB },
	{ "after KiB", NULL, "held_after", "%.1f", KIB },
	{ "returned KiB", NULL, "held_returned", "%.1f", KIB },
};

static const struct column locks[] = {
	{ "size", NULL, "size", "%.0f", 1 },
	{ "locks", NULL, "locks", "%.0f", 1 },
	{ "calls", NULL, "calls", "%.0f", 1 },
};

/* A table of those results that have a member; none if no result has. */
struct listing {
	const char *caption;
	const char *needs;
	const struct column *columns;
	size_t nr;
};

static void put_result(FILE *to, const struct document *document,
		       struct json_object *result,
		       const struct listing *listing)
{
	html_row_begin(to, document_text(document, result, "workload"));
	html_cell(to, document_text(document, result, "backend"));
	put_values(to, result, listing->columns, listing->nr);
	html_row_end(to);
}

static void put_listing(FILE *to, const struct document *document,
			const struct listing *listing)
{
	struct json_object *results =
		document_array(document, document->root, "results");
	bool any = false;
	size_t i;

	for (i = 0; i < json_object_array_length(results); i++) {
		struct json_object *one = json_object_array_get_idx(results, i);

		if (!json_object_object_get_ex(one, listing->needs, NULL))
			continue;
		if (!any) {
			html_table_begin(to, listing->caption);
			html_column(to, "workload", false);
			html_column(to, "back-end", false);
			put_columns(to, listing->columns, listing->nr);
			html_table_rows(to);
		}
		any = true;
		put_result(to, document, one, listing);
	}
	if (any)
		html_table_end(to);
}

/* Those of the whole file. */
void tables_put_all(FILE *to, const struct document *document)
{
	static const struct listing listings[] = {
		{ "Spread of block means", "per_op", spread,
		  ARRAY_SIZE(spread) },
		{ "Memory: of live objects, held for them, and held after",
		  "held_peak", memory, ARRAY_SIZE(memory) },
		{ "Locks taken, in so many calls", "locks", locks,
		  ARRAY_SIZE(locks) },
	};
	struct json_object *results;
	size_t i;

	if (document->kind != DOCUMENT_RUN)
		return;
	tails_put(to, document);
	results = document_array(document, document->root, "results");
	if (!json_object_array_length(results))
		return;
	fputs("<details>\n<summary>Every result of this run</summary>\n", to);
	for (i = 0; i < ARRAY_SIZE(listings); i++)
		put_listing(to, document, &listings[i]);
	fputs("</details>\n", to);
}
