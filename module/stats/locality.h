/* SPDX-License-Identifier: GPL-2.0-only */
/* On how many pages the objects lie that are handed out one after the other. */
#ifndef MAGSLAB_STATS_LOCALITY_H
#define MAGSLAB_STATS_LOCALITY_H

#include "stats/instrument.h"

/* Allocations of a CPU that are looked at together. */
#define LOCALITY_WINDOW 1000U

/*
 * Pages are told apart by a hash of so many bits. Of 1000 pages, 8 share their hash
 * with another one on average, and are not counted.
 */
#define LOCALITY_HASH_BITS 16
#define LOCALITY_HASHES BIT(LOCALITY_HASH_BITS)

/**
 * struct locality_sum - what all CPUs saw
 * @windows: how many windows
 * @pages: pages in each of them, summed up
 * @least: pages of the one with the fewest
 * @most: of that with the most
 */
struct locality_sum {
	unsigned long windows;
	unsigned long pages;
	unsigned int least;
	unsigned int most;
};

extern const struct magslab_instrument magslab_locality;

/* Of what magslab_locality.create() returned. */
struct locality_sum magslab_locality_sum(void *data);

/* What a page is known by in a window, below LOCALITY_HASHES. */
u32 magslab_locality_hash(unsigned long pfn);

#endif /* MAGSLAB_STATS_LOCALITY_H */
