// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab/caches/NAME/: what one cache has and did.
 *
 *	stats			"name: value" lines
 *	cpus			a line for each possible CPU
 *	magazine_capacity	how many rounds magazines have
 *	and those of balance.c, heatmap.c and instrument.c
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "alloc/cache.h"
#include "alloc/census.h"
#include "stats/instrument.h"
#include "stats/stats.h"

static void show(struct seq_file *m, const char *name, unsigned long value)
{
	seq_printf(m, "%s: %lu\n", name, value);
}

static void show_geometry(struct seq_file *m, const struct magslab_cache *cache)
{
	show(m, "object_size", cache->size);
	show(m, "object_stride", cache->layout.stride);
	show(m, "align", cache->align);
	show(m, "objects_per_slab", cache->layout.nr);
	show(m, "page_limit", READ_ONCE(cache->limit));
	show(m, "pages_per_slab", 1UL << cache->layout.order);
	show(m, "magazine_capacity", READ_ONCE(cache->sizing.capacity));
}

static void show_holdings(struct seq_file *m, const struct magslab_census *c)
{
	seq_printf(m, "live_objects: %lld\n", c->live_objects);
	show(m, "apart_objects", c->apart_objects);
	show(m, "capacity_objects", c->capacity_objects);
	show(m, "magazine_objects", census_magazine_objects(c));
	show(m, "depot_objects", c->depot_objects);
	show(m, "free_slab_objects", c->free_slab_objects);
	show(m, "uncounted_objects", c->uncounted_objects);
	show(m, "reserve_objects", c->reserve_objects);
	show(m, "reserve_size", c->reserve_size);
	show(m, "rcu_objects", c->rcu_objects);
	show(m, "rcu_slabs", c->rcu_slabs);
	show(m, "dead_objects", c->dead_objects);
	show(m, "slabs_partial", census_partial_slabs(c));
	show(m, "slabs_full", c->slabs[MAGSLAB_SLAB_FULL]);
	show(m, "slabs_empty", c->slabs[MAGSLAB_SLAB_EMPTY]);
	show(m, "pages", c->pages);
	show(m, "depot_full", c->depot_full);
	show(m, "depot_empty", c->depot_empty);
}

static void show_events(struct seq_file *m, const struct magslab_census *c)
{
	const struct magslab_cpu_census *cpus = &c->cpus;

	show(m, "allocs", cpus->allocs);
	show(m, "frees", cpus->frees);
	show(m, "alloc_failures", cpus->failures);
	show(m, "alloc_hits", census_alloc_hits(cpus));
	show(m, "alloc_misses", cpus->alloc_misses);
	show(m, "free_hits", census_free_hits(cpus));
	show(m, "free_misses", cpus->free_misses);
	show(m, "direct_allocs", cpus->direct_allocs);
	show(m, "direct_frees", cpus->direct_frees);
	show(m, "interrupts", cpus->interrupts);
	show(m, "limit_refusals", c->limit_refusals);
	show(m, "page_failures", c->page_failures);
	show(m, "rcu_stranded", c->rcu_stranded);
	show(m, "reserve_allocs", c->reserve_allocs);
	show(m, "reserve_waits", c->reserve_waits);
	show(m, "refills", cpus->refills);
	show(m, "drains", cpus->drains);
	show(m, "remote_frees", cpus->remote_frees);
	show(m, "slabs_created", c->slabs_created);
	show(m, "slabs_destroyed", c->slabs_destroyed);
	show(m, "depot_locks", c->depot_locks);
	show(m, "depot_contended", c->depot_contended);
	show(m, "slabs_quarantined", c->slabs_quarantined);
	show(m, "slab_locks", c->slab_locks);
	show(m, "settled_objects", c->settled_objects);
	show(m, "rejected_frees", c->rejected_frees);
}

static int stats_show(struct seq_file *m, void *unused)
{
	const struct magslab_cache *cache = m->private;
	struct magslab_census census;

	magslab_census_take(cache, &census);
	show_geometry(m, cache);
	show_holdings(m, &census);
	show_events(m, &census);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static void show_cpu(struct seq_file *m, const struct magslab_cache *cache,
		     unsigned int cpu)
{
	struct magslab_cpu_census c;

	magslab_census_take_cpu(cache, cpu, &c);
	seq_printf(m, "%5u %6u %8lu %8lu %12lu %12lu %12lu %12lu %10lu %10lu\n",
		   cpu, cpu_online(cpu), c.loaded, c.previous, c.allocs,
		   c.frees, c.alloc_misses, c.free_misses, c.direct_allocs,
		   c.direct_frees);
}

static int cpus_show(struct seq_file *m, void *unused)
{
	const struct magslab_cache *cache = m->private;
	unsigned int cpu;

	seq_printf(m, "%5s %6s %8s %8s %12s %12s %12s %12s %10s %10s\n", "cpu",
		   "online", "loaded", "previous", "allocs", "frees",
		   "alloc_misses", "free_misses", "direct_a", "direct_f");
	for_each_possible_cpu(cpu)
		show_cpu(m, cache, cpu);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cpus);

static int capacity_get(void *data, u64 *capacity)
{
	const struct magslab_cache *cache = data;

	*capacity = READ_ONCE(cache->sizing.capacity);
	return 0;
}

static int capacity_set(void *data, u64 capacity)
{
	if (capacity > MAGSLAB_MAX_CAPACITY)
		return -ERANGE;
	return magslab_sizing_pin(data, capacity);
}

DEFINE_DEBUGFS_ATTRIBUTE(capacity_fops, capacity_get, capacity_set, "%llu\n");

/* Called as caches come; the list of caches stands still meanwhile. */
void magslab_cache_dir_create(struct magslab_cache *cache,
			      struct dentry *parent)
{
	struct dentry *dir = debugfs_create_dir(cache->name, parent);

	debugfs_create_file("stats", 0400, dir, cache, &stats_fops);
	debugfs_create_file("cpus", 0400, dir, cache, &cpus_fops);
	debugfs_create_file("magazine_capacity", 0600, dir, cache,
			    &capacity_fops);
	magslab_balance_create(cache, dir);
	magslab_heatmap_create(cache, dir);
	magslab_instruments_create(cache, dir);
}

/* Called before a cache goes. Waits for readers, who lock nothing. */
void magslab_cache_dir_remove(struct magslab_cache *cache,
			      struct dentry *parent)
{
	debugfs_lookup_and_remove(cache->name, parent);
	magslab_instruments_stop(cache);
}
