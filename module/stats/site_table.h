/* SPDX-License-Identifier: GPL-2.0-only */
/* Sites: who allocates, by the address of the call. They only become more. */
#ifndef MAGSLAB_STATS_SITE_TABLE_H
#define MAGSLAB_STATS_SITE_TABLE_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/types.h>

#define SITE_TABLE_BITS 10
#define SITE_TABLE_SITES BIT(SITE_TABLE_BITS)

/**
 * struct site - what is known of who allocates, by its samples
 * @caller: address of the call, or 0 if this is nobody yet
 * @since: when the first of its samples was taken, in ns; 0 if it is just being
 * @allocs: samples
 * @frees: those of them that were freed
 * @other_cpu: those of them that were freed on another CPU than allocated
 * @other_node: and those freed on another node
 */
struct site {
	unsigned long caller;
	u64 since;
	atomic_long_t allocs;
	atomic_long_t frees;
	atomic_long_t other_cpu;
	atomic_long_t other_node;
};

/**
 * struct site_table - sites
 * @sites: the sites, in no order, with gaps
 * @cpus: two masks for each: CPUs that allocated, and those that freed
 */
struct site_table {
	struct site *sites;
	unsigned long *cpus;
};

static inline unsigned long *site_alloc_cpus(const struct site_table *table,
					     unsigned int site)
{
	return table->cpus + 2 * site * BITS_TO_LONGS(nr_cpu_ids);
}

static inline unsigned long *site_free_cpus(const struct site_table *table,
					    unsigned int site)
{
	return site_alloc_cpus(table, site) + BITS_TO_LONGS(nr_cpu_ids);
}

int site_table_init(struct site_table *table);
void site_table_fini(struct site_table *table);
size_t site_table_bytes(void);

int site_table_find(struct site_table *table, unsigned long caller, u64 now);
void site_allocated(struct site_table *table, unsigned int site,
		    unsigned int cpu);
void site_freed(struct site_table *table, unsigned int nr,
		unsigned int alloc_cpu, unsigned int cpu);

#endif /* MAGSLAB_STATS_SITE_TABLE_H */
