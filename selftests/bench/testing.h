/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of arithmetic and files share; they report as kselftests do. */
#ifndef MAGSLAB_BENCH_TESTING_H
#define MAGSLAB_BENCH_TESTING_H

#include <stdbool.h>

#include "message.h"

void checks_begin(unsigned int nr);
void check(bool right, const char *what);
void __noreturn checks_end(void);
double normal_noise(void);

#endif /* MAGSLAB_BENCH_TESTING_H */
