/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the usual laws a cost follows. */
#ifndef MAGSLAB_BENCH_SHAPE_H
#define MAGSLAB_BENCH_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "interval.h"

/* An exponent below this is none: a sixth more over a thousandfold. */
#define SHAPE_FLAT 0.02

enum shape_kind {
	SHAPE_CONSTANT,
	SHAPE_LOG,
	SHAPE_LINEAR,
	SHAPE_LINEAR_LOG,
	NR_SHAPES,
};

struct shape {
	enum shape_kind kind; /* the likeliest */
	bool known; /* there were enough points to say anything */
	bool sure; /* the others are unlikely, at the level */
	bool flat; /* that it is constant follows from the exponent */
	double weights[NR_SHAPES]; /* how likely each is; 1 in all */
	double fixed, slope; /* cost = fixed + slope * f(n) */
	double off; /* the farthest point, as a share of the cost */
	struct interval growth;
};

void shape_fit(struct shape *shape, const double *n, const double *cost,
	       size_t nr, double level);
bool shape_may_be(const struct shape *shape, enum shape_kind kind,
		  double level);
const char *shape_name(enum shape_kind kind);

#endif /* MAGSLAB_BENCH_SHAPE_H */
