/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory over time: what each back-end of a run held, and when. */
#ifndef MAGSLAB_BENCH_TIMELINE_H
#define MAGSLAB_BENCH_TIMELINE_H

#include <stdbool.h>

#include "bench.h"

struct timeline {
	char workload[MAGSLAB_NAME_SIZE];
	const struct magslab_backend_info *backend;
	__u64 size;
	__u32 cpus;
	bool told; /* what it held */
	bool approximate;
	struct magslab_moment *moments;
	size_t nr;
};

/* timeline.c */
int timeline_fetch(const struct device *device, const struct plan *plan,
		   const struct step *step, const struct magslab_run *run,
		   struct report *report);
void timeline_free(struct timeline *timeline);

/* timeline_show.c */
void timeline_print(const struct report *report);
struct json_object *timeline_json(const struct report *report);

#endif /* MAGSLAB_BENCH_TIMELINE_H */
