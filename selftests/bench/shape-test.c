// SPDX-License-Identifier: GPL-2.0-only
/* Is the law found that was put in, and is there doubt where there should be? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "shape.h"
#include "testing.h"

#define POINTS 11
#define TRIALS 1000
#define LEVEL 98

static double curve(enum shape_kind kind, double n)
{
	static const double fixed[] = { 60, 150, 40, 40 };
	static const double slope[] = { 0, 12, 3, 0.3 };
	const double laws[] = { 0, log2(n), n, n * log2(n) };

	return fixed[kind] + slope[kind] * laws[kind];
}

static struct shape fit(enum shape_kind kind, double share, size_t points)
{
	double n[POINTS], cost[POINTS];
	struct shape shape;
	size_t i;

	for (i = 0; i < points; i++) {
		n[i] = 1024 << i;
		cost[i] = curve(kind, n[i]) * exp(share * normal_noise());
	}
	shape_fit(&shape, n, cost, points, LEVEL);
	return shape;
}

static void exact(void)
{
	enum shape_kind kind;

	for (kind = 0; kind < NR_SHAPES; kind++) {
		struct shape shape = fit(kind, 0, POINTS);
		bool sure = shape.known && shape.sure && shape.off < 0.001;

		check(sure && shape.kind == kind, shape_name(kind));
	}
}

/* With noise of a share: how often the law is named for sure, and wrongly. */
static void noisy(enum shape_kind kind, double share, int least)
{
	int right = 0, wrong = 0;
	char name[80];
	int i;

	for (i = 0; i < TRIALS; i++) {
		struct shape shape = fit(kind, share, POINTS);

		right += shape.sure && shape.kind == kind;
		wrong += shape.sure && shape.kind != kind;
	}
	printf("# %s, noise of %g %%: right %d, wrong %d of %d\n",
	       shape_name(kind), share * 100, right, wrong, TRIALS);
	snprintf(name, sizeof(name), "%s with noise of %g %%", shape_name(kind),
		 share * 100);
	check(right >= least && wrong <= TRIALS * 5 / 100, name);
}

/* n and n log n differ by a factor of two over all of this. */
static void doubtful(void)
{
	int unsure = 0, kept = 0;
	int i;

	for (i = 0; i < TRIALS; i++) {
		struct shape shape = fit(SHAPE_LINEAR, 0.4, POINTS);

		unsure += !shape.sure;
		kept += shape_may_be(&shape, SHAPE_LINEAR, LEVEL);
	}
	printf("# unsure %d, not excluded %d of %d\n", unsure, kept, TRIALS);
	check(unsure > TRIALS / 2 && kept > TRIALS * 95 / 100,
	      "n is not told from n log n in much noise");
}

/* A cost that rises by less than is of interest, and one that falls. */
static void flat(void)
{
	double n[POINTS], cost[POINTS];
	struct shape shape;
	size_t i;

	for (i = 0; i < POINTS; i++) {
		n[i] = 1024 << i;
		cost[i] = 100 + 0.5 * i;
	}
	shape_fit(&shape, n, cost, POINTS, LEVEL);
	check(shape.flat && shape.sure && shape.kind == SHAPE_CONSTANT,
	      "a rise of a twentieth is none");
	for (i = 0; i < POINTS; i++)
		cost[i] = 100 - 5.0 * i;
	shape_fit(&shape, n, cost, POINTS, LEVEL);
	check(shape.sure && shape.kind == SHAPE_CONSTANT,
	      "what falls does not grow");
}

static void too_few(void)
{
	check(!fit(SHAPE_LINEAR, 0, 5).known, "five points are too few");
	check(fit(SHAPE_LINEAR, 0, 6).known, "six are not");
	check(!fit(SHAPE_LINEAR, 0, 0).known, "none are");
}

int main(void)
{
	checks_begin(15);
	srand48(6);
	exact();
	noisy(SHAPE_CONSTANT, 0.01, TRIALS * 9 / 10);
	noisy(SHAPE_CONSTANT, 0.1, 0);
	noisy(SHAPE_LOG, 0.01, TRIALS * 9 / 10);
	noisy(SHAPE_LINEAR, 0.05, TRIALS * 9 / 10);
	noisy(SHAPE_LINEAR_LOG, 0.05, TRIALS * 9 / 10);
	doubtful();
	flat();
	too_few();
	checks_end();
}
