// SPDX-License-Identifier: GPL-2.0-only
/* Are percentiles those of a sorted list? Values by the kernel's own arithmetic. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "histogram.h"
#include "testing.h"

#define STEPS 128
#define VALUES 20000

/* The bucket that a value is in: its octave's 128th part. */
static struct magslab_bucket bucket_of(__u64 value)
{
	__u64 width = 1;

	while (value / width >= 2 * STEPS)
		width *= 2;
	value -= value % width;
	return (struct magslab_bucket){ value, value + width - 1, 1 };
}

static int by_value(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Sorts @values. */
static struct histogram make(__u64 *values, size_t nr)
{
	struct histogram made = {
		.buckets = allocate(nr, sizeof(*made.buckets)),
		.samples = nr,
	};
	struct magslab_bucket bucket;
	size_t i;

	qsort(values, nr, sizeof(*values), by_value);
	made.min = values[0];
	made.max = values[nr - 1];
	for (i = 0; i < nr; i++) {
		made.sum += values[i];
		bucket = bucket_of(values[i]);
		if (made.nr && made.buckets[made.nr - 1].first == bucket.first)
			made.buckets[made.nr - 1].count++;
		else
			made.buckets[made.nr++] = bucket;
	}
	return made;
}

static const __u32 percentiles[] = { 1,	   2500, 5000, 9000,
				     9900, 9990, 9999, 10000 };

/* Each is what the list has in its place, or a 128th more at the most. */
static bool are_right(const struct histogram *histogram, const __u64 *sorted,
		      size_t nr)
{
	size_t i, rank;
	__u64 is, told;

	for (i = 0; i < ARRAY_SIZE(percentiles); i++) {
		rank = (nr * percentiles[i] + 9999) / 10000;
		is = sorted[rank - 1];
		told = histogram_percentile(histogram, percentiles[i]);
		if (told < is || STEPS * (told - is) > is)
			return false;
		if (is < 2 * STEPS && told != is)
			return false;
	}
	return true;
}

/* As many of each octave, as the times of calls are: most are short. */
static __u64 draw(void)
{
	return (__u64)random() >> (random() % 31);
}

static void percentiles_are_those_of_a_list(void)
{
	__u64 values[VALUES];
	struct histogram histogram;
	bool right = true;
	size_t nr, i;

	for (nr = 1; nr <= VALUES; nr = nr * 3 + 1) {
		for (i = 0; i < nr; i++)
			values[i] = draw();
		histogram = make(values, nr);
		right = right && are_right(&histogram, values, nr);
		histogram_free(&histogram);
	}
	check(right, "percentiles are those of a list, to a 128th");
}

/* One call of each thousand is slow: the tail has it, and nothing before it. */
static void one_of_a_thousand_is_in_the_tail(void)
{
	__u64 values[VALUES];
	struct histogram histogram;
	bool seen;
	size_t i;

	for (i = 0; i < VALUES; i++)
		values[i] = i % 1000 ? 50 : 200;
	histogram = make(values, VALUES);
	seen = histogram_percentile(&histogram, 9990) == 50 &&
	       histogram_percentile(&histogram, 9991) == 200 &&
	       histogram.max == 200;
	check(seen, "one of a thousand is beyond p99.9, and not before");
	histogram_free(&histogram);
}

static void merged_is_as_one(void)
{
	__u64 all[VALUES], part[VALUES];
	struct histogram one, two, whole;
	bool same;
	size_t i;

	for (i = 0; i < VALUES; i++)
		all[i] = draw();
	memcpy(part, all, sizeof(part));
	one = make(part, VALUES / 3);
	two = make(part + VALUES / 3, VALUES - VALUES / 3);
	whole = make(all, VALUES);
	histogram_merge(&one, &two);
	same = one.nr == whole.nr && one.samples == whole.samples &&
	       one.sum == whole.sum && one.min == whole.min &&
	       one.max == whole.max &&
	       !memcmp(one.buckets, whole.buckets,
		       one.nr * sizeof(*one.buckets));
	check(same, "two merged are as one");
	histogram_free(&one);
	histogram_free(&two);
	histogram_free(&whole);
}

static void shares_of_a_few(void)
{
	__u64 values[] = { 1, 2, 2, 3 };
	struct histogram histogram = make(values, ARRAY_SIZE(values));
	bool right;

	right = histogram_from(&histogram, 1) == 1 &&
		histogram_from(&histogram, 2) == 0.75 &&
		histogram_from(&histogram, 3) == 0.25 &&
		histogram_from(&histogram, 4) == 0;
	check(right, "shares from a value on");
	histogram_free(&histogram);
}

static void none_is_nothing(void)
{
	struct histogram none = {}, other = {};
	bool right;

	histogram_merge(&none, &other);
	right = histogram_percentile(&none, 9999) == 0 &&
		histogram_from(&none, 0) == 0;
	check(right, "no values at all");
	histogram_free(&none);
}

int main(void)
{
	srandom(1);
	checks_begin(5);
	percentiles_are_those_of_a_list();
	one_of_a_thousand_is_in_the_tail();
	merged_is_as_one();
	shares_of_a_few();
	none_is_nothing();
	checks_end();
}
