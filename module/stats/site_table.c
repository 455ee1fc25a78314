// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>

#include "compat.h"
#include "stats/site_table.h"

/* How far a site may lie from where its address says. */
#define SITE_PROBES 64

int site_table_init(struct site_table *table)
{
	table->sites =
		kvcalloc(SITE_TABLE_SITES, sizeof(*table->sites), GFP_KERNEL);
	table->cpus = kvcalloc(2 * SITE_TABLE_SITES,
			       BITS_TO_LONGS(nr_cpu_ids) * sizeof(long),
			       GFP_KERNEL);
	if (table->sites && table->cpus)
		return 0;
	site_table_fini(table);
	return -ENOMEM;
}
EXPORT_SYMBOL_FOR_TEST(site_table_init);

void site_table_fini(struct site_table *table)
{
	kvfree(table->sites);
	kvfree(table->cpus);
}
EXPORT_SYMBOL_FOR_TEST(site_table_fini);

size_t site_table_bytes(void)
{
	return SITE_TABLE_SITES *
	       (sizeof(struct site) +
		2 * BITS_TO_LONGS(nr_cpu_ids) * sizeof(long));
}

/* Whether it is the caller's, perhaps from now on. */
static bool site_is(struct site *site, unsigned long caller, u64 now)
{
	unsigned long old = READ_ONCE(site->caller);

	if (!old)
		old = cmpxchg(&site->caller, 0, caller);
	if (!old)
		WRITE_ONCE(site->since, now);
	return !old || old == caller;
}

/**
 * site_table_find - find the site of a caller, or make it
 * @table: the table
 * @caller: address of the call, not 0
 * @now: the time in ns, not 0
 *
 * Context: Any.
 * Return: its number, less than %SITE_TABLE_SITES, or -ENOSPC.
 */
int site_table_find(struct site_table *table, unsigned long caller, u64 now)
{
	unsigned int first = hash_long(caller, SITE_TABLE_BITS);
	unsigned int probe, i;

	for (probe = 0; probe < SITE_PROBES; probe++) {
		i = (first + probe) % SITE_TABLE_SITES;
		if (site_is(&table->sites[i], caller, now))
			return i;
	}
	return -ENOSPC;
}
EXPORT_SYMBOL_FOR_TEST(site_table_find);

/* Most of the time it is there already, and others read it. */
static void mark_cpu(unsigned long *cpus, unsigned int cpu)
{
	if (!test_bit(cpu, cpus))
		set_bit(cpu, cpus);
}

void site_allocated(struct site_table *table, unsigned int site,
		    unsigned int cpu)
{
	atomic_long_inc(&table->sites[site].allocs);
	mark_cpu(site_alloc_cpus(table, site), cpu);
}

void site_freed(struct site_table *table, unsigned int nr,
		unsigned int alloc_cpu, unsigned int cpu)
{
	struct site *site = &table->sites[nr];

	atomic_long_inc(&site->frees);
	mark_cpu(site_free_cpus(table, nr), cpu);
	if (cpu != alloc_cpu)
		atomic_long_inc(&site->other_cpu);
	if (cpu_to_node(cpu) != cpu_to_node(alloc_cpu))
		atomic_long_inc(&site->other_node);
}
EXPORT_SYMBOL_FOR_TEST(site_freed);
