/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histograms: each power of two is cut into eight buckets of the same
 * width, so a bucket is no wider than an eighth of what is in it. Of values up to
 * seven each has a bucket of its own.
 */
#ifndef MAGSLAB_STATS_HISTOGRAM_H
#define MAGSLAB_STATS_HISTOGRAM_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "log_linear.h"

#define HISTOGRAM_STEP_BITS 3

/* What is less than 2 to the power of this has a bucket: 8.6 s in nanoseconds. */
#define HISTOGRAM_BITS 33

/* The last one is for all that is more. */
#define HISTOGRAM_OVERFLOW \
	LOG_LINEAR_BUCKETS(HISTOGRAM_STEP_BITS, HISTOGRAM_BITS)
#define HISTOGRAM_BUCKETS (HISTOGRAM_OVERFLOW + 1)

/**
 * struct histogram - how often which values came
 * @count: values by bucket
 * @sum: of all values
 * @max: the largest one
 *
 * Of one CPU, or of several together.
 */
struct histogram {
	unsigned long count[HISTOGRAM_BUCKETS];
	unsigned long sum;
	unsigned long max;
};

unsigned int magslab_histogram_bucket(u64 value);
u64 magslab_histogram_last(unsigned int bucket);
void magslab_histogram_add(struct histogram __percpu *histogram, u64 value);
void magslab_histogram_fold(const struct histogram __percpu *histogram,
			    struct histogram *whole);
u64 magslab_histogram_total(const struct histogram *histogram);
u64 magslab_histogram_percentile(const struct histogram *histogram,
				 unsigned int percentile);

#endif /* MAGSLAB_STATS_HISTOGRAM_H */
