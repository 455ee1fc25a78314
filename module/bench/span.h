/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_BENCH_SPAN_H
#define MAGSLAB_BENCH_SPAN_H

#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/types.h>

/*
 * Time taken by one block. A span can be stopped and started again, so that
 * what a block does besides measuring (asking whether the run should end,
 * letting others run) is in no figure.
 */
struct bench_span {
	u64 ns;
	u64 cycles;
	unsigned long switches;
	bool switched;
	bool migrated;
};

static inline unsigned long bench_switches(void)
{
	return current->nvcsw + current->nivcsw;
}

/* The clock is read last on the way in and first on the way out. */
static __always_inline void bench_span_start(struct bench_span *span)
{
	span->switches = bench_switches();
	span->cycles -= get_cycles();
	span->ns -= ktime_get_ns();
	barrier();
}

static __always_inline void bench_span_stop(struct bench_span *span, int cpu)
{
	barrier();
	span->ns += ktime_get_ns();
	span->cycles += get_cycles();
	span->switched |= bench_switches() != span->switches;
	span->migrated |= raw_smp_processor_id() != cpu;
}

#endif /* MAGSLAB_BENCH_SPAN_H */
