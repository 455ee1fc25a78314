// SPDX-License-Identifier: GPL-2.0-only
/* From options to the runs to do. Nothing is run before all of them are sound. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define DEFAULT_SIZE 64
/* The largest, of workloads that mix sizes: so eight classes, from 8 bytes on. */
#define DEFAULT_MIX_SIZE 1024

/*
 * One run of a profile; 0 stands for the kernel's default, and a size of 0 for
 * each size of the profile.
 */
struct entry {
	const char *workload;
	__u64 count;
	__u32 turns;
	__u32 blocks;
	__u32 block_ops;
	__u64 size;
};

/* To see that everything works: a second or two in an emulator. */
static const struct entry smoke[] = {
	{ "pair", 0, 2, 8, 256, 0 },
	{ "burst", 256, 2, 8, 256, 0 },
	{ "bulk", 64, 2, 8, 256, 0 },
	{ "shuffled", 2048, 2, 8, 256, 0 },
	{ "full-path", 8192, 2, 2, 1024, 0 },
	{ "producer-consumer", 0, 2, 8, 256, 0 },
	{ "steady", 2048, 2, 8, 256, 0 },
	{ "larson", 2048, 2, 8, 256, 0 },
	{ "one-alloc-n-free", 2048, 2, 8, 256, 0 },
	{},
};

/*
 * Half a minute in an emulator that counts instructions. There blocks repeat
 * so exactly that few are enough.
 */
static const struct entry quick[] = {
	{ "pair", 0, 4, 32, 0, 0 },
	{ "burst", 16, 4, 32, 0, 0 },
	{ "burst", 256, 4, 32, 0, 0 },
	{ "burst", 4096, 4, 8, 0, 0 },
	{ "burst", 65536, 2, 2, 0, 0 },
	{ "bulk", 64, 4, 32, 0, 0 },
	{ "shuffled", 16384, 2, 32, 0, 0 },
	{ "full-path", 1000000, 2, 2, 0, 0 },
	{ "producer-consumer", 0, 4, 64, 0, 0 },
	{},
};

/* Every one there is, as the tables of Documentation/results.rst have them. */
static const struct entry workloads[] = {
	{ "pair", 0, 4, 32, 0, 0 },
	{ "burst", 16, 4, 32, 0, 0 },
	{ "burst", 256, 4, 32, 0, 0 },
	{ "burst", 4096, 4, 8, 0, 0 },
	{ "burst", 65536, 2, 2, 0, 0 },
	{ "bulk", 64, 4, 32, 0, 0 },
	{ "shuffled", 16384, 2, 32, 0, 0 },
	{ "full-path", 200000, 2, 2, 0, 0 },
	{ "steady", 16384, 2, 32, 0, 0 },
	{ "remote-free", 16384, 2, 32, 0, 0 },
	{ "one-alloc-n-free", 16384, 2, 32, 0, 0 },
	{ "mstress", 16384, 2, 32, 0, 0 },
	{ "rptest", 16384, 2, 32, 0, 0 },
	{ "larson", 16384, 2, 32, 0, 0 },
	{ "producer-consumer", 0, 4, 64, 0, 0 },
	{ "xmalloc-test", 0, 4, 64, 0, 0 },
	{ "glibc-simple", 100, 4, 32, 0, 0 },
	{ "glibc-simple", 1600, 4, 32, 0, 0 },
	{ "cache-thrash", 0, 4, 32, 0, 0 },
	{ "cache-scratch", 0, 4, 32, 0, 0 },
	{ "prefill", 64, 4, 32, 0, 0 },
	{ "mleak", 100, 2, 8, 0, 0 },
	{ "mleak", 20000, 2, 4, 0, 0 },
	{ "sh6bench", 0, 2, 16, 0, 0 },
	{ "sh8bench", 0, 2, 16, 0, 0 },
	{ "alloc-test", 0, 2, 32, 0, 0 },
	{ "glibc-thread", 0, 2, 32, 0, 0 },
	{},
};

