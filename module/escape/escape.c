// SPDX-License-Identifier: GPL-2.0-only
/* Samples, from their allocation to the class of their free. */
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "escape/escape.h"

/* How far a site may lie from where its address says. */
#define SITE_PROBES 64

/**
 * escape_init - prepare to follow objects
 * @escape: zeroed
 * @rate: one of so many is sampled; 1 or more
 * @long_ns: who lives so long, in ns, is long-lived
 *
 * Context: Task. May sleep.
 * Return: 0 or -ENOMEM.
 */
int escape_init(struct escape *escape, u32 rate, u64 long_ns)
{
	int cpu;

	escape->rate = rate;
	escape->long_ns = long_ns;
	escape->cpu = alloc_percpu(struct escape_cpu);
	escape->sites =
		kvcalloc(ESCAPE_SITES, sizeof(*escape->sites), GFP_KERNEL);
	if (!escape->cpu || !escape->sites || life_table_init(&escape->lives)) {
		escape_fini(escape);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu) {
		struct escape_cpu *of = per_cpu_ptr(escape->cpu, cpu);

		of->random = get_random_u32();
		of->left = 1 + of->random % rate;
	}
	return 0;
}
EXPORT_SYMBOL_FOR_TEST(escape_init);

/* Nobody follows any more. */
void escape_fini(struct escape *escape)
{
	life_table_fini(&escape->lives);
	kvfree(escape->sites);
	free_percpu(escape->cpu);
}
EXPORT_SYMBOL_FOR_TEST(escape_fini);

static u64 now_ns(void)
{
	return ktime_get_mono_fast_ns();
}

/* From 1 to twice the rate less 1, so that no loop is in step with it. */
static s32 next_gap(const struct escape *escape)
{
	u32 random = this_cpu_read(escape->cpu->random) * 1664525 + 1013904223;

	this_cpu_write(escape->cpu->random, random);
	return 1 + (((u64)random * (2 * escape->rate - 1)) >> 32);
}

static bool sample_is_due(const struct escape *escape)
{
	if (likely(this_cpu_dec_return(escape->cpu->left) > 0))
		return false;
	this_cpu_write(escape->cpu->left, next_gap(escape));
	return true;
}

/* Of this task no other has it, as long as the machine runs; 0 of an interrupt. */
static u64 this_task(void)
{
	return in_task() ? current->start_boottime << 16 ^ current->pid : 0;
}

/* Whether it is the caller's, perhaps from now on. */
static bool site_is(struct escape_site *site, unsigned long caller)
{
	unsigned long old = READ_ONCE(site->caller);

	if (!old)
		old = cmpxchg(&site->caller, 0, caller);
	return !old || old == caller;
}

/* Returns its number, or -ENOSPC. */
static int find_site(struct escape *escape, unsigned long caller)
{
	unsigned int first = hash_long(caller, ESCAPE_SITE_BITS);
	unsigned int probe, i;

	for (probe = 0; probe < SITE_PROBES; probe++) {
		i = (first + probe) % ESCAPE_SITES;
		if (site_is(&escape->sites[i], caller))
			return i;
	}
	return -ENOSPC;
}

/* Whoever is first looks; who comes meanwhile finds the same. */
static void know_function(struct escape_site *site)
{
	struct escape_function function;

	/* Pairs with the release below. */
	if (smp_load_acquire(&site->function.end))
		return;
	escape_function_find(&function, site->caller);
	WRITE_ONCE(site->function.start, function.start);
	/* Pairs with the acquire above. */
	smp_store_release(&site->function.end, function.end);
}

static noinline void sample(struct escape *escape, const void *object,
			    size_t bytes, unsigned long caller)
{
	struct escape_life life = {
		.object = object,
		.time = now_ns(),
		.task = this_task(),
		.bytes = bytes,
		.cpu = raw_smp_processor_id(),
	};
	int site = find_site(escape, caller);

	if (site < 0) {
		atomic_long_inc(&escape->sites_dropped);
		return;
	}
	life.site = site;
	know_function(&escape->sites[site]);
	if (life.task)
		escape_frame_take(&life.frame, caller);
	if (!life_table_add(&escape->lives, &life)) {
		atomic_long_inc(&escape->lives_dropped);
		return;
	}
	atomic_long_inc(&escape->sites[site].allocs);
	atomic_long_add(bytes, &escape->sites[site].bytes);
	this_cpu_add(escape->cpu->cost, now_ns() - life.time);
}

/**
 * escape_allocated - tell of an allocation
 * @escape: who follows
 * @object: what was allocated
 * @bytes: that were asked for
 * @caller: return address of the call
 *
 * An object that is followed already was freed without anybody's being told.
 *
 * Context: Any but NMI, with preemption disabled.
 */
void escape_allocated(struct escape *escape, const void *object, size_t bytes,
		      unsigned long caller)
{
	struct escape_life earlier;

	this_cpu_inc(escape->cpu->events);
	if (unlikely(life_table_take(&escape->lives, object, &earlier)))
		atomic_long_inc(&escape->sites[earlier.site].unseen);
	if (unlikely(sample_is_due(escape)))
		sample(escape, object, bytes, caller);
}
EXPORT_SYMBOL_FOR_TEST(escape_allocated);

static enum escape_class class_of(const struct escape *escape,
				  const struct escape_life *life, u64 age)
{
	const struct escape_function *function =
		&escape->sites[life->site].function;
	u64 task = this_task();

	if (age >= escape->long_ns)
		return ESCAPE_LONG;
	if (task && task == life->task)
		return escape_frame_is_live(&life->frame, function) ?
			       ESCAPE_STACK :
			       ESCAPE_TASK;
	if (life->cpu == raw_smp_processor_id())
		return ESCAPE_CPU;
	return task ? ESCAPE_OTHER : ESCAPE_IRQ;
}

static noinline void judge(struct escape *escape,
			   const struct escape_life *life)
{
	struct escape_site *site = &escape->sites[life->site];
	u64 now = now_ns();
	u64 age = now > life->time ? now - life->time : 0;
	unsigned int log = age ? ilog2(age) : 0;

	atomic_long_inc(&site->classes[class_of(escape, life, age)]);
	atomic_inc(&site->ages[min_t(unsigned int, log, ESCAPE_AGES - 1)]);
	this_cpu_add(escape->cpu->cost, now_ns() - now);
}

/**
 * escape_freed - tell of a free
 * @escape: who follows
 * @object: what is about to be freed
 *
 * Context: Any but NMI, with preemption disabled.
 */
void escape_freed(struct escape *escape, const void *object)
{
	struct escape_life life;

	this_cpu_inc(escape->cpu->events);
	if (unlikely(life_table_take(&escape->lives, object, &life)))
		judge(escape, &life);
}
EXPORT_SYMBOL_FOR_TEST(escape_freed);
