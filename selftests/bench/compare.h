/* SPDX-License-Identifier: GPL-2.0-only */
/* Two results of the same measurement, row by row. */
#ifndef MAGSLAB_BENCH_COMPARE_H
#define MAGSLAB_BENCH_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "document.h"

/* What one file says of one row: a logarithm, and how far it may be off. */
struct measured {
	char name[160];
	double log;
	double off;
	bool floor;
};

struct measurements {
	struct measured *rows;
	size_t nr;
};

struct change {
	const struct measured *before;
	const struct measured *after;
	double estimate; /* of the ratio's logarithm */
	double off;
};

enum verdict {
	VERDICT_SAME,
	VERDICT_FASTER,
	VERDICT_SLOWER,
};

void measurements_of(struct measurements *all, const struct document *document,
		     double level);
void measurements_free(struct measurements *all);
const struct measured *measurements_match(const struct measurements *all,
					  size_t index,
					  const struct measurements *other);
struct change change_of(const struct measured *before,
			const struct measured *after);
enum verdict change_verdict(const struct change *change, double threshold);

#endif /* MAGSLAB_BENCH_COMPARE_H */
