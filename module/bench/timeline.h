/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory over time: what is live and what is held, while a lane's last turn goes on,
 * and what stays held when all is freed.
 */
#ifndef MAGSLAB_BENCH_TIMELINE_H
#define MAGSLAB_BENCH_TIMELINE_H

#include <linux/magslab_bench.h>
#include <linux/types.h>

#include <uapi/linux/magslab.h>

struct bench_lane;
struct bench_run;

/* Of the turn. When there are more, every other one is forgotten. */
#define TIMELINE_MOMENTS 256
/* After it: the drain, and giving back. */
#define TIMELINE_AFTER 16
#define TIMELINE_STEP_MS 10

/**
 * struct timeline_lane - the moments of one lane
 * @moments: in their order
 * @nr: how many there are
 * @valid: the back-end tells what it holds, or its slab pages do
 * @approximate: it is the growth of all slab pages
 */
struct timeline_lane {
	struct magslab_moment moments[TIMELINE_MOMENTS + TIMELINE_AFTER];
	unsigned int nr;
	bool valid;
	bool approximate;
};

/**
 * struct bench_timeline - what a run that looks at memory has for it, and yields
 * @lanes: what it yields
 * @nr_lanes: how many there are
 * @counting: what workers take for the back-end of the lane whose turn it is
 * @backend: that back-end
 * @began: when the turn began, in nanoseconds
 * @step_ms: from one moment to the next
 */
struct bench_timeline {
	struct timeline_lane *lanes;
	unsigned int nr_lanes;
	struct magslab_bench_backend counting;
	struct magslab_bench_backend *backend;
	u64 began;
	unsigned int step_ms;
};

int bench_timeline_open(struct bench_run *run, u32 flags);
void bench_timeline_begin(struct bench_run *run, struct bench_lane *lane);
void bench_timeline_look(struct bench_run *run);
void bench_timeline_end(struct bench_run *run, struct bench_lane *lane);
void bench_timeline_drain(struct bench_run *run, struct bench_lane *lane);
unsigned long bench_timeline_step(const struct bench_run *run);
void bench_timeline_free(struct bench_timeline *timeline);

#endif /* MAGSLAB_BENCH_TIMELINE_H */