/* Enough blocks for the tail to mean something on a machine with a life. */
static const struct entry full[] = {
	{ "pair", 0, 8, 1024, 0, 0 },
	{ "burst", 16, 8, 1024, 0, 0 },
	{ "burst", 256, 8, 1024, 0, 0 },
	{ "burst", 4096, 8, 256, 0, 0 },
	{ "burst", 65536, 4, 32, 0, 0 },
	{ "bulk", 64, 8, 1024, 0, 0 },
	{ "shuffled", 16384, 8, 1024, 0, 0 },
	{ "full-path", 1000000, 4, 4, 0, 0 },
	{ "producer-consumer", 0, 8, 1024, 0, 0 },
	{},
};

/*
 * A million objects, or as many as a machine with 2 GiB may be asked for. The
 * figures are those of the second turn: in the first one others may still be
 * giving back what they took before.
 */
static const struct entry memory[] = {
	{ "live-set", 1000000, 2, 2, 0, 8 },
	{ "live-set", 1000000, 2, 2, 0, 24 },
	{ "live-set", 1000000, 2, 2, 0, 48 },
	{ "live-set", 1000000, 2, 2, 0, 64 },
	{ "live-set", 1000000, 2, 2, 0, 96 },
	{ "live-set", 1000000, 2, 2, 0, 192 },
	{ "live-set", 500000, 2, 2, 0, 400 },
	{ "live-set", 500000, 2, 2, 0, 512 },
	{ "live-set", 250000, 2, 2, 0, 1000 },
	{ "live-set", 250000, 2, 2, 0, 1024 },
	{ "live-set", 100000, 2, 2, 0, 3000 },
	{ "live-set", 100000, 2, 2, 0, 4096 },
	{},
};

/* The loops alone show what else changes in the system meanwhile. */
static const char *const memory_backends[] = { "magslab", "kmem_cache", "empty",
					       NULL };

static const __u64 one_size[] = { DEFAULT_SIZE, 0 };
static const __u64 full_sizes[] = { 64, 256, 1024, 4096, 0 };

static const struct profile {
	const char *name;
	const struct entry *entries;
	const __u64 *sizes;
	const char *const *backends; /* NULL: all there are */
	bool packed;
} profiles[] = {
	{ "smoke", smoke, one_size, NULL, false },
	{ "quick", quick, one_size, NULL, false },
	{ "workloads", workloads, one_size, NULL, false },
	{ "full", full, full_sizes, NULL, false },
	{ "memory", memory, one_size, memory_backends, true },
};

static const struct profile *find_profile(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(profiles); i++)
		if (!strcmp(profiles[i].name, name))
			return &profiles[i];
	return NULL;
}

bool plan_profile_exists(const char *name)
{
	return find_profile(name);
}

static void add_backend(struct plan *plan,
			const struct magslab_backend_info *backend)
{
	if (plan->nr_backends < MAX_BACKENDS)
		plan->backends[plan->nr_backends++] = backend;
}

static bool has_backend(const struct plan *plan,
			const struct magslab_backend_info *backend)
{
	size_t i;

	for (i = 0; i < plan->nr_backends; i++)
		if (plan->backends[i] == backend)
			return true;
	return false;
}

/* No figure means much without the cost of the loop it was taken by. */
static void add_floors(struct plan *plan, const struct device *device)
{
	const struct magslab_backend_info *backend;
	__u32 i;

	for (i = 0; i < device->info.nr_backends; i++) {
		backend = &device->backends[i];
		if (backend->flags & MAGSLAB_BACKEND_FLOOR &&
		    !has_backend(plan, backend))
			add_backend(plan, backend);
	}
}

static void add_named(struct plan *plan, const struct options *options,
		      const struct device *device)
{
	const struct magslab_backend_info *backend;
	size_t i;

	for (i = 0; i < options->nr_backends; i++) {
		backend = device_backend(device, options->backends[i]);
		if (!backend)
			quit(EXIT_USAGE,
			     "--backend: there is no '%s'; --list shows them",
			     options->backends[i]);
		add_backend(plan, backend);
	}
}

static void add_all(struct plan *plan, const struct device *device)
{
	__u32 i;

	for (i = 0; i < device->info.nr_backends; i++)
		if (!(device->backends[i].flags & MAGSLAB_BACKEND_BY_NAME))
			add_backend(plan, &device->backends[i]);
}

