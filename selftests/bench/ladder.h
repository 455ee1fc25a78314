/* SPDX-License-Identifier: GPL-2.0-only */
/* The ladder: back-ends that are magslab but for one design element each. */
#ifndef MAGSLAB_BENCH_LADDER_H
#define MAGSLAB_BENCH_LADDER_H

#include "duel.h"

/* What all others are compared with. */
#define LADDER_BASE "ladder-base"

/*
 * One of them: its back-end, the element, and what it has there; and whether it is so
 * slow, or so near to another, that it is climbed where it is named alone.
 */
struct rung {
	const char *backend;
	const char *element;
	const char *instead;
	bool by_name;
};

/* In the order in which they are shown; the last has no backend. */
extern const struct rung rungs[];

/* Returns NULL if there is none of this name. */
const struct rung *rung_find(const char *name);
void ladder_print(const struct duel *duel, unsigned int conditions);

#endif /* MAGSLAB_BENCH_LADDER_H */
