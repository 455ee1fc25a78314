// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "compat.h"
#include "log_linear.h"
#include "stats/histogram.h"

/**
 * magslab_histogram_bucket - tell where a value belongs
 * @value: the value
 *
 * Return: index of its bucket.
 */
unsigned int magslab_histogram_bucket(u64 value)
{
	if (value >> HISTOGRAM_BITS)
		return HISTOGRAM_OVERFLOW;
	return log_linear_bucket(value, HISTOGRAM_STEP_BITS);
}
EXPORT_SYMBOL_FOR_TEST(magslab_histogram_bucket);

/**
 * magslab_histogram_last - tell the largest value of a bucket
 * @bucket: index of the bucket
 *
 * Return: the value; U64_MAX for the one of all that is too large.
 */
u64 magslab_histogram_last(unsigned int bucket)
{
	if (bucket == HISTOGRAM_OVERFLOW)
		return U64_MAX;
	return log_linear_last(bucket, HISTOGRAM_STEP_BITS);
}
EXPORT_SYMBOL_FOR_TEST(magslab_histogram_last);

/* Also when another CPU's maximum is found: it is compared with what it replaces. */
static void histogram_raise(struct histogram __percpu *histogram, u64 value)
{
	unsigned long max = this_cpu_read(histogram->max), was;

	while (value > max) {
		was = this_cpu_cmpxchg(histogram->max, max, value);
		if (was == max)
			break;
		max = was;
	}
}

/**
 * magslab_histogram_add - enter a value, on this CPU
 * @histogram: where
 * @value: the value
 *
 * Context: Any, also NMI.
 */
void magslab_histogram_add(struct histogram __percpu *histogram, u64 value)
{
	this_cpu_inc(histogram->count[magslab_histogram_bucket(value)]);
	this_cpu_add(histogram->sum, value);
	histogram_raise(histogram, value);
}
EXPORT_SYMBOL_FOR_TEST(magslab_histogram_add);

static void histogram_fold_one(const struct histogram *histogram,
			       struct histogram *whole)
{
	unsigned int i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		whole->count[i] += READ_ONCE(histogram->count[i]);
	whole->sum += READ_ONCE(histogram->sum);
	whole->max = max(whole->max, READ_ONCE(histogram->max));
}

/**
 * magslab_histogram_fold - see those of all CPUs as one
 * @histogram: of each CPU
 * @whole: overwritten with the sum of them
 *
 * Values that come meanwhile may be there in part.
 *
 * Context: Any.
 */
void magslab_histogram_fold(const struct histogram __percpu *histogram,
			    struct histogram *whole)
{
	unsigned int cpu;

	memset(whole, 0, sizeof(*whole));
	for_each_possible_cpu(cpu)
		histogram_fold_one(per_cpu_ptr(histogram, cpu), whole);
}
EXPORT_SYMBOL_FOR_TEST(magslab_histogram_fold);

/* How many values there are. */
u64 magslab_histogram_total(const struct histogram *histogram)
{
	u64 total = 0;
	unsigned int i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		total += histogram->count[i];
	return total;
}
EXPORT_SYMBOL_FOR_TEST(magslab_histogram_total);

/**
 * magslab_histogram_percentile - tell what some part of all values does not exceed
 * @histogram: with at least one value
 * @percentile: how many of 10000
 *
 * Never too low, and too high by an eighth at the most: it is the end of the bucket
 * in which the value lies, or the largest value there is.
 *
 * Return: the value.
 */
u64 magslab_histogram_percentile(const struct histogram *histogram,
				 unsigned int percentile)
{
	u64 total = magslab_histogram_total(histogram), seen = 0;
	u64 rank = div_u64(total * percentile + 9999, 10000);
	unsigned int i;

	for (i = 0; i < HISTOGRAM_OVERFLOW; i++) {
		seen += histogram->count[i];
		if (seen >= rank)
			break;
	}
	return min_t(u64, magslab_histogram_last(i), histogram->max);
}
EXPORT_SYMBOL_FOR_TEST(magslab_histogram_percentile);
