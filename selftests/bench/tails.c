// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "histogram.h"
#include "html.h"
#include "message.h"
#include "tails.h"

/* More is no histogram of the kernel's. */
#define MAX_BUCKETS 65536
#define MAX_CURVES 24

/* Of files that have latencies; else NULL. */
static struct json_object *latencies_of(const struct document *document)
{
	if (!json_object_object_get_ex(document->root, "latencies", NULL))
		return NULL;
	return document_array(document, document->root, "latencies");
}

static size_t nr_latencies(const struct document *document)
{
	struct json_object *all = latencies_of(document);

	return all ? json_object_array_length(all) : 0;
}

static struct json_object *latency_at(const struct document *document, size_t i)
{
	return json_object_array_get_idx(latencies_of(document), i);
}

/* Of a back-end's calls, all paths together. */
static bool is_curve(const struct document *document,
		     struct json_object *latency)
{
	return !strcmp(document_text(document, latency, "path"), "all") &&
	       strcmp(document_text(document, latency, "call"), "nothing") != 0;
}

static bool is_text_like(const struct document *document, struct json_object *a,
			 struct json_object *b, const char *name)
{
	return !strcmp(document_text(document, a, name),
		       document_text(document, b, name));
}

static bool is_like(const struct document *document, struct json_object *a,
		    struct json_object *b)
{
	return is_text_like(document, a, b, "workload") &&
	       is_text_like(document, a, b, "call") &&
	       document_number(document, a, "size") ==
		       document_number(document, b, "size");
}

/* Whether a latency is the first curve of its chart. */
static bool is_first(const struct document *document, size_t index)
{
	struct json_object *latency = latency_at(document, index);
	size_t i;

	if (!is_curve(document, latency))
		return false;
	for (i = 0; i < index; i++)
		if (is_curve(document, latency_at(document, i)) &&
		    is_like(document, latency_at(document, i), latency))
			return false;
	return true;
}

size_t tails_count(const struct document *document)
{
	size_t nr = 0, i;

	for (i = 0; i < nr_latencies(document); i++)
		nr += is_first(document, i);
	return nr;
}

static struct json_object *first_of(const struct document *document,
				    size_t index)
{
	size_t i;

	for (i = 0; i < nr_latencies(document); i++)
		if (is_first(document, i) && !index--)
			return latency_at(document, i);
	quit(EXIT_USAGE, "%s: latencies: one is missing", document->path);
}

/*
 * === From a file to a histogram ===
 */

static __u64 whole_number(const struct document *document,
			  struct json_object *bucket, size_t index)
{
	double value = document_element(bucket, index);

	if (!(value >= 0) || value > 1e18)
		quit(EXIT_USAGE, "%s: buckets: not of three numbers",
		     document->path);
	return value;
}

static struct magslab_bucket bucket_of(const struct document *document,
				       struct json_object *bucket)
{
	if (!json_object_is_type(bucket, json_type_array))
		quit(EXIT_USAGE, "%s: buckets: not of arrays", document->path);
	return (struct magslab_bucket){
		.first = whole_number(document, bucket, 0),
		.last = whole_number(document, bucket, 1),
		.count = whole_number(document, bucket, 2),
	};
}

static struct histogram read_histogram(const struct document *document,
				       struct json_object *latency)
{
	struct json_object *buckets =
		document_array(document, latency, "buckets");
	struct histogram histogram = {
		.nr = json_object_array_length(buckets),
	};
	size_t i;

	if (!histogram.nr || histogram.nr > MAX_BUCKETS)
		quit(EXIT_USAGE, "%s: buckets: not 1 to %d", document->path,
		     MAX_BUCKETS);
	histogram.buckets = allocate(histogram.nr, sizeof(*histogram.buckets));
	for (i = 0; i < histogram.nr; i++) {
		struct json_object *one = json_object_array_get_idx(buckets, i);

		histogram.buckets[i] = bucket_of(document, one);
		histogram.samples += histogram.buckets[i].count;
	}
	return histogram;
}

/*
 * === A chart ===
 */

