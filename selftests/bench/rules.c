// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures what the rules of thumb are about, at each n. What the loop around nothing
 * takes is taken off, but for the collector, which has none.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "rules.h"

#define RULES_SIZE 64
#define RULES_TURNS 3
#define RULES_POINTS 10
#define LEAST_N 64
/* A block of a burst has all objects in it, so there are fewer blocks of many. */
#define RULES_OPS (128 * 1024)
#define MAX_BLOCKS 16

const struct subject subjects[] = {
	[SUBJECT_ARENA] = { "arena", "arena", "burst", "objects of a scope",
			    ROWS_FIRST, SHAPE_CONSTANT },
	[SUBJECT_SEGMENT] = { "segment", "segment", "holes", "free objects",
			      ROWS_BOTH, SHAPE_CONSTANT },
	[SUBJECT_MAGSLAB] = { "magslab", "magslab", "holes", "free objects",
			      ROWS_BOTH, SHAPE_CONSTANT },
	[SUBJECT_KMEM_CACHE] = { "kmem_cache", "kmem_cache", "holes",
				 "free objects", ROWS_BOTH, SHAPE_CONSTANT },
	[SUBJECT_LIST_FREE] = { "first-fit-free", "first-fit", "holes",
				"free blocks", ROWS_FIRST, SHAPE_LINEAR },
	[SUBJECT_LIST_ALLOC] = { "first-fit-alloc", "first-fit", "holes",
				 "free blocks", ROWS_SECOND, SHAPE_LINEAR },
	[SUBJECT_TREE] = { "best-fit", "best-fit", "holes", "free blocks",
			   ROWS_BOTH, SHAPE_LINEAR_LOG },
	[SUBJECT_COLLECTOR] = { "collector-cycle", "collector", "collect",
				"tracked objects", ROWS_FIRST, SHAPE_LINEAR },
};

/*
 * One call of the device. The list is on its own: calls that take long have the worker
 * look up often, which would be in the others' figures.
 */
