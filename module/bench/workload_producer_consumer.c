// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects allocated on one CPU and freed on another: packets on their way from
 * a receive to a transmit queue, requests and those who complete them. What one
 * CPU frees, the other gets only through what they share. How often that takes
 * a lock is counted, once the flow is steady.
 *
 * Workers go in pairs: an even one allocates, the next one frees. Between them
 * is a ring with as many slots as the run has objects. An operation is one
 * object that went through it. Waiting for the other one is part of that, so
 * both tell the pace of the slower.
 *
 *  producer-consumer	16 objects are handed over at once, as drivers do
 *  xmalloc-test	120 are: batches of completed requests
 */
#include <linux/minmax.h>
#include <linux/processor.h>

#include "engine.h"

/* Short enough to be at hand, long enough not to be poll after poll. */
#define RING_SPINS 1000

/* The slots of a ring are its producer's room for objects. */
static void **ring_slots(const struct bench_worker *producer, size_t position)
{
	return producer->objects + position % producer->run->count;
}

/* Of @nr objects, those that can be moved at once: from here up to the seam. */
static size_t ring_part(const struct bench_worker *producer, size_t position,
			size_t nr)
{
	const struct bench_run *run = producer->run;
	size_t to_seam = run->count - position % run->count;

	return min3(nr, to_seam, min(run->workload->batch, run->chunk));
}

/* Slots that are free to be filled. */
static size_t ring_room(const struct bench_worker *producer)
{
	const struct bench_ring *ring = &producer->ring;
	size_t tail;

	/* Pairs with the release in take(): what was there has been read. */
	tail = smp_load_acquire(&ring->tail);
	return producer->run->count - (ring->head - tail);
}

/* Slots that have been filled. */
static size_t ring_filled(const struct bench_worker *producer)
{
	const struct bench_ring *ring = &producer->ring;
	size_t head;

	/* Pairs with the release in put(): what is there has been written. */
	head = smp_load_acquire(&ring->head);
	return head - ring->tail;
}

/* Allocate objects into the ring. Return: how many, 0 if it is full, -ENOMEM. */
static ssize_t put(struct bench_worker *worker, size_t nr)
{
	struct bench_ring *ring = &worker->ring;
	size_t head = ring->head;
	size_t part = ring_part(worker, head, min(nr, ring_room(worker)));
	size_t done;

	if (!part)
		return 0;
	done = bench_allocs(worker, ring_slots(worker, head), part);
	/* Pairs with the acquire in ring_filled(). */
	smp_store_release(&ring->head, head + done);
	return done < part ? -ENOMEM : done;
}

/* Free objects out of the ring. Return: how many, 0 if it is empty. */
static ssize_t take(struct bench_worker *worker, size_t nr)
{
	struct bench_worker *producer = worker - 1;
	struct bench_ring *ring = &producer->ring;
	size_t tail = ring->tail;
	size_t part = ring_part(producer, tail, min(nr, ring_filled(producer)));

	if (!part)
		return 0;
	bench_frees(worker, ring_slots(producer, tail), part);
	/* Pairs with the acquire in ring_room(). */
	smp_store_release(&ring->tail, tail + part);
	return part;
}

/* Nothing to do until the other worker has done something. */
static bool ring_wait(struct bench_worker *worker, unsigned int *spins)
{
	cpu_relax();
	return ++*spins % RING_SPINS ? false : bench_poll(worker);
}

static int move(struct bench_worker *worker, size_t nr)
{
	unsigned int spins = 0;
	ssize_t done;
	bool stop;

	while (nr) {
		done = worker->index % 2 ? take(worker, nr) : put(worker, nr);
		if (done < 0)
			return done;
		stop = done ? bench_breathe(worker, done) :
			      ring_wait(worker, &spins);
		if (stop)
			return -EINTR;
		nr -= done;
	}
	return 0;
}

static int blocks(struct bench_worker *worker, u32 nr)
{
	struct bench_run *run = worker->run;
	int ret;

	while (nr--) {
		bench_block_start(worker);
		ret = move(worker, run->block_ops);
		if (ret)
			return ret;
		bench_block_stop(worker);
		bench_record(worker, 0, &worker->span, run->block_ops);
	}
	return 0;
}

/* Workers wait for each other, so all do the same number of blocks. */
static int producer_consumer_turn(struct bench_worker *worker)
{
	struct bench_run *run = worker->run;
	int ret;

	ret = blocks(worker, worker->warm_up);
	if (ret)
		return ret;
	ret = bench_locks_begin(worker);
	if (ret)
		return ret;
	ret = blocks(worker, run->turn_blocks);
	if (ret)
		return ret;
	return bench_locks_end(worker, run->turn_blocks * run->block_ops);
}

/* What is still on its way when a turn ends early. */
static void producer_consumer_end(struct bench_run *run)
{
	unsigned int i;

	for (i = 0; i < run->cpus; i += 2) {
		struct bench_worker *producer = &run->workers[i];
		struct bench_ring *ring = &producer->ring;
		void **slot;

		for (; ring->tail != ring->head; ring->tail++) {
			slot = ring_slots(producer, ring->tail);
			bench_free_to(run, run->lane->ctx, slot, 1);
		}
	}
}

#define RING(_name, _batch)                                                   \
	{                                                                     \
		.name = _name, .row_suffix = { "" }, .nr_rows = 1,            \
		.flags = MAGSLAB_WORKLOAD_COUNT | MAGSLAB_WORKLOAD_PAIRS,     \
		.tacit_count = true, .default_count = 1024,                   \
		.max_count = BENCH_MAX_COUNT, .default_blocks = 256,          \
		.default_ops = 1024, .warm_up = 32, .batch = _batch,          \
		.turn = producer_consumer_turn, .end = producer_consumer_end, \
	}

const struct bench_workload bench_producer_consumer =
	RING("producer-consumer", 16);
const struct bench_workload bench_xmalloc = RING("xmalloc-test", 120);
