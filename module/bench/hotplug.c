// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CPU that goes offline and comes back while a run goes on. It is none of the
 * workers', whose blocks would have to be left out.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>

#include "compat.h"
#include "engine.h"

static bool has_worker(const struct bench_run *run, unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < run->cpus; i++)
		if (run->workers[i].cpu == cpu)
			return true;
	return false;
}

static bool may_go(const struct bench_run *run, unsigned int cpu)
{
	const struct device *device = get_cpu_device(cpu);

	return device && !device->offline_disabled && !has_worker(run, cpu);
}

/* The last one that may go. */
static unsigned int choose(const struct bench_run *run)
{
	unsigned int cpu, last = nr_cpu_ids;

	for_each_online_cpu(cpu)
		if (may_go(run, cpu))
			last = cpu;
	return last;
}

/* kthread_stop() ends it early. */
static void stay_for(unsigned int ms)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (!kthread_should_stop())
		schedule_timeout(msecs_to_jiffies(ms));
	__set_current_state(TASK_RUNNING);
}

/* If it was online until now. Who took it away has to bring it back. */
static void go_and_come(struct bench_hotplug *hotplug)
{
	if (magslab_remove_cpu(hotplug->cpu))
		return;
	hotplug->times++;
	stay_for(hotplug->period_ms);
	if (magslab_add_cpu(hotplug->cpu) < 0)
		pr_warn("CPU %u did not come back\n", hotplug->cpu);
}

static int keep_going(void *data)
{
	struct bench_hotplug *hotplug = data;

	for (;;) {
		stay_for(hotplug->period_ms);
		if (kthread_should_stop())
			return 0;
		go_and_come(hotplug);
	}
}

/**
 * bench_hotplug_begin - let a CPU go and come
 * @run: a run with workers
 *
 * Context: The run's conductor. May sleep.
 * Return: 0; -ENXIO if there is none that can go; or a negative errno.
 */
int bench_hotplug_begin(struct bench_run *run)
{
	struct bench_hotplug *hotplug = &run->surroundings.hotplug;
	struct task_struct *thread;

	hotplug->cpu = choose(run);
	if (hotplug->cpu >= nr_cpu_ids)
		return -ENXIO;
	thread = kthread_run(keep_going, hotplug, "magslab_hotplug");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	hotplug->thread = thread;
	return 0;
}

/**
 * bench_hotplug_end - let it stay
 * @run: the run
 *
 * Context: The run's conductor. Waits for as long as it takes to come back.
 */
void bench_hotplug_end(struct bench_run *run)
{
	struct bench_hotplug *hotplug = &run->surroundings.hotplug;

	if (hotplug->thread)
		kthread_stop(hotplug->thread);
	hotplug->thread = NULL;
}
