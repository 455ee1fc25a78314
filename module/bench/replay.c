// SPDX-License-Identifier: GPL-2.0-only
/* From a trace and a request to what workers can replay; see replay.h. */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "replay.h"
#include "trace.h"

#define MAX_SPEED 1000000

static int get_trace(struct bench_replay *replay, int fd)
{
	replay->file = fget(fd);
	if (!replay->file)
		return -EBADF;
	replay->trace = bench_trace_of(replay->file);
	return replay->trace ? 0 : -EBADF;
}

/**
 * bench_replay_open - get hold of the trace of a request
 * @run: the run, which knows its workload
 * @user: the request
 *
 * Context: Task. May sleep. bench_replay_close() is due in any case.
 * Return: 0, also if the workload needs no trace and none was given; -EBADF, -EINVAL
 * or -ENOMEM.
 */
int bench_replay_open(struct bench_run *run, const struct magslab_run *user)
{
	if (!(run->workload->flags & MAGSLAB_WORKLOAD_TRACE))
		return user->trace_fd || user->speed ? -EINVAL : 0;
	if (user->speed > MAX_SPEED)
		return -EINVAL;
	run->replay = kzalloc(sizeof(*run->replay), GFP_KERNEL_ACCOUNT);
	if (!run->replay)
		return -ENOMEM;
	run->replay->speed = user->speed;
	return get_trace(run->replay, user->trace_fd);
}

static bool fits(const struct magslab_bench_backend *backend,
		 const struct trace_class *class)
{
	return class->bytes >= backend->min_size &&
	       class->bytes <= backend->max_size &&
	       (!backend->max_count || class->peak <= backend->max_count);
}

/* Returns 0 if a back-end can have all objects of the run's trace, or -ERANGE. */
int bench_replay_check(const struct bench_run *run,
		       const struct magslab_bench_backend *backend)
{
	const struct bench_trace *trace = run->replay->trace;
	u32 i;

	for (i = 0; i < trace->nr_classes; i++)
		if (!fits(backend, &trace->classes[i]))
			return -ERANGE;
	return 0;
}

static u64 bytes_of_class(const struct magslab_bench_backend *backend,
			  const struct trace_class *class)
{
	u64 each = roundup_pow_of_two(class->bytes);

	if (backend->footprint)
		each = backend->footprint(class->bytes);
	return each * class->peak;
}

static u64 bytes_of_replay(const struct bench_run *run)
{
	const struct bench_trace *trace = run->replay->trace;
	u64 rounds = DIV_ROUND_UP(trace->nr_steps, run->block_ops);

	return (u64)trace->nr_steps * sizeof(struct replay_step) +
	       (u64)trace->nr_objects * sizeof(void *) +
	       rounds * run->cpus * sizeof(u32) +
	       rounds * run->nr_lanes * sizeof(struct magslab_point) +
	       trace->nr_classes * run->cpus * sizeof(s64);
}

/**
 * bench_replay_memory - what a lane needs
 * @run: the run
 * @backend: the lane's back-end
 *
 * Context: Task.
 * Return: bytes, those that the run itself needs among them.
 */
u64 bench_replay_memory(const struct bench_run *run,
			const struct magslab_bench_backend *backend)
{
	const struct bench_trace *trace = run->replay->trace;
	u64 bytes = bytes_of_replay(run);
	u32 i;

	for (i = 0; i < trace->nr_classes; i++)
		bytes += bytes_of_class(backend, &trace->classes[i]);
	return bytes;
}

static int arrays_alloc(struct bench_run *run)
{
	struct bench_replay *replay = run->replay;
	const struct bench_trace *trace = replay->trace;

	replay->rounds = DIV_ROUND_UP(trace->nr_steps, run->block_ops);
	replay->steps = kvmalloc_array(trace->nr_steps, sizeof(*replay->steps),
				       GFP_KERNEL_ACCOUNT);
	replay->starts = kvcalloc(replay->rounds * run->cpus + 1, sizeof(u32),
				  GFP_KERNEL_ACCOUNT);
	replay->slots =
		kvcalloc(trace->nr_objects, sizeof(void *), GFP_KERNEL_ACCOUNT);
	replay->contexts =
		kvcalloc(trace->nr_classes, sizeof(void *), GFP_KERNEL_ACCOUNT);
	replay->live = kvcalloc((size_t)trace->nr_classes * run->cpus,
				sizeof(s64), GFP_KERNEL_ACCOUNT);
	replay->points = kvcalloc(replay->rounds * run->nr_lanes,
				  sizeof(*replay->points), GFP_KERNEL_ACCOUNT);
	return replay->steps && replay->starts && replay->slots &&
			       replay->contexts && replay->live &&
			       replay->points ?
		       0 :
		       -ENOMEM;
}

/* Where the steps of a round and worker are counted, and begin. */
static u32 *start_of(const struct bench_run *run, u32 step)
{
	const struct bench_replay *replay = run->replay;
	unsigned int cpu = replay->trace->steps[step].cpu % run->cpus;

	return &replay->starts[step / run->block_ops * run->cpus + cpu];
}

static void count_steps(struct bench_run *run)
{
	u32 i;

	for (i = 0; i < run->replay->trace->nr_steps; i++) {
		++*start_of(run, i);
		if (!(i % BENCH_MAX_BLOCK_OPS))
			cond_resched();
	}
}

/* From the number of each to where the next one begins. */
static void add_up(struct bench_run *run)
{
	struct bench_replay *replay = run->replay;
	u32 sum = 0;
	size_t i;

	for (i = 0; i <= replay->rounds * run->cpus; i++) {
		sum += replay->starts[i];
		replay->starts[i] = sum;
	}
}

static struct replay_step translate(const struct bench_trace *trace, u32 nr)
{
	const struct magslab_step *step = &trace->steps[nr];

	return (struct replay_step){
		.ns = step->ns,
		.object = step->object,
		.size_class = trace->class_of[step->object],
		.is_free = step->size_class == MAGSLAB_STEP_FREE,
	};
}

/* From the last one back, so that each beginning is where it should be in the end. */
static void place_steps(struct bench_run *run)
{
	struct bench_replay *replay = run->replay;
	u32 i = replay->trace->nr_steps;

	while (i--) {
		replay->steps[--*start_of(run, i)] =
			translate(replay->trace, i);
		if (!(i % BENCH_MAX_BLOCK_OPS))
			cond_resched();
	}
}

/**
 * bench_replay_prepare - deal the steps of a trace out to the workers
 * @run: a run whose numbers are all set
 *
 * Context: Task. May sleep.
 * Return: 0 or -ENOMEM.
 */
int bench_replay_prepare(struct bench_run *run)
{
	int ret;

	ret = arrays_alloc(run);
	if (ret)
		return ret;
	count_steps(run);
	add_up(run);
	place_steps(run);
	return 0;
}

/**
 * bench_replay_close - let go of the trace, and leave it what was live
 * @run: a run that has ended
 *
 * Context: Task. May sleep.
 */
void bench_replay_close(struct bench_run *run)
{
	struct bench_replay *replay = run->replay;

	if (!replay)
		return;
	if (replay->points)
		bench_trace_keep(replay->trace, replay->points, replay->rounds,
				 run->nr_lanes);
	kvfree(replay->live);
	kvfree(replay->contexts);
	kvfree(replay->slots);
	kvfree(replay->starts);
	kvfree(replay->steps);
	if (replay->file)
		fput(replay->file);
	kfree(replay);
}
