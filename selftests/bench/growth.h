/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_BENCH_GROWTH_H
#define MAGSLAB_BENCH_GROWTH_H

#include <stddef.h>

#include "interval.h"

struct interval growth_fit(const double *n, const double *cost, size_t nr,
			   double level);

#endif /* MAGSLAB_BENCH_GROWTH_H */
