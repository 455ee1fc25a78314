// SPDX-License-Identifier: GPL-2.0-only
/*
 * How sure a file's figures are.
 *
 * A run tells the median and the 99th percentile of its blocks, and how many
 * there were. As if they were normal, these give the median's standard error; a
 * longer tail than that only makes it larger. A duel's interval is its own, and
 * its figure is the ratio to the reference of the same rounds, in which much of
 * what differs between two machines is gone.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "interval.h"
#include "message.h"

/* Of a normal distribution: its 99th percentile, and how medians scatter. */
#define P99_DEVIATIONS 2.326
#define MEDIAN_ERROR 1.2533

static struct measured *add_row(struct measurements *all, const char *name)
{
	size_t size = (all->nr + 1) * sizeof(*all->rows);
	struct measured *row;

	all->rows = realloc(all->rows, size);
	if (!all->rows)
		quit(EXIT_FAILED, "out of memory");
	row = &all->rows[all->nr++];
	*row = (struct measured){};
	snprintf(row->name, sizeof(row->name), "%s", name);
	return row;
}

static bool flag(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) &&
	       json_object_get_boolean(value);
}

/*
 * === Runs ===
 */

/* What is as usual is not named, and was not told before there was a choice. */
static void name_axes(struct json_object *result, char *name, size_t size)
{
	static const struct {
		const char *name;
		const char *usual;
	} axes[] = {
		{ "context", "task" }, { "touch", "none" },
		{ "zero", "false" },   { "place", "any" },
		{ "hotplug_ms", "0" }, { "pressure", "false" },
	};
	struct json_object *value;
	size_t i, length;

	for (i = 0; i < ARRAY_SIZE(axes); i++) {
		if (!json_object_object_get_ex(result, axes[i].name, &value) ||
		    !strcmp(json_object_get_string(value), axes[i].usual))
			continue;
		length = strlen(name);
		snprintf(name + length, size - length, " %s %.16s",
			 axes[i].name, json_object_get_string(value));
	}
}

/* All that makes two results one row. */
static void name_result(const struct document *document,
			struct json_object *result, char *name, size_t size)
{
	snprintf(name, size, "%.40s %.40s %.0f B %.0f CPU %.16s%s",
		 document_text(document, result, "workload"),
		 document_text(document, result, "backend"),
		 document_number(document, result, "size"),
		 document_number(document, result, "cpus"),
		 document_text(document, result, "gfp"),
		 flag(result, "packed") ? " packed" : "");
	name_axes(result, name, size);
}

/* What the clock's step and a result's last digit are of an operation. */
static double resolution(const struct document *document,
			 struct json_object *result)
{
	struct json_object *print =
		document_object(document, document->root, "fingerprint");

	return document_number(document, print, "clock_step") /
		       document_number(document, result, "block_ops") +
	       0.001;
}

static void measure_result(struct measurements *all,
			   const struct document *document,
			   struct json_object *result, double deviations)
{
	struct json_object *cost = document_object(document, result, "per_op");
	double median = document_number(document, cost, "median");
	double p99 = document_number(document, cost, "p99");
	double blocks = document_number(document, result, "blocks");
	double deviation = (p99 - median) / P99_DEVIATIONS;
	struct measured *row;
	char name[sizeof(row->name)];

	if (!(median > 0) || !(blocks >= 1))
		return;
	name_result(document, result, name, sizeof(name));
	row = add_row(all, name);
	row->log = log(median);
	row->off = (deviations * MEDIAN_ERROR * deviation / sqrt(blocks) +
		    resolution(document, result)) /
		   median;
	row->floor = flag(result, "floor");
}

static void measure_run(struct measurements *all,
			const struct document *document, double deviations)
{
	struct json_object *results =
		document_array(document, document->root, "results");
	size_t i;

	for (i = 0; i < json_object_array_length(results); i++)
		measure_result(all, document,
			       json_object_array_get_idx(results, i),
			       deviations);
}

