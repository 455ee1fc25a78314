/* SPDX-License-Identifier: GPL-2.0-only */
/* How long a collector works, and how long it rests in between. */
#ifndef MAGSLAB_COLLECTOR_PACE_H
#define MAGSLAB_COLLECTOR_PACE_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "stats/histogram.h"

struct magslab_collector;
struct magslab_collector_figures;
struct seq_file;

#define PACE_OUTLIERS 16

/**
 * struct outlier - a slice that took too long
 * @at_ns: when it ended, nanoseconds of CLOCK_MONOTONIC
 * @ns: how long it took
 * @budget_ns: how long it was to take
 * @preempted: times that somebody else had the CPU meanwhile
 * @stage: what was done
 */
struct outlier {
	u64 at_ns;
	u64 ns;
	u64 budget_ns;
	unsigned long preempted;
	unsigned int stage;
};

/**
 * struct pace - the slices of a collector
 * @budget_ns: how long one may take
 * @period_ns: no interval of this length has more work in it
 * @step_ns: how long a step may take, by those before
 * @rest_until: when the next one may begin
 * @lock: protects what follows
 * @slices: how long those took that there were
 * @nr: how many there were
 * @over: those that took too long
 * @outliers: the last of these
 */
struct pace {
	u64 budget_ns;
	u64 period_ns;
	u64 step_ns;
	u64 rest_until;
	spinlock_t lock; /* of what slices took */
	struct histogram slices;
	u64 nr;
	u64 over;
	struct outlier outliers[PACE_OUTLIERS];
};

void pace_init(struct pace *pace);
int pace_set(struct pace *pace, u64 budget_ns, u64 period_ns);
void pace_slice(struct magslab_collector *collector);
void pace_rest(struct pace *pace);
void pace_figures(struct pace *pace, struct magslab_collector_figures *figures);
void pace_show(struct pace *pace, struct seq_file *m);

#endif /* MAGSLAB_COLLECTOR_PACE_H */
