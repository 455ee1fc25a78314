/* SPDX-License-Identifier: GPL-2.0-only */
/* Contexts that a function can be made to run in, on this CPU. */
#ifndef MAGSLAB_TEST_CONTEXTS_H
#define MAGSLAB_TEST_CONTEXTS_H

#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>

#include "nmi.h"

struct context {
	const char *name;
	void (*run)(void (*function)(void));
};

/* What to run, for those who can be given nothing; NULL again afterwards. */
static void (*context_function)(void);

static void context_begin(void (*function)(void))
{
	WRITE_ONCE(context_function, function);
}

static void context_call(void)
{
	typeof(context_function) function = READ_ONCE(context_function);

	if (!function)
		return;
	function();
	WRITE_ONCE(context_function, NULL);
}

/* Wait for it. One that does not come is seen by what it did not do. */
static void context_end(void)
{
	unsigned int patience = 20000;

	while (READ_ONCE(context_function) && --patience)
		usleep_range(100, 200);
	WRITE_ONCE(context_function, NULL);
}

/*
 * Parts of a task
 */

static void run_in_task(void (*function)(void))
{
	function();
}

static void run_with_preemption_off(void (*function)(void))
{
	preempt_disable();
	function();
	preempt_enable();
}

static void run_with_irqs_off(void (*function)(void))
{
	local_irq_disable();
	function();
	local_irq_enable();
}

static void run_under_spinlock(void (*function)(void))
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	function();
	spin_unlock(&lock);
}

static void run_under_raw_spinlock(void (*function)(void))
{
	static DEFINE_RAW_SPINLOCK(lock);
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	function();
	raw_spin_unlock_irqrestore(&lock, flags);
}

static void run_with_bh_off(void (*function)(void))
{
	local_bh_disable();
	function();
	local_bh_enable();
}

/*
 * Softirq
 */

static void context_tasklet(struct tasklet_struct *tasklet)
{
	context_call();
}

static void run_in_tasklet(void (*function)(void))
{
	static DECLARE_TASKLET(tasklet, context_tasklet);

	context_begin(function);
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	context_end();
}

static enum hrtimer_restart context_timer(struct hrtimer *timer)
{
	context_call();
	return HRTIMER_NORESTART;
}

static void run_in_timer(void (*function)(void), enum hrtimer_mode mode)
{
	struct hrtimer timer;

	hrtimer_init_on_stack(&timer, CLOCK_MONOTONIC, mode);
	timer.function = context_timer;
	context_begin(function);
	hrtimer_start(&timer, ns_to_ktime(10 * NSEC_PER_USEC), mode);
	context_end();
	hrtimer_cancel(&timer);
	destroy_hrtimer_on_stack(&timer);
}

static void run_in_soft_timer(void (*function)(void))
{
	run_in_timer(function, HRTIMER_MODE_REL_PINNED_SOFT);
}

/*
 * Hardirq
 */

static void run_in_hard_timer(void (*function)(void))
{
	run_in_timer(function, HRTIMER_MODE_REL_PINNED_HARD);
}

static void context_irq_work(struct irq_work *work)
{
	context_call();
}

static void run_in_irq_work(void (*function)(void))
{
	static struct irq_work work = IRQ_WORK_INIT_HARD(context_irq_work);

	context_begin(function);
	irq_work_queue(&work);
	irq_work_sync(&work);
	context_end();
}

/*
 * NMI
 */

static void run_in_nmi(void (*function)(void))
{
	if (nmi_start(context_call))
		return;
	context_begin(function);
	nmi_send(raw_smp_processor_id());
	context_end();
	nmi_stop();
}

static const struct context contexts[] = {
	{ "task", run_in_task },
	{ "preempt_off", run_with_preemption_off },
	{ "irqs_off", run_with_irqs_off },
	{ "spinlock", run_under_spinlock },
	{ "raw_spinlock", run_under_raw_spinlock },
	{ "bh_off", run_with_bh_off },
	{ "tasklet", run_in_tasklet },
	{ "soft_timer", run_in_soft_timer },
	{ "hard_timer", run_in_hard_timer },
	{ "irq_work", run_in_irq_work },
	{ "nmi", run_in_nmi },
};

#endif /* MAGSLAB_TEST_CONTEXTS_H */
