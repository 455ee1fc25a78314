/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Escape analysis at run time: where do objects go, and so, where could they have
 * lived? One of so many allocations is sampled and followed to its free. By who frees
 * it, and where, its site is told what it could do without:
 *
 *  stack	the same task, while the frame that allocated is still on its stack
 *  task	the same task, later
 *  cpu		an interrupt or another task, on the same CPU
 *  irq		an interrupt on another CPU
 *  other	another task, on another CPU
 *  long	whoever, after so long that no scope will hold it
 *
 * Each free is of one class, the last one first.
 */
#ifndef MAGSLAB_ESCAPE_ESCAPE_H
#define MAGSLAB_ESCAPE_ESCAPE_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "escape/life_table.h"

enum escape_class {
	ESCAPE_STACK,
	ESCAPE_TASK,
	ESCAPE_CPU,
	ESCAPE_IRQ,
	ESCAPE_OTHER,
	ESCAPE_LONG,
	NR_ESCAPE_CLASSES,
};

#define ESCAPE_SITE_BITS 11
#define ESCAPE_SITES BIT(ESCAPE_SITE_BITS)

/* Powers of two of nanoseconds; the last is 2 hours and all that is more. */
#define ESCAPE_AGES 43

/**
 * struct escape_site - what is known of one call, by its samples
 * @caller: its return address, or 0 if this is none yet
 * @function: that makes it; of end 0 until that is known
 * @allocs: samples
 * @bytes: of them
 * @unseen: of those, allocated again without a free, so in no class
 * @classes: those that were freed
 * @ages: the same, by the binary logarithm of how long they lived
 */
struct escape_site {
	unsigned long caller;
	struct escape_function function;
	atomic_long_t allocs;
	atomic_long_t bytes;
	atomic_long_t unseen;
	atomic_long_t classes[NR_ESCAPE_CLASSES];
	atomic_t ages[ESCAPE_AGES];
};

struct escape_cpu;

/**
 * struct escape - who is followed, and what came of it
 * @rate: one of so many allocations is sampled, on average
 * @long_ns: who lives so long is long-lived
 * @cpu: when the next sample is due, and what this costs
 * @lives: samples that live
 * @sites: %ESCAPE_SITES of them
 * @lives_dropped: samples not taken, as there was no room for them
 * @sites_dropped: samples not taken, as there was no room for their site
 */
struct escape {
	u32 rate;
	u64 long_ns;
	struct escape_cpu __percpu *cpu;
	struct life_table lives;
	struct escape_site *sites;
	atomic_long_t lives_dropped;
	atomic_long_t sites_dropped;
};

/**
 * struct escape_cpu - of one CPU
 * @left: allocations until the next sample
 * @random: the last random number
 * @events: allocations and frees that were looked at
 * @cost: nanoseconds that samples took
 */
struct escape_cpu {
	s32 left;
	u32 random;
	u64 events;
	u64 cost;
};

int escape_init(struct escape *escape, u32 rate, u64 long_ns);
void escape_fini(struct escape *escape);
void escape_allocated(struct escape *escape, const void *object, size_t bytes,
		      unsigned long caller);
void escape_freed(struct escape *escape, const void *object);

#endif /* MAGSLAB_ESCAPE_ESCAPE_H */
