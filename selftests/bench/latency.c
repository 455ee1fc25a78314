// SPDX-License-Identifier: GPL-2.0-only
/* Asks for the histograms of a run that has just been done. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "latency.h"

/* More than the kernel has. */
#define MAX_BUCKETS 4096

const struct tail tails[NR_TAILS] = {
	{ 5000, "p50", "p50" },	      { 9000, "p90", "p90" },
	{ 9900, "p99", "p99" },	      { 9990, "p99.9", "p99_9" },
	{ 9999, "p99.99", "p99_99" },
};

const char *latency_call(__u32 call)
{
	static const char *const names[] = {
		[MAGSLAB_CALL_ALLOC] = "alloc",
		[MAGSLAB_CALL_FREE] = "free",
		[MAGSLAB_CALL_NOTHING] = "nothing",
	};

	return names[call];
}

/* Of all paths together. */
bool latency_is_whole(const struct latency *latency)
{
	return !*latency->path;
}

/* What a row of the workload is called, without what the row is about. */
static void set_workload(struct latency *latency, const struct step *step,
			 const struct magslab_run *run)
{
	const struct magslab_result *first = (void *)(uintptr_t)run->results;
	const struct magslab_workload_info *workload = step->workload;
	size_t room = sizeof(latency->workload);

	if (workload->rows == 1)
		snprintf(latency->workload, room, "%s", first->name);
	else if (!step->count || step->count == workload->default_count)
		snprintf(latency->workload, room, "%s", workload->name);
	else
		snprintf(latency->workload, room, "%.10s-%llu", workload->name,
			 step->count);
}

static struct latency *add_latency(struct report *report)
{
	size_t nr = report->nr_latencies + 1;

	report->latencies =
		realloc(report->latencies, nr * sizeof(*report->latencies));
	if (!report->latencies)
		quit(EXIT_FAILED, "out of memory");
	report->nr_latencies = nr;
	return &report->latencies[nr - 1];
}

/* Returns false if there is no such path, or after having said what is wrong. */
static bool ask(const struct device *device, struct magslab_latency *asked,
		struct histogram *histogram)
{
	struct magslab_bucket buckets[MAX_BUCKETS];

	asked->size = sizeof(*asked);
	asked->nr_buckets = MAX_BUCKETS;
	asked->buckets = (uintptr_t)buckets;
	if (ioctl(device->fd, MAGSLAB_IOC_LATENCY, asked)) {
		if (errno != ENOENT)
			complain("latency: %s", strerror(errno));
		return false;
	}
	*histogram = (struct histogram){
		.buckets = allocate(asked->nr_buckets + 1, sizeof(*buckets)),
		.nr = asked->nr_buckets,
		.samples = asked->samples,
		.switched = asked->switched,
		.sum = asked->sum,
		.min = asked->min,
		.max = asked->max,
	};
	memcpy(histogram->buckets, buckets,
	       asked->nr_buckets * sizeof(*buckets));
	return true;
}

/* All paths, and before them what they are together. Returns how many there are. */
static __u32 fetch_call(const struct device *device, struct report *report,
			const struct latency *like, __u32 backend)
{
	struct magslab_latency asked = { .backend = backend,
					 .call = like->call };
	size_t whole = report->nr_latencies;
	struct histogram histogram;

	*add_latency(report) = *like;
	for (; ask(device, &asked, &histogram); asked.path++) {
		histogram_merge(&report->latencies[whole].histogram,
				&histogram);
		if (!*asked.name) {
			histogram_free(&histogram);
			asked.path++;
			break;
		}
		*add_latency(report) = *like;
		memcpy(report->latencies[report->nr_latencies - 1].path,
		       asked.name, sizeof(asked.name));
		report->latencies[report->nr_latencies - 1].histogram =
			histogram;
	}
	return asked.path;
}

/**
 * latency_fetch - add the histograms of a run to a report
 * @device: what has done the run, and nothing since
 * @plan: whose back-ends it had
 * @step: what it was
 * @run: as it came back
 * @report: where to
 *
 * Return: an exit code.
 */
int latency_fetch(const struct device *device, const struct plan *plan,
		  const struct step *step, const struct magslab_run *run,
		  struct report *report)
{
	const struct magslab_result *results = (void *)(uintptr_t)run->results;
	struct latency like = {
		.size = run->object_size,
		.cpus = run->cpus,
		.gfp = run->gfp,
		.clock = run->clock,
		.packed = run->flags & MAGSLAB_RUN_FLAG_PACKED,
	};
	size_t i;

	set_workload(&like, step, run);
	for (like.call = 0; like.call <= MAGSLAB_CALL_NOTHING; like.call++) {
		for (i = 0; i < plan->nr_backends; i++) {
			if (results[i * step->workload->rows].error)
				continue;
			like.backend = plan->backends[i];
			if (!fetch_call(device, report, &like, i))
				return EXIT_FAILED;
		}
	}
	return EXIT_OK;
}