static const struct group {
	const char *workload;
	__u32 least_blocks;
	const char *backends[6];
} groups[] = {
	{ "burst", 2, { "arena", "empty" } },
	{ "holes",
	  3,
	  { "segment", "magslab", "kmem_cache", "best-fit", "empty" } },
	{ "holes", 2, { "first-fit", "empty" } },
	{ "collect", 2, { "collector" } },
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static __u32 blocks_for(const struct group *group, __u64 n)
{
	__u64 blocks = RULES_OPS / n;

	if (blocks > MAX_BLOCKS)
		return MAX_BLOCKS;
	return blocks < group->least_blocks ? group->least_blocks : blocks;
}

/*
 * The first block of a turn finds a new cache, which has yet to get the magazines that it
 * will go on with. Where there are three in each turn, the median is of others.
 */
static __u32 turns_for(__u32 blocks)
{
	__u32 turns = blocks / 3;

	if (turns > RULES_TURNS)
		return RULES_TURNS;
	return turns ? turns : 1;
}

static void plan_group(struct plan *plan, struct step *step,
		       const struct group *group, __u64 n,
		       const struct device *device)
{
	const struct magslab_backend_info *backend;
	__u32 blocks = blocks_for(group, n);
	size_t i;

	*plan = (struct plan){ .steps = step, .nr_steps = 1 };
	*step = (struct step){
		.workload = device_workload(device, group->workload),
		.count = n,
		.size = RULES_SIZE,
		.turns = turns_for(blocks),
		.blocks = blocks,
	};
	if (!step->workload)
		quit(EXIT_FAILED, "this magslab has no workload '%s'",
		     group->workload);
	for (i = 0; group->backends[i]; i++) {
		backend = device_backend(device, group->backends[i]);
		if (!backend)
			quit(EXIT_FAILED, "this magslab has no back-end '%s'",
			     group->backends[i]);
		plan->backends[plan->nr_backends++] = backend;
	}
}

/* A row of one back-end, or NULL if it has no figures. */
static const struct magslab_result *result_of(const struct report *report,
					      const char *backend, size_t row)
{
	const struct row *one;
	size_t i, seen = 0;

	for (i = 0; i < report->nr_rows; i++) {
		one = &report->rows[i];
		if (!one->backend || strcmp(one->backend->name, backend))
			continue;
		if (seen++ == row)
			return one->result.error ? NULL : &one->result;
	}
	return NULL;
}

static double median_of(const struct report *report, const char *backend,
			size_t row)
{
	const struct magslab_result *result = result_of(report, backend, row);

	return result ? result->ns.median / 1000.0 : NAN;
}

/* Without the floor, where there is one. */
static double cost_of(const struct report *report,
		      const struct subject *subject)
{
	double cost = 0, floor;
	size_t row;

	for (row = 0; row < 2; row++) {
		if (!(subject->rows & 1 << row))
			continue;
		floor = median_of(report, "empty", row);
		cost += median_of(report, subject->backend, row);
		cost -= isnan(floor) ? 0 : floor;
	}
	return cost;
}

static double locks_of(const struct report *report,
		       const struct subject *subject)
{
	const struct magslab_result *result =
		result_of(report, subject->backend, 0);

	if (!result || !(result->flags & MAGSLAB_RESULT_LOCKS))
		return NAN;
	return 100.0 * result->locks / result->calls;
}

static bool is_of(const struct subject *subject, const struct group *group)
{
	size_t i;

	if (strcmp(subject->workload, group->workload))
		return false;
	for (i = 0; group->backends[i]; i++)
		if (!strcmp(subject->backend, group->backends[i]))
			return true;
	return false;
}

static void keep(struct rules *rules, const struct group *group,
		 const struct report *report)
{
	double pause = median_of(report, "collector", 1);
	size_t i;

	for (i = 0; i < NR_SUBJECTS; i++) {
		if (!is_of(&subjects[i], group))
			continue;
		rules->findings[i].costs[rules->done] =
			cost_of(report, &subjects[i]);
		rules->findings[i].locks = locks_of(report, &subjects[i]);
	}
	if (!strcmp(group->workload, "collect") && pause > rules->pause)
		rules->pause = pause;
	rules->clock = report->rows->clock;
}

/* The time is what is left of all. */
static int run_group(struct rules *rules, const struct group *group, __u64 n,
		     const struct device *device, double left)
{
	struct options own = *rules->options;
	struct report report = {};
	struct step step;
	struct plan plan;
	int code;

	own.timeout = left < 1 ? 1 : left > 600 ? 600 : left;
	plan_group(&plan, &step, group, n, device);
	code = runner_step(device, &plan, &step, &own, &report);
	if (!code)
		keep(rules, group, &report);
	report_free(&report);
	return code;
}

/* From what was done to what is to be done: it takes as long as n is large. */
static double expect(double spent, double n, double first, double most)
{
	return n > first ? spent * (2 * most - n) / (n - first) : 0;
}

static void show_progress(const struct rules *rules, __u64 n, double spent,
			  double first)
{
	static const struct magslab_workload_info name = { .name = "rules" };
	struct step step = { .workload = &name, .count = n };

	if (rules->options->quiet)
		return;
	if (rules->done)
		progress_left(&step,
			      expect(spent, n, first, rules->options->most));
	else
		progress_show(&step, 0, 1);
}

static int run_one(struct rules *rules, __u64 n, const struct device *device,
		   double end)
{
	int code = EXIT_OK;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups) && !code; i++)
		code = run_group(rules, &groups[i], n, device, end - now());
	if (!code)
		rules->n[rules->done++] = n;
	return code;
}

/**
 * rules_run - measure at each n, doubling, up to the most that is wanted
 * @rules: its options are set; the rest is filled in
 * @device: that measures
 *
 * It does not begin with an n that would take longer than there is time.
 *
 * Return: an exit code. What was measured before a failure is kept.
 */
int rules_run(struct rules *rules, const struct device *device)
{
	double begin = now(), end = begin + rules->options->time;
	__u64 most = rules->options->most;
	__u64 n = most >> RULES_POINTS;
	double first, last;
	int code = EXIT_OK;

	n = n < LEAST_N ? LEAST_N : n;
	first = n;
	runner_catch_signals();
	for (; n <= most && !code; n *= 2) {
		last = now();
		show_progress(rules, n, last - begin, first);
		code = run_one(rules, n, device, end);
		if (n <= most / 2 && now() + 2 * (now() - last) > end)
			break;
	}
	progress_hide();
	rules->partial = code || n <= most;
	return code;
}

void rules_fit(struct rules *rules)
{
	size_t i;

	for (i = 0; i < NR_SUBJECTS; i++)
		shape_fit(&rules->findings[i].shape, rules->n,
			  rules->findings[i].costs, rules->done,
			  rules->options->level);
}
