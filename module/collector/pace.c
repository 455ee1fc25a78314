// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slice is work without a pause, of no more than the budget. After it comes a rest of
 * the period less the budget, however short it was; so any interval as long as
 * the period has one budget of work in it at most. A slice that somebody else needs
 * the CPU of is interrupted, and goes on with what is left of the budget.
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "collector/collector.h"
#include "collector/pace.h"
#include "compat.h"

/* Of new collectors. */
static unsigned long default_budget_ns = 10 * NSEC_PER_MSEC;
static unsigned long default_period_ns = 50 * NSEC_PER_MSEC;

static bool pace_is_valid(u64 budget_ns, u64 period_ns)
{
	return budget_ns >= MAGSLAB_COLLECTOR_MIN_BUDGET &&
	       budget_ns < period_ns &&
	       period_ns <= MAGSLAB_COLLECTOR_MAX_PERIOD;
}

/* Set one of the defaults, if it makes sense beside the other. */
static int default_set(const char *value, const struct kernel_param *kp)
{
	bool is_budget = kp->arg == &default_budget_ns;
	unsigned long ns;
	int ret = kstrtoul(value, 0, &ns);

	if (ret)
		return ret;
	if (!pace_is_valid(is_budget ? ns : default_budget_ns,
			   is_budget ? default_period_ns : ns))
		return -EINVAL;
	WRITE_ONCE(*(unsigned long *)kp->arg, ns);
	return 0;
}

static const struct kernel_param_ops default_ops = {
	.set = default_set,
	.get = param_get_ulong,
};

module_param_cb(collector_budget_ns, &default_ops, &default_budget_ns, 0644);
MODULE_PARM_DESC(collector_budget_ns,
		 "longest slice of new collectors (10 ms)");
module_param_cb(collector_period_ns, &default_ops, &default_period_ns, 0644);
MODULE_PARM_DESC(collector_period_ns,
		 "time in which they work no longer than that (50 ms)");

void pace_init(struct pace *pace)
{
	spin_lock_init(&pace->lock);
	pace->budget_ns = READ_ONCE(default_budget_ns);
	pace->period_ns = READ_ONCE(default_period_ns);
}

int pace_set(struct pace *pace, u64 budget_ns, u64 period_ns)
{
	if (!pace_is_valid(budget_ns, period_ns))
		return -EINVAL;
	WRITE_ONCE(pace->budget_ns, budget_ns);
	WRITE_ONCE(pace->period_ns, period_ns);
	return 0;
}

/*
 * === Slices ===
 */

/* Between two of them interrupts come too: leave them room. */
static bool fits(const struct pace *pace, u64 taken, u64 left)
{
	return taken + pace->step_ns + (left >> 3) < left;
}

/*
 * A step took @ns: because of what it did, or because somebody else had the CPU. As that
 * may happen again, slices are so much shorter from now on, to a quarter.
 */
static void learn(struct pace *pace, u64 ns, u64 budget)
{
	pace->step_ns = min(max(pace->step_ns, ns), budget - (budget >> 2));
}

/* Half of it is forgotten after some two hundred slices. */
static void forget(struct pace *pace)
{
	pace->step_ns -= pace->step_ns >> 8;
}

static void note(struct pace *pace, const struct outlier *slice)
{
	struct histogram *slices = &pace->slices;

	spin_lock(&pace->lock);
	slices->count[magslab_histogram_bucket(slice->ns)]++;
	slices->sum += slice->ns;
	slices->max = max_t(u64, slices->max, slice->ns);
	pace->nr++;
	if (slice->ns > slice->budget_ns)
		pace->outliers[pace->over++ % PACE_OUTLIERS] = *slice;
	spin_unlock(&pace->lock);
}

static unsigned long switches(void)
{
	return current->nvcsw + current->nivcsw;
}

/* Steps in a row, of @left at most. Return: whether there may be more. */
static bool run(struct magslab_collector *collector, u64 left,
		struct outlier *slice)
{
	u64 start = ktime_get_ns(), now = start, was;
	struct pace *pace = &collector->pace;
	enum stage stage;
	bool more;

	slice->preempted = switches();
	do {
		stage = collector->stage;
		more = cycle_step(collector);
		was = now;
		now = ktime_get_ns();
		figure_add(&collector->stage_ns[stage], now - was);
		learn(pace, now - was, slice->budget_ns);
	} while (more && !need_resched() && fits(pace, now - start, left));
	slice->preempted = switches() - slice->preempted;
	slice->stage = stage;
	slice->at_ns = now;
	slice->ns = now - start;
	return more;
}

/* Work for a budget, or until there is something to wait for. */
void pace_slice(struct magslab_collector *collector)
{
	struct pace *pace = &collector->pace;
	struct outlier slice = { .budget_ns = READ_ONCE(pace->budget_ns) };
	u64 left = slice.budget_ns;
	bool more;

	forget(pace);
	do {
		more = run(collector, left, &slice);
		note(pace, &slice);
		left -= min(left, slice.ns);
		cond_resched();
	} while (more && fits(pace, 0, left) && !kthread_should_stop());
	pace->rest_until =
		ktime_get_ns() + READ_ONCE(pace->period_ns) - slice.budget_ns;
}

/* Sleep until the next slice may begin, or the thread is to end. */
void pace_rest(struct pace *pace)
{
	ktime_t until = ns_to_ktime(pace->rest_until);

	while (ktime_get_ns() < pace->rest_until) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop())
			break;
		schedule_hrtimeout(&until, HRTIMER_MODE_ABS);
	}
	__set_current_state(TASK_RUNNING);
}

/*
 * === Showing them ===
 */

static void outlier_show(struct seq_file *m, const struct outlier *slice)
{
	static const char *const names[] = {
		[STAGE_REST] = "rest",	   [STAGE_SCOPES] = "scopes",
		[STAGE_ROOTS] = "roots",   [STAGE_TRACE] = "trace",
		[STAGE_SETTLE] = "settle", [STAGE_LATE] = "late",
		[STAGE_SWEEP] = "sweep",
	};

	static_assert(ARRAY_SIZE(names) == NR_STAGES);
	seq_printf(m, "outlier: at %llu, %llu ns, budget %llu, ", slice->at_ns,
		   slice->ns, slice->budget_ns);
	seq_printf(m, "stage %s, preempted %lu\n", names[slice->stage],
		   slice->preempted);
}

void pace_figures(struct pace *pace, struct magslab_collector_figures *figures)
{
	spin_lock(&pace->lock);
	figures->slices = pace->nr;
	figures->longest_ns = pace->slices.max;
	figures->over_budget = pace->over;
	figures->busy_ns = pace->slices.sum;
	figures->p999_ns = 0;
	if (pace->nr)
		figures->p999_ns =
			magslab_histogram_percentile(&pace->slices, 9990);
	spin_unlock(&pace->lock);
}

void pace_show(struct pace *pace, struct seq_file *m)
{
	unsigned int i;

	spin_lock(&pace->lock);
	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (pace->slices.count[i])
			seq_printf(m, "to %llu ns: %lu\n",
				   magslab_histogram_last(i),
				   pace->slices.count[i]);
	for (i = 0; i < min_t(u64, pace->over, PACE_OUTLIERS); i++)
		outlier_show(m, &pace->outliers[i]);
	spin_unlock(&pace->lock);
}
