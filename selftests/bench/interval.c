// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hodges-Lehmann's estimate of the middle, and the interval that goes with it:
 * the one of Wilcoxon's signed-rank test turned round.
 *
 * The test needs of its figures only that, about the true middle, either sign
 * is as likely whatever the sizes are. It needs no normal distribution, and no
 * independent sizes: drift and busy neighbours may make some stretches worse
 * than others. Who draws the order of the contenders by lot in each round gets
 * those signs from the lot.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "interval.h"
#include "message.h"

/* More figures than this are made fewer, as their pairs are all looked at. */
#define MAX_UNITS 1000
/* Up to here the distribution is counted out; then it is close to normal. */
#define MAX_EXACT 64
#define MAX_SUM (MAX_EXACT * (MAX_EXACT + 1) / 2)

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Means of neighbours, of which signs are as evenly split. Returns how many. */
static size_t gather(const double *values, size_t nr, double *units)
{
	size_t each = (nr + MAX_UNITS - 1) / MAX_UNITS;
	size_t n = 0;
	size_t i;

	for (i = 0; i + each <= nr; i += each) {
		double sum = 0;
		size_t j;

		for (j = 0; j < each; j++)
			sum += values[i + j];
		units[n++] = sum / each;
	}
	return n;
}

/* Means of all pairs, each with itself too, in order. */
static double *pair_means(const double *units, size_t nr)
{
	double *means = allocate(nr * (nr + 1) / 2, sizeof(*means));
	size_t n = 0;
	size_t i, j;

	for (i = 0; i < nr; i++)
		for (j = i; j < nr; j++)
			means[n++] = (units[i] + units[j]) / 2;
	qsort(means, n, sizeof(*means), compare);
	return means;
}

/* The shares of signs that give each rank sum. */
static void count_out(double *share, size_t nr)
{
	size_t rank, sum;

	memset(share, 0, (MAX_SUM + 1) * sizeof(*share));
	share[0] = 1;
	for (rank = 1; rank <= nr; rank++)
		for (sum = MAX_SUM + 1; sum--;)
			share[sum] = (share[sum] +
				      (sum >= rank ? share[sum - rank] : 0)) /
				     2;
}

/* The largest rank sum that is rarer than @tail, or -1. */
static long exact_bound(size_t nr, double tail)
{
	double share[MAX_SUM + 1];
	double sum = 0;
	long bound;

	count_out(share, nr);
	for (bound = 0; bound <= MAX_SUM; bound++) {
		sum += share[bound];
		if (sum > tail)
			break;
	}
	return bound - 1;
}

/* How many deviations above the mean a normal figure is in @tail of cases. */
static double normal_bound(double tail)
{
	double low = 0, high = 40;
	int i;

	for (i = 0; i < 100; i++) {
		double middle = (low + high) / 2;

		if (erfc(middle / M_SQRT2) / 2 > tail)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static long rank_bound(size_t nr, double tail)
{
	double mean = nr * (nr + 1.0) / 4;
	double deviation = sqrt(nr * (nr + 1.0) * (2.0 * nr + 1) / 24);

	if (nr <= MAX_EXACT)
		return exact_bound(nr, tail);
	return floor(mean - normal_bound(tail) * deviation - 0.5);
}

/**
 * interval_make - estimate the middle of figures
 * @values: the figures, in the order they were taken
 * @nr: how many
 * @level: confidence, in per cent
 *
 * Return: the interval; not valid if there are too few for the level.
 */
struct interval interval_make(const double *values, size_t nr, double level)
{
	struct interval interval = {};
	double *units, *means;
	size_t pairs;
	long bound;

	if (!nr)
		return interval;
	units = allocate(MAX_UNITS, sizeof(*units));
	interval.units = gather(values, nr, units);
	means = pair_means(units, interval.units);
	pairs = interval.units * (interval.units + 1) / 2;
	interval.estimate = (means[(pairs - 1) / 2] + means[pairs / 2]) / 2;
	bound = rank_bound(interval.units, (1 - level / 100) / 2);
	interval.valid = bound >= 0;
	interval.low = interval.valid ? means[bound] : -INFINITY;
	interval.high = interval.valid ? means[pairs - 1 - bound] : INFINITY;
	free(means);
	free(units);
	return interval;
}

/* How many deviations to either side hold @level per cent of normal figures. */
double normal_deviations(double level)
{
	return normal_bound((1 - level / 100) / 2);
}

/* What repeats exactly is still not known better than the clock can tell. */
void interval_widen(struct interval *interval, double least)
{
	interval->low = fmin(interval->low, interval->estimate - least);
	interval->high = fmax(interval->high, interval->estimate + least);
}