static void add_profiled(struct plan *plan, const char *const *names,
			 const struct device *device)
{
	const struct magslab_backend_info *backend;

	for (; *names; names++) {
		backend = device_backend(device, *names);
		if (backend)
			add_backend(plan, backend);
	}
}

static const struct profile *profile_of(const struct options *options)
{
	return find_profile(options->profile ? options->profile : "quick");
}

static void choose_backends(struct plan *plan, const struct options *options,
			    const struct device *device)
{
	const char *const *profiled = profile_of(options)->backends;

	if (options->nr_backends) {
		add_named(plan, options, device);
		add_floors(plan, device);
	} else if (profiled) {
		add_profiled(plan, profiled, device);
	} else {
		add_all(plan, device);
	}
}

/* Options overrule what a profile says. */
static void add_step(struct plan *plan, const struct options *options,
		     const struct magslab_workload_info *workload,
		     const struct entry *entry, __u64 size)
{
	plan->steps = realloc(plan->steps,
			      (plan->nr_steps + 1) * sizeof(*plan->steps));
	if (!plan->steps)
		quit(EXIT_FAILED, "out of memory");
	plan->steps[plan->nr_steps++] = (struct step){
		.workload = workload,
		.count = entry->count,
		.size = size,
		.turns = options->turns ? options->turns : entry->turns,
		.blocks = options->blocks ? options->blocks : entry->blocks,
		.block_ops = options->block_ops ? options->block_ops :
						  entry->block_ops,
	};
}

/* Whether a workload can be done by as many CPUs as are to be used. */
static bool fits_cpus(const struct magslab_workload_info *workload,
		      const struct options *options)
{
	return !(workload->flags & MAGSLAB_WORKLOAD_PAIRS) ||
	       options->cpus % 2 == 0;
}

static bool fits_latency(const struct magslab_workload_info *workload,
			 const struct options *options)
{
	return !(workload->flags & MAGSLAB_WORKLOAD_WHOLE) || !options->latency;
}

/* The first option that takes workloads with nothing of their own, or NULL. */
static const char *option_for_plain(const struct options *options)
{
	if (options->axes.context != MAGSLAB_CONTEXT_TASK)
		return "--context";
	if (options->axes.touch != MAGSLAB_TOUCH_NONE)
		return "--touch";
	if (options->timeline)
		return "--timeline";
	return options->lines ? "--lines" : NULL;
}

static bool fits_plain(const struct magslab_workload_info *workload,
		       const struct options *options)
{
	return !(workload->flags & MAGSLAB_WORKLOAD_OWN) ||
	       !option_for_plain(options);
}

/* Whoever names no size wants one for which the workload is as it should be. */
static __u64 size_of(const struct magslab_workload_info *workload,
		     const struct options *options, __u64 otherwise)
{
	if (options->size)
		return options->size;
	return workload->flags & MAGSLAB_WORKLOAD_MIX ? DEFAULT_MIX_SIZE :
							otherwise;
}

static void check_count(const struct magslab_workload_info *workload,
			const struct workload_choice *choice)
{
	if (!choice->count)
		return;
	if (!(workload->flags & MAGSLAB_WORKLOAD_COUNT))
		quit(EXIT_USAGE, "--workload: '%s' takes no number",
		     choice->name);
	if (choice->count > workload->max_count)
		quit(EXIT_USAGE, "--workload: %s:%llu is above %llu",
		     choice->name, choice->count, workload->max_count);
}

static const struct magslab_workload_info *
find_workload(const struct options *options, const struct device *device,
	      const struct workload_choice *choice)
{
	const struct magslab_workload_info *workload;

	workload = device_workload(device, choice->name);
	if (!workload)
		quit(EXIT_USAGE,
		     "--workload: there is no '%s'; --list shows them",
		     choice->name);
	if (workload->flags & MAGSLAB_WORKLOAD_TRACE && !options->replays)
		quit(EXIT_USAGE,
		     "--workload: '%s' takes a trace, see %s replay",
		     choice->name, program_name);
	check_count(workload, choice);
	if (!fits_cpus(workload, options))
		quit(EXIT_USAGE,
		     "--workload: '%s' takes an even number of --cpus",
		     choice->name);
	if (!fits_latency(workload, options))
		quit(EXIT_USAGE,
		     "--latency: '%s' has no calls to be timed one by one",
		     choice->name);
	if (!fits_plain(workload, options))
		quit(EXIT_USAGE, "%s: not for '%s', which has ways of its own",
		     option_for_plain(options), choice->name);
	return workload;
}

