/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_BENCH_TRACE_H
#define MAGSLAB_BENCH_TRACE_H

#include <linux/mutex.h>
#include <linux/types.h>

#include <uapi/linux/magslab.h>

struct file;

/**
 * struct trace_class - objects of one size
 * @bytes: of each
 * @peak: most that are live at a time
 */
struct trace_class {
	u32 bytes;
	u32 peak;
};

/**
 * struct bench_trace - steps that were found to be sound
 * @steps: all of them
 * @nr_steps: how many
 * @classes: sizes of objects
 * @nr_classes: how many
 * @class_of: of each object
 * @nr_objects: how many there are in all
 * @lock: of what follows
 * @points: of the last replay, those of one back-end after another
 * @nr_points: of each back-end
 * @nr_lanes: back-ends
 */
struct bench_trace {
	struct magslab_step *steps;
	u32 nr_steps;
	struct trace_class *classes;
	u32 nr_classes;
	u16 *class_of;
	u32 nr_objects;

	/* One run at a time leaves its points here. */
	struct mutex lock;
	struct magslab_point *points;
	u32 nr_points;
	u32 nr_lanes;
};

int bench_trace_load(struct magslab_trace *user);
struct bench_trace *bench_trace_of(struct file *file);
void bench_trace_keep(struct bench_trace *trace, struct magslab_point *points,
		      u32 nr_points, u32 nr_lanes);

#endif /* MAGSLAB_BENCH_TRACE_H */
