// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which context may call, and what it gets there: from a cache that holds
 * objects, and from one that would have to grow.
 */
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <linux/magslab.h>

#include "cases.h"
#include "ledger.h"
#include "supply.h"

/*
 * What is asked of the page allocator while the task of this test is current,
 * in its own name or in that of an interrupt.
 */
static struct task_struct *watched;
static gfp_t watched_gfp;
static unsigned int watched_hardirqs;

/* A breakpoint, if that is how it was probed, counts as an NMI, and so as one. */
static bool probed_in_hardirq(void)
{
	return hardirq_count() > (in_nmi() ? HARDIRQ_OFFSET : 0);
}

static int watch_pages(struct kprobe *probe, struct pt_regs *regs)
{
	if (READ_ONCE(watched) != current)
		return 0;
	watched_gfp |= (__force gfp_t)regs_get_kernel_argument(regs, 0);
	if (probed_in_hardirq())
		watched_hardirqs++;
	return 0;
}

static struct kprobe page_probe;

static int watch_init(void)
{
	static const char *const names[] = { "__alloc_pages_noprof",
					     "__alloc_pages" };
	unsigned int i;
	int ret = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(names) && ret; i++) {
		page_probe = (struct kprobe){ .symbol_name = names[i],
					      .pre_handler = watch_pages };
		ret = register_kprobe(&page_probe);
	}
	return ret;
}

static void watch_begin(void)
{
	watched_gfp = 0;
	watched_hardirqs = 0;
	WRITE_ONCE(watched, current);
}

static void watch_end(void)
{
	WRITE_ONCE(watched, NULL);
}

/*
 * Contexts
 */

enum context_kind {
	CONTEXT_TASK,
	CONTEXT_PREEMPT_OFF,
	CONTEXT_IRQS_OFF,
	CONTEXT_SPINLOCK,
	CONTEXT_RAW_SPINLOCK,
	CONTEXT_BH_OFF,
	CONTEXT_SOFTIRQ,
	CONTEXT_HARDIRQ,
};

static void (*context_function)(void);

static void context_tasklet(struct tasklet_struct *tasklet)
{
	context_function();
}

static void context_irq_work(struct irq_work *work)
{
	context_function();
}

static void run_in_softirq(void)
{
	static DECLARE_TASKLET(tasklet, context_tasklet);

	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
}

static void run_in_hardirq(void)
{
	static struct irq_work work = IRQ_WORK_INIT_HARD(context_irq_work);

	irq_work_queue(&work);
	irq_work_sync(&work);
}

static void run_under_spinlock(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	context_function();
	spin_unlock(&lock);
}

static void run_under_raw_spinlock(void)
{
	static DEFINE_RAW_SPINLOCK(lock);
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	context_function();
	raw_spin_unlock_irqrestore(&lock, flags);
}

static void run_in(enum context_kind kind, void (*function)(void))
{
	context_function = function;
	switch (kind) {
	case CONTEXT_TASK:
		function();
		break;
	case CONTEXT_PREEMPT_OFF:
		preempt_disable();
		function();
		preempt_enable();
		break;
	case CONTEXT_IRQS_OFF:
		local_irq_disable();
		function();
		local_irq_enable();
		break;
	case CONTEXT_SPINLOCK:
		run_under_spinlock();
		break;
	case CONTEXT_RAW_SPINLOCK:
		run_under_raw_spinlock();
		break;
	case CONTEXT_BH_OFF:
		local_bh_disable();
		function();
		local_bh_enable();
		break;
	case CONTEXT_SOFTIRQ:
		run_in_softirq();
		break;
	case CONTEXT_HARDIRQ:
		run_in_hardirq();
		break;
	}
}

/*
 * Trials
 */

/* None of these may sleep. The last has no reclaim bit: it never grows. */
static const gfp_t atomic_gfps[] = { GFP_ATOMIC | __GFP_NOWARN,
				     GFP_NOWAIT | __GFP_NOWARN, 0 };
static gfp_t trial_gfp;
static unsigned int trial_runs;
static unsigned int trial_nulls;
static unsigned int trial_corrupt;
static bool trial_may_grow;

static void trial_one(u64 stamp)
{
	void *object = magslab_alloc(cache, trial_gfp);

	if (!object) {
		trial_nulls++;
		return;
	}
	body_fill(object, 64, stamp);
	if (!body_intact(object, 64, stamp))
		trial_corrupt++;
	magslab_free(cache, object);
}

static void trial_bulk(u64 stamp)
{
	void *bulk[8];
	unsigned int i;

	if (magslab_alloc_bulk(cache, trial_gfp, ARRAY_SIZE(bulk), bulk) !=
	    ARRAY_SIZE(bulk)) {
		trial_nulls++;
		return;
	}
	for (i = 0; i < ARRAY_SIZE(bulk); i++)
		body_fill(bulk[i], 64, stamp + i);
	for (i = 0; i < ARRAY_SIZE(bulk); i++)
		if (!body_intact(bulk[i], 64, stamp + i))
			trial_corrupt++;
	magslab_free_bulk(cache, ARRAY_SIZE(bulk), bulk);
}

