// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory a run may take: a quarter of what is available when it
 * starts. Lanes come one after another, so the largest of them counts.
 */
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "engine.h"
#include "latency.h"

#define BUDGET_SHARE 4

static u64 budget_limit(void)
{
	long pages = si_mem_available();

	return pages > 0 ? ((u64)pages << PAGE_SHIFT) / BUDGET_SHARE : 0;
}

/* Bytes that the workers need for themselves. */
static u64 budget_of_crew(const struct bench_run *run, u32 flags)
{
	u64 blocks = (u64)run->turns * run->turn_blocks;
	u64 logs = run->nr_lanes * run->workload->nr_rows;
	u64 bytes;

	blocks = min_t(u64, blocks, BENCH_MAX_BLOCKS / run->cpus);
	bytes = bench_room(run) * sizeof(void *);
	bytes += logs * blocks * sizeof(struct bench_sample);
	if (run->workload->parcel)
		bytes += run->workload->parcel(run) * sizeof(void *);
	if (run->workload->slices)
		bytes += run->workload->slices(run) * sizeof(struct bench_span);
	return bytes * run->cpus + bench_latency_bytes(run, flags);
}

static u64 budget_of_lane(const struct bench_run *run,
			  const struct bench_lane *lane)
{
	size_t each = roundup_pow_of_two(run->object_size);

	if (run->workload->memory)
		return run->workload->memory(run, lane->backend);
	if (lane->backend->footprint)
		each = lane->backend->footprint(run->object_size);
	return (u64)bench_room(run) * run->cpus * each;
}

/**
 * bench_budget - see whether there is memory for a run
 * @run: a run whose numbers are all set
 * @flags: of the request
 *
 * A lane that needs too much is told so; the others can still be run.
 *
 * Context: Task.
 * Return: 0, or -ENOMEM if the workers alone need too much.
 */
int bench_budget(struct bench_run *run, u32 flags)
{
	u64 crew = budget_of_crew(run, flags);
	u64 limit = budget_limit();
	unsigned int i;

	if (crew > limit)
		return -ENOMEM;
	for (i = 0; i < run->nr_lanes; i++) {
		struct bench_lane *lane = &run->lanes[i];

		if (!lane->error && budget_of_lane(run, lane) > limit - crew)
			lane->error = -ENOMEM;
	}
	return 0;
}
