/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has the live objects of a cache: one of so many allocations is sampled, and
 * remembered with its site until the object is freed.
 */
#ifndef MAGSLAB_STATS_SITES_H
#define MAGSLAB_STATS_SITES_H

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "stats/instrument.h"
#include "stats/sample_table.h"
#include "stats/site_table.h"

/* Sets of the table of samples: 131072 samples, 3 MiB. */
#define SITES_SAMPLE_BITS 14

struct sites_cpu;

/**
 * struct sites - what is known of a cache
 * @rate: one of so many allocations is sampled, on average
 * @cpu: when the next one is due
 * @live: samples of objects that were not freed yet
 * @table: their sites
 * @samples_dropped: samples not taken, as there was no room for them
 * @sites_dropped: samples not taken, as there was no room for their site
 * @frees_not_seen: objects allocated again that were not freed for all we know
 */
struct sites {
	unsigned int rate;
	struct sites_cpu __percpu *cpu;
	struct sample_table live;
	struct site_table table;
	atomic_long_t samples_dropped;
	atomic_long_t sites_dropped;
	atomic_long_t frees_not_seen;
};

extern const struct magslab_instrument magslab_sites;

#endif /* MAGSLAB_STATS_SITES_H */
