// SPDX-License-Identifier: GPL-2.0-only
/* Is the growth found that was put in? Curves whose exponent is known. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "growth.h"
#include "testing.h"

#define POINTS 11
#define TRIALS 2000

/* Cost of n ^ exponent, with noise of a share. */
static struct interval fit(double exponent, double share, size_t points,
			   double level)
{
	double n[POINTS], cost[POINTS];
	size_t i;

	for (i = 0; i < points; i++) {
		n[i] = 1024 << i;
		cost[i] =
			17 * pow(n[i], exponent) * exp(share * normal_noise());
	}
	return growth_fit(n, cost, points, level);
}

static bool is_near(double a, double b)
{
	return fabs(a - b) < 0.000001;
}

static void exact(double exponent, const char *name)
{
	struct interval growth = fit(exponent, 0, POINTS, 98);
	bool found = is_near(growth.estimate, exponent) &&
		     is_near(growth.low, exponent) &&
		     is_near(growth.high, exponent);

	check(growth.valid && found, name);
}

/* One point that is far off bends it by less than noise would. */
static void robust(void)
{
	double n[POINTS], cost[POINTS];
	struct interval growth;
	size_t i;

	for (i = 0; i < POINTS; i++) {
		n[i] = 1024 << i;
		cost[i] = i == 9 ? 1e6 : n[i];
	}
	growth = growth_fit(n, cost, POINTS, 98);
	check(is_near(growth.estimate, 1), "a bad point does not bend it");
}

static void coverage(void)
{
	int missed = 0;
	int i;

	srand48(6);
	for (i = 0; i < TRIALS; i++) {
		struct interval growth = fit(0.5, 0.1, POINTS, 98);

		missed += growth.low > 0.5 || growth.high < 0.5;
	}
	printf("# missed %d of %d at 98 %%\n", missed, TRIALS);
	/* The distribution has steps: 98 % is held, and not by much. */
	check(missed <= TRIALS * 25 / 1000 && missed >= TRIALS * 5 / 1000,
	      "98 % of the intervals hold the exponent");
}

static void too_few(void)
{
	static const double n[] = { 1, 2, 4 }, none[] = { 0, 5, 0 };

	check(!fit(1, 0, 4, 98).valid, "four points are too few for 98 %");
	check(fit(1, 0, 5, 98).valid, "five are not");
	check(is_near(fit(1, 0, 4, 98).estimate, 1), "four have a slope");
	check(!growth_fit(n, none, 3, 98).units, "one point has none");
	check(!growth_fit(n, n, 0, 98).units, "and none has none");
}

int main(void)
{
	checks_begin(11);
	exact(0, "a flat cost");
	exact(1, "a linear cost");
	exact(0.5, "a square root");
	exact(-1, "a share of a fixed cost");
	robust();
	coverage();
	too_few();
	checks_end();
}
