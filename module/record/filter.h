/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_RECORD_FILTER_H
#define MAGSLAB_RECORD_FILTER_H

#include <linux/cpumask.h>
#include <linux/types.h>

#include <uapi/linux/magslab.h>

struct observed;
struct record_cache;

/**
 * struct record_filter - which allocations are recorded
 * @self: process that records
 * @task: process whose they are, or 0
 * @min_bytes: least size
 * @max_bytes: greatest size
 * @cpus: where they are made
 * @cache: name of the cache they come from, or empty
 */
struct record_filter {
	pid_t self;
	pid_t task;
	u64 min_bytes;
	u64 max_bytes;
	struct cpumask cpus;
	char cache[MAGSLAB_NAME_SIZE];
};

int record_filter_set(struct record_filter *filter,
		      const struct magslab_record *user);
bool record_filter_is_own(const struct record_filter *filter);
bool record_filter_wants(const struct record_filter *filter,
			 const struct observed *what);
bool record_filter_wants_cache(const struct record_filter *filter,
			       const struct observed *what,
			       const struct record_cache *cache);

#endif /* MAGSLAB_RECORD_FILTER_H */
