// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects set aside before a section that must not fail, and handed out within it: the
 * nodes of a maple tree before it is locked, the page tables of a guest before its
 * lock is taken. What such a section pays is in one row, and in another what is paid
 * for it outside: as many are freed, and set aside again for the next time.
 *
 * Back-ends that have no such set have no row. A mempool has none: it asks its allocator
 * first, and hands out what it has put by only when that has nothing.
 */
#include <linux/kernel.h>

#include "engine.h"

enum prefill_row {
	PREFILL_OUTSIDE,
	PREFILL_SECTION,
};

/* As many whole sections as fit, one at the least. */
static size_t prefill_ops(const struct bench_run *run, size_t wish)
{
	return max_t(size_t, wish / run->count, 1) * run->count;
}

static bool prefill_supports(const struct magslab_bench_backend *backend)
{
	return backend->prefill;
}

static int section(struct bench_worker *worker, void *set,
		   struct bench_span *span)
{
	struct bench_run *run = worker->run;
	size_t done;

	bench_span_start(span);
	done = run->lane->backend->prefill->alloc(set, run->gfp,
						  worker->objects, run->count);
	bench_span_stop(span, worker->cpu);
	worker->tail = done;
	return done < run->count ? -ENOMEM : 0;
}

static int outside(struct bench_worker *worker, void *set,
		   struct bench_span *span)
{
	struct bench_run *run = worker->run;
	const struct magslab_bench_backend *backend = run->lane->backend;
	bool full;

	worker->tail = 0;
	worker->calls += 2 * run->count;
	bench_span_start(span);
	backend->free(run->lane->ctx, worker->objects, run->count);
	full = backend->prefill->refill(set, run->gfp, run->count);
	bench_span_stop(span, worker->cpu);
	return full ? 0 : -ENOMEM;
}

static int block(struct bench_worker *worker, void *set)
{
	struct bench_span spans[] = { {}, {} };
	struct bench_run *run = worker->run;
	size_t left = run->block_ops / run->count;
	int ret;

	while (left--) {
		ret = section(worker, set, &spans[PREFILL_SECTION]) ?:
			      outside(worker, set, &spans[PREFILL_OUTSIDE]);
		if (ret)
			return ret;
		if (bench_breathe(worker, run->count))
			return -EINTR;
	}
	bench_record(worker, PREFILL_OUTSIDE, &spans[PREFILL_OUTSIDE],
		     run->block_ops);
	bench_record(worker, PREFILL_SECTION, &spans[PREFILL_SECTION],
		     run->block_ops);
	return 0;
}

static int prefill_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	const struct magslab_bench_prefill *prefill =
		run->lane->backend->prefill;
	void *set;
	int ret = 0;

	set = prefill->open(run->lane->ctx, run->gfp, run->count);
	if (!set)
		return -ENOMEM;
	while (!ret && bench_more(worker))
		ret = block(worker, set);
	prefill->close(set);
	return ret;
}

const struct bench_workload bench_prefill = {
	.name = "prefill",
	.row_suffix = { "", "-alloc" },
	.nr_rows = 2,
	.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_WHOLE |
		 MAGSLAB_WORKLOAD_OWN,
	.default_count = 64,
	.max_count = BENCH_MAX_BULK,
	.default_blocks = 256,
	.default_ops = 1024,
	/* Two blocks, in either row. */
	.warm_up = 4,
	.supports = prefill_supports,
	.block_ops = prefill_ops,
	.turn = prefill_turn,
};
