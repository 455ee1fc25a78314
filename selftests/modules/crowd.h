/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread on each CPU, all of which do the same until they are stopped. */
#ifndef MAGSLAB_TEST_CROWD_H
#define MAGSLAB_TEST_CROWD_H

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>

static struct task_struct *crowd[NR_CPUS];
static unsigned int nr_crowd;

/* Those that were started go on if one cannot be. Return: 0 or an error. */
static int crowd_start(int (*function)(void *unused))
{
	struct task_struct *thread;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		thread = kthread_create_on_cpu(function, NULL, cpu, "crowd/%u");
		if (IS_ERR(thread))
			return PTR_ERR(thread);
		crowd[nr_crowd++] = thread;
		wake_up_process(thread);
	}
	return 0;
}

/* Does nothing where there is none. */
static void crowd_stop(void)
{
	while (nr_crowd)
		kthread_stop(crowd[--nr_crowd]);
}

#endif /* MAGSLAB_TEST_CROWD_H */
