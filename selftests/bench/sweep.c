// SPDX-License-Identifier: GPL-2.0-only
/* Measures at each value of an axis, and looks how the cost grows along it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "growth.h"
#include "sweep.h"

#define SWEEP_TURNS 2
/* A block has all objects in it, so there are fewer blocks of many. */
#define SWEEP_OPS (256 * 1024)
#define SWEEP_LEAST_OPS 1024
#define SWEEP_MIN_BLOCKS 2
#define SWEEP_MAX_BLOCKS 32

static const char *const axis_names[] = {
	[SWEEP_COUNT] = "count",
	[SWEEP_SIZE] = "size",
	[SWEEP_CPUS] = "cpus",
};

const char *sweep_axis_name(enum sweep_axis axis)
{
	return axis_names[axis];
}

static enum sweep_axis parse_axis(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(axis_names); i++)
		if (strlen(axis_names[i]) == length &&
		    !strncmp(axis_names[i], text, length))
			return i;
	quit(EXIT_USAGE, "--over: '%.*s' is not count, size or cpus",
	     (int)length, text);
}

static void add_value(struct sweep_over *over, __u64 value)
{
	if (over->nr && value <= over->values[over->nr - 1])
		quit(EXIT_USAGE, "--over: %llu is not above the one before",
		     (unsigned long long)value);
	if (over->nr == MAX_VALUES)
		quit(EXIT_USAGE, "--over: more than %d values", MAX_VALUES);
	over->values[over->nr++] = value;
}

/* Each twice the one before, and the last one too. */
static void add_range(struct sweep_over *over, __u64 first, __u64 last)
{
	__u64 value;

	if (last <= first)
		quit(EXIT_USAGE, "--over: %llu is not above %llu",
		     (unsigned long long)last, (unsigned long long)first);
	for (value = first; value < last; value *= 2) {
		add_value(over, value);
		if (value > last / 2)
			break;
	}
	add_value(over, last);
}

static __u64 parse_value(char *text)
{
	return parse_number("--over", text, 1, UINT32_MAX);
}

static void parse_values(struct sweep_over *over, char *text)
{
	char *range = strstr(text, "..");
	char *comma;

	if (range) {
		*range = '\0';
		add_range(over, parse_value(text), parse_value(range + 2));
		return;
	}
	while ((comma = strchr(text, ','))) {
		*comma = '\0';
		add_value(over, parse_value(text));
		text = comma + 1;
	}
	add_value(over, parse_value(text));
}

/* AXIS=FIRST..LAST or AXIS=VALUE,VALUE,... */
void sweep_over_parse(struct sweep_over *over, const char *text)
{
	size_t length = strcspn(text, "=");
	char *values;

	*over = (struct sweep_over){ .axis = parse_axis(text, length) };
	if (!text[length])
		quit(EXIT_USAGE, "--over: '%s' says no values", text);
	values = strdup(text + length + 1);
	if (!values)
		quit(EXIT_FAILED, "out of memory");
	parse_values(over, values);
	free(values);
	if (over->nr < 2)
		quit(EXIT_USAGE, "--over: two values at the least");
}

/* The options with one value of the axis put in. */
static struct options options_at(const struct sweep_over *over,
				 const struct options *options, size_t index)
{
	struct options own = *options;
	__u64 value = over->values[index];

	switch (over->axis) {
	case SWEEP_COUNT:
		own.workloads[0].count = value;
		break;
	case SWEEP_SIZE:
		own.size = value;
		break;
	case SWEEP_CPUS:
		own.cpus = value;
		break;
	}
	return own;
}

/* Whatever is wrong with any value is found before the first is measured. */
void sweep_check(const struct sweep_over *over, const struct options *options,
		 const struct device *device)
{
	struct options own;
	struct plan plan;
	size_t i;

	for (i = 0; i < over->nr; i++) {
		own = options_at(over, options, i);
		plan_make(&plan, &own, device);
		plan_free(&plan);
	}
}

static __u32 blocks_of(const struct step *step)
{
	__u64 count = step->count ? step->count : step->workload->default_count;
	__u64 blocks;

	if (count < SWEEP_LEAST_OPS)
		count = SWEEP_LEAST_OPS;
	blocks = SWEEP_OPS / count;
	if (blocks > SWEEP_MAX_BLOCKS)
		return SWEEP_MAX_BLOCKS;
	return blocks < SWEEP_MIN_BLOCKS ? SWEEP_MIN_BLOCKS : blocks;
}

/* A number in a row's name is the axis', if the workload has one row. */
static void name_row(struct sweep *sweep, size_t row, const char *name)
{
	if (sweep->nr_rows == 1)
		name = sweep->step->workload->name;
	snprintf(sweep->rows[row].name, sizeof(sweep->rows[row].name), "%s",
		 name);
}

static void keep(struct sweep *sweep, const struct report *report)
{
	size_t i;

	sweep->nr_rows = report->nr_rows / sweep->plan->nr_backends;
	if (sweep->nr_rows > MAX_SWEEP_ROWS)
		quit(EXIT_FAILED, "%s has too many rows",
		     sweep->step->workload->name);
	for (i = 0; i < report->nr_rows; i++) {
		const struct magslab_result *result = &report->rows[i].result;
		size_t row = i % sweep->nr_rows;

		sweep->rows[row].costs[sweep->done][i / sweep->nr_rows] =
			result->error ? NAN : result->ns.median / 1000.0;
		name_row(sweep, row, result->name);
		sweep->clock = report->rows[i].clock;
	}
	sweep->done++;
}

static int run_one(struct sweep *sweep, const struct device *device,
		   size_t index)
{
	struct options own = options_at(sweep->over, sweep->options, index);
	struct report report = {};
	struct plan plan;
	int code;

	plan_make(&plan, &own, device);
	plan.steps->turns = SWEEP_TURNS;
	if (!plan.steps->blocks)
		plan.steps->blocks = blocks_of(plan.steps);
	if (!own.quiet)
		progress_show(plan.steps, index, sweep->over->nr);
	code = runner_step(device, &plan, plan.steps, &own, &report);
	if (!code)
		keep(sweep, &report);
	report_free(&report);
	plan_free(&plan);
	return code;
}

/**
 * sweep_run - measure at all values of the axis
 * @sweep: its over, plan, step and options are set; the rest is filled in
 * @device: that measures
 *
 * Return: an exit code. What was measured before a failure is kept.
 */
int sweep_run(struct sweep *sweep, const struct device *device)
{
	int code = EXIT_OK;
	size_t i;

	runner_catch_signals();
	for (i = 0; i < sweep->over->nr && !code; i++)
		code = run_one(sweep, device, i);
	progress_hide();
	sweep->partial = code;
	return code;
}

static void fit_one(struct sweep *sweep, struct sweep_row *row, size_t backend,
		    double level)
{
	double n[MAX_VALUES], cost[MAX_VALUES];
	size_t i;

	for (i = 0; i < sweep->done; i++) {
		n[i] = sweep->over->values[i];
		cost[i] = isnan(row->costs[i][backend]) ?
				  0 :
				  row->costs[i][backend];
	}
	row->growth[backend] = growth_fit(n, cost, sweep->done, level);
}

void sweep_fit(struct sweep *sweep, double level)
{
	size_t row, backend;

	for (row = 0; row < sweep->nr_rows; row++)
		for (backend = 0; backend < sweep->plan->nr_backends; backend++)
			fit_one(sweep, &sweep->rows[row], backend, level);
}
