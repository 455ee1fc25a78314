/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules of thumb, measured. */
#ifndef MAGSLAB_BENCH_RULES_H
#define MAGSLAB_BENCH_RULES_H

#include "bench.h"
#include "shape.h"

#define MAX_RULES_POINTS 16

/* What is measured, in the order in which it is told. */
enum subject_id {
	SUBJECT_ARENA,
	SUBJECT_SEGMENT,
	SUBJECT_MAGSLAB,
	SUBJECT_KMEM_CACHE,
	SUBJECT_LIST_FREE,
	SUBJECT_LIST_ALLOC,
	SUBJECT_TREE,
	SUBJECT_COLLECTOR,
	NR_SUBJECTS,
};

/* Which of a workload's two rows: one, the other, or their sum. */
enum subject_rows {
	ROWS_FIRST = 1,
	ROWS_SECOND = 2,
	ROWS_BOTH = 3,
};

struct subject {
	const char *name;
	const char *backend;
	const char *workload;
	const char *counted; /* what there are n of */
	enum subject_rows rows;
	enum shape_kind guess; /* the essay's, or what follows from it */
};

struct finding {
	double costs[MAX_RULES_POINTS];
	double locks; /* of 100 calls, or NAN */
	struct shape shape;
};

struct rules {
	const struct options *options;
	double n[MAX_RULES_POINTS];
	size_t done; /* of n */
	struct finding findings[NR_SUBJECTS];
	double pause; /* the longest */
	__u32 clock;
	bool partial;
};

extern const struct subject subjects[NR_SUBJECTS];

/* rules.c */
int rules_run(struct rules *rules, const struct device *device);
void rules_fit(struct rules *rules);

/* rules_show.c */
void rules_print(const struct rules *rules);
struct json_object *rules_json(const struct rules *rules);

#endif /* MAGSLAB_BENCH_RULES_H */
