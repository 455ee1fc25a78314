// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects that one worker hands to another, all at once and in no figure, so that
 * they are freed on another CPU than they were allocated on.
 *
 * Each worker has one parcel for what is sent to it. Between a send and its receipt
 * all workers meet, so a parcel is empty when it is sent; when a run ends in between,
 * what is in it is freed by the last worker.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "engine.h"

int bench_parcel_alloc(struct bench_worker *worker)
{
	const struct bench_run *run = worker->run;
	struct bench_parcel *parcel = &worker->parcel;
	size_t room;

	if (!run->workload->parcel)
		return 0;
	room = run->workload->parcel(run);
	parcel->objects =
		kvmalloc_array(room, sizeof(void *), GFP_KERNEL_ACCOUNT);
	return parcel->objects ? 0 : -ENOMEM;
}

void bench_parcel_free(struct bench_worker *worker)
{
	kvfree(worker->parcel.objects);
}

/**
 * bench_parcel_send - hand objects to another worker
 * @worker: who owns them
 * @to: whose they will be; its parcel is empty
 * @nr: how many, from the head of the array
 *
 * Context: A worker of the run, outside of a block.
 */
void bench_parcel_send(struct bench_worker *worker, struct bench_worker *to,
		       size_t nr)
{
	struct bench_parcel *parcel = &to->parcel;

	memcpy(parcel->objects, worker->objects + worker->head,
	       nr * sizeof(void *));
	worker->head += nr;
	/* Pairs with the acquire in bench_parcel_receive(). */
	smp_store_release(&parcel->nr, nr);
}

/**
 * bench_parcel_receive - take what others have sent
 * @worker: to whom; it has room for it below its own objects
 *
 * All that was sent before the workers met is there; nobody sends any more until
 * they meet again.
 *
 * Context: A worker of the run, outside of a block.
 */
void bench_parcel_receive(struct bench_worker *worker)
{
	struct bench_parcel *parcel = &worker->parcel;
	size_t nr;

	/* Pairs with the release in bench_parcel_send(). */
	nr = smp_load_acquire(&parcel->nr);
	worker->head -= nr;
	memcpy(worker->objects + worker->head, parcel->objects,
	       nr * sizeof(void *));
	parcel->nr = 0;
}

/**
 * bench_parcel_pass_on - hand objects to the next worker, and get as many
 * @worker: one of the workers, who all do this
 * @nr: how many; each has as many
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_parcel_pass_on(struct bench_worker *worker, size_t nr)
{
	struct bench_run *run = worker->run;
	unsigned int next = (worker->index + 1) % run->cpus;

	if (!bench_meet(worker))
		return -EINTR;
	bench_parcel_send(worker, &run->workers[next], nr);
	if (!bench_meet(worker))
		return -EINTR;
	bench_parcel_receive(worker);
	return 0;
}

/* The first worker allocates for the others, at last for itself. */
static int deal_to_all(struct bench_worker *worker, bench_parcel_fill fill)
{
	struct bench_run *run = worker->run;
	unsigned int i;
	int ret;

	for (i = run->cpus; i--;) {
		ret = fill(worker);
		if (ret)
			return ret;
		if (!i)
			break;
		bench_parcel_send(worker, &run->workers[i], run->count);
		worker->head = 0;
		worker->tail = 0;
	}
	return 0;
}

/**
 * bench_parcel_deal - have the first worker allocate the objects of all
 * @worker: one of the workers, who all do this and have no objects
 * @fill: allocates as many objects as the run has, and returns 0 or a negative errno
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, what @fill returned, or -EINTR when the run should end.
 */
int bench_parcel_deal(struct bench_worker *worker, bench_parcel_fill fill)
{
	int ret = 0;

	if (!bench_meet(worker))
		return -EINTR;
	if (!worker->index)
		ret = deal_to_all(worker, fill);
	if (ret)
		return ret;
	if (!bench_meet(worker))
		return -EINTR;
	if (worker->index) {
		worker->head = worker->run->count;
		worker->tail = worker->run->count;
		bench_parcel_receive(worker);
	}
	return 0;
}

/* What was sent and not received: the end of workloads that may have parcels. */
void bench_parcel_end(struct bench_run *run)
{
	unsigned int i;

	for (i = 0; i < run->cpus; i++) {
		struct bench_parcel *parcel = &run->workers[i].parcel;

		if (parcel->nr)
			bench_free_to(run, run->lane->ctx, parcel->objects,
				      parcel->nr);
		parcel->nr = 0;
	}
}
