/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Live samples by the address of their object. Any context adds and removes,
 * none waits for another.
 */
#ifndef MAGSLAB_STATS_SAMPLE_TABLE_H
#define MAGSLAB_STATS_SAMPLE_TABLE_H

#include <linux/atomic.h>
#include <linux/types.h>

/* Places of a set, of which an object has two: their keys fill a cache line. */
#define SAMPLE_WAYS 8

/**
 * struct sample - what is known of a live object
 * @time: of its allocation, in ns; never 0
 * @site: which allocated it
 * @cpu: where
 */
struct sample {
	u64 time;
	u32 site;
	u32 cpu;
};

/**
 * struct sample_table - live samples
 * @keys: address of the object for each place, or what sample_table.c says
 * @samples: the sample at each place
 * @in_second: how many are in the second of their object's sets, or are about to be
 * @bits: binary logarithm of the number of sets; each has %SAMPLE_WAYS places
 */
struct sample_table {
	atomic_long_t *keys;
	struct sample *samples;
	atomic_long_t in_second;
	unsigned int bits;
};

static inline unsigned int sample_table_places(const struct sample_table *table)
{
	return SAMPLE_WAYS << table->bits;
}

int sample_table_init(struct sample_table *table, unsigned int bits);
void sample_table_fini(struct sample_table *table);
size_t sample_table_bytes(const struct sample_table *table);

bool sample_table_add(struct sample_table *table, const void *object,
		      const struct sample *sample);
bool sample_table_remove(struct sample_table *table, const void *object,
			 struct sample *sample);
bool sample_table_read(const struct sample_table *table, unsigned int place,
		       struct sample *sample);

#endif /* MAGSLAB_STATS_SAMPLE_TABLE_H */
