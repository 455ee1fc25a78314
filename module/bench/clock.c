// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the clock of this machine counts.
 *
 * An emulator can make the guest's clock tick once for each instruction. A
 * nanosecond is an instruction then, and results repeat exactly. Nobody tells
 * the guest, but it can find out: instructions that do nothing take one
 * nanosecond each, neither more nor less, every time.
 */
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "engine.h"

#define CLOCK_NOPS 4096
#define CLOCK_REPEATS 16
/* So many take longer than a step of any clock. */
#define CLOCK_READINGS 256
/* Clocks are read in steps, of up to 16 ns where this is known to matter. */
#define CLOCK_TOLERANCE 32

/* Out of line, so that both uses have the same code around them. */
static noinline s64 time_nops(void)
{
	unsigned long flags;
	s64 ns;

	local_irq_save(flags);
	ns = -ktime_get_ns();
	asm volatile(".rept %c0\n\tnop\n\t.endr" : : "i"(CLOCK_NOPS));
	ns += ktime_get_ns();
	local_irq_restore(flags);
	return ns;
}

static noinline s64 time_nothing(void)
{
	unsigned long flags;
	s64 ns;

	local_irq_save(flags);
	ns = -ktime_get_ns();
	barrier();
	ns += ktime_get_ns();
	local_irq_restore(flags);
	return ns;
}

static bool one_per_instruction(void)
{
	s64 ns = time_nops() - time_nothing();

	return abs(ns - CLOCK_NOPS) <= CLOCK_TOLERANCE;
}

/* Returns MAGSLAB_CLOCK_*. */
u32 bench_clock_kind(void)
{
	int i;

	/* Emulated CPUs run in turns and share one count: it is nobody's. */
	if (num_online_cpus() > 1)
		return MAGSLAB_CLOCK_WALL;

	/* The first time, the code itself has to be fetched or translated. */
	one_per_instruction();
	for (i = 0; i < CLOCK_REPEATS; i++)
		if (!one_per_instruction())
			return MAGSLAB_CLOCK_WALL;
	return MAGSLAB_CLOCK_INSN;
}

/* Returns what timing nothing takes at the least, in nanoseconds. */
u32 bench_clock_read(void)
{
	u64 least = U32_MAX;
	int i;

	for (i = 0; i < CLOCK_REPEATS; i++) {
		struct bench_span span = {};

		bench_span_start(&span);
		bench_span_stop(&span, raw_smp_processor_id());
		least = min(least, span.ns);
	}
	return least;
}

/*
 * Returns the clock's least step in nanoseconds, as far as it can be seen: if
 * no two readings are the same, it is finer than matters.
 */
u32 bench_clock_step(void)
{
	u64 last = ktime_get_ns();
	u64 least = U32_MAX;
	bool coarse = false;
	int i;

	for (i = 0; i < CLOCK_READINGS; i++) {
		u64 now = ktime_get_ns();

		if (now == last)
			coarse = true;
		else
			least = min(least, now - last);
		last = now;
	}
	return coarse ? least : 1;
}

bool bench_clock_has_cycles(void)
{
	return get_cycles() != 0;
}
