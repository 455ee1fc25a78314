// SPDX-License-Identifier: GPL-2.0-only
/* What is to be drawn of each kind of result. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "message.h"
#include "moments.h"
#include "tails.h"

#define MAX_CHARTS 64
#define MAX_NAMES 256

/* Names in the order they come, each once. */
struct names {
	const char *name[MAX_NAMES];
	size_t nr;
};

static size_t find(const struct names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->nr; i++)
		if (!strcmp(names->name[i], name))
			return i;
	return names->nr;
}

static void collect(struct names *names, const char *name,
		    const struct document *document)
{
	if (find(names, name) < names->nr)
		return;
	if (names->nr == MAX_NAMES)
		quit(EXIT_USAGE, "%s: more than %d names", document->path,
		     MAX_NAMES);
	names->name[names->nr++] = name;
}

static void copy(char to[CHART_TEXT], const char *from)
{
	snprintf(to, CHART_TEXT, "%s", from);
}

static void add_chart(struct chart **charts, size_t *nr, struct chart *chart,
		      const struct document *document)
{
	if (*nr == MAX_CHARTS)
		quit(EXIT_USAGE, "%s: more than %d charts", document->path,
		     MAX_CHARTS);
	charts[(*nr)++] = chart;
}

/*
 * === A sweep: a chart of curves for each row ===
 */

static void fill_curve(const struct document *document, struct chart *chart,
		       struct series *series, struct json_object *backend)
{
	struct json_object *costs = document_array(document, backend, "costs");
	size_t i;

	copy(series->name, document_text(document, backend, "backend"));
	/* What is 0 or less has no place on a logarithmic axis. */
	for (i = 0; i < chart->nr_points; i++) {
		double cost = document_element(costs, i);

		series->y[i] = cost > 0 ? cost : NAN;
	}
}

static struct chart *sweep_chart(const struct document *document,
				 struct json_object *row)
{
	struct json_object *root = document->root;
	struct json_object *values = document_array(document, root, "values");
	struct json_object *backends =
		document_array(document, row, "backends");
	size_t nr = json_object_array_length(backends);
	struct chart *chart =
		chart_new(CHART_CURVES, json_object_array_length(values), nr);
	size_t i;

	copy(chart->title, document_text(document, row, "workload"));
	copy(chart->x_label, document_text(document, root, "axis"));
	snprintf(chart->y_label, CHART_TEXT, "%s per operation",
		 document_text(document, root, "unit"));
	for (i = 0; i < chart->nr_points; i++)
		chart->x[i] = document_element(values, i);
	for (i = 0; i < nr; i++)
		fill_curve(document, chart, &chart->series[i],
			   json_object_array_get_idx(backends, i));
	return chart;
}

static void sweep_charts(const struct document *document, struct chart **charts,
			 size_t *nr)
{
	struct json_object *rows =
		document_array(document, document->root, "rows");
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++)
		add_chart(charts, nr,
			  sweep_chart(document,
				      json_object_array_get_idx(rows, i)),
			  document);
}

/*
 * === A duel: a chart of intervals for each row ===
 */

static double percent(const struct document *document,
		      struct json_object *object, const char *name)
{
	return 100 * expm1(document_number(document, object, name));
}

static void fill_interval(const struct document *document, struct chart *chart,
			  size_t point, struct json_object *backend)
{
	struct series *series = chart->series;
	struct json_object *ratio;

	copy(chart->labels[point], document_text(document, backend, "backend"));
	ratio = document_object(document, backend, "log_ratio");
	series->y[point] = percent(document, ratio, "estimate");
	series->low[point] = percent(document, ratio, "low");
	series->high[point] = percent(document, ratio, "high");
}

/* The floors are far below, and would leave no room to see the rest. */
static bool fights(const struct document *document, struct json_object *backend)
{
	const char *verdict = document_text(document, backend, "verdict");

	return strcmp(verdict, "reference") && strcmp(verdict, "floor");
}

static size_t count_fighters(const struct document *document,
			     struct json_object *backends)
{
	size_t nr = 0;
	size_t i;

	for (i = 0; i < json_object_array_length(backends); i++)
		nr += fights(document, json_object_array_get_idx(backends, i));
	return nr;
}

static struct chart *duel_chart(const struct document *document,
				struct json_object *row)
{
	struct json_object *backends =
		document_array(document, row, "backends");
	size_t nr = count_fighters(document, backends);
	struct chart *chart;
	size_t point = 0;
	size_t i;

	if (!nr)
		quit(EXIT_USAGE, "%s: backends: nobody fights", document->path);
	chart = chart_new(CHART_INTERVALS, nr, 1);
	copy(chart->title, document_text(document, row, "workload"));
	snprintf(chart->y_label, CHART_TEXT, "%% more than %s",
		 document_text(document, json_object_array_get_idx(backends, 0),
			       "backend"));
	snprintf(chart->series->name, CHART_TEXT, "%g %% interval",
		 document_number(document, document->root, "level"));
	for (i = 0; i < json_object_array_length(backends); i++) {
		struct json_object *backend =
			json_object_array_get_idx(backends, i);

		if (fights(document, backend))
			fill_interval(document, chart, point++, backend);
	}
	return chart;
}

