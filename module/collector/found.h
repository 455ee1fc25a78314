/* SPDX-License-Identifier: GPL-2.0-only */
/* Where what was found unreachable came from: a table of bounded size. */
#ifndef MAGSLAB_COLLECTOR_FOUND_H
#define MAGSLAB_COLLECTOR_FOUND_H

#include <linux/bits.h>
#include <linux/spinlock.h>
#include <linux/stackdepot.h>
#include <linux/types.h>

struct magslab_tracked;
struct seq_file;

#define FOUND_BITS 8
#define FOUND_SITES BIT(FOUND_BITS)

/**
 * struct find - an object that was found
 * @tracked: its cache
 * @caller: who allocated it
 * @stack: in the stack depot, or 0
 * @reclaimed: whether it was freed then
 */
struct find {
	const struct magslab_tracked *tracked;
	unsigned long caller;
	depot_stack_handle_t stack;
	bool reclaimed;
};

/**
 * struct found_site - all that came from one place
 * @find: that place; none if it has no cache
 * @objects: how many
 */
struct found_site {
	struct find find;
	u64 objects;
};

/**
 * struct found - the table
 * @lock: protects all of it
 * @sites: hashed by place
 * @dropped: objects from places for which there was no room
 */
struct found {
	spinlock_t lock; /* of the table */
	struct found_site sites[FOUND_SITES];
	u64 dropped;
};

void found_init(struct found *found);
void found_add(struct found *found, const struct find *find);
void found_show(struct found *found, struct seq_file *m);

#endif /* MAGSLAB_COLLECTOR_FOUND_H */
