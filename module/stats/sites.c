// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/stacktrace.h>

#include "compat.h"
#include "stats/site_report.h"
#include "stats/sites.h"

/* Frames of ours that a call from outside can have come through, and some more. */
#define SITES_FRAMES 16

/**
 * struct sites_cpu - when the next sample of a CPU is due
 * @left: allocations until then
 * @random: the last random number
 */
struct sites_cpu {
	int left;
	u32 random;
};

/*
 * === Which allocations ===
 */

/*
 * From 1 to twice the rate less 1: the rate on average, but in step with no loop
 * that allocates from several sites in turn. An interrupt in between may use the
 * same number, which does no harm.
 */
static int next_gap(const struct sites *sites)
{
	u32 random = this_cpu_read(sites->cpu->random) * 1664525 + 1013904223;

	this_cpu_write(sites->cpu->random, random);
	return 1 + (((u64)random * (2 * sites->rate - 1)) >> 32);
}

static bool sample_is_due(const struct sites *sites)
{
	if (likely(this_cpu_dec_return(sites->cpu->left) > 0))
		return false;
	this_cpu_write(sites->cpu->left, next_gap(sites));
	return true;
}

/*
 * === Whose they are ===
 */

static bool is_ours(unsigned long address)
{
	return within_module(address, THIS_MODULE);
}

/* The innermost caller that is not ours, or what is known already. */
static noinline unsigned long caller_outside(unsigned long caller)
{
	unsigned long entries[SITES_FRAMES];
	unsigned int i, nr;

	/* Which may have come in the middle of a frame that is half made. */
	if (in_nmi())
		return caller;
	nr = stack_trace_save(entries, ARRAY_SIZE(entries), 1);
	for (i = 0; i < nr; i++)
		if (!is_ours(entries[i]))
			return entries[i];
	return caller;
}

/* magslab_kmalloc(), for one, allocates for somebody else. */
static unsigned long user_of(const struct magslab_tapped *op)
{
	return is_ours(op->caller) ? caller_outside(op->caller) : op->caller;
}

/*
 * === Being told ===
 */

/* An object that is allocated again was freed, whether or not we were told. */
static void close_earlier_life(struct sites *sites, const void *object)
{
	struct sample earlier;

	if (sample_table_remove(&sites->live, object, &earlier))
		atomic_long_inc(&sites->frees_not_seen);
}

static noinline void sample(struct sites *sites, const void *object,
			    unsigned long caller, u64 now)
{
	unsigned int cpu = raw_smp_processor_id();
	struct sample new = { .time = now, .cpu = cpu };
	int site = site_table_find(&sites->table, caller, now);

	close_earlier_life(sites, object);
	if (site < 0) {
		atomic_long_inc(&sites->sites_dropped);
		return;
	}
	new.site = site;
	if (sample_table_add(&sites->live, object, &new))
		site_allocated(&sites->table, site, cpu);
	else
		atomic_long_inc(&sites->samples_dropped);
}

static void sites_allocated(void *data, struct magslab_cache *cache,
			    void **objects, size_t nr,
			    const struct magslab_tapped *op, u64 now)
{
	struct sites *sites = data;
	size_t i;

	for (i = 0; i < nr; i++)
		if (unlikely(sample_is_due(sites)))
			sample(sites, objects[i], user_of(op), now);
}

static void sites_freeing(void *data, struct magslab_cache *cache,
			  void **objects, size_t nr, struct magslab_tapped *op,
			  u64 now)
{
	struct sites *sites = data;
	struct sample gone;
	size_t i;

	for (i = 0; i < nr; i++)
		if (sample_table_remove(&sites->live, objects[i], &gone))
			site_freed(&sites->table, gone.site, gone.cpu,
				   raw_smp_processor_id());
}

/*
 * === Life ===
 */

static void init_cpu(const struct sites *sites, struct sites_cpu *cpu)
{
	cpu->random = get_random_u32();
	cpu->left = 1 + cpu->random % sites->rate;
}

static void sites_destroy(void *data)
{
	struct sites *sites = data;

	free_percpu(sites->cpu);
	sample_table_fini(&sites->live);
	site_table_fini(&sites->table);
	kfree(sites);
}

static int sites_init(struct sites *sites)
{
	unsigned int cpu;

	sites->cpu = alloc_percpu(struct sites_cpu);
	if (!sites->cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		init_cpu(sites, per_cpu_ptr(sites->cpu, cpu));
	return site_table_init(&sites->table);
}

static void *sites_create(struct magslab_cache *cache, unsigned int rate)
{
	struct sites *sites = kzalloc(sizeof(*sites), GFP_KERNEL);

	if (!sites)
		return NULL;
	sites->rate = rate;
	if (sample_table_init(&sites->live, SITES_SAMPLE_BITS))
		goto err_free;
	if (sites_init(sites))
		goto err_live;
	return sites;

err_live:
	free_percpu(sites->cpu);
	sample_table_fini(&sites->live);
err_free:
	kfree(sites);
	return NULL;
}

const struct magslab_instrument magslab_sites = {
	.name = "sites",
	.most = 1 << 20,
	.create = sites_create,
	.destroy = sites_destroy,
	.allocated = sites_allocated,
	.freeing = sites_freeing,
	.show = site_report_show,
};
EXPORT_SYMBOL_FOR_TEST(magslab_sites);
