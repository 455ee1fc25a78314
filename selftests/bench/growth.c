// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a cost grows with N: the exponent b of cost = a * N^b, which is a slope
 * where both axes are logarithmic.
 *
 * It is the median of the slopes between any two points (Theil), so that a step
 * or a bad point does not bend it; its interval is Sen's, from Kendall's rank
 * correlation: about the true slope, the points' order is any order.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "growth.h"
#include "message.h"

#define MAX_POINTS 64
#define MAX_PAIRS (MAX_POINTS * (MAX_POINTS - 1) / 2)

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Slopes between all points that are not above each other, in order. */
static size_t slopes_of(const double *n, const double *cost, size_t nr,
			double *slopes)
{
	size_t pairs = 0;
	size_t i, j;

	for (i = 0; i < nr; i++)
		for (j = i + 1; j < nr; j++)
			if (n[i] > 0 && n[j] > 0 && n[i] != n[j] &&
			    cost[i] > 0 && cost[j] > 0)
				slopes[pairs++] = log(cost[j] / cost[i]) /
						  log(n[j] / n[i]);
	qsort(slopes, pairs, sizeof(*slopes), compare);
	return pairs;
}

/* The shares of all orders of @nr points that have each number of inversions. */
static void count_orders(double *share, size_t nr)
{
	double sums[MAX_PAIRS + 2];
	size_t most = nr * (nr - 1) / 2;
	size_t points, i;

	memset(share, 0, (MAX_PAIRS + 1) * sizeof(*share));
	share[0] = 1;
	for (points = 2; points <= nr; points++) {
		sums[0] = 0;
		for (i = 0; i <= most; i++)
			sums[i + 1] = sums[i] + share[i];
		for (i = 0; i <= most; i++)
			share[i] = (sums[i + 1] -
				    sums[i < points ? 0 : i + 1 - points]) /
				   points;
	}
}

/* How many slopes at either end are beyond the interval, or -1: too few. */
static long left_out(size_t nr, double tail)
{
	double share[MAX_PAIRS + 1];
	double sum = 0;
	long bound;

	count_orders(share, nr);
	for (bound = 0; bound <= MAX_PAIRS; bound++) {
		sum += share[bound];
		if (sum > tail)
			break;
	}
	return bound - 1;
}

/**
 * growth_fit - find out how fast a cost grows
 * @n: of what there are N
 * @cost: of an operation at each N; one that is not above 0 is no point
 * @nr: how many points, at most 64
 * @level: confidence, in per cent
 *
 * Return: the exponent, with its interval; not valid if there are too few
 * points for the level, without units if there are not two.
 */
struct interval growth_fit(const double *n, const double *cost, size_t nr,
			   double level)
{
	double *slopes = allocate(MAX_PAIRS, sizeof(*slopes));
	struct interval fit = {};
	size_t points = 0, pairs, i;
	long bound;

	for (i = 0; i < nr; i++)
		points += n[i] > 0 && cost[i] > 0;
	pairs = slopes_of(n, cost, nr, slopes);
	if (pairs) {
		bound = left_out(points, (1 - level / 100) / 2);
		fit.units = points;
		fit.estimate =
			(slopes[(pairs - 1) / 2] + slopes[pairs / 2]) / 2;
		fit.valid = bound >= 0 && pairs == points * (points - 1) / 2;
		fit.low = fit.valid ? slopes[bound] : -INFINITY;
		fit.high = fit.valid ? slopes[pairs - 1 - bound] : INFINITY;
	}
	free(slopes);
	return fit;
}
