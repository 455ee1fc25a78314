// SPDX-License-Identifier: GPL-2.0-only
/* The rules, and beside them what was found. */
#include <math.h>

#include "grid.h"
#include "json.h"
#include "rules.h"

#define NS_PER_MS 1000000

/* All that it may be, such as "n or n log n?". */
static void describe(const struct shape *shape, double level, char *cell,
		     size_t size)
{
	size_t used = 0;
	int kind;

	if (!shape->known) {
		snprintf(cell, size, "cannot tell");
		return;
	}
	for (kind = 0; kind < NR_SHAPES && used < size; kind++)
		if (shape_may_be(shape, kind, level))
			used += snprintf(cell + used, size - used, "%s%s",
					 used ? " or " : "", shape_name(kind));
	if (!shape->sure && used < size)
		snprintf(cell + used, size - used, "?");
}

static const char *verdict(const struct subject *subject,
			   const struct shape *shape, double level)
{
	if (!shape->known)
		return "cannot tell";
	if (!shape_may_be(shape, subject->guess, level))
		return "does not hold";
	return shape->sure ? "holds" : "cannot tell";
}

static void print_line(const struct rules *rules, struct libscols_table *table,
		       size_t index)
{
	const struct subject *subject = &subjects[index];
	const struct finding *finding = &rules->findings[index];
	const struct shape *shape = &finding->shape;
	double level = rules->options->level;
	struct libscols_line *line = grid_line(table);
	char cell[64];

	grid_cell(line, 0, subject->name);
	grid_cell(line, 1, subject->counted);
	grid_cell(line, 2, shape_name(subject->guess));
	describe(shape, level, cell, sizeof(cell));
	grid_cell(line, 3, cell);
	grid_cell(line, 4, verdict(subject, shape, level));
	grid_figure(line, 5, "%.1f %%",
		    shape->known ? 100 * shape->weights[shape->kind] : NAN);
	grid_figure(line, 6, "%+.3f",
		    shape->growth.units ? shape->growth.estimate : NAN);
	grid_figure(line, 7, "%+.3f",
		    shape->growth.valid ? shape->growth.low : NAN);
	grid_figure(line, 8, "%+.3f",
		    shape->growth.valid ? shape->growth.high : NAN);
	grid_figure(line, 9, "%.1f %%", shape->known ? 100 * shape->off : NAN);
	grid_figure(line, 10, "%.1f", rules->done ? finding->costs[0] : NAN);
	grid_figure(line, 11, "%.1f",
		    rules->done ? finding->costs[rules->done - 1] : NAN);
}

