// SPDX-License-Identifier: GPL-2.0-only
/* Known answers, and how often intervals hold what they should. Speaks KTAP. */
#include <stdio.h>
#include <stdlib.h>

#include "interval.h"
#include "testing.h"

#define TRIES 1000

static double plain(double *memory)
{
	(void)memory;
	return normal_noise();
}

/* Nine of ten are well-behaved, and one is thirty times as far off. */
static double outliers(double *memory)
{
	(void)memory;
	return normal_noise() * (drand48() < 0.1 ? 30 : 1);
}

/*
 * A drift that hardly forgets: what a round leaves of it has the sign that the
 * lot gave it.
 */
static double drifting(double *memory)
{
	*memory = 0.98 * *memory + normal_noise();
	return (drand48() < 0.5 ? -1 : 1) * *memory + 0.1 * normal_noise();
}

/* In how many of TRIES an interval of 98 % about 0.5 leaves it out. */
static unsigned int misses(double (*noise)(double *memory), size_t nr)
{
	unsigned int nr_misses = 0;
	double values[3000];
	double memory = 0;
	size_t i;
	int try;

	for (try = 0; try < TRIES; try++) {
		struct interval interval;

		for (i = 0; i < nr; i++)
			values[i] = 0.5 + noise(&memory);
		interval = interval_make(values, nr, 98);
		nr_misses += interval.low > 0.5 || interval.high < 0.5;
	}
	return nr_misses;
}

/* 20 are due; four deviations are 18. */
static void check_coverage(double (*noise)(double *memory), size_t nr,
			   const char *name)
{
	unsigned int nr_misses = misses(noise, nr);
	char what[80];

	printf("# %s, %zu: %u of %d miss\n", name, nr, nr_misses, TRIES);
	snprintf(what, sizeof(what), "2 %% miss: %s, %zu figures", name, nr);
	check(nr_misses <= 38 && (nr < 20 || nr_misses >= 4), what);
}

/* 1 to 7 at 98 %: only the extreme sums, 1 of 128 each, are rare enough. */
static void check_known(void)
{
	static const double values[] = { 4, 1, 7, 3, 6, 2, 5 };
	struct interval interval = interval_make(values, 7, 98);

	check(interval.valid && interval.estimate == 4, "the middle of seven");
	check(interval.low == 1 && interval.high == 7,
	      "seven figures span the interval of 98 %");
	check(!interval_make(values, 6, 98).valid, "six are too few");
	check(!interval_make(values, 0, 98).valid, "none are too few");
	interval = interval_make(values, 7, 90);
	check(interval.low == 2 && interval.high == 6,
	      "at 90 % the bound of the tables, 3");
}

static void check_exact(void)
{
	double values[100];
	struct interval interval;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = 0.25;
	interval = interval_make(values, ARRAY_SIZE(values), 98);
	check(interval.low == 0.25 && interval.high == 0.25,
	      "what repeats exactly has no spread");
	interval_widen(&interval, 0.125);
	check(interval.low == 0.125 && interval.high == 0.375,
	      "but is no better known than the clock's step");
}

int main(void)
{
	srand48(1);
	checks_begin(12);
	check_known();
	check_exact();
	check_coverage(plain, 30, "normal");
	check_coverage(plain, 150, "normal");
	check_coverage(outliers, 50, "outliers");
	check_coverage(drifting, 60, "drifting");
	check_coverage(drifting, 100, "drifting");
	checks_end();
}
