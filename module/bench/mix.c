// SPDX-License-Identifier: GPL-2.0-only
/* The contexts and slots of runs with objects of several sizes; see mix.h. */
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mix.h"

/* What is smaller does not hold the pointer that many allocators put there. */
#define LEAST_SIZE 8

/* Slots that are looked at between two chances for others to run. */
#define WALK 4096

/**
 * bench_mix_classes - size classes of a run
 * @run: the run
 *
 * Return: their number, at least one.
 */
u32 bench_mix_classes(const struct bench_run *run)
{
	size_t times = run->object_size / LEAST_SIZE;

	return times ? min_t(u32, ilog2(times) + 1, MIX_MAX_CLASSES) : 1;
}

/**
 * bench_mix_size - size of the objects of a class
 * @run: the run
 * @size_class: 0 for the smallest
 *
 * Return: bytes.
 */
size_t bench_mix_size(const struct bench_run *run, u32 size_class)
{
	u32 halvings = bench_mix_classes(run) - 1 - size_class;

	if (!halvings)
		return run->object_size;
	return round_up(run->object_size >> halvings, LEAST_SIZE);
}

/**
 * bench_mix_fits - see whether a back-end has objects of all classes
 * @run: the run
 * @backend: the back-end
 *
 * All objects of a run may be of one class.
 *
 * Return: 0 or -ERANGE.
 */
int bench_mix_fits(const struct bench_run *run,
		   const struct magslab_bench_backend *backend)
{
	if (bench_mix_size(run, 0) < backend->min_size ||
	    run->object_size > backend->max_size)
		return -ERANGE;
	if (backend->max_count && run->count * run->cpus > backend->max_count)
		return -ERANGE;
	return 0;
}

/**
 * bench_mix_memory - what a lane needs
 * @run: the run
 * @backend: the lane's back-end
 *
 * All objects may be of the largest class. A back-end that makes them beforehand makes
 * as many of each class, and all other classes together are no larger than that one.
 *
 * Return: bytes, those that the run itself needs among them.
 */
u64 bench_mix_memory(const struct bench_run *run,
		     const struct magslab_bench_backend *backend)
{
	u64 each = roundup_pow_of_two(run->object_size);

	if (backend->footprint)
		each = backend->footprint(run->object_size);
	return (2 * each + sizeof(u8)) * run->count * run->cpus;
}

static int part_alloc(struct bench_mix_part *part, size_t count)
{
	part->classes = kvmalloc(count, GFP_KERNEL_ACCOUNT);
	if (!part->classes)
		return -ENOMEM;
	memset(part->classes, MIX_EMPTY, count);
	return 0;
}

/**
 * bench_mix_prepare - make the slots of all workers, all of them empty
 * @run: a run whose numbers are all set
 *
 * Context: Task. May sleep. bench_mix_free() is due in any case.
 * Return: 0 or -ENOMEM.
 */
int bench_mix_prepare(struct bench_run *run)
{
	struct bench_mix *mix = kzalloc(sizeof(*mix), GFP_KERNEL_ACCOUNT);
	unsigned int i;
	int ret = 0;

	run->mix = mix;
	if (!mix)
		return -ENOMEM;
	mix->parts =
		kvcalloc(run->cpus, sizeof(*mix->parts), GFP_KERNEL_ACCOUNT);
	if (!mix->parts)
		return -ENOMEM;
	for (i = 0; !ret && i < run->cpus; i++)
		ret = part_alloc(&mix->parts[i], run->count);
	return ret;
}

/**
 * bench_mix_free - undo bench_mix_prepare()
 * @run: any run
 *
 * Context: Task. May sleep.
 */
void bench_mix_free(struct bench_run *run)
{
	struct bench_mix *mix = run->mix;
	unsigned int i;

	if (!mix)
		return;
	for (i = 0; mix->parts && i < run->cpus; i++) {
		kvfree(mix->parts[i].steps);
		kvfree(mix->parts[i].classes);
	}
	kvfree(mix->parts);
	kfree(mix);
}

