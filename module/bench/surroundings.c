// SPDX-License-Identifier: GPL-2.0-only
/* From the request to what goes on around a run, and back to what is told of it. */
#include <linux/cpumask.h>

#include "engine.h"

#define MAX_PERIOD_MS 10000

/**
 * bench_surroundings_check - see whether a request's surroundings can be had
 * @user: the request
 *
 * Who is alone has no neighbours, and a CPU that goes must not be a worker's.
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int bench_surroundings_check(const struct magslab_run *user)
{
	if (user->place > MAGSLAB_PLACE_FAR || user->hotplug_ms > MAX_PERIOD_MS)
		return -EINVAL;
	if (user->place && user->cpus < 2)
		return -EINVAL;
	return user->hotplug_ms && user->cpus >= num_online_cpus() ? -EINVAL :
								     0;
}

void bench_surroundings_set(struct bench_run *run,
			    const struct magslab_run *user)
{
	run->surroundings.place = user->place;
	run->surroundings.hotplug.period_ms = user->hotplug_ms;
	run->surroundings.short_of_memory = user->flags &
					    MAGSLAB_RUN_FLAG_PRESSURE;
}

/**
 * bench_surroundings_begin - let happen what is to happen during a run
 * @run: a run with workers
 *
 * Context: The run's conductor. May sleep, and take seconds to fill memory.
 * Return: 0; -EINTR; -ENXIO if no CPU can go; -EFBIG if there is too much memory to
 * fill; -ENOMEM. bench_surroundings_end() is due in any case.
 */
int bench_surroundings_begin(struct bench_run *run)
{
	int ret = 0;

	if (run->surroundings.hotplug.period_ms)
		ret = bench_hotplug_begin(run);
	if (!ret && run->surroundings.short_of_memory)
		ret = bench_pressure_begin(run);
	return ret;
}

/**
 * bench_surroundings_end - undo all of it
 * @run: the run
 *
 * Context: The run's conductor. Waits for a CPU that comes or goes.
 */
void bench_surroundings_end(struct bench_run *run)
{
	bench_pressure_end(run);
	bench_hotplug_end(run);
}

void bench_surroundings_tell(const struct bench_run *run,
			     struct magslab_run *user)
{
	user->distance = run->surroundings.distance;
	user->hotplugs = run->surroundings.hotplug.times;
	user->pressure_peak = run->surroundings.pressure_peak;
	user->pressure_calls = run->surroundings.pressure_calls;
}
