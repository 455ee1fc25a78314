// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "histogram.h"
#include "message.h"

/* Of two buckets that come next, the lower one, or both if they are the same. */
static struct magslab_bucket take_lower(const struct magslab_bucket **a,
					const struct magslab_bucket *a_end,
					const struct magslab_bucket **b,
					const struct magslab_bucket *b_end)
{
	struct magslab_bucket bucket;

	if (*a == a_end)
		return *(*b)++;
	if (*b == b_end || (*a)->first < (*b)->first)
		return *(*a)++;
	if ((*b)->first < (*a)->first)
		return *(*b)++;
	bucket = *(*a)++;
	bucket.count += (*b)->count;
	if ((*b)->last > bucket.last)
		bucket.last = (*b)->last;
	(*b)++;
	return bucket;
}

static void merge_buckets(struct histogram *into, const struct histogram *other)
{
	const struct magslab_bucket *a = into->buckets, *a_end = a + into->nr;
	const struct magslab_bucket *b = other->buckets, *b_end = b + other->nr;
	struct magslab_bucket *both =
		allocate(into->nr + other->nr, sizeof(*both));
	size_t nr = 0;

	while (a != a_end || b != b_end)
		both[nr++] = take_lower(&a, a_end, &b, b_end);
	free(into->buckets);
	into->buckets = both;
	into->nr = nr;
}

/* Both as if they were one. */
void histogram_merge(struct histogram *into, const struct histogram *other)
{
	if (!other->samples)
		return;
	merge_buckets(into, other);
	if (!into->samples || other->min < into->min)
		into->min = other->min;
	if (other->max > into->max)
		into->max = other->max;
	into->samples += other->samples;
	into->switched += other->switched;
	into->sum += other->sum;
}

/**
 * histogram_percentile - tell what some part of all values does not exceed
 * @histogram: the histogram
 * @percentile: how many of 10000
 *
 * Never too low, and too high by a 128th at the most: it is the end of the bucket in
 * which the value lies, or the largest value there is. Below 256 it is exact.
 *
 * Return: the value, 0 if there is none.
 */
__u64 histogram_percentile(const struct histogram *histogram, __u32 percentile)
{
	/* Rounded up, and without going beyond 64 bits. */
	__u64 rank = histogram->samples / 10000 * percentile +
		     (histogram->samples % 10000 * percentile + 9999) / 10000;
	__u64 seen = 0;
	size_t i;

	for (i = 0; i < histogram->nr; i++) {
		const struct magslab_bucket *bucket = &histogram->buckets[i];

		seen += bucket->count;
		if (seen >= rank)
			return bucket->last < histogram->max ? bucket->last :
							       histogram->max;
	}
	return histogram->max;
}

/* The share of the values that are as large or larger, by where buckets begin. */
double histogram_from(const struct histogram *histogram, __u64 value)
{
	__u64 as_large = 0;
	size_t i = histogram->nr;

	while (i && histogram->buckets[i - 1].first >= value)
		as_large += histogram->buckets[--i].count;
	return histogram->samples ? (double)as_large / histogram->samples : 0;
}

void histogram_free(struct histogram *histogram)
{
	free(histogram->buckets);
}
