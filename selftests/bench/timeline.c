// SPDX-License-Identifier: GPL-2.0-only
/* Asks for the timelines of a run that has just been done. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "timeline.h"

/* More than the kernel has. */
#define MAX_MOMENTS 512

static struct timeline *add_timeline(struct report *report)
{
	size_t nr = report->nr_timelines + 1;

	report->timelines =
		realloc(report->timelines, nr * sizeof(*report->timelines));
	if (!report->timelines)
		quit(EXIT_FAILED, "out of memory");
	report->nr_timelines = nr;
	return &report->timelines[nr - 1];
}

static bool ask(const struct device *device, struct timeline *timeline,
		__u32 backend)
{
	struct magslab_timeline asked = {
		.size = sizeof(asked),
		.backend = backend,
		.nr_moments = MAX_MOMENTS,
	};

	timeline->moments = allocate(MAX_MOMENTS, sizeof(*timeline->moments));
	asked.moments = (uintptr_t)timeline->moments;
	if (ioctl(device->fd, MAGSLAB_IOC_TIMELINE, &asked)) {
		complain("timeline: %s", strerror(errno));
		return false;
	}
	timeline->nr = asked.nr_moments;
	timeline->told = asked.flags & MAGSLAB_RESULT_HELD;
	timeline->approximate = asked.flags & MAGSLAB_RESULT_HELD_APPROX;
	return true;
}

/**
 * timeline_fetch - add the timelines of a run to a report
 * @device: what has done the run, and nothing since
 * @plan: whose back-ends it had
 * @step: what it was
 * @run: as it came back
 * @report: where to
 *
 * Return: an exit code.
 */
int timeline_fetch(const struct device *device, const struct plan *plan,
		   const struct step *step, const struct magslab_run *run,
		   struct report *report)
{
	const struct magslab_result *results = (void *)(uintptr_t)run->results;
	size_t i;

	for (i = 0; i < plan->nr_backends; i++) {
		const struct magslab_result *result =
			&results[i * step->workload->rows];
		struct timeline *timeline;

		if (result->error)
			continue;
		timeline = add_timeline(report);
		*timeline = (struct timeline){
			.backend = plan->backends[i],
			.size = run->object_size,
			.cpus = run->cpus,
		};
		memcpy(timeline->workload, result->name,
		       sizeof(timeline->workload));
		if (!ask(device, timeline, i))
			return EXIT_FAILED;
	}
	return EXIT_OK;
}

void timeline_free(struct timeline *timeline)
{
	free(timeline->moments);
}
