/* SPDX-License-Identifier: GPL-2.0-only */
/* Timelines out of a file: what was live and what was held, second by second. */
#ifndef MAGSLAB_BENCH_MOMENTS_H
#define MAGSLAB_BENCH_MOMENTS_H

#include "chart.h"
#include "document.h"

/* A chart for each back-end of each workload. */
size_t moments_count(const struct document *document);
struct chart *moments_chart(const struct document *document, size_t index);

#endif /* MAGSLAB_BENCH_MOMENTS_H */
