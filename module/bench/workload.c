// SPDX-License-Identifier: GPL-2.0-only
/* The workloads there are. An id is an index into the table: append only. */
#include <linux/kernel.h>
#include <linux/nospec.h>

#include "engine.h"

static const struct bench_workload *const workloads[] = {
	&bench_pair,	     &bench_burst,	  &bench_bulk,
	&bench_shuffled,     &bench_full_path,	  &bench_producer_consumer,
	&bench_live_set,     &bench_remote_free,  &bench_one_alloc_n_free,
	&bench_steady,	     &bench_mstress,	  &bench_rptest,
	&bench_larson,	     &bench_xmalloc,	  &bench_replay,
	&bench_sh6bench,     &bench_sh8bench,	  &bench_alloc_test,
	&bench_glibc_thread, &bench_glibc_simple, &bench_cache_scratch,
	&bench_cache_thrash, &bench_mleak,	  &bench_prefill,
	&bench_holes,	     &bench_collect,
};

/* Returns NULL if there is no workload of this id. */
const struct bench_workload *bench_workload(u32 id)
{
	if (id >= ARRAY_SIZE(workloads))
		return NULL;
	return workloads[array_index_nospec(id, ARRAY_SIZE(workloads))];
}

unsigned int bench_nr_workloads(void)
{
	return ARRAY_SIZE(workloads);
}