/*
 * === Duels ===
 */

static void measure_fighter(struct measurements *all,
			    const struct document *document,
			    struct json_object *fight,
			    struct json_object *backend)
{
	struct json_object *ratio =
		document_object(document, backend, "log_ratio");
	double low = document_number(document, ratio, "low");
	double high = document_number(document, ratio, "high");
	struct measured *row;
	char name[sizeof(row->name)];

	/* Too few rounds for an interval. */
	if (!(high >= low))
		return;
	snprintf(name, sizeof(name), "%.40s %.40s %.0f B",
		 document_text(document, fight, "workload"),
		 document_text(document, backend, "backend"),
		 document_number(document, fight, "size"));
	row = add_row(all, name);
	row->log = document_number(document, ratio, "estimate");
	row->off = (high - low) / 2;
	row->floor =
		!strcmp(document_text(document, backend, "verdict"), "floor");
}

static void measure_fight(struct measurements *all,
			  const struct document *document,
			  struct json_object *fight)
{
	struct json_object *backends =
		document_array(document, fight, "backends");
	struct json_object *backend;
	size_t i;

	/* The first is the reference. */
	for (i = 1; i < json_object_array_length(backends); i++) {
		backend = json_object_array_get_idx(backends, i);
		measure_fighter(all, document, fight, backend);
	}
}

static void measure_duel(struct measurements *all,
			 const struct document *document,
			 struct json_object *duel)
{
	struct json_object *rows = document_array(document, duel, "rows");
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++)
		measure_fight(all, document,
			      json_object_array_get_idx(rows, i));
}

static void measure_duels(struct measurements *all,
			  const struct document *document)
{
	struct json_object *duels =
		document_array(document, document->root, "duels");
	size_t i;

	for (i = 0; i < json_object_array_length(duels); i++)
		measure_duel(all, document,
			     json_object_array_get_idx(duels, i));
}

/**
 * measurements_of - read what a file says
 * @all: filled in; measurements_free() it
 * @document: of a run or of duels
 * @level: confidence of a run's intervals, in per cent; duels have their own
 */
void measurements_of(struct measurements *all, const struct document *document,
		     double level)
{
	*all = (struct measurements){};
	switch (document->kind) {
	case DOCUMENT_RUN:
		measure_run(all, document, normal_deviations(level));
		break;
	case DOCUMENT_DUEL:
		measure_duels(all, document);
		break;
	case DOCUMENT_SWEEP:
		quit(EXIT_USAGE, "%s: sweeps do not tell how sure they are",
		     document->path);
	}
}

void measurements_free(struct measurements *all)
{
	free(all->rows);
}

/* The n-th of a name: a back-end may be in a run twice. */
static size_t earlier_ones(const struct measured *rows, size_t index)
{
	size_t nr = 0;
	size_t i;

	for (i = 0; i < index; i++)
		nr += !strcmp(rows[i].name, rows[index].name);
	return nr;
}

/* The row of another file that is @all's row @index, or NULL. */
const struct measured *measurements_match(const struct measurements *all,
					  size_t index,
					  const struct measurements *other)
{
	size_t skip = earlier_ones(all->rows, index);
	size_t i;

	for (i = 0; i < other->nr; i++)
		if (!strcmp(other->rows[i].name, all->rows[index].name) &&
		    !skip--)
			return &other->rows[i];
	return NULL;
}

struct change change_of(const struct measured *before,
			const struct measured *after)
{
	return (struct change){
		.before = before,
		.after = after,
		.estimate = after->log - before->log,
		.off = hypot(before->off, after->off),
	};
}

/* Only a change that is surely larger than the threshold, a share, is one. */
enum verdict change_verdict(const struct change *change, double threshold)
{
	if (change->estimate - change->off > log1p(threshold))
		return VERDICT_SLOWER;
	if (change->estimate + change->off < -log1p(threshold))
		return VERDICT_FASTER;
	return VERDICT_SAME;
}