static void trial_warm(void)
{
	u64 stamp;

	trial_runs++;
	for (stamp = 0; stamp < 100; stamp++) {
		trial_one(stamp);
		trial_bulk(stamp);
	}
}

static void trial_cold(void)
{
	bool may_sleep = preemptible();

	trial_runs++;
	trial_may_grow = (trial_gfp & __GFP_RECLAIM) && !in_hardirq() &&
			 (may_sleep || !IS_ENABLED(CONFIG_PREEMPT_RT));
	trial_one(1);
}

static void trial_begin(gfp_t gfp)
{
	trial_gfp = gfp;
	trial_runs = 0;
	trial_nulls = 0;
	trial_corrupt = 0;
}

/* The cache holds objects: everybody gets some, however he asks. */
static void context_warm(unsigned long kind)
{
	unsigned int i;

	if (!EXPECT(supply_dirty(SUPPLY)))
		return;
	for (i = 0; i < ARRAY_SIZE(atomic_gfps); i++) {
		trial_begin(atomic_gfps[i]);
		run_in(kind, trial_warm);
		EXPECT(trial_runs == 1);
		EXPECT(trial_nulls == 0);
		EXPECT(trial_corrupt == 0);
	}
}

/*
 * The cache holds nothing: it grows if context and gfp allow, and asks the
 * page allocator for nothing that sleeps.
 */
static void context_cold(unsigned long kind)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(atomic_gfps); i++) {
		magslab_cache_shrink(cache);
		EXPECT(magslab_cache_pages(cache) == 0);

		trial_begin(atomic_gfps[i]);
		watch_begin();
		run_in(kind, trial_cold);
		watch_end();
		EXPECT(trial_runs == 1);
		EXPECT(trial_nulls == !trial_may_grow);
		EXPECT(!magslab_cache_pages(cache) == !trial_may_grow);
		EXPECT(!(watched_gfp & __GFP_DIRECT_RECLAIM));
		EXPECT(watched_hardirqs == 0);
	}
}

/* That the promise is passed on is all that can be seen with memory free. */
static void gfp_nofail(unsigned long unused)
{
	void *object;

	magslab_cache_shrink(cache);
	watch_begin();
	object = magslab_alloc(cache, GFP_KERNEL | __GFP_NOFAIL);
	watch_end();
	magslab_free(cache, object);
	EXPECT(object);
	EXPECT(watched_gfp & __GFP_NOFAIL);
	EXPECT(watched_gfp & __GFP_DIRECT_RECLAIM);
}

static const struct test_case cases[] = {
	{ "warm_task", context_warm, CONTEXT_TASK },
	{ "warm_preempt_off", context_warm, CONTEXT_PREEMPT_OFF },
	{ "warm_irqs_off", context_warm, CONTEXT_IRQS_OFF },
	{ "warm_spinlock", context_warm, CONTEXT_SPINLOCK },
	{ "warm_raw_spinlock", context_warm, CONTEXT_RAW_SPINLOCK },
	{ "warm_bh_off", context_warm, CONTEXT_BH_OFF },
	{ "warm_softirq", context_warm, CONTEXT_SOFTIRQ },
	{ "warm_hardirq", context_warm, CONTEXT_HARDIRQ },
	{ "cold_task", context_cold, CONTEXT_TASK },
	{ "cold_preempt_off", context_cold, CONTEXT_PREEMPT_OFF },
	{ "cold_irqs_off", context_cold, CONTEXT_IRQS_OFF },
	{ "cold_spinlock", context_cold, CONTEXT_SPINLOCK },
	{ "cold_raw_spinlock", context_cold, CONTEXT_RAW_SPINLOCK },
	{ "cold_bh_off", context_cold, CONTEXT_BH_OFF },
	{ "cold_softirq", context_cold, CONTEXT_SOFTIRQ },
	{ "cold_hardirq", context_cold, CONTEXT_HARDIRQ },
	{ "gfp_nofail", gfp_nofail },
};

static int __init magslab_context_mod_init(void)
{
	int ret;

	ret = watch_init();
	if (ret)
		return ret;
	cache = magslab_cache_create("context", 64, 0, 0, NULL);
	ret = PTR_ERR_OR_ZERO(cache);
	if (!ret) {
		test_run_cases(cases, ARRAY_SIZE(cases));
		magslab_cache_destroy(cache);
	}
	unregister_kprobe(&page_probe);
	return ret;
}

static void __exit magslab_context_mod_exit(void)
{
}

module_init(magslab_context_mod_init);
module_exit(magslab_context_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: calling contexts");
MODULE_LICENSE("GPL");
