/* SPDX-License-Identifier: GPL-2.0-only */
/* Magazines are per CPU: for cases that count on finding what they put there. */
#ifndef MAGSLAB_TESTS_STAY_H
#define MAGSLAB_TESTS_STAY_H

#include <linux/cpumask.h>
#include <linux/sched.h>
#include <linux/smp.h>

/* Called at the beginning of a case, which is a thread of its own. */
static inline void stay_on_this_cpu(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
}

#endif /* MAGSLAB_TESTS_STAY_H */
