/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms of times. The kernel gives them in buckets no wider than a 128th of what
 * is in them; all that is told of them is right to that.
 */
#ifndef MAGSLAB_BENCH_HISTOGRAM_H
#define MAGSLAB_BENCH_HISTOGRAM_H

#include <linux/magslab.h>
#include <stddef.h>

struct histogram {
	struct magslab_bucket
		*buckets; /* in order, with one value at the least */
	size_t nr;
	__u64 samples;
	__u64 switched;
	__u64 sum;
	__u64 min;
	__u64 max;
};

void histogram_merge(struct histogram *into, const struct histogram *other);
__u64 histogram_percentile(const struct histogram *histogram, __u32 percentile);
double histogram_from(const struct histogram *histogram, __u64 value);
void histogram_free(struct histogram *histogram);

#endif /* MAGSLAB_BENCH_HISTOGRAM_H */
