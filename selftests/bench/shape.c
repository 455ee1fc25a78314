// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a cost stay, or grow as log n, n or n log n? Each law has a fixed part, too:
 * cost = a + b * f(n), neither of them below 0, fitted by least squares of the relative
 * errors. How likely each is, is told by Akaike's weights with the correction for few
 * points; where two are about as likely, it cannot be told.
 *
 * Sources: H. Akaike, "A new look at the statistical model identification", IEEE
 * Transactions on Automatic Control 19 (1974); C. M. Hurvich and C.-L. Tsai,
 * "Regression and time series model selection in small samples", Biometrika 76 (1989).
 */
#include <math.h>

#include "growth.h"
#include "shape.h"

#define LEAST_POINTS 6
/* No law is held to more than this: half a per cent. */
#define FINEST 0.005

struct fit {
	double fixed, slope, squares;
};

static const char *const names[] = {
	[SHAPE_CONSTANT] = "constant",
	[SHAPE_LOG] = "log n",
	[SHAPE_LINEAR] = "n",
	[SHAPE_LINEAR_LOG] = "n log n",
};

const char *shape_name(enum shape_kind kind)
{
	return names[kind];
}

static double law(enum shape_kind kind, double n)
{
	switch (kind) {
	case SHAPE_LOG:
		return log2(n);
	case SHAPE_LINEAR:
		return n;
	case SHAPE_LINEAR_LOG:
		return n * log2(n);
	default:
		return 0;
	}
}

static bool is_point(double n, double cost)
{
	return n > 0 && isfinite(cost) && cost > 0;
}

/* Sums over all points of what least squares are made of. */
struct sums {
	double u, v, uu, uv, vv;
};

static struct sums sums_of(enum shape_kind kind, const double *n,
			   const double *cost, size_t nr)
{
	struct sums sums = {};
	double u, v;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!is_point(n[i], cost[i]))
			continue;
		u = 1 / cost[i];
		v = law(kind, n[i]) / cost[i];
		sums.u += u;
		sums.v += v;
		sums.uu += u * u;
		sums.uv += u * v;
		sums.vv += v * v;
	}
	return sums;
}

static double squares_of(enum shape_kind kind, const struct fit *fit,
			 const double *n, const double *cost, size_t nr)
{
	double squares = 0, error;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!is_point(n[i], cost[i]))
			continue;
		error = 1 -
			(fit->fixed + fit->slope * law(kind, n[i])) / cost[i];
		squares += error * error;
	}
	return squares;
}

/* What would come out below 0 is 0. */
static struct fit fit_law(enum shape_kind kind, const double *n,
			  const double *cost, size_t nr)
{
	struct sums sums = sums_of(kind, n, cost, nr);
	double determinant = sums.uu * sums.vv - sums.uv * sums.uv;
	struct fit fit = {};

	if (kind != SHAPE_CONSTANT && determinant > 0) {
		fit.fixed = (sums.u * sums.vv - sums.v * sums.uv) / determinant;
		fit.slope = (sums.v * sums.uu - sums.u * sums.uv) / determinant;
	}
	if (fit.fixed < 0)
		fit = (struct fit){ .slope = sums.v / sums.vv };
	if (fit.slope <= 0)
		fit = (struct fit){ .fixed = sums.u / sums.uu };
	fit.squares = squares_of(kind, &fit, n, cost, nr);
	return fit;
}

/* The less, the likelier. One more is fitted than is seen: the spread. */
static double criterion(enum shape_kind kind, const struct fit *fit,
			double points)
{
	double fitted = kind == SHAPE_CONSTANT ? 2 : 3;

	return points * log(fit->squares / points + FINEST * FINEST) +
	       2 * fitted + 2 * fitted * (fitted + 1) / (points - fitted - 1);
}

static void weigh(struct shape *shape, const struct fit *fits, double points)
{
	double criteria[NR_SHAPES], sum = 0;
	size_t i;

	for (i = 0; i < NR_SHAPES; i++) {
		criteria[i] = criterion(i, &fits[i], points);
		if (criteria[i] < criteria[shape->kind])
			shape->kind = i;
	}
	for (i = 0; i < NR_SHAPES; i++) {
		shape->weights[i] =
			exp((criteria[shape->kind] - criteria[i]) / 2);
		sum += shape->weights[i];
	}
	for (i = 0; i < NR_SHAPES; i++)
		shape->weights[i] /= sum;
}

/* A rise so small that it is of no interest is none, however sure it is. */
static void take_flat(struct shape *shape)
{
	size_t i;

	shape->flat = true;
	shape->kind = SHAPE_CONSTANT;
	for (i = 0; i < NR_SHAPES; i++)
		shape->weights[i] = i == SHAPE_CONSTANT;
}

static double farthest(const struct shape *shape, const double *n,
		       const double *cost, size_t nr)
{
	double most = 0, error;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!is_point(n[i], cost[i]))
			continue;
		error = fabs(1 - (shape->fixed +
				  shape->slope * law(shape->kind, n[i])) /
					 cost[i]);
		most = error > most ? error : most;
	}
	return most;
}

/**
 * shape_fit - find out which law a cost follows
 * @shape: receives it
 * @n: of what there are N
 * @cost: of an operation at each N; one that is not above 0 is no point
 * @nr: how many points, at most 64
 * @level: confidence, in per cent
 *
 * It says which of four laws fits best and how much better, not that one of them
 * is the truth: look at how far off the farthest point is.
 */
void shape_fit(struct shape *shape, const double *n, const double *cost,
	       size_t nr, double level)
{
	struct fit fits[NR_SHAPES];
	size_t points = 0, i;

	*shape = (struct shape){ .growth = growth_fit(n, cost, nr, level) };
	for (i = 0; i < nr; i++)
		points += is_point(n[i], cost[i]);
	if (points < LEAST_POINTS)
		return;
	shape->known = true;
	for (i = 0; i < NR_SHAPES; i++)
		fits[i] = fit_law(i, n, cost, nr);
	weigh(shape, fits, points);
	if (shape->growth.valid && shape->growth.high < SHAPE_FLAT)
		take_flat(shape);
	shape->fixed = fits[shape->kind].fixed;
	shape->slope = fits[shape->kind].slope;
	shape->off = farthest(shape, n, cost, nr);
	shape->sure = shape->weights[shape->kind] >= level / 100;
}

/**
 * shape_may_be - whether a law is not excluded
 * @shape: of shape_fit()
 * @kind: the law
 * @level: confidence, in per cent
 *
 * Return: true of the likeliest, and of those that the level does not exclude.
 */
bool shape_may_be(const struct shape *shape, enum shape_kind kind, double level)
{
	if (!shape->known)
		return false;
	if (shape->kind == kind)
		return true;
	return !shape->sure && shape->weights[kind] > 1 - level / 100;
}
