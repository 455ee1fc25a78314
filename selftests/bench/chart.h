/* SPDX-License-Identifier: GPL-2.0-only */
/* Charts as gnuplot draws them. */
#ifndef MAGSLAB_BENCH_CHART_H
#define MAGSLAB_BENCH_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "document.h"

#define CHART_TEXT 128

enum chart_kind {
	CHART_CURVES, /* points at x, both axes logarithmic */
	CHART_BARS, /* one at each label */
	CHART_INTERVALS, /* one at each label, from low to high */
	CHART_LINES, /* from point to point, neither axis logarithmic */
	CHART_TAILS, /* as curves, in steps, without a mark for each point */
};

/* NAN is a point that is not there. */
struct series {
	char name[CHART_TEXT];
	double *y;
	double *low;
	double *high;
};

struct chart {
	enum chart_kind kind;
	char title[CHART_TEXT];
	char x_label[CHART_TEXT];
	char y_label[CHART_TEXT];
	double *x;
	char (*labels)[CHART_TEXT];
	size_t nr_points;
	struct series *series;
	size_t nr_series;
};

enum chart_form {
	CHART_AS_TEXT,
	CHART_AS_SVG,
};

/* chart.c */
struct chart *chart_new(enum chart_kind kind, size_t points, size_t series);
bool chart_can_draw(void);
char *chart_draw(const struct chart *chart, enum chart_form form);
void chart_free(struct chart *chart);

/* charts.c */
size_t charts_of(const struct document *document, struct chart ***charts);
void charts_free(struct chart **charts, size_t nr);

#endif /* MAGSLAB_BENCH_CHART_H */
