// SPDX-License-Identifier: GPL-2.0-only
/* Turns what the user asked for into a run, or refuses it. */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/nospec.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "engine.h"
#include "latency.h"
#include "mix.h"
#include "replay.h"
#include "timeline.h"

#define RUN_FLAGS_ALL                                         \
	(MAGSLAB_RUN_FLAG_PACKED | MAGSLAB_RUN_FLAG_LATENCY | \
	 MAGSLAB_RUN_FLAG_PATHS | MAGSLAB_RUN_FLAG_TIMELINE | \
	 MAGSLAB_RUN_FLAG_ZERO | MAGSLAB_RUN_FLAG_LINES |     \
	 MAGSLAB_RUN_FLAG_PRESSURE)

static const gfp_t gfp_classes[] = {
	[MAGSLAB_GFP_KERNEL] = GFP_KERNEL,
	[MAGSLAB_GFP_ATOMIC] = GFP_ATOMIC,
	[MAGSLAB_GFP_NOWAIT] = GFP_NOWAIT,
};

/* Limits that depend on nothing but the number itself. */
static bool numbers_valid(const struct magslab_run *user)
{
	return !(user->flags & ~RUN_FLAGS_ALL) && !user->reserved &&
	       user->context <= MAGSLAB_CONTEXT_HARDIRQ &&
	       user->touch <= MAGSLAB_TOUCH_READ &&
	       user->gfp < ARRAY_SIZE(gfp_classes) && user->object_size &&
	       user->object_size <= BENCH_MAX_OBJECT_SIZE &&
	       user->timeout_ns <= BENCH_MAX_TIMEOUT_NS && user->cpus &&
	       user->cpus <= num_online_cpus() &&
	       user->turns <= BENCH_MAX_TURNS &&
	       user->blocks <= BENCH_MAX_BLOCKS / user->cpus &&
	       user->block_ops <= BENCH_MAX_BLOCK_OPS && user->nr_backends &&
	       user->nr_backends <= BENCH_MAX_BACKENDS;
}

static int check_results(const struct magslab_run *user,
			 const struct bench_workload *workload)
{
	if (user->result_size < MAGSLAB_RESULT_SIZE_VER0 ||
	    user->result_size % sizeof(u64))
		return -EINVAL;
	if (user->result_size > PAGE_SIZE)
		return -E2BIG;
	if (user->nr_results < user->nr_backends * workload->nr_rows)
		return -EINVAL;
	return 0;
}

static int check_count(const struct magslab_run *user,
		       const struct bench_workload *workload)
{
	if (!user->count)
		return 0;
	if (!(workload->flags & MAGSLAB_WORKLOAD_COUNT))
		return -EINVAL;
	return user->count <= workload->max_count ? 0 : -EINVAL;
}

/* One look-out is for one context. */
static int check_lines(const struct magslab_run *user,
		       const struct bench_workload *workload)
{
	bool own = workload->flags & MAGSLAB_WORKLOAD_OWN;

	return own && user->flags & MAGSLAB_RUN_FLAG_LINES ? -EINVAL : 0;
}

static int check_cpus(const struct magslab_run *user,
		      const struct bench_workload *workload)
{
	bool pairs = workload->flags & MAGSLAB_WORKLOAD_PAIRS;

	return pairs && user->cpus % 2 ? -EINVAL : 0;
}

/* Interrupts cannot wait. */
static int check_context(const struct magslab_run *user,
			 const struct bench_workload *workload)
{
	if (user->context == MAGSLAB_CONTEXT_TASK)
		return 0;
	if (user->gfp == MAGSLAB_GFP_KERNEL)
		return -EINVAL;
	return workload->flags & MAGSLAB_WORKLOAD_OWN ? -EINVAL : 0;
}

/* Who times a call is known by the task that makes it. */
static int check_latency(const struct magslab_run *user,
			 const struct bench_workload *workload)
{
	if (!(user->flags & MAGSLAB_RUN_FLAG_LATENCY))
		return user->flags & MAGSLAB_RUN_FLAG_PATHS ? -EINVAL : 0;
	if (user->context != MAGSLAB_CONTEXT_TASK)
		return -EINVAL;
	if (user->flags & MAGSLAB_RUN_FLAG_PATHS &&
	    workload->flags & MAGSLAB_WORKLOAD_OWN)
		return -EOPNOTSUPP;
	return workload->flags & MAGSLAB_WORKLOAD_WHOLE ? -EOPNOTSUPP : 0;
}

