/* SPDX-License-Identifier: GPL-2.0-only */
/* What magazines of other capacities would do. */
#ifndef MAGSLAB_STATS_WHATIF_H
#define MAGSLAB_STATS_WHATIF_H

#include "stats/ghost.h"
#include "stats/instrument.h"

extern const struct magslab_instrument magslab_whatif;

/* Of what magslab_whatif.create() returned. */
const struct ghost_curve *magslab_whatif_curve(void *data);

/* How many of 10000, where optional counters are counted. */
unsigned int magslab_whatif_predicted(void *data, unsigned int capacity);
unsigned int magslab_whatif_measured(const struct magslab_cache *cache,
				     void *data);

#endif /* MAGSLAB_STATS_WHATIF_H */