/* Curves that belong into one chart, and the values at which any of them falls. */
struct curves {
	const char *name[MAX_CURVES];
	struct histogram histogram[MAX_CURVES];
	size_t nr;
	struct histogram all;
};

static void collect(struct curves *curves, const struct document *document,
		    struct json_object *first)
{
	size_t i;

	for (i = 0; i < nr_latencies(document); i++) {
		struct json_object *one = latency_at(document, i);

		if (!is_curve(document, one) || !is_like(document, one, first))
			continue;
		if (curves->nr == MAX_CURVES)
			quit(EXIT_USAGE, "%s: latencies: more than %d alike",
			     document->path, MAX_CURVES);
		curves->name[curves->nr] =
			document_text(document, one, "backend");
		curves->histogram[curves->nr] = read_histogram(document, one);
		histogram_merge(&curves->all, &curves->histogram[curves->nr]);
		curves->nr++;
	}
}

static void fill(struct chart *chart, const struct curves *curves, size_t index)
{
	struct series *series = &chart->series[index];
	size_t i;

	snprintf(series->name, CHART_TEXT, "%s", curves->name[index]);
	for (i = 0; i < chart->nr_points; i++) {
		__u64 value = curves->all.buckets[i].first;
		double share = histogram_from(&curves->histogram[index], value);

		series->y[i] = share > 0 ? share : NAN;
	}
}

static void forget(struct curves *curves)
{
	while (curves->nr)
		histogram_free(&curves->histogram[--curves->nr]);
	histogram_free(&curves->all);
}

/* What is 0 has no place on a logarithmic axis, and is drawn before all others. */
static double place_of(__u64 value)
{
	return value ? value : 0.5;
}

struct chart *tails_chart(const struct document *document, size_t index)
{
	struct json_object *first = first_of(document, index);
	struct curves curves = {};
	struct chart *chart;
	size_t i;

	collect(&curves, document, first);
	chart = chart_new(CHART_TAILS, curves.all.nr, curves.nr);
	snprintf(chart->title, CHART_TEXT, "%s, objects of %.0f bytes: %s",
		 document_text(document, first, "workload"),
		 document_number(document, first, "size"),
		 document_text(document, first, "call"));
	snprintf(chart->x_label, CHART_TEXT, "%s",
		 document_text(document, first, "unit"));
	snprintf(chart->y_label, CHART_TEXT,
		 "share of calls that took as long");
	for (i = 0; i < chart->nr_points; i++)
		chart->x[i] = place_of(curves.all.buckets[i].first);
	for (i = 0; i < chart->nr_series; i++)
		fill(chart, &curves, i);
	forget(&curves);
	return chart;
}

/*
 * === A table ===
 */

static void put_latency(FILE *to, const struct document *document,
			struct json_object *latency)
{
	static const char *const figures[] = { "samples", "p50",     "p90",
					       "p99",	  "p99_9",   "p99_99",
					       "max",	  "switched" };
	size_t i;

	html_row_begin(to, document_text(document, latency, "workload"));
	html_cell(to, document_text(document, latency, "call"));
	html_cell(to, document_text(document, latency, "backend"));
	html_cell(to, document_text(document, latency, "path"));
	for (i = 0; i < ARRAY_SIZE(figures); i++)
		html_figure(to, "%.0f",
			    document_number(document, latency, figures[i]));
	html_row_end(to);
}

/* Every one there is, if there is any. */
void tails_put(FILE *to, const struct document *document)
{
	static const char *const columns[] = {
		"call", "back-end", "path",   "calls", "p50",	   "p90",
		"p99",	"p99.9",    "p99.99", "max",   "switched",
	};
	size_t i;

	if (!nr_latencies(document))
		return;
	html_table_begin(to, "How long calls took, one by one");
	html_column(to, "workload", false);
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		html_column(to, columns[i], i > 2);
	html_table_rows(to);
	for (i = 0; i < nr_latencies(document); i++)
		put_latency(to, document, latency_at(document, i));
	html_table_end(to);
}
