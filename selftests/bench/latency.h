/* SPDX-License-Identifier: GPL-2.0-only */
/* How long each call took: of each back-end, kind of call and path. */
#ifndef MAGSLAB_BENCH_LATENCY_H
#define MAGSLAB_BENCH_LATENCY_H

#include <stdbool.h>
#include <stdio.h>

#include "bench.h"
#include "histogram.h"

struct latency {
	char workload[MAGSLAB_NAME_SIZE];
	const struct magslab_backend_info *backend;
	__u64 size;
	__u32 cpus;
	__u32 gfp;
	__u32 clock;
	bool packed;
	__u32 call;
	char path[MAGSLAB_NAME_SIZE]; /* empty: all of them */
	struct histogram histogram;
};

/* Those that are told, as they are asked for, and what they are called. */
struct tail {
	__u32 percentile; /* of 10000 */
	const char *title;
	const char *member;
};

#define NR_TAILS 5
extern const struct tail tails[NR_TAILS];

/* latency.c */
const char *latency_call(__u32 call);
int latency_fetch(const struct device *device, const struct plan *plan,
		  const struct step *step, const struct magslab_run *run,
		  struct report *report);
bool latency_is_whole(const struct latency *latency);

/* latency_show.c */
void latency_print(const struct report *report, bool detail);
struct json_object *latency_json(const struct report *report);

#endif /* MAGSLAB_BENCH_LATENCY_H */
