/* SPDX-License-Identifier: GPL-2.0-only */
/* A sweep: one workload again and again, with one number that changes. */
#ifndef MAGSLAB_BENCH_SWEEP_H
#define MAGSLAB_BENCH_SWEEP_H

#include "bench.h"
#include "interval.h"

#define MAX_VALUES 64
#define MAX_SWEEP_ROWS 4

enum sweep_axis {
	SWEEP_COUNT,
	SWEEP_SIZE,
	SWEEP_CPUS,
};

/* What the user said with --over. */
struct sweep_over {
	enum sweep_axis axis;
	__u64 values[MAX_VALUES];
	size_t nr;
};

/* One row's figures: a value after the other, a back-end after the other. */
struct sweep_row {
	char name[MAGSLAB_NAME_SIZE];
	double costs[MAX_VALUES][MAX_BACKENDS];
	struct interval growth[MAX_BACKENDS];
};

struct sweep {
	const struct sweep_over *over;
	const struct plan *plan;
	const struct options *options;
	const struct step *step;
	struct sweep_row rows[MAX_SWEEP_ROWS];
	size_t nr_rows;
	size_t done; /* values that were measured */
	__u32 clock;
	bool partial;
};

/* sweep.c */
void sweep_over_parse(struct sweep_over *over, const char *text);
const char *sweep_axis_name(enum sweep_axis axis);
void sweep_check(const struct sweep_over *over, const struct options *options,
		 const struct device *device);
int sweep_run(struct sweep *sweep, const struct device *device);
void sweep_fit(struct sweep *sweep, double level);

/* sweep_show.c */
void sweep_print(const struct sweep *sweep);
struct json_object *sweep_json(const struct sweep *sweep);

#endif /* MAGSLAB_BENCH_SWEEP_H */
