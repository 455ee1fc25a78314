// SPDX-License-Identifier: GPL-2.0-only
/* A cycle: its stages, each in steps that are short. */
#include <linux/rcupdate.h>

#include "collector/collector.h"
#include "compat.h"

/**
 * cycle_arm - switch the barrier on
 * @collector: the collector, at rest
 *
 * Context: Task.
 */
void cycle_arm(struct magslab_collector *collector)
{
	u32 cycle = cycle_of(collector->now) % CYCLE_MAX + 1;

	collector_set_phase(collector, cycle, PHASE_ARM);
	atomic_inc(&__magslab_marking);
}
EXPORT_SYMBOL_FOR_TEST(cycle_arm);

/**
 * cycle_snapshot - begin to mark what is reachable now
 * @collector: the collector, armed
 *
 * Context: Task. Waits for a grace period.
 */
void cycle_snapshot(struct magslab_collector *collector)
{
	/* P2: nobody stores without the barrier any more. */
	synchronize_rcu();
	collector_set_phase(collector, cycle_of(collector->now), PHASE_MARK);
	roster_walk_begin(&collector->scopes);
	stage_set(collector, STAGE_SCOPES);
}
EXPORT_SYMBOL_FOR_TEST(cycle_snapshot);

static void end_marking(struct magslab_collector *collector)
{
	collector_set_phase(collector, cycle_of(collector->now), PHASE_REST);
	atomic_dec(&__magslab_marking);
	/* P7: nobody makes anything grey any more. */
	synchronize_rcu();
}

/**
 * cycle_settle - find out whether all that is reachable is marked
 * @collector: the collector, in STAGE_SETTLE
 *
 * Context: Task. Waits for grace periods.
 */
void cycle_settle(struct magslab_collector *collector)
{
	/* P6: who is about to tell of something grey has done so. */
	synchronize_rcu();
	if (!roots_are_scanned(collector)) {
		stage_set(collector, STAGE_ROOTS);
	} else if (!mark_is_empty(collector)) {
		stage_set(collector, STAGE_TRACE);
	} else {
		end_marking(collector);
		stage_set(collector, STAGE_LATE);
	}
}
EXPORT_SYMBOL_FOR_TEST(cycle_settle);

static void begin_sweep(struct magslab_collector *collector)
{
	roster_walk_begin(&collector->objects);
	stage_set(collector, STAGE_SWEEP);
}

static bool step_roots(struct magslab_collector *collector)
{
	enum roots_left left = roots_scan(collector);

	if (left == ROOTS_NONE)
		stage_set(collector, STAGE_TRACE);
	return left != ROOTS_BUSY;
}

/**
 * cycle_step - do a little
 * @collector: the collector
 *
 * Return: false if there is something to wait for: the next cycle, a grace period,
 * or somebody who has the roots.
 */
bool cycle_step(struct magslab_collector *collector)
{
	switch (collector->stage) {
	case STAGE_SCOPES:
		if (!scopes_scan(collector))
			stage_set(collector, STAGE_ROOTS);
		return true;
	case STAGE_ROOTS:
		return step_roots(collector);
	case STAGE_TRACE:
		if (!mark_some(collector))
			stage_set(collector, STAGE_SETTLE);
		return true;
	case STAGE_LATE:
		if (!mark_some(collector))
			begin_sweep(collector);
		return true;
	case STAGE_SWEEP:
		if (!sweep_some(collector)) {
			figure_add(&collector->cycles, 1);
			stage_set(collector, STAGE_REST);
		}
		return true;
	default:
		return false;
	}
}
EXPORT_SYMBOL_FOR_TEST(cycle_step);

/* Give it up, wherever it is: what is grey is not looked at. */
void cycle_abandon(struct magslab_collector *collector)
{
	if (phase_of(collector->now) != PHASE_REST)
		end_marking(collector);
	mark_drop(collector);
	roster_walk_end(&collector->scopes);
	roster_walk_end(&collector->objects);
	stage_set(collector, STAGE_REST);
}
EXPORT_SYMBOL_FOR_TEST(cycle_abandon);
