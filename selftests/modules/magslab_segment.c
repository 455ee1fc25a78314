// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool of a segment, used by tasks, hard timers and NMIs of all CPUs at once. Each
 * exchanges what is in one of some slots for what it has allocated, or for nothing.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include <linux/magslab_segment.h>

#include "cases.h"
#include "contexts.h"
#include "crowd.h"
#include "ledger.h"

#define SIZE 64
#define COUNT 24
#define SLOT_BITS 6
#define SECONDS 4

static const struct magslab_pool_spec specs[] = {
	{ "race", SIZE, SIZE, COUNT },
	{ "odd", 41, 0, COUNT },
	{ "packed", 41, 0, COUNT },
	{ "padded", 41, 64, COUNT },
};

static struct magslab_segment *segment;
static struct magslab_pool *pool;

static struct ledger ledger;
static void *slots[1 << SLOT_BITS];
static atomic_t ticket;
static atomic_long_t corrupt, in_hardirq, in_nmis;

/*
 * === One step ===
 */

static void dismiss(void *object)
{
	struct ledger_entry entry;

	if (!object)
		return;
	if (!ledger_remove(&ledger, object, &entry) ||
	    !body_intact(object, SIZE, entry.stamp))
		atomic_long_inc(&corrupt);
	magslab_segment_free(pool, object);
}

static void *engage(u64 stamp)
{
	void *object = magslab_segment_alloc(pool, 0);

	if (!object)
		return NULL;
	body_fill(object, SIZE, stamp);
	if (ledger_add(&ledger, object, stamp) == LEDGER_OK)
		return object;
	atomic_long_inc(&corrupt);
	return NULL;
}

static void step(void)
{
	u32 number = atomic_inc_return(&ticket);
	void **slot = &slots[hash_32(number, SLOT_BITS)];

	dismiss(xchg(slot, number & 1 ? engage(number) : NULL));
}

/*
 * === Who does it ===
 */

static void in_nmi_step(void)
{
	atomic_long_inc(&in_nmis);
	step();
}

static DEFINE_PER_CPU(struct hrtimer, timers);

