/* SPDX-License-Identifier: GPL-2.0-only */
/* Sampled objects that live, by their addresses. */
#ifndef MAGSLAB_ESCAPE_LIFE_TABLE_H
#define MAGSLAB_ESCAPE_LIFE_TABLE_H

#include <linux/spinlock_types.h>
#include <linux/types.h>

#include "escape/frame.h"

#define LIFE_BUCKET_BITS 12
#define LIFE_BUCKETS BIT(LIFE_BUCKET_BITS)
#define LIFE_WAYS 8

/**
 * struct escape_life - a sampled object
 * @object: its address
 * @time: of its allocation, in ns
 * @task: who allocated it, or 0 if an interrupt did
 * @frame: that did; of depth 0 if an interrupt did
 * @site: number of the site
 * @bytes: that were asked for
 * @cpu: where
 */
struct escape_life {
	const void *object;
	u64 time;
	u64 task;
	struct escape_frame frame;
	u32 site;
	u32 bytes;
	u32 cpu;
};

struct life_bucket {
	/* Of this bucket; nothing is taken within. */
	raw_spinlock_t lock;
	u32 nr;
	struct escape_life lives[LIFE_WAYS];
};

struct life_table {
	struct life_bucket *buckets;
};

int life_table_init(struct life_table *table);
void life_table_fini(struct life_table *table);
bool life_table_add(struct life_table *table, const struct escape_life *life);
bool life_table_take(struct life_table *table, const void *object,
		     struct escape_life *life);
u32 life_table_read(struct life_table *table, u32 bucket,
		    struct escape_life lives[LIFE_WAYS]);

#endif /* MAGSLAB_ESCAPE_LIFE_TABLE_H */
