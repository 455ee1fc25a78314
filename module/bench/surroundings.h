/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes on around a run: where its workers are, and what else happens to the
 * machine meanwhile.
 */
#ifndef MAGSLAB_BENCH_SURROUNDINGS_H
#define MAGSLAB_BENCH_SURROUNDINGS_H

#include <linux/sched.h>
#include <linux/types.h>

struct bench_run;
struct magslab_run;

/**
 * struct bench_hotplug - a CPU that goes and comes
 * @thread: who makes it, or NULL
 * @cpu: which
 * @period_ms: how long it stays as it is
 * @times: how often it went
 */
struct bench_hotplug {
	struct task_struct *thread;
	unsigned int cpu;
	unsigned int period_ms;
	u32 times;
};

/**
 * struct bench_surroundings - the surroundings of a run
 * @place: MAGSLAB_PLACE_*
 * @distance: of neighbours, as the firmware tells; the mean
 * @short_of_memory: whether memory is kept short
 * @hotplug: the CPU that goes and comes, if its period is not 0
 * @pressure_peak: bytes that were taken to keep memory short, at the most
 * @pressure_calls: how often the kernel asked for some of it
 */
struct bench_surroundings {
	u32 place;
	u32 distance;
	bool short_of_memory;
	struct bench_hotplug hotplug;
	u64 pressure_peak;
	u64 pressure_calls;
};

/* surroundings.c */
int bench_surroundings_check(const struct magslab_run *user);
void bench_surroundings_set(struct bench_run *run,
			    const struct magslab_run *user);
int bench_surroundings_begin(struct bench_run *run);
void bench_surroundings_end(struct bench_run *run);
void bench_surroundings_tell(const struct bench_run *run,
			     struct magslab_run *user);

/* place.c */
int bench_place(struct bench_run *run);

/* hotplug.c */
int bench_hotplug_begin(struct bench_run *run);
void bench_hotplug_end(struct bench_run *run);

/* pressure.c */
int bench_pressure_begin(struct bench_run *run);
void bench_pressure_end(struct bench_run *run);

#endif /* MAGSLAB_BENCH_SURROUNDINGS_H */
