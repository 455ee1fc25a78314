/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the middle of some figures lies, and how sure that is. */
#ifndef MAGSLAB_BENCH_INTERVAL_H
#define MAGSLAB_BENCH_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>

struct interval {
	double estimate;
	double low;
	double high;
	size_t units; /* figures it is made of, or means of such */
	bool valid; /* there were enough of them for the level */
};

struct interval interval_make(const double *values, size_t nr, double level);
double normal_deviations(double level);
void interval_widen(struct interval *interval, double least);

#endif /* MAGSLAB_BENCH_INTERVAL_H */
