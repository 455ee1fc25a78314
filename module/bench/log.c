// SPDX-License-Identifier: GPL-2.0-only
/* What a worker writes down about its blocks. */
#include <linux/math64.h>

#include "engine.h"

/* The current lane's log of a row. */
struct bench_log *bench_log(struct bench_worker *worker, unsigned int row)
{
	struct bench_run *run = worker->run;
	size_t lane = run->lane - run->lanes;

	return &worker->logs[lane * run->workload->nr_rows + row];
}

/* Returns whether a block is worth keeping, and counts those that are not. */
static bool undisturbed(struct bench_log *log, const struct bench_span *span)
{
	if (span->migrated)
		log->migrated++;
	else if (span->switched)
		log->switched++;
	else
		return true;
	return false;
}

/**
 * bench_record - write one block down, or drop it
 * @worker: whose block it was
 * @row: the row it belongs to
 * @span: how long it took
 * @ops: operations in it
 *
 * Blocks of the turn's warm-up, those beyond what the turn was to record, and those
 * of a turn that is not timed leave no trace.
 *
 * Context: A worker of the run.
 */
void bench_record(struct bench_worker *worker, unsigned int row,
		  const struct bench_span *span, size_t ops)
{
	struct bench_log *log = bench_log(worker, row);

	if (worker->warm_up) {
		worker->warm_up--;
		return;
	}
	if (!row)
		worker->tried++;
	if (worker->run->counts_lines) {
		worker->recorded += !row;
		return;
	}
	if (log->nr == log->room || !undisturbed(log, span))
		return;

	log->samples[log->nr].ns = div64_u64(span->ns * 1000, ops);
	log->samples[log->nr].cycles = div64_u64(span->cycles * 1000, ops);
	log->nr++;
	if (!row)
		worker->recorded++;
}
