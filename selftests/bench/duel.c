// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rounds of a few milliseconds, in each of which every back-end does the same
 * seeded work twice, A B C C B A. Which of them is A is drawn by lot for every
 * round. So where two are alike, the one that comes off better in a round is
 * the lot's choice, whatever else the machine was doing: what interval.c needs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "duel.h"

#define DUEL_TURNS 2
#define DUEL_BLOCKS 16
/* Warm enough: three rounds within 3 %, or a tenth of the time. */
#define WARM_ROUNDS 3
#define WARM_SPREAD 0.03

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Weyl's sequence through a mixer: the rounds' seeds, known from the first. */
static __u64 next_random(__u64 *state)
{
	__u64 value = *state += 0x9e3779b97f4a7c15ULL;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
	value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
	return value ^ value >> 31;
}

/* order[i] is the back-end whose turn comes as number i. */
static void draw_lots(size_t *order, size_t nr, __u64 *state)
{
	size_t i, j, other;

	for (i = 0; i < nr; i++)
		order[i] = i;
	for (i = nr; i > 1; i--) {
		j = next_random(state) % i;
		other = order[i - 1];
		order[i - 1] = order[j];
		order[j] = other;
	}
}

static double *figure(const struct duel *duel, size_t row, size_t round,
		      size_t backend)
{
	return &duel->rows[row]
			.figures[round * duel->plan->nr_backends + backend];
}

static void grow(struct duel *duel, size_t rows)
{
	size_t size = (duel->nr_rounds + 1) * duel->plan->nr_backends *
		      sizeof(double);
	size_t i;

	if (rows > MAX_ROWS)
		quit(EXIT_FAILED, "%s has too many rows",
		     duel->step->workload->name);
	duel->nr_rows = rows;
	for (i = 0; i < rows; i++) {
		duel->rows[i].figures = realloc(duel->rows[i].figures, size);
		if (!duel->rows[i].figures)
			quit(EXIT_FAILED, "out of memory");
	}
}

/* A back-end without figures, NAN, has none in any round that matters. */
static void keep(struct duel *duel, const struct report *report,
		 const size_t *order)
{
	size_t backends = duel->plan->nr_backends;
	size_t rows = report->nr_rows / backends;
	size_t i;

	grow(duel, rows);
	for (i = 0; i < report->nr_rows; i++) {
		const struct row *row = &report->rows[i];
		const struct magslab_result *result = &row->result;

		*figure(duel, i % rows, duel->nr_rounds, order[i / rows]) =
			result->error ? NAN : result->ns.median / 1000.0;
		memcpy(duel->rows[i % rows].name, result->name,
		       sizeof(result->name));
		duel->blocks += result->blocks;
		duel->dropped += result->switched + result->migrated;
		duel->clock = row->clock;
		if (!result->error)
			duel->block_ops = result->block_ops;
	}
	duel->nr_rounds++;
}

static int fight_round(struct duel *duel, const struct device *device,
		       struct options *options, __u64 *state)
{
	size_t order[MAX_BACKENDS];
	struct plan plan = *duel->plan;
	struct report report = {};
	size_t i;
	int code;

	options->seed = next_random(state);
	draw_lots(order, plan.nr_backends, state);
	for (i = 0; i < plan.nr_backends; i++)
		plan.backends[i] = duel->plan->backends[order[i]];
	code = runner_step(device, &plan, duel->step, options, &report);
	if (!code)
		keep(duel, &report, order);
	report_free(&report);
	return code;
}

/* Looks at the reference alone, so that it cannot favour a verdict. */
static bool is_warm(const struct duel *duel)
{
	double low = INFINITY, high = 0;
	size_t i;

	if (duel->nr_rounds < WARM_ROUNDS)
		return false;
	for (i = duel->nr_rounds - WARM_ROUNDS; i < duel->nr_rounds; i++) {
		low = fmin(low, *figure(duel, 0, i, 0));
		high = fmax(high, *figure(duel, 0, i, 0));
	}
	return high - low <= WARM_SPREAD * low;
}

static int warm_up(struct duel *duel, const struct device *device,
		   struct options *options, __u64 *state)
{
	double end = now() + options->time / 10.0;
	int code;

