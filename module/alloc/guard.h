/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guard: what makes a CPU's magazines lockless.
 *
 * Within the guard, the magazines of this CPU belong to the caller: with
 * preemption off no other task can run here, and an interrupt that comes in
 * finds the busy flag set and keeps off. An interrupt runs to its end before
 * the code it interrupted goes on, so a plain flag is enough: it never changes
 * between the test and the store, as seen by either of them.
 *
 * No barrier for other CPUs is needed, since none looks in here but to read
 * numbers, or when this one is dead. barrier() keeps the compiler from moving
 * accesses out.
 */
#ifndef MAGSLAB_ALLOC_GUARD_H
#define MAGSLAB_ALLOC_GUARD_H

#include <linux/compiler.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "alloc/cache.h"

/*
 * Enter the guard, and get this CPU's magazines in @cpu.
 * Return: false in an interrupt that came in the middle of somebody's operation.
 */
static __always_inline bool guard_enter(struct magslab_cache *cache,
					struct magslab_cpu **cpu)
{
	preempt_disable();
	*cpu = this_cpu_ptr(cache->cpu);
	/* data_race: only this CPU and its interrupts write it. */
	if (unlikely(data_race((*cpu)->busy))) {
		preempt_enable();
		return false;
	}
	WRITE_ONCE((*cpu)->busy, true);
	barrier();
	return true;
}

static __always_inline void guard_exit(struct magslab_cpu *cpu)
{
	barrier();
	WRITE_ONCE(cpu->busy, false);
	preempt_enable();
}

/* Add to one of the counters that are written within the guard alone. */
static __always_inline void guard_count(unsigned long *counter, size_t nr)
{
	/* data_race: nobody else writes, and readers want just the number. */
	data_race(*counter += nr);
}

#endif /* MAGSLAB_ALLOC_GUARD_H */
