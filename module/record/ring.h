/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_RECORD_RING_H
#define MAGSLAB_RECORD_RING_H

#include <linux/cache.h>
#include <linux/types.h>

#include <uapi/linux/magslab.h>

/**
 * struct ring - events of one CPU on their way to the reader
 * @events: a power of two of them
 * @mask: their number less one
 * @head: events written so far; the CPU's alone, with interrupts off
 * @dropped: events that found no room; as @head
 * @tail: events read so far; the reader's alone
 */
struct ring {
	struct magslab_event *events;
	u32 mask;
	u32 head ____cacheline_aligned_in_smp;
	u64 dropped;
	u32 tail ____cacheline_aligned_in_smp;
};

int ring_create(struct ring *ring, u32 events);
void ring_destroy(struct ring *ring);
struct magslab_event *ring_reserve(struct ring *ring);
void ring_commit(struct ring *ring);
u32 ring_peek(const struct ring *ring, const struct magslab_event **events);
void ring_consume(struct ring *ring, u32 nr);

#endif /* MAGSLAB_RECORD_RING_H */
