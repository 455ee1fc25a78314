/* SPDX-License-Identifier: GPL-2.0-only */
/* A trace as the kernel takes it: steps, with objects in classes of one size. */
#ifndef MAGSLAB_BENCH_REPLAY_H
#define MAGSLAB_BENCH_REPLAY_H

#include "bench.h"
#include "trace.h"

/**
 * struct replay - what is replayed
 * @steps: all of them
 * @nr_steps: how many
 * @classes: bytes of the objects of each class
 * @nr_classes: how many
 * @class_of: each object of the trace, or MAGSLAB_STEP_FREE if it is left out
 * @nr_left_out: objects that no back-end could have
 * @fd: by which the kernel knows it
 */
struct replay {
	struct magslab_step *steps;
	size_t nr_steps;
	__u32 *classes;
	size_t nr_classes;
	__u16 *class_of;
	size_t nr_left_out;
	int fd;
};

void replay_make(struct replay *replay, const struct trace *trace,
		 __u64 max_bytes);
int replay_load(struct replay *replay, const struct device *device);
bool replay_expect(const struct replay *replay, struct magslab_point *points,
		   size_t nr_points, size_t block);
void replay_free(struct replay *replay);

#endif /* MAGSLAB_BENCH_REPLAY_H */