static enum hrtimer_restart timer_step(struct hrtimer *timer)
{
	atomic_long_inc(&in_hardirq);
	step();
	hrtimer_forward_now(timer, ns_to_ktime(100 * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

static void timer_begin(struct hrtimer *timer)
{
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer->function = timer_step;
	hrtimer_start(timer, ns_to_ktime(100 * NSEC_PER_USEC),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

static int task_steps(void *unused)
{
	struct hrtimer *timer = this_cpu_ptr(&timers);
	unsigned int i;

	timer_begin(timer);
	while (!kthread_should_stop()) {
		for (i = 0; i < 500; i++)
			step();
		nmi_send(atomic_read(&ticket) % nr_cpu_ids);
		cond_resched();
	}
	hrtimer_cancel(timer);
	return 0;
}

/*
 * === Cases ===
 */

static unsigned long live(void)
{
	struct magslab_pool_figures figures;

	magslab_segment_figures(pool, &figures);
	return figures.live;
}

/* All are there, each once: a pool that lost one, or has one twice, is found out. */
static void nothing_is_lost(void)
{
	unsigned int nr;
	void *object;

	EXPECT(live() == 0);
	for (nr = 0; nr <= COUNT; nr++) {
		object = engage(nr);
		if (!object)
			break;
		slots[nr] = object;
	}
	EXPECT(nr == COUNT);
	EXPECT(live() == COUNT);
	while (nr--)
		dismiss(xchg(&slots[nr], NULL));
	EXPECT(live() == 0);
}

static void race(bool nmi)
{
	struct magslab_pool_figures figures;
	unsigned int i;

	EXPECT(!crowd_start(task_steps));
	msleep(SECONDS * MSEC_PER_SEC);
	crowd_stop();
	if (nmi)
		nmi_stop();
	for (i = 0; i < ARRAY_SIZE(slots); i++)
		dismiss(xchg(&slots[i], NULL));

	magslab_segment_figures(pool, &figures);
	pr_info("%llu objects, %lu times full, %ld hardirqs, %ld NMIs\n",
		figures.allocs, figures.failures, atomic_long_read(&in_hardirq),
		atomic_long_read(&in_nmis));
	EXPECT(figures.allocs == atomic64_read(&ledger.allocs));
	EXPECT(figures.peak == COUNT);
	EXPECT(figures.failures > 0);
	EXPECT(atomic_long_read(&in_hardirq) > 0);
}

static void all_at_once(unsigned long unused)
{
	bool nmi = !nmi_start(in_nmi_step);

	/* The crowd stays on its CPUs, this task may go elsewhere meanwhile. */
	race(nmi);
	if (nmi)
		EXPECT(atomic_long_read(&in_nmis) > 0);
	EXPECT(!atomic_long_read(&corrupt));
	EXPECT(!atomic64_read(&ledger.twice));
	EXPECT(!atomic64_read(&ledger.strays));
	EXPECT(!ledger_live(&ledger));
	EXPECT(!magslab_segment_misuses(pool, MAGSLAB_SEGMENT_DOUBLE_FREE));
	nothing_is_lost();
}

static void take_and_give(void)
{
	dismiss(engage(1));
}

static void any_context(unsigned long number)
{
	s64 before = atomic64_read(&ledger.allocs);

	contexts[number].run(take_and_give);
	EXPECT(atomic64_read(&ledger.allocs) == before + 1);
	nothing_is_lost();
}

static struct {
	void *object;
	atomic_t ready;
} twice;

static int free_twice(void *unused)
{
	/*
	 * As close together as it gets. Whoever waits on the CPU of the task that
	 * starts the others has to let it: not all kernels would preempt us.
	 */
	atomic_dec(&twice.ready);
	while (atomic_read(&twice.ready) > 0)
		cond_resched();
	magslab_segment_free(pool, twice.object);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/* One object freed by all CPUs at the same time: all but one are refused. */
static void one_wins(unsigned long unused)
{
	unsigned int round, nr = num_online_cpus();
	unsigned long before, after;

	for (round = 0; round < 20; round++) {
		before = magslab_segment_misuses(pool,
						 MAGSLAB_SEGMENT_DOUBLE_FREE);
		twice.object = magslab_segment_alloc(pool, 0);
		atomic_set(&twice.ready, nr);
		EXPECT(!crowd_start(free_twice));
		while (atomic_read(&twice.ready) > 0)
			msleep(20);
		msleep(20);
		crowd_stop();
		after = magslab_segment_misuses(pool,
						MAGSLAB_SEGMENT_DOUBLE_FREE);
		EXPECT(after == before + nr - 1);
	}
	nothing_is_lost();
}

static void refused(unsigned long unused)
{
	struct magslab_pool *odd = magslab_segment_pool(segment, "odd");
	void *object = magslab_segment_alloc(odd, 0);

	magslab_segment_free(odd, object + 1);
	magslab_segment_free(odd, &segment);
	magslab_segment_free(odd, object);
	magslab_segment_free(odd, object);
	EXPECT(magslab_segment_misuses(odd, MAGSLAB_SEGMENT_INTERIOR_FREE) ==
	       1);
	EXPECT(magslab_segment_misuses(odd, MAGSLAB_SEGMENT_FOREIGN_FREE) == 1);
	EXPECT(magslab_segment_misuses(odd, MAGSLAB_SEGMENT_DOUBLE_FREE) == 1);
	nothing_is_lost();
}

/* What each has is zero, and what the others have stays as it is. */
static void expect_zeroes(const char *name, size_t size)
{
	struct magslab_pool *zeroes = magslab_segment_pool(segment, name);
	gfp_t gfp = want_init_on_alloc(0) ? 0 : __GFP_ZERO;
	void *objects[COUNT];
	unsigned int i, nr;

	for (i = 0; i < COUNT; i++) {
		objects[i] = magslab_segment_alloc(zeroes, gfp);
		if (!objects[i])
			break;
		EXPECT(!memchr_inv(objects[i], 0, size));
		memset(objects[i], 0xff, size);
	}
	EXPECT(i == COUNT);
	for (nr = i, i = 0; i < nr; i++) {
		EXPECT(!memchr_inv(objects[i], 0xff, size));
		magslab_segment_free(zeroes, objects[i]);
	}
}

/* The second time there is something to zero, and what is above is in use before. */
static void zeroed(unsigned long unused)
{
	unsigned int round;

	for (round = 0; round < 2; round++) {
		expect_zeroes("race", SIZE);
		expect_zeroes("packed", 41);
		expect_zeroes("padded", 41);
	}
	nothing_is_lost();
}

static const struct test_case cases[] = {
	{ "all_at_once", all_at_once },
	{ "task", any_context, 0 },
	{ "preempt_off", any_context, 1 },
	{ "irqs_off", any_context, 2 },
	{ "raw_spinlock", any_context, 4 },
	{ "hard_timer", any_context, 8 },
	{ "irq_work", any_context, 9 },
	{ "nmi", any_context, 10 },
	{ "one_wins", one_wins },
	{ "zeroed", zeroed },
	{ "refused", refused },
};

static int __init magslab_segment_mod_init(void)
{
	int ret = ledger_init(&ledger);

	if (ret)
		return ret;
	segment = magslab_segment_create("selftest", specs, ARRAY_SIZE(specs));
	if (IS_ERR(segment)) {
		ledger_fini(&ledger);
		return PTR_ERR(segment);
	}
	pool = magslab_segment_pool(segment, "race");
	test_run_cases(cases, ARRAY_SIZE(cases));
	return 0;
}

static void __exit magslab_segment_mod_exit(void)
{
	magslab_segment_destroy(segment);
	ledger_fini(&ledger);
}

module_init(magslab_segment_mod_init);
module_exit(magslab_segment_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: segments");
MODULE_LICENSE("GPL");
