// SPDX-License-Identifier: GPL-2.0-only
/* From the logs of all workers to one row. */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uaccess.h>

#include "engine.h"

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a;
	u64 y = *(const u64 *)b;

	return (x > y) - (x < y);
}

/* The value that @percent of the values are at or below. */
static u64 percentile(const u64 *sorted, size_t nr, unsigned int percent)
{
	return sorted[DIV_ROUND_UP(nr * percent, 100) - 1];
}

/* Sorts @values, of which there is one at the least. */
static void spread(struct magslab_spread *spread, u64 *values, size_t nr)
{
	u64 sum = 0;
	size_t i;

	sort(values, nr, sizeof(*values), compare, NULL);
	for (i = 0; i < nr; i++)
		sum += values[i];

	spread->min = values[0];
	spread->median = percentile(values, nr, 50);
	spread->p99 = percentile(values, nr, 99);
	spread->max = values[nr - 1];
	spread->mean = div64_u64(sum, nr);
}

static const struct bench_log *log_of(const struct bench_run *run,
				      unsigned int cpu, unsigned int log)
{
	return &run->workers[cpu].logs[log];
}

/* What begins at byte @offset of each sample. */
static size_t gather(const struct bench_run *run, unsigned int nr,
		     size_t offset, u64 *to)
{
	unsigned int cpu;
	size_t n = 0;
	u32 i;

	for (cpu = 0; cpu < run->cpus; cpu++) {
		const struct bench_log *log = log_of(run, cpu, nr);

		for (i = 0; i < log->nr; i++)
			to[n++] = *(u64 *)((void *)&log->samples[i] + offset);
	}
	return n;
}

static size_t gather_ns(const struct bench_run *run, unsigned int nr, u64 *to)
{
	return gather(run, nr, offsetof(struct bench_sample, ns), to);
}

static size_t gather_cycles(const struct bench_run *run, unsigned int nr,
			    u64 *to)
{
	return gather(run, nr, offsetof(struct bench_sample, cycles), to);
}

static void count_blocks(const struct bench_run *run, unsigned int nr,
			 struct magslab_result *result)
{
	unsigned int cpu;

	for (cpu = 0; cpu < run->cpus; cpu++) {
		const struct bench_log *log = log_of(run, cpu, nr);

		result->blocks += log->nr;
		result->cpus += log->nr > 0;
		result->switched += log->switched;
		result->migrated += log->migrated;
	}
}

static int set_spreads(const struct bench_run *run, unsigned int nr,
		       struct magslab_result *result)
{
	u64 *values;

	values = kvmalloc_array(result->blocks, sizeof(*values),
				GFP_KERNEL_ACCOUNT);
	if (!values)
		return -ENOMEM;
	spread(&result->ns, values, gather_ns(run, nr, values));
	cond_resched();
	if (bench_clock_has_cycles()) {
		result->flags |= MAGSLAB_RESULT_CYCLES;
		spread(&result->cycles, values, gather_cycles(run, nr, values));
	}
	kvfree(values);
	return 0;
}

static void set_footprint(const struct bench_run *run,
			  const struct bench_lane *lane,
			  struct magslab_result *result)
{
	const struct bench_footprint *footprint = &lane->footprint;

	if (!lane->backend->give_back && !run->workload->whole_lives)
		result->flags |= MAGSLAB_RESULT_KEEPS;
	if (footprint->valid)
		result->flags |= MAGSLAB_RESULT_HELD;
	if (footprint->approximate)
		result->flags |= MAGSLAB_RESULT_HELD_APPROX;
	if (run->workload->flags & MAGSLAB_WORKLOAD_MEMORY)
		result->flags |= MAGSLAB_RESULT_TAKEN;
	result->taken_peak = footprint->taken_peak;
	result->live_peak = footprint->live_peak;
	result->held_peak = footprint->held_peak;
	result->held_after = footprint->held_after;
	result->held_returned = footprint->held_returned;
}

/* A row of calls that were timed one by one has the clock in it. */
static void set_latency(const struct bench_run *run,
			struct magslab_result *result)
{
	if (run->latency)
		result->flags |= MAGSLAB_RESULT_LATENCY;
}

