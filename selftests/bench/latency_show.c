// SPDX-License-Identifier: GPL-2.0-only
/* Latencies for people, and for other programs. */
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "json.h"
#include "latency.h"

static void set_number(struct libscols_line *line, size_t column, __u64 value)
{
	char cell[CELL_SIZE];

	snprintf(cell, sizeof(cell), "%llu", value);
	grid_cell(line, column, cell);
}

static void add_line(struct libscols_table *table,
		     const struct latency *latency, const char *backend,
		     bool detail)
{
	const struct histogram *histogram = &latency->histogram;
	struct libscols_line *line = grid_line(table);
	size_t column = 0, i;

	grid_cell(line, column++, latency_call(latency->call));
	grid_cell(line, column++, backend);
	if (detail)
		grid_cell(line, column++,
			  latency_is_whole(latency) ? "all" : latency->path);
	set_number(line, column++, histogram->samples);
	for (i = 0; i < NR_TAILS; i++)
		set_number(line, column++,
			   histogram_percentile(histogram,
						tails[i].percentile));
	set_number(line, column++, histogram->max);
	set_number(line, column++, histogram->switched);
}

static bool is_like(const struct latency *a, const struct latency *b)
{
	return a->size == b->size && !strcmp(a->workload, b->workload);
}

/* The clock is the same for all: what it took in all lanes together. */
static void add_clock(struct libscols_table *table, const struct report *report,
		      const struct latency *first, bool detail)
{
	struct latency sum = { .call = MAGSLAB_CALL_NOTHING };
	size_t i;

	for (i = 0; i < report->nr_latencies; i++) {
		const struct latency *one = &report->latencies[i];

		if (is_like(one, first) && one->call == MAGSLAB_CALL_NOTHING)
			histogram_merge(&sum.histogram, &one->histogram);
	}
	add_line(table, &sum, "clock", detail);
	histogram_free(&sum.histogram);
}

static void add_calls(struct libscols_table *table, const struct report *report,
		      const struct latency *first, bool detail)
{
	size_t i;

	for (i = 0; i < report->nr_latencies; i++) {
		const struct latency *one = &report->latencies[i];

		if (!is_like(one, first) || one->call == MAGSLAB_CALL_NOTHING ||
		    !one->histogram.samples)
			continue;
		if (detail || latency_is_whole(one))
			add_line(table, one, one->backend->name, detail);
	}
	add_clock(table, report, first, detail);
}

static void print_workload(const struct report *report,
			   const struct latency *first, bool detail)
{
	struct libscols_table *table = grid_new();
	size_t i;

	printf("\n%s, objects of %llu bytes%s, %u CPU%s, GFP %s: %s of each call\n",
	       first->workload, first->size, first->packed ? ", packed" : "",
	       first->cpus, first->cpus == 1 ? "" : "s", gfp_names[first->gfp],
	       unit_name(first->clock));
	grid_column(table, "call", false);
	grid_column(table, "backend", false);
	if (detail)
		grid_column(table, "path", false);
	grid_column(table, "calls", true);
	for (i = 0; i < NR_TAILS; i++)
		grid_column(table, tails[i].title, true);
	grid_column(table, "max", true);
	grid_column(table, "switched", true);
	add_calls(table, report, first, detail);
	grid_print(table);
}

static bool is_first(const struct report *report, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (is_like(&report->latencies[i], &report->latencies[index]))
			return false;
	return true;
}

/* A table for each workload and size. */
void latency_print(const struct report *report, bool detail)
{
	size_t i;

	for (i = 0; i < report->nr_latencies; i++)
		if (is_first(report, i))
			print_workload(report, &report->latencies[i], detail);
	if (!report->nr_latencies)
		return;
	puts("Each is too high by a 128th at the most, and exact below 256. All have in them\n"
	     "what the clock takes by itself (nothing, clock), those of a back-end the loop as\n"
	     "well (empty), and whatever came in between: switched are calls with a context\n"
	     "switch in them.");
}

static struct json_object *buckets_json(const struct histogram *histogram)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < histogram->nr; i++) {
		const struct magslab_bucket *bucket = &histogram->buckets[i];
		struct json_object *one = json_object_new_array();

		json_object_array_add(one, integer(bucket->first));
		json_object_array_add(one, integer(bucket->last));
		json_object_array_add(one, integer(bucket->count));
		json_object_array_add(array, one);
	}
	return array;
}

static struct json_object *one_json(const struct latency *latency)
{
	const struct histogram *histogram = &latency->histogram;
	struct json_object *object = json_object_new_object();
	size_t i;

	add(object, "workload", text(latency->workload));
	add(object, "backend", text(latency->backend->name));
	add(object, "size", integer(latency->size));
	add(object, "packed", boolean(latency->packed));
	add(object, "cpus", integer(latency->cpus));
	add(object, "gfp", text(gfp_names[latency->gfp]));
	add(object, "unit", text(unit_name(latency->clock)));
	add(object, "call", text(latency_call(latency->call)));
	add(object, "path",
	    text(latency_is_whole(latency) ? "all" : latency->path));
	add(object, "samples", integer(histogram->samples));
	add(object, "switched", integer(histogram->switched));
	add(object, "min", integer(histogram->min));
	add(object, "mean",
	    rounded((double)histogram->sum / histogram->samples));
	for (i = 0; i < NR_TAILS; i++)
		add(object, tails[i].member,
		    integer(histogram_percentile(histogram,
						 tails[i].percentile)));
	add(object, "max", integer(histogram->max));
	add(object, "buckets", buckets_json(histogram));
	return object;
}

/* Those with any calls. */
struct json_object *latency_json(const struct report *report)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < report->nr_latencies; i++)
		if (report->latencies[i].histogram.samples)
			json_object_array_add(array,
					      one_json(&report->latencies[i]));
	return array;
}