	do {
		code = fight_round(duel, device, options, state);
	} while (!code && !is_warm(duel) && now() < end);
	duel->warm_up = duel->nr_rounds;
	duel->nr_rounds = 0;
	duel->blocks = 0;
	duel->dropped = 0;
	return code;
}

static int fight_rounds(struct duel *duel, const struct device *device,
			struct options *options, double end)
{
	__u64 state = options->seed;
	int code;

	code = warm_up(duel, device, options, &state);
	while (!code && now() < end) {
		if (!options->quiet)
			progress_left(duel->step, end - now());
		code = fight_round(duel, device, options, &state);
	}
	progress_hide();
	return code;
}

static struct step step_of(const struct step *step)
{
	struct step own = *step;

	own.turns = DUEL_TURNS;
	if (!own.blocks)
		own.blocks = DUEL_BLOCKS;
	return own;
}

/**
 * duel_fight - do the rounds of one workload, until the time is over
 * @duel: what came of them; duel_free() it
 * @device: that measures
 * @plan: the back-ends; the first is the reference
 * @step: the workload
 * @options: the time, the seed and what else a run takes
 *
 * Return: an exit code. After an interruption there are the rounds before it.
 */
int duel_fight(struct duel *duel, const struct device *device,
	       const struct plan *plan, const struct step *step,
	       const struct options *options)
{
	double all = conditions_all(), stolen = conditions_stolen();
	struct options own = *options;
	struct step round = step_of(step);
	double start = now();
	int code;

	*duel = (struct duel){
		.plan = plan,
		.step = &round,
		.clock_step = device->info.clock_step,
	};
	code = fight_rounds(duel, device, &own, start + options->time);
	duel->step = step;
	duel->seconds = now() - start;
	duel->partial = code;
	all = conditions_all() - all;
	duel->steal = all > 0 ? (conditions_stolen() - stolen) / all : 0;
	return code;
}

/* What the clock's step and the results' last digit are of an operation. */
static double resolution(const struct duel *duel)
{
	return (double)duel->clock_step / duel->block_ops + 0.001;
}

/* A round without a figure of both is no round of theirs. */
static size_t pair_up(const struct duel *duel, size_t row, size_t backend,
		      double *ratios, double *differences)
{
	size_t nr = 0;
	size_t i;

	for (i = 0; i < duel->nr_rounds; i++) {
		double first = *figure(duel, row, i, 0);
		double other = *figure(duel, row, i, backend);

		if (!(first > 0) || !(other > 0))
			continue;
		ratios[nr] = log(other / first);
		differences[nr++] = other - first;
	}
	return nr;
}

static void judge_one(struct duel *duel, size_t row, size_t backend,
		      double level)
{
	double *ratios = allocate(duel->nr_rounds, sizeof(*ratios));
	double *differences = allocate(duel->nr_rounds, sizeof(*differences));
	struct interval *ratio = &duel->rows[row].ratios[backend];
	struct interval *difference = &duel->rows[row].differences[backend];
	size_t nr = pair_up(duel, row, backend, ratios, differences);

	*ratio = interval_make(ratios, nr, level);
	*difference = interval_make(differences, nr, level);
	if (nr) {
		interval_widen(difference, resolution(duel));
		interval_widen(ratio, log1p(resolution(duel) /
					    *figure(duel, row, 0, 0)));
	}
	free(ratios);
	free(differences);
}

void duel_judge(struct duel *duel, double level)
{
	size_t row, backend;

	if (!duel->nr_rounds)
		return;
	for (row = 0; row < duel->nr_rows; row++)
		for (backend = 1; backend < duel->plan->nr_backends; backend++)
			judge_one(duel, row, backend, level);
}

const char *duel_verdict(const struct duel_row *row, size_t backend)
{
	const struct interval *ratio = &row->ratios[backend];

	if (ratio->valid && ratio->low > 0)
		return "slower";
	if (ratio->valid && ratio->high < 0)
		return "faster";
	return "cannot tell";
}

void duel_free(struct duel *duel)
{
	size_t i;

	for (i = 0; i < MAX_ROWS; i++)
		free(duel->rows[i].figures);
}