static u32 counted_by(const struct magslab_bench_backend *backend)
{
	return (backend->locks ? MAGSLAB_RESULT_LOCKS : 0) |
	       (backend->exchanges ? MAGSLAB_RESULT_EXCHANGES : 0);
}

static void set_shared(const struct bench_lane *lane,
		       struct magslab_result *result)
{
	u32 counted = counted_by(lane->backend);

	if (!lane->calls || !counted)
		return;
	result->flags |= counted;
	result->locks = lane->shared.locks;
	result->exchanges = lane->shared.exchanges;
	result->calls = lane->calls;
}

static void set_lines(const struct bench_lane *lane,
		      struct magslab_result *result)
{
	if (!lane->lines.calls)
		return;
	result->flags |= MAGSLAB_RESULT_LINES;
	result->line_calls = lane->lines.calls;
	result->object_lines = lane->lines.lines;
	result->object_pages = lane->lines.pages;
	result->touched_lines = lane->lines.touched;
}

/* A row is named by its workload and, where it matters, the objects. */
static void set_name(const struct bench_run *run, unsigned int row,
		     struct magslab_result *result)
{
	const struct bench_workload *workload = run->workload;
	char count[24] = "";

	if (workload->flags & MAGSLAB_WORKLOAD_COUNT &&
	    (run->count != workload->default_count || !workload->tacit_count))
		snprintf(count, sizeof(count), "-%zu", run->count);
	snprintf(result->name, sizeof(result->name), "%s%s%s", workload->name,
		 workload->row_suffix[row], count);
}

/* Why a lane that ran has no blocks. */
static int empty_reason(const struct bench_run *run,
			const struct magslab_result *result)
{
	if (run->error && !result->switched && !result->migrated)
		return run->error;
	return -EAGAIN;
}

static int set_row(const struct bench_run *run, unsigned int lane,
		   unsigned int row, struct magslab_result *result)
{
	unsigned int nr = lane * run->workload->nr_rows + row;

	*result = (struct magslab_result){
		.size = sizeof(*result),
		.backend = run->lanes[lane].backend->id,
		.error = -run->lanes[lane].error,
		.block_ops = run->block_ops,
	};
	set_name(run, row, result);
	if (result->error)
		return 0;

	count_blocks(run, nr, result);
	if (!result->blocks) {
		result->error = -empty_reason(run, result);
		return 0;
	}
	set_footprint(run, &run->lanes[lane], result);
	set_shared(&run->lanes[lane], result);
	set_latency(run, result);
	set_lines(&run->lanes[lane], result);
	return set_spreads(run, nr, result);
}

static int put_row(const struct magslab_run *user, size_t index,
		   const struct magslab_result *result)
{
	void __user *to = u64_to_user_ptr(user->results);
	size_t size = min_t(size_t, user->result_size, sizeof(*result));

	to += index * user->result_size;
	return copy_to_user(to, result, size) ? -EFAULT : 0;
}

/**
 * bench_results_clear - zero the elements of the user's array that will be used
 * @run: a run that is about to be done
 * @user: the request, which says where they are
 *
 * So a bad pointer is found before the run, not after minutes of it.
 *
 * Context: Task. May sleep.
 * Return: 0 or -EFAULT.
 */
int bench_results_clear(const struct bench_run *run,
			const struct magslab_run *user)
{
	size_t rows = run->nr_lanes * run->workload->nr_rows;

	return clear_user(u64_to_user_ptr(user->results),
			  rows * user->result_size) ?
		       -EFAULT :
		       0;
}

/**
 * bench_results - give the user all rows of a run
 * @run: a run that is done
 * @user: the request, which says where to
 *
 * Context: Task. May sleep.
 * Return: the number of rows, -ENOMEM or -EFAULT.
 */
int bench_results(struct bench_run *run, const struct magslab_run *user)
{
	struct magslab_result result;
	unsigned int lane, row;
	int nr = 0;
	int ret;

	for (lane = 0; lane < run->nr_lanes; lane++) {
		for (row = 0; row < run->workload->nr_rows; row++) {
			ret = set_row(run, lane, row, &result);
			if (ret)
				return ret;
			ret = put_row(user, nr++, &result);
			if (ret)
				return ret;
			cond_resched();
		}
	}
	return nr;
}
