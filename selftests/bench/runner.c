// SPDX-License-Identifier: GPL-2.0-only
/* Does the runs of a plan, one after another, and keeps what they yield. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "bench.h"
#include "latency.h"
#include "timeline.h"

#define NS_PER_SECOND 1000000000ULL

static atomic_bool interrupted;

static void note_signal(int signal)
{
	(void)signal;
	interrupted = true;
}

/* Without SA_RESTART, so that a signal ends the run it falls into. */
void runner_catch_signals(void)
{
	struct sigaction action = { .sa_handler = note_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool runner_interrupted(void)
{
	return interrupted;
}

static void keep(struct report *report, const struct step *step,
		 const struct options *options, const struct magslab_run *run,
		 const struct magslab_result *results,
		 const struct device *device)
{
	size_t room = report->nr_rows + run->nr_results;
	__u32 i;

	report->rows = realloc(report->rows, room * sizeof(*report->rows));
	if (!report->rows)
		quit(EXIT_FAILED, "out of memory");
	for (i = 0; i < run->nr_results; i++)
		report->rows[report->nr_rows++] = (struct row){
			.result = results[i],
			.backend = device_backend_by_id(device,
							results[i].backend),
			.size = run->trace_fd ? 0 : run->object_size,
			.cpus = run->cpus,
			.gfp = run->gfp,
			.axes = options->axes,
			.events = events_of(run),
			.first = !i,
			.clock = run->clock,
			.packed = run->flags & MAGSLAB_RUN_FLAG_PACKED,
			.memory = step->workload->flags &
				  MAGSLAB_WORKLOAD_MEMORY,
			.watched = run->flags & MAGSLAB_RUN_FLAG_TIMELINE,
			.paired = step->workload->flags &
				  MAGSLAB_WORKLOAD_PAIRS,
			.partial = run->status & MAGSLAB_RUN_PARTIAL,
		};
}

static const char *run_error(int error)
{
	if (surroundings_error(error))
		return surroundings_error(error);
	switch (error) {
	case EBUSY:
		return "another run is going on";
	case ENOMEM:
		return "it would take more than a quarter of free memory";
	case EOPNOTSUPP:
	case ERANGE:
		return "none of the back-ends can do that";
	default:
		return strerror(error);
	}
}

static int failed(const struct step *step, int error)
{
	if (error == EINTR || interrupted) {
		complain("interrupted");
		return EXIT_INTERRUPTED;
	}
	complain("%s: %s", step->workload->name, run_error(error));
	return error == EPERM ? EXIT_NO_PERMISSION : EXIT_FAILED;
}

static __u32 flags_of(const struct plan *plan, const struct step *step,
		      const struct options *options)
{
	bool own = step->workload->flags & MAGSLAB_WORKLOAD_OWN;
	__u32 flags = 0;

	if (plan->packed)
		flags |= MAGSLAB_RUN_FLAG_PACKED;
	if (options->latency)
		flags |= MAGSLAB_RUN_FLAG_LATENCY;
	if (options->latency && options->detail && !own)
		flags |= MAGSLAB_RUN_FLAG_PATHS;
	if (options->timeline)
		flags |= MAGSLAB_RUN_FLAG_TIMELINE;
	if (options->lines)
		flags |= MAGSLAB_RUN_FLAG_LINES;
	return flags;
}

/* Returns an exit code; results of a step that was done are kept. */
int runner_step(const struct device *device, const struct plan *plan,
		const struct step *step, const struct options *options,
		struct report *report)
{
	struct magslab_result results[MAX_BACKENDS * 4] = {};
	__u32 ids[MAX_BACKENDS];
	struct magslab_run run = {
		.size = sizeof(run),
		.flags = flags_of(plan, step, options),
		.workload = step->workload->id,
		.gfp = options->gfp,
		.object_size = step->size,
		.count = step->count,
		.seed = options->seed,
		.timeout_ns = options->timeout * NS_PER_SECOND,
		.cpus = options->cpus,
		.turns = step->turns,
		.blocks = step->blocks,
		.block_ops = step->block_ops,
		.nr_backends = plan->nr_backends,
		.nr_results = ARRAY_SIZE(results),
		.backends = (uintptr_t)ids,
		.results = (uintptr_t)results,
		.result_size = sizeof(results[0]),
		.trace_fd = step->trace_fd,
		.speed = step->speed,
	};
	int code = EXIT_OK;
	size_t i;

	axes_apply(&run, &options->axes);
	for (i = 0; i < plan->nr_backends; i++)
		ids[i] = plan->backends[i]->id;
	if (ioctl(device->fd, MAGSLAB_IOC_RUN, &run))
		return failed(step, errno);
	keep(report, step, options, &run, results, device);
	if (options->latency)
		code = latency_fetch(device, plan, step, &run, report);
	if (options->timeline)
		code = timeline_fetch(device, plan, step, &run, report);
	if (interrupted)
		return failed(step, EINTR);
	if (!(run.status & MAGSLAB_RUN_PARTIAL))
		return code;
	complain("%s: cut short by the time limit", step->workload->name);
	return EXIT_FAILED;
}

/* Returns an exit code. What was measured before a failure is kept. */
int runner_run(const struct device *device, const struct plan *plan,
	       const struct options *options, struct report *report)
{
	int code = EXIT_OK;
	size_t i;

	runner_catch_signals();
	for (i = 0; i < plan->nr_steps && !code; i++) {
		if (!options->quiet)
			progress_show(&plan->steps[i], i, plan->nr_steps);
		code = runner_step(device, plan, &plan->steps[i], options,
				   report);
	}
	progress_hide();
	return code;
}