static void one_duel(const struct document *document, struct json_object *duel,
		     struct chart **charts, size_t *nr)
{
	struct json_object *rows = document_array(document, duel, "rows");
	struct json_object *row;
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++) {
		row = json_object_array_get_idx(rows, i);
		add_chart(charts, nr, duel_chart(document, row), document);
	}
}

static void duel_charts(const struct document *document, struct chart **charts,
			size_t *nr)
{
	struct json_object *duels =
		document_array(document, document->root, "duels");
	size_t i;

	for (i = 0; i < json_object_array_length(duels); i++)
		one_duel(document, json_object_array_get_idx(duels, i), charts,
			 nr);
}

/*
 * === A run: a chart of bars for each size, of how long calls took, of memory ===
 */

static struct json_object *result_at(const struct document *document, size_t i)
{
	struct json_object *results =
		document_array(document, document->root, "results");

	return json_object_array_get_idx(results, i);
}

static size_t nr_results(const struct document *document)
{
	struct json_object *results =
		document_array(document, document->root, "results");

	return json_object_array_length(results);
}

static bool is_first_of_size(const struct document *document, size_t index)
{
	double size =
		document_number(document, result_at(document, index), "size");
	size_t i;

	for (i = 0; i < index; i++)
		if (document_number(document, result_at(document, i), "size") ==
		    size)
			return false;
	return true;
}

static void fill_bar(const struct document *document, struct chart *chart,
		     struct json_object *result, const struct names *workloads,
		     const struct names *backends)
{
	struct json_object *cost = document_object(document, result, "per_op");
	const char *workload = document_text(document, result, "workload");
	const char *backend = document_text(document, result, "backend");
	struct series *series = &chart->series[find(backends, backend)];

	series->y[find(workloads, workload)] =
		document_number(document, cost, "median");
}

static void fill_bars(const struct document *document, struct chart *chart,
		      double size, const struct names *workloads,
		      const struct names *backends)
{
	struct json_object *result;
	size_t i;

	for (i = 0; i < nr_results(document); i++) {
		result = result_at(document, i);
		if (document_number(document, result, "size") == size)
			fill_bar(document, chart, result, workloads, backends);
	}
}

/* Workloads and back-ends with a figure of this size. */
static void collect_names(const struct document *document, double size,
			  struct names *workloads, struct names *backends)
{
	size_t i;

	for (i = 0; i < nr_results(document); i++) {
		struct json_object *result = result_at(document, i);

		if (document_number(document, result, "size") != size)
			continue;
		collect(workloads, document_text(document, result, "workload"),
			document);
		collect(backends, document_text(document, result, "backend"),
			document);
	}
}

static void clear_bars(struct chart *chart)
{
	size_t i, j;

	for (i = 0; i < chart->nr_series; i++)
		for (j = 0; j < chart->nr_points; j++)
			chart->series[i].y[j] = NAN;
}

static struct chart *run_chart(const struct document *document,
			       struct json_object *first)
{
	double size = document_number(document, first, "size");
	struct names workloads = {}, backends = {};
	struct chart *chart;
	size_t i;

	collect_names(document, size, &workloads, &backends);
	chart = chart_new(CHART_BARS, workloads.nr, backends.nr);
	snprintf(chart->title, CHART_TEXT, "Objects of %.0f bytes", size);
	snprintf(chart->y_label, CHART_TEXT, "%s per operation",
		 document_text(document, first, "unit"));
	for (i = 0; i < workloads.nr; i++)
		copy(chart->labels[i], workloads.name[i]);
	for (i = 0; i < backends.nr; i++)
		copy(chart->series[i].name, backends.name[i]);
	clear_bars(chart);
	fill_bars(document, chart, size, &workloads, &backends);
	return chart;
}

static void run_charts(const struct document *document, struct chart **charts,
		       size_t *nr)
{
	size_t i;

	for (i = 0; i < nr_results(document); i++)
		if (is_first_of_size(document, i))
			add_chart(charts, nr,
				  run_chart(document, result_at(document, i)),
				  document);
	for (i = 0; i < tails_count(document); i++)
		add_chart(charts, nr, tails_chart(document, i), document);
	for (i = 0; i < moments_count(document); i++)
		add_chart(charts, nr, moments_chart(document, i), document);
}

/* Returns how many there are; charts_free() them. */
size_t charts_of(const struct document *document, struct chart ***charts)
{
	static void (*const of_kind[])(const struct document *document,
				       struct chart **charts, size_t *nr) = {
		[DOCUMENT_RUN] = run_charts,
		[DOCUMENT_DUEL] = duel_charts,
		[DOCUMENT_SWEEP] = sweep_charts,
	};
	size_t nr = 0;

	*charts = allocate(MAX_CHARTS, sizeof(**charts));
	of_kind[document->kind](document, *charts, &nr);
	if (!nr)
		quit(EXIT_USAGE, "%s: there is nothing to draw",
		     document->path);
	return nr;
}

void charts_free(struct chart **charts, size_t nr)
{
	while (nr--)
		chart_free(charts[nr]);
	free(charts);
}
