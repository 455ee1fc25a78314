/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace as the workers of one run replay it. Its steps are cut into rounds of as
 * many steps as a block has operations. Within a round each worker does those of its
 * CPU, and waits for another one only where it frees what that one has yet to
 * allocate; after a round all meet. So at the end of each round exactly those objects
 * are live that were in the recording.
 */
#ifndef MAGSLAB_BENCH_REPLAY_H
#define MAGSLAB_BENCH_REPLAY_H

#include <linux/types.h>

#include "engine.h"

struct bench_trace;

/* One step of one worker. */
struct replay_step {
	u64 ns;
	u32 object;
	u16 size_class;
	bool is_free;
};

/**
 * struct bench_replay - what a run replays
 * @file: holds the trace
 * @trace: the trace
 * @speed: thousandths of the recording's, or 0
 * @rounds: how many there are
 * @steps: those of the first round's first worker, of its second worker, ...
 * @starts: where those of each round and worker begin, and one more
 * @slots: objects that are live, by number
 * @contexts: of the back-end, one for each class
 * @live: objects that each worker has allocated less those it has freed, by class
 * @points: what was live after each round of each lane
 * @began: when the turn began, in nanoseconds
 */
struct bench_replay {
	struct file *file;
	struct bench_trace *trace;
	u32 speed;
	size_t rounds;
	struct replay_step *steps;
	u32 *starts;
	void **slots;
	void **contexts;
	s64 *live;
	struct magslab_point *points;
	u64 began;
};

int bench_replay_open(struct bench_run *run, const struct magslab_run *user);
int bench_replay_prepare(struct bench_run *run);
int bench_replay_check(const struct bench_run *run,
		       const struct magslab_bench_backend *backend);
void bench_replay_close(struct bench_run *run);
u64 bench_replay_memory(const struct bench_run *run,
			const struct magslab_bench_backend *backend);

#endif /* MAGSLAB_BENCH_REPLAY_H */