static void print_findings(const struct rules *rules)
{
	static const char *const columns[] = { "what",	   "n is of", "guess",
					       "found",	   "verdict", "sure",
					       "exponent", "from",    "to",
					       "off" };
	struct libscols_table *table = grid_new();
	char at[CELL_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		grid_column(table, columns[i], i > 4);
	snprintf(at, sizeof(at), "n=%.0f", rules->done ? rules->n[0] : 0);
	grid_column(table, at, true);
	snprintf(at, sizeof(at), "n=%.0f",
		 rules->done ? rules->n[rules->done - 1] : 0);
	grid_column(table, at, true);
	for (i = 0; i < NR_SUBJECTS; i++)
		print_line(rules, table, i);
	printf("\n%s of an allocation and its free, of a cycle of the collector, by n%s\n",
	       rules->clock == MAGSLAB_CLOCK_INSN ? "Instructions" :
						    "Nanoseconds",
	       rules->partial ? ", partial" : "");
	grid_print(table);
	printf("sure is how likely the law is among constant, log n, n and n log n; from and\n"
	       "to are the exponent's %g %% interval; off is how far the farthest point is from\n"
	       "the law. The loop around nothing is taken off.\n",
	       rules->options->level);
}

static void say(const struct rules *rules, enum subject_id id)
{
	const struct finding *finding = &rules->findings[id];
	double level = rules->options->level;
	char found[64];

	describe(&finding->shape, level, found, sizeof(found));
	printf("     %-16s %s: %s", subjects[id].name,
	       verdict(&subjects[id], &finding->shape, level), found);
	if (isfinite(finding->locks))
		printf(", %.0f locks in 100 calls", finding->locks);
	putchar('\n');
}

static void say_pause(const struct rules *rules)
{
	if (rules->pause > 0)
		printf("     longest pause    %.2f ms, of a budget of 10 in any 50 by default\n",
		       rules->pause / NS_PER_MS);
}

/* The essay's, in words of our own. */
static void print_rules(const struct rules *rules)
{
	puts("\n  1. What does not escape may live on a stack, which allocates in O(1), as its\n"
	     "     owner alone moves the top; a data segment, which never grows, in O(1) too.");
	say(rules, SUBJECT_ARENA);
	say(rules, SUBJECT_SEGMENT);
	puts("  2. What escapes is on a heap: O(g(n)) in its free blocks, and its lists need a\n"
	     "     lock. Where all sizes are alike, any free block will do.");
	say(rules, SUBJECT_MAGSLAB);
	say(rules, SUBJECT_KMEM_CACHE);
	puts("  3. A collector is O(n) in what it tracks, and keeps its pauses within a budget.");
	say(rules, SUBJECT_COLLECTOR);
	say_pause(rules);
	puts("  Footnote: g(n) is a guess, n of a list and n log n of a balanced tree, of one who\n"
	     "     never built an allocator. Blocks are of one size here: an allocation takes the\n"
	     "     first one of the list, while a free walks to its place among its neighbours.");
	say(rules, SUBJECT_LIST_FREE);
	say(rules, SUBJECT_LIST_ALLOC);
	say(rules, SUBJECT_TREE);
}

void rules_print(const struct rules *rules)
{
	print_rules(rules);
	print_findings(rules);
}

/*
 * === For programs: a sweep over n, with more in it ===
 */

static struct json_object *shape_json(const struct shape *shape)
{
	struct json_object *object = json_object_new_object();
	struct json_object *weights = json_object_new_object();
	int kind;

	if (!shape->known)
		return object;
	for (kind = 0; kind < NR_SHAPES; kind++)
		add(weights, shape_name(kind),
		    number_or_null(shape->weights[kind]));
	add(object, "law", text(shape_name(shape->kind)));
	add(object, "sure", boolean(shape->sure));
	add(object, "fixed", number_or_null(shape->fixed));
	add(object, "slope", number_or_null(shape->slope));
	add(object, "off", number_or_null(shape->off));
	add(object, "weights", weights);
	return object;
}

static struct json_object *finding_json(const struct rules *rules, size_t index)
{
	const struct subject *subject = &subjects[index];
	const struct finding *finding = &rules->findings[index];
	struct json_object *object = json_object_new_object();
	struct json_object *costs = json_object_new_array();
	size_t i;

	for (i = 0; i < rules->done; i++)
		json_object_array_add(costs, number_or_null(finding->costs[i]));
	add(object, "backend", text(subject->name));
	add(object, "n", text(subject->counted));
	add(object, "guess", text(shape_name(subject->guess)));
	add(object, "verdict",
	    text(verdict(subject, &finding->shape, rules->options->level)));
	add(object, "costs", costs);
	add(object, "growth", json_growth(&finding->shape.growth));
	add(object, "shape", shape_json(&finding->shape));
	add(object, "locks_per_100_calls", number_or_null(finding->locks));
	return object;
}

/* All but the fingerprint. */
struct json_object *rules_json(const struct rules *rules)
{
	struct json_object *object = json_object_new_object();
	struct json_object *values = json_object_new_array();
	struct json_object *findings = json_object_new_array();
	struct json_object *rows = json_object_new_array();
	struct json_object *row = json_object_new_object();
	size_t i;

	for (i = 0; i < rules->done; i++)
		json_object_array_add(values, integer(rules->n[i]));
	for (i = 0; i < NR_SUBJECTS; i++)
		json_object_array_add(findings, finding_json(rules, i));
	add(row, "workload", text("rules of thumb"));
	add(row, "backends", findings);
	json_object_array_add(rows, row);
	add(object, "schema", integer(1));
	add(object, "kind", text("sweep"));
	add(object, "axis", text("n"));
	add(object, "unit", text(unit_name(rules->clock)));
	add(object, "level", rounded(rules->options->level));
	add(object, "partial", boolean(rules->partial));
	add(object, "longest_pause", number_or_null(rules->pause));
	add(object, "values", values);
	add(object, "rows", rows);
	return object;
}