static int open_class(struct bench_run *run, struct bench_lane *lane, u32 nr)
{
	struct magslab_bench_params params = {
		.size = bench_mix_size(run, nr),
		.count = run->count * run->cpus,
		.cpus = run->cpus,
		.gfp = run->gfp,
		.packed = run->packed,
	};
	void *context = lane->backend->create(&params);

	if (IS_ERR(context))
		return PTR_ERR(context);
	run->mix->contexts[nr] = context;
	return 0;
}

static void close_classes(struct bench_run *run, struct bench_lane *lane,
			  u32 nr)
{
	while (nr--)
		lane->backend->destroy(run->mix->contexts[nr]);
}

void bench_mix_close(struct bench_run *run, struct bench_lane *lane)
{
	close_classes(run, lane, bench_mix_classes(run));
}

int bench_mix_open(struct bench_run *run, struct bench_lane *lane)
{
	u32 i;
	int ret;

	for (i = 0; i < bench_mix_classes(run); i++) {
		ret = open_class(run, lane, i);
		if (ret) {
			close_classes(run, lane, i);
			return ret;
		}
	}
	return 0;
}

/**
 * bench_mix_drain - free the objects of a worker
 * @worker: who owns them
 *
 * Does not end early: whoever is in a hurry has to free them all the same.
 *
 * Context: A worker of the run. May sleep.
 */
void bench_mix_drain(struct bench_worker *worker)
{
	const struct mix_view view = mix_view_of(worker);
	size_t i;

	for (i = 0; i < worker->run->count; i++) {
		if (mix_is_live(&view, i))
			mix_free(&view, i);
		bench_breathe(worker, 1);
	}
}

/* What is live when a turn ended early: by the last of the workers. */
void bench_mix_end(struct bench_run *run)
{
	unsigned int i;

	for (i = 0; i < run->cpus; i++)
		bench_mix_drain(&run->workers[i]);
}

/**
 * bench_mix_finish - end a turn: free all objects, and at last look at memory
 * @worker: who has as many objects as it will have
 *
 * Context: A worker of the run, outside of a block. May sleep.
 * Return: 0, or -EINTR when the run should end.
 */
int bench_mix_finish(struct bench_worker *worker)
{
	bool look = worker->run->last_turn;
	int ret = look ? bench_footprint_peak(worker) : 0;

	if (ret)
		return ret;
	bench_mix_drain(worker);
	return look ? bench_footprint_after(worker) : 0;
}

static void count_live(const struct bench_run *run, unsigned int cpu, u64 *live)
{
	const u8 *classes = run->mix->parts[cpu].classes;
	size_t i;

	for (i = 0; i < run->count; i++) {
		if (classes[i] != MIX_EMPTY)
			live[classes[i]]++;
		if (!(i % WALK))
			cond_resched();
	}
}

/* Objects of each class. All workers but the one that asks wait. */
static void count_all(const struct bench_run *run, u64 *live)
{
	unsigned int i;

	for (i = 0; i < run->cpus; i++)
		count_live(run, i, live);
}

/* Bytes of the objects that are live. */
u64 bench_mix_live(const struct bench_run *run)
{
	u64 live[MIX_MAX_CLASSES] = {};
	u64 bytes = 0;
	u32 i;

	count_all(run, live);
	for (i = 0; i < bench_mix_classes(run); i++)
		bytes += live[i] * bench_mix_size(run, i);
	return bytes;
}

/* Bytes that the lane's back-end holds, which can tell. */
u64 bench_mix_held(const struct bench_run *run)
{
	const struct bench_mix *mix = run->mix;
	u64 live[MIX_MAX_CLASSES] = {};
	u64 bytes = 0;
	u32 i;

	count_all(run, live);
	for (i = 0; i < bench_mix_classes(run); i++)
		bytes += run->lane->backend->held(mix->contexts[i], live[i]);
	return bytes;
}

/* What the lane's back-end has counted. */
struct bench_shared bench_mix_shared(const struct bench_run *run)
{
	struct bench_shared sum = {};
	u32 i;

	for (i = 0; i < bench_mix_classes(run); i++)
		bench_shared_add(&sum, run->lane->backend,
				 run->mix->contexts[i]);
	return sum;
}

void bench_mix_give_back(const struct bench_run *run)
{
	u32 i;

	for (i = 0; i < bench_mix_classes(run); i++)
		run->lane->backend->give_back(run->mix->contexts[i]);
}
