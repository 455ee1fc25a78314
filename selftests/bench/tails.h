/* SPDX-License-Identifier: GPL-2.0-only */
/* Latencies out of a file: the share of calls that took as long as so much. */
#ifndef MAGSLAB_BENCH_TAILS_H
#define MAGSLAB_BENCH_TAILS_H

#include <stdio.h>

#include "chart.h"
#include "document.h"

/* A chart for each workload, size and kind of call. */
size_t tails_count(const struct document *document);
struct chart *tails_chart(const struct document *document, size_t index);
void tails_put(FILE *to, const struct document *document);

#endif /* MAGSLAB_BENCH_TAILS_H */