static int check_timeline(const struct magslab_run *user,
			  const struct bench_workload *workload)
{
	if (!(user->flags & MAGSLAB_RUN_FLAG_TIMELINE))
		return 0;
	if (user->flags & MAGSLAB_RUN_FLAG_LATENCY ||
	    user->context != MAGSLAB_CONTEXT_TASK)
		return -EINVAL;
	return workload->flags & MAGSLAB_WORKLOAD_OWN ? -EOPNOTSUPP : 0;
}

/* The objects of some have sizes of their own. */
static int check_touch(const struct magslab_run *user,
		       const struct bench_workload *workload)
{
	bool own = workload->flags & MAGSLAB_WORKLOAD_OWN;

	return user->touch && own ? -EINVAL : 0;
}

/* Large objects take longer to clear, so fewer of them make a chunk. */
static size_t chunk_of(size_t object_size)
{
	return clamp_t(size_t, SZ_16M / object_size, 16, 4096);
}

/*
 * A coarse clock, such as User Mode Linux has, takes longer blocks. Objects of
 * many pages take shorter ones: most of their time goes into clearing them.
 */
static size_t default_ops(const struct bench_run *run)
{
	size_t times = clamp_t(size_t, bench_clock_step() / 16, 1, 64);
	size_t ops = run->workload->default_ops * times;

	if (run->object_size > SZ_4K)
		ops = max_t(size_t, ops * SZ_4K / run->object_size, 16);
	return min_t(size_t, ops, BENCH_MAX_BLOCK_OPS);
}

static void set_blocks(struct bench_run *run, const struct magslab_run *user)
{
	const struct bench_workload *workload = run->workload;
	u32 blocks = user->blocks ?: workload->default_blocks;
	size_t ops = user->block_ops ?: default_ops(run);

	run->block_ops = workload->block_ops ? workload->block_ops(run, ops) :
					       ops;
	run->turns = min(user->turns ?: BENCH_DEFAULT_TURNS, blocks);
	run->turn_blocks = DIV_ROUND_UP(blocks, run->turns);
	if (workload->slices)
		run->turn_blocks =
			roundup(run->turn_blocks, workload->slices(run));
}

static void set_numbers(struct bench_run *run, const struct magslab_run *user)
{
	u64 timeout = user->timeout_ns ?: BENCH_DEFAULT_TIMEOUT_NS;

	run->object_size = user->object_size;
	run->count = user->count ?: run->workload->default_count;
	run->context = user->context;
	run->chunk = chunk_of(user->object_size);
	if (run->context != MAGSLAB_CONTEXT_TASK)
		run->chunk = bench_context_chunk(user->object_size);
	run->seed = user->seed;
	run->gfp = gfp_classes[array_index_nospec(user->gfp,
						  ARRAY_SIZE(gfp_classes))];
	if (user->flags & MAGSLAB_RUN_FLAG_ZERO)
		run->gfp |= __GFP_ZERO;
	run->touch = user->touch;
	run->cpus = user->cpus;
	run->packed = user->flags & MAGSLAB_RUN_FLAG_PACKED;
	run->lines = user->flags & MAGSLAB_RUN_FLAG_LINES;
	bench_surroundings_set(run, user);
	run->start = ktime_get();
	run->deadline = ktime_add_ns(run->start, timeout);
	set_blocks(run, user);
}

static int size_error(const struct bench_run *run,
		      const struct magslab_bench_backend *backend)
{
	if (run->object_size < backend->min_size ||
	    run->object_size > backend->max_size)
		return -ERANGE;
	if (backend->max_count &&
	    bench_room(run) * run->cpus > backend->max_count)
		return -ERANGE;
	return 0;
}

