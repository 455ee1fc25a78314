/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls timed one by one. The benchmark's loops are told to call a back-end by way of
 * this one, which hands each call on and times it by itself; so no workload has to
 * know. What is timed is one indirect call of a loop with one object.
 */
#ifndef MAGSLAB_BENCH_LATENCY_H
#define MAGSLAB_BENCH_LATENCY_H

#include <linux/magslab_bench.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <uapi/linux/magslab.h>

#include "log_linear.h"

struct bench_lane;
struct bench_run;
struct bench_timeline;
struct bench_worker;

/* A 128th of a value at the most, and none of what is below 256. */
#define LATENCY_STEP_BITS 7
/* What is less than 2 to the power of this has a bucket: 8.6 s in nanoseconds. */
#define LATENCY_BITS 33
/* The last one is for all that is more. */
#define LATENCY_OVERFLOW LOG_LINEAR_BUCKETS(LATENCY_STEP_BITS, LATENCY_BITS)
#define LATENCY_BUCKETS (LATENCY_OVERFLOW + 1)

/**
 * struct latency_histogram - how long calls took
 * @count: calls by bucket
 * @samples: all of them
 * @sum: of their nanoseconds
 * @min: the shortest, if there is any
 * @max: the longest
 * @switched: calls with a context switch in them
 */
struct latency_histogram {
	u64 count[LATENCY_BUCKETS];
	u64 samples;
	u64 sum;
	u64 min;
	u64 max;
	u64 switched;
};

/**
 * struct latency_lane - all calls of one lane
 * @histograms: by kind of call and, within it, by path; with one path only for
 *	%MAGSLAB_CALL_NOTHING, which comes last
 * @nr_paths: paths of a call that the back-end tells apart, or 1
 * @names: of the paths, empty if there is one only
 */
struct latency_lane {
	struct latency_histogram *histograms;
	unsigned int nr_paths;
	char names[MAGSLAB_BENCH_PATHS][MAGSLAB_NAME_SIZE];
};

/**
 * struct bench_latency - what a run that times each call has for it, and yields
 * @lanes: what it yields
 * @nr_lanes: how many there are
 * @by_path: whether paths are told apart
 * @timed: what workers take for the back-end of the lane whose turn it is
 * @backend: that back-end
 */
struct bench_latency {
	struct latency_lane *lanes;
	unsigned int nr_lanes;
	bool by_path;
	struct magslab_bench_backend timed;
	struct magslab_bench_backend *backend;
};

/**
 * struct bench_session - what an open device remembers
 * @lock: protects the others
 * @latency: of the last run, or NULL
 * @timeline: the same
 */
struct bench_session {
	struct mutex lock; /* protects what follows */
	struct bench_latency *latency;
	struct bench_timeline *timeline;
};

static inline unsigned int latency_nr_histograms(unsigned int nr_paths)
{
	return MAGSLAB_CALL_NOTHING * nr_paths + 1;
}

/* latency.c */
int bench_latency_open(struct bench_run *run, u32 flags);
u64 bench_latency_bytes(const struct bench_run *run, u32 flags);
int bench_latency_hire(struct bench_worker *worker);
void bench_latency_fire(struct bench_worker *worker);
void bench_latency_begin(struct bench_run *run, struct bench_lane *lane);
void bench_latency_end(struct bench_run *run, struct bench_lane *lane);
void bench_latency_free(struct bench_latency *latency);

/* session.c */
struct bench_session *bench_session_make(void);
void bench_session_free(struct bench_session *session);
void bench_session_keep(struct bench_session *session, struct bench_run *run);
int bench_session_tell(struct bench_session *session,
		       struct magslab_latency *user);
int bench_session_tell_timeline(struct bench_session *session,
				struct magslab_timeline *user);

#endif /* MAGSLAB_BENCH_LATENCY_H */
