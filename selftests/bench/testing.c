// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>

#include "testing.h"

/* It has some of the same macros, if nobody else does. */
#include <kselftest.h>

const char *const program_name = "test";

void message_prepare(void)
{
}

void checks_begin(unsigned int nr)
{
	ksft_print_header();
	ksft_set_plan(nr);
}

void check(bool right, const char *what)
{
	ksft_test_result(right, "%s\n", what);
}

void checks_end(void)
{
	ksft_finished();
}

/* Of mean 0 and deviation 1; with srand48() the same every time. */
double normal_noise(void)
{
	double radius = sqrt(-2 * log(1 - drand48()));

	return radius * cos(2 * M_PI * drand48());
}