static int lane_error(const struct bench_run *run,
		      const struct magslab_bench_backend *backend)
{
	int ret;

	if (backend->flags & MAGSLAB_BENCH_SCOPED && !run->workload->scoped)
		return -EOPNOTSUPP;
	ret = run->workload->fits ? run->workload->fits(run, backend) :
				    size_error(run, backend);
	if (ret)
		return ret;
	if (run->workload->supports && !run->workload->supports(backend))
		return -EOPNOTSUPP;
	if (run->gfp & __GFP_ZERO && !(backend->flags & MAGSLAB_BENCH_ZEROES))
		return -EOPNOTSUPP;
	return bench_touch_error(run, backend) ?:
		       bench_context_error(run, backend);
}

static int add_lane(struct bench_run *run, u32 id)
{
	struct bench_lane *lane = &run->lanes[run->nr_lanes];

	lane->backend = bench_backend_get(id);
	if (!lane->backend)
		return -ENOENT;
	lane->error = lane_error(run, lane->backend);
	if (lane->backend->chunk)
		run->chunk =
			min(run->chunk,
			    lane->backend->chunk(bench_room(run) * run->cpus));
	run->nr_lanes++;
	return 0;
}

static int add_lanes(struct bench_run *run, const struct magslab_run *user)
{
	u32 ids[BENCH_MAX_BACKENDS];
	unsigned int i;
	int ret;

	if (copy_from_user(ids, u64_to_user_ptr(user->backends),
			   user->nr_backends * sizeof(ids[0])))
		return -EFAULT;
	for (i = 0; i < user->nr_backends; i++) {
		ret = add_lane(run, ids[i]);
		if (ret)
			return ret;
	}
	return 0;
}

/* Returns 0 if any lane can be run, otherwise the first one's reason. */
static int check_lanes(const struct bench_run *run)
{
	unsigned int i;

	for (i = 0; i < run->nr_lanes; i++)
		if (!run->lanes[i].error)
			return 0;
	return run->lanes[0].error;
}

static int fill_in(struct bench_run *run, const struct magslab_run *user)
{
	int ret;

	ret = bench_replay_open(run, user);
	if (ret)
		return ret;
	set_numbers(run, user);
	ret = add_lanes(run, user);
	if (ret)
		return ret;
	ret = bench_budget(run, user->flags);
	if (ret)
		return ret;
	ret = bench_latency_open(run, user->flags);
	if (ret)
		return ret;
	ret = bench_timeline_open(run, user->flags);
	if (ret)
		return ret;
	ret = check_lanes(run);
	if (ret || !run->workload->prepare)
		return ret;
	return run->workload->prepare(run);
}

static int check(const struct magslab_run *user)
{
	const struct bench_workload *workload = bench_workload(user->workload);
	int ret;

	if (!numbers_valid(user))
		return -EINVAL;
	if (!workload)
		return -ENOENT;
	ret = check_count(user, workload);
	if (ret)
		return ret;
	ret = check_cpus(user, workload);
	if (ret)
		return ret;
	ret = check_context(user, workload);
	if (ret)
		return ret;
	ret = check_latency(user, workload);
	if (ret)
		return ret;
	ret = check_timeline(user, workload);
	if (ret)
		return ret;
	ret = check_touch(user, workload);
	if (ret)
		return ret;
	ret = check_lines(user, workload);
	if (ret)
		return ret;
	ret = bench_surroundings_check(user);
	if (ret)
		return ret;
	return check_results(user, workload);
}

/**
 * bench_request - make a run from a user's request
 * @user: the request, as it was read from the user
 *
 * Context: Task. May sleep.
 * Return: the run, or ERR_PTR with what struct magslab_run documents.
 */
struct bench_run *bench_request(const struct magslab_run *user)
{
	struct bench_run *run;
	int ret;

	ret = check(user);
	if (ret)
		return ERR_PTR(ret);
	run = kzalloc(sizeof(*run), GFP_KERNEL_ACCOUNT);
	if (!run)
		return ERR_PTR(-ENOMEM);

	run->workload = bench_workload(user->workload);
	ret = fill_in(run, user);
	if (ret) {
		bench_request_free(run);
		return ERR_PTR(ret);
	}
	return run;
}

void bench_request_free(struct bench_run *run)
{
	bench_crew_fire(run);
	bench_latency_free(run->latency);
	bench_timeline_free(run->timeline);
	bench_replay_close(run);
	bench_mix_free(run);
	while (run->nr_lanes)
		bench_backend_put(run->lanes[--run->nr_lanes].backend);
	kfree(run);
}
