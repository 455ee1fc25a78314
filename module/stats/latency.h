/* SPDX-License-Identifier: GPL-2.0-only */
/* How long operations take, by how far they have to go. */
#ifndef MAGSLAB_STATS_LATENCY_H
#define MAGSLAB_STATS_LATENCY_H

#include "stats/histogram.h"
#include "stats/instrument.h"

enum latency_operation {
	LATENCY_ALLOC,
	LATENCY_FREE,
	LATENCY_OPERATIONS,
};

enum latency_tier {
	LATENCY_HIT,
	LATENCY_DEPOT,
	LATENCY_SLAB,
	LATENCY_GROW,
	LATENCY_RESERVE,
	LATENCY_FAIL,
	LATENCY_TIERS,
};

enum latency_place {
	LATENCY_LOCAL,
	LATENCY_REMOTE,
	LATENCY_PLACES,
};

extern const struct magslab_instrument magslab_latency;

/* Of what magslab_latency.create() returned. */
const struct histogram *magslab_latency_row(void *data,
					    enum latency_operation operation,
					    enum latency_tier tier,
					    enum latency_place place);

#endif /* MAGSLAB_STATS_LATENCY_H */
