// SPDX-License-Identifier: GPL-2.0-only
/* Finding rows that belong together. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "latency.h"
#include "timeline.h"

/*
 * Operations of all CPUs together, in millions a second: of those CPUs that have blocks
 * of this row, what they would do if there was nothing in between. NAN on a clock that
 * tells no time.
 */
double row_throughput(const struct row *row)
{
	const struct magslab_result *result = &row->result;
	double cpus = row->paired ? result->cpus / 2.0 : result->cpus;

	if (row->clock != MAGSLAB_CLOCK_WALL || !result->cpus ||
	    !result->ns.mean)
		return NAN;
	return cpus * 1000000 / result->ns.mean;
}

/* Of one workload and size. */
bool row_is_like(const struct row *a, const struct row *b)
{
	return a->size == b->size && !strcmp(a->result.name, b->result.name);
}

/* A back-end may be in a plan twice, to see what two equal ones read. */
static size_t earlier_ones(const struct plan *plan, size_t index)
{
	size_t nr = 0;
	size_t i;

	for (i = 0; i < index; i++)
		nr += plan->backends[i]->id == plan->backends[index]->id;
	return nr;
}

/* The row like another one, of a plan's back-end, or NULL. */
const struct row *report_find(const struct report *report,
			      const struct row *like, size_t backend,
			      const struct plan *plan)
{
	size_t skip = earlier_ones(plan, backend);
	size_t i;

	for (i = 0; i < report->nr_rows; i++) {
		const struct row *row = &report->rows[i];

		if (row_is_like(row, like) &&
		    row->result.backend == plan->backends[backend]->id &&
		    !skip--)
			return row;
	}
	return NULL;
}

/* Whether a row is the first of its workload and size. */
bool report_is_first(const struct report *report, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (row_is_like(&report->rows[i], &report->rows[index]))
			return false;
	return true;
}

void report_free(struct report *report)
{
	size_t i;

	for (i = 0; i < report->nr_latencies; i++)
		histogram_free(&report->latencies[i].histogram);
	free(report->latencies);
	while (report->nr_timelines)
		timeline_free(&report->timelines[--report->nr_timelines]);
	free(report->timelines);
	free(report->rows);
}