static void add_chosen(struct plan *plan, const struct options *options,
		       const struct device *device)
{
	const struct magslab_workload_info *workload;
	size_t i;

	for (i = 0; i < options->nr_workloads; i++) {
		const struct workload_choice *choice = &options->workloads[i];
		struct entry entry = { .count = choice->count };

		workload = find_workload(options, device, choice);
		add_step(plan, options, workload, &entry,
			 size_of(workload, options, DEFAULT_SIZE));
	}
}

static bool fits_size(const struct entry *entry, const struct options *options)
{
	return !entry->size || !options->size || entry->size == options->size;
}

static void add_profile(struct plan *plan, const struct options *options,
			const struct device *device)
{
	const struct profile *profile = profile_of(options);
	const __u64 own[] = { options->size, 0 };
	const __u64 *size = options->size ? own : profile->sizes;
	const struct magslab_workload_info *workload;
	const struct entry *entry;

	for (; *size; size++) {
		for (entry = profile->entries; entry->workload; entry++) {
			workload = device_workload(device, entry->workload);
			if (workload && fits_cpus(workload, options) &&
			    fits_latency(workload, options) &&
			    fits_plain(workload, options) &&
			    fits_size(entry, options))
				add_step(plan, options, workload, entry,
					 size_of(workload, options,
						 entry->size ? entry->size :
							       *size));
		}
	}
	if (!plan->nr_steps)
		quit(EXIT_USAGE,
		     "--profile %s has nothing for such --size or --cpus",
		     profile->name);
}

static void check(const char *option, __u64 value, __u64 most)
{
	if (value > most)
		quit(EXIT_USAGE, "%s: %llu is above %llu", option, value, most);
}

static void check_limits(const struct options *options,
			 const struct magslab_info *info)
{
	check("--size", options->size, info->max_object_size);
	check("--cpus", options->cpus, info->max_cpus);
	check("--turns", options->turns, info->max_turns);
	check("--blocks", options->blocks, info->max_blocks / options->cpus);
	check("--block-ops", options->block_ops, info->max_block_ops);
	check("--timeout", options->timeout, info->max_timeout_ns / 1000000000);
}

void plan_make(struct plan *plan, const struct options *options,
	       const struct device *device)
{
	*plan = (struct plan){ .packed = options->packed };
	if (options->latency &&
	    !(device->info.features & MAGSLAB_FEATURE_LATENCY))
		quit(EXIT_USAGE, "--latency: the module is too old for it");
	if (options->timeline &&
	    !(device->info.features & MAGSLAB_FEATURE_TIMELINE))
		quit(EXIT_USAGE, "--timeline: the module is too old for it");
	check_limits(options, &device->info);
	surroundings_check(options, &device->info);
	choose_backends(plan, options, device);
	if (options->nr_workloads) {
		add_chosen(plan, options, device);
	} else {
		plan->packed |= profile_of(options)->packed;
		add_profile(plan, options, device);
	}
}

/* Where a back-end is in a plan, or -1. */
int plan_index(const struct plan *plan, const char *name)
{
	size_t i;

	for (i = 0; i < plan->nr_backends; i++)
		if (!strcmp(plan->backends[i]->name, name))
			return i;
	return -1;
}

struct contest plan_contest(const struct plan *plan)
{
	struct contest contest = {
		.ours = plan_index(plan, "magslab"),
		.theirs = plan_index(plan, "kmem_cache"),
	};

	return contest;
}

bool contest_is_on(const struct contest *contest)
{
	return contest->ours >= 0 && contest->theirs >= 0;
}

void plan_free(struct plan *plan)
{
	free(plan->steps);
}
