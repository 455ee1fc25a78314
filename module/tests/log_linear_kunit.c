// SPDX-License-Identifier: GPL-2.0-only
/* Buckets of the benchmark's histograms of latencies, and any others. */
#include <kunit/test.h>

#include "bench/latency.h"
#include "log_linear.h"

static const unsigned int widths[] = { 0, 1, 3, LATENCY_STEP_BITS, 10 };

static void width_name(const unsigned int *bits, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "1/%lu", BIT(*bits));
}

KUNIT_ARRAY_PARAM(width, widths, width_name);

/* Each begins where the one before it ends, and is as narrow as was promised. */
static void buckets_have_borders(struct kunit *test)
{
	unsigned int bits = *(const unsigned int *)test->param_value;
	unsigned int nr = LOG_LINEAR_BUCKETS(bits, LATENCY_BITS);
	u64 begin = 0, first, last;
	unsigned int i, wrong = 0;

	for (i = 0; i < nr; i++) {
		first = log_linear_first(i, bits);
		last = log_linear_last(i, bits);
		wrong += first != begin || last < first;
		wrong += i != log_linear_bucket(first, bits);
		wrong += i != log_linear_bucket(last, bits);
		wrong += (last - first) << bits > first;
		begin = last + 1;
	}
	KUNIT_EXPECT_EQ(test, 0U, wrong);
	KUNIT_EXPECT_EQ(test, 1ULL << LATENCY_BITS, begin);
}

/* What is told of instructions is exact where it matters. */
static void small_values_are_exact(struct kunit *test)
{
	u64 value;

	for (value = 0; value < 256; value++) {
		KUNIT_EXPECT_EQ(test, value,
				(u64)log_linear_bucket(value,
						       LATENCY_STEP_BITS));
		KUNIT_EXPECT_EQ(test, value,
				log_linear_last(value, LATENCY_STEP_BITS));
	}
	KUNIT_EXPECT_EQ(test, 257ULL, log_linear_last(256, LATENCY_STEP_BITS));
}

static void all_are_fewer_than_there_is_room_for(struct kunit *test)
{
	u64 largest = (1ULL << LATENCY_BITS) - 1;

	KUNIT_EXPECT_EQ(test, (u64)LATENCY_OVERFLOW,
			log_linear_bucket(largest, LATENCY_STEP_BITS) + 1ULL);
}

static struct kunit_case log_linear_cases[] = {
	KUNIT_CASE_PARAM(buckets_have_borders, width_gen_params),
	KUNIT_CASE(small_values_are_exact),
	KUNIT_CASE(all_are_fewer_than_there_is_room_for),
	{}
};

static struct kunit_suite log_linear_suite = {
	.name = "magslab_log_linear",
	.test_cases = log_linear_cases,
};

kunit_test_suite(log_linear_suite);
