// SPDX-License-Identifier: GPL-2.0-only
/*
 * One writer, one reader, no lock. What finds no room is counted and lost: whoever
 * is recorded does not wait for whoever reads.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/barrier.h>

#include "ring.h"

/**
 * ring_create - make an empty ring
 * @ring: zeroed
 * @events: a power of two
 *
 * Context: Task. May sleep.
 * Return: 0 or -ENOMEM.
 */
int ring_create(struct ring *ring, u32 events)
{
	ring->events =
		kvcalloc(events, sizeof(*ring->events), GFP_KERNEL_ACCOUNT);
	ring->mask = events - 1;
	return ring->events ? 0 : -ENOMEM;
}

void ring_destroy(struct ring *ring)
{
	kvfree(ring->events);
}

/* Where the next event goes, or NULL. The writer's, who then commits it. */
struct magslab_event *ring_reserve(struct ring *ring)
{
	/* Pairs with the release in ring_consume(): what was there has been read. */
	if (ring->head - smp_load_acquire(&ring->tail) > ring->mask) {
		WRITE_ONCE(ring->dropped, ring->dropped + 1);
		return NULL;
	}
	return &ring->events[ring->head & ring->mask];
}

void ring_commit(struct ring *ring)
{
	/* Pairs with the acquire in ring_peek(). */
	smp_store_release(&ring->head, ring->head + 1);
}

/**
 * ring_peek - the events that wait to be read
 * @ring: the ring
 * @events: where the oldest of them is
 *
 * Context: The reader.
 * Return: how many lie there one after another; 0 if there are none.
 */
u32 ring_peek(const struct ring *ring, const struct magslab_event **events)
{
	u32 from = ring->tail & ring->mask;

	*events = &ring->events[from];
	/* Pairs with the release in ring_commit(). */
	return min(smp_load_acquire(&ring->head) - ring->tail,
		   ring->mask + 1 - from);
}

void ring_consume(struct ring *ring, u32 nr)
{
	/* Pairs with the acquire in ring_reserve(). */
	smp_store_release(&ring->tail, ring->tail + nr);
}
