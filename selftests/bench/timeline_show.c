// SPDX-License-Identifier: GPL-2.0-only
/* Timelines for people, and for other programs. */
#include <string.h>

#include "grid.h"
#include "json.h"
#include "timeline.h"

#define MIB (1024.0 * 1024.0)
#define NS_PER_SECOND 1e9

static const char *const phases[] = {
	[MAGSLAB_PHASE_RUN] = "run",
	[MAGSLAB_PHASE_FREED] = "freed",
	[MAGSLAB_PHASE_RETURNED] = "returned",
};

static bool is_like(const struct timeline *a, const struct timeline *b)
{
	return a->size == b->size && !strcmp(a->workload, b->workload);
}

static bool is_first(const struct report *report, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (is_like(&report->timelines[i], &report->timelines[index]))
			return false;
	return true;
}

/* The n-th moment of a phase, or NULL. */
static const struct magslab_moment *moment_of(const struct timeline *timeline,
					      __u32 phase, size_t n)
{
	size_t i;

	for (i = 0; i < timeline->nr; i++)
		if (timeline->moments[i].phase == phase && !n--)
			return &timeline->moments[i];
	return NULL;
}

static __u64 most(const struct timeline *timeline, bool held)
{
	__u64 most = 0;
	size_t i;

	for (i = 0; i < timeline->nr; i++) {
		const struct magslab_moment *moment = &timeline->moments[i];
		__u64 bytes = held ? moment->held : moment->live;

		if (bytes > most)
			most = bytes;
	}
	return most;
}

static void set_bytes(struct libscols_line *line, size_t column,
		      const struct timeline *timeline, __u64 bytes)
{
	char cell[CELL_SIZE];

	snprintf(cell, sizeof(cell), "%s%.2f", timeline->approximate ? "~" : "",
		 bytes / MIB);
	grid_cell(line, column, cell);
}

static void set_held(struct libscols_line *line, size_t column,
		     const struct timeline *timeline,
		     const struct magslab_moment *moment)
{
	if (timeline->told && moment)
		set_bytes(line, column, timeline, moment->held);
	else
		grid_cell(line, column, "-");
}

/* How long after all was freed, as far as the first of the timelines tells. */
static void name_drain(struct libscols_line *line,
		       const struct timeline *timeline, size_t n)
{
	const struct magslab_moment *freed, *moment;
	char cell[CELL_SIZE];

	freed = moment_of(timeline, MAGSLAB_PHASE_FREED, 0);
	moment = moment_of(timeline, MAGSLAB_PHASE_FREED, n);
	snprintf(cell, sizeof(cell), "freed, %.1f s",
		 (moment->ns - freed->ns) / NS_PER_SECOND);
	grid_cell(line, 0, cell);
}

/* One column of the table: a back-end. */
static void fill_column(struct libscols_line **lines, size_t nr, size_t column,
			const struct timeline *timeline)
{
	char cell[CELL_SIZE];
	size_t n;

	snprintf(cell, sizeof(cell), "%.2f", most(timeline, false) / MIB);
	grid_cell(lines[0], column, cell);
	if (timeline->told)
		set_bytes(lines[1], column, timeline, most(timeline, true));
	else
		grid_cell(lines[1], column, "-");
	for (n = 0; n + 3 < nr; n++)
		set_held(lines[n + 2], column, timeline,
			 moment_of(timeline, MAGSLAB_PHASE_FREED, n));
	set_held(lines[nr - 1], column, timeline,
		 moment_of(timeline, MAGSLAB_PHASE_RETURNED, 0));
}

/* What is at most live and held, the drain, and what is left after giving back. */
#define MAX_LINES 32

static size_t add_lines(struct libscols_table *table,
			const struct timeline *first,
			struct libscols_line **lines)
{
	size_t nr = 0, n;

	lines[nr] = grid_line(table);
	grid_cell(lines[nr++], 0, "live, at most");
	lines[nr] = grid_line(table);
	grid_cell(lines[nr++], 0, "held, at most");
	for (n = 0;
	     nr + 1 < MAX_LINES && moment_of(first, MAGSLAB_PHASE_FREED, n);
	     n++) {
		lines[nr] = grid_line(table);
		name_drain(lines[nr++], first, n);
	}
	lines[nr] = grid_line(table);
	grid_cell(lines[nr++], 0, "given back");
	return nr;
}

static void print_workload(const struct report *report,
			   const struct timeline *first)
{
	struct libscols_table *table = grid_new();
	struct libscols_line *lines[MAX_LINES];
	size_t column = 1, nr, i;

	printf("\n%s, objects of %llu bytes, %u CPU%s: memory in MiB over time\n"
	       "(~ from counters of the whole system)\n",
	       first->workload, first->size, first->cpus,
	       first->cpus == 1 ? "" : "s");
	grid_column(table, "when", false);
	for (i = 0; i < report->nr_timelines; i++)
		if (is_like(&report->timelines[i], first))
			grid_column(table, report->timelines[i].backend->name,
				    true);
	nr = add_lines(table, first, lines);
	for (i = 0; i < report->nr_timelines; i++)
		if (is_like(&report->timelines[i], first))
			fill_column(lines, nr, column++, &report->timelines[i]);
	grid_print(table);
}

/* A table for each workload and size. */
void timeline_print(const struct report *report)
{
	size_t i;

	for (i = 0; i < report->nr_timelines; i++)
		if (is_first(report, i))
			print_workload(report, &report->timelines[i]);
}

static struct json_object *moments_json(const struct timeline *timeline)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < timeline->nr; i++) {
		const struct magslab_moment *moment = &timeline->moments[i];
		struct json_object *one = json_object_new_object();

		add(one, "ns", integer(moment->ns));
		add(one, "live", integer(moment->live));
		if (timeline->told)
			add(one, "held", integer(moment->held));
		add(one, "phase", text(phases[moment->phase]));
		json_object_array_add(array, one);
	}
	return array;
}

struct json_object *timeline_json(const struct report *report)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < report->nr_timelines; i++) {
		const struct timeline *timeline = &report->timelines[i];
		struct json_object *one = json_object_new_object();

		add(one, "workload", text(timeline->workload));
		add(one, "backend", text(timeline->backend->name));
		add(one, "size", integer(timeline->size));
		add(one, "cpus", integer(timeline->cpus));
		add(one, "held_approximate", boolean(timeline->approximate));
		add(one, "moments", moments_json(timeline));
		json_object_array_add(array, one);
	}
	return array;
}
