// SPDX-License-Identifier: GPL-2.0-only
/* The calls of the device: structures in and out. */
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "engine.h"
#include "latency.h"
#include "record/record.h"
#include "trace.h"
#include "user_struct.h"

static_assert(sizeof(struct magslab_info) == MAGSLAB_INFO_SIZE_VER0);
static_assert(sizeof(struct magslab_backend_info) ==
	      MAGSLAB_BACKEND_INFO_SIZE_VER0);
static_assert(sizeof(struct magslab_workload_info) ==
	      MAGSLAB_WORKLOAD_INFO_SIZE_VER0);
static_assert(sizeof(struct magslab_result) == MAGSLAB_RESULT_SIZE_VER3);
static_assert(sizeof(struct magslab_run) == MAGSLAB_RUN_SIZE_VER3);

/* Two runs at a time would only measure each other. */
static DEFINE_MUTEX(run_lock);

static long get_info(void __user *arg)
{
	struct magslab_info info;
	int size;

	size = get_struct(&info, sizeof(info), MAGSLAB_INFO_SIZE_VER0, arg);
	if (size < 0)
		return size;

	info = (struct magslab_info){
		.size = sizeof(info),
		.abi = MAGSLAB_ABI,
		.features = MAGSLAB_FEATURE_LOCKS | MAGSLAB_FEATURE_TAKEN |
			    MAGSLAB_FEATURE_PACKED | MAGSLAB_FEATURE_RECORD |
			    MAGSLAB_FEATURE_TRACE | MAGSLAB_FEATURE_AXES |
			    MAGSLAB_FEATURE_LATENCY | MAGSLAB_FEATURE_TIMELINE |
			    MAGSLAB_FEATURE_LINES |
			    MAGSLAB_FEATURE_SURROUNDINGS,
		.traps = bench_traps(),
		.nr_backends = bench_nr_backends(),
		.nr_workloads = bench_nr_workloads(),
		.clock = bench_clock_kind(),
		.preempt = bench_preempt_model(),
		.clock_read = bench_clock_read(),
		.clock_step = bench_clock_step(),
		.max_cpus = num_online_cpus(),
		.max_backends = BENCH_MAX_BACKENDS,
		.max_turns = BENCH_MAX_TURNS,
		.max_blocks = BENCH_MAX_BLOCKS,
		.max_block_ops = BENCH_MAX_BLOCK_OPS,
		.max_count = BENCH_MAX_COUNT,
		.max_object_size = BENCH_MAX_OBJECT_SIZE,
		.max_timeout_ns = BENCH_MAX_TIMEOUT_NS,
	};
	return put_struct(arg, size, &info, sizeof(info));
}

static long get_backend(void __user *arg)
{
	struct magslab_backend_info info;
	int size, ret;

	size = get_struct(&info, sizeof(info), MAGSLAB_BACKEND_INFO_SIZE_VER0,
			  arg);
	if (size < 0)
		return size;

	info = (struct magslab_backend_info){
		.size = sizeof(info),
		.index = info.index,
	};
	ret = bench_backend_info(&info);
	if (ret)
		return ret;
	return put_struct(arg, size, &info, sizeof(info));
}

static long get_workload(void __user *arg)
{
	const struct bench_workload *workload;
	struct magslab_workload_info info;
	int size;

	size = get_struct(&info, sizeof(info), MAGSLAB_WORKLOAD_INFO_SIZE_VER0,
			  arg);
	if (size < 0)
		return size;
	if (info.reserved)
		return -EINVAL;
	workload = bench_workload(info.index);
	if (!workload)
		return -ENOENT;

	info = (struct magslab_workload_info){
		.size = sizeof(info),
		.index = info.index,
		.id = info.index,
		.flags = workload->flags,
		.rows = workload->nr_rows,
		.default_count = workload->default_count,
		.max_count = workload->max_count,
	};
	strscpy(info.name, workload->name, sizeof(info.name));
	return put_struct(arg, size, &info, sizeof(info));
}

/* Returns the number of rows or a negative errno. */
static int run_and_tell(struct bench_run *run, struct magslab_run *user)
{
	int ret;

	ret = bench_results_clear(run, user);
	if (ret)
		return ret;
	ret = bench_run(run);
	user->elapsed_ns = ktime_to_ns(ktime_sub(ktime_get(), run->start));
	user->status = ret == -ETIME ? MAGSLAB_RUN_PARTIAL : 0;
	bench_surroundings_tell(run, user);
	if (ret && ret != -ETIME)
		return ret;
	return bench_results(run, user);
}

static int measure(struct bench_session *session, struct magslab_run *user)
{
	struct bench_run *run;
	int ret;

	run = bench_request(user);
	if (IS_ERR(run))
		return PTR_ERR(run);
	ret = run_and_tell(run, user);
	if (ret >= 0)
		bench_session_keep(session, run);
	bench_request_free(run);
	return ret;
}

static long do_run(struct bench_session *session, void __user *arg)
{
	struct magslab_run user;
	int size, ret;

	/* Again: an open file can be handed to somebody with less power. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	size = get_struct(&user, sizeof(user), MAGSLAB_RUN_SIZE_VER0, arg);
	if (size < 0)
		return size;

	if (!mutex_trylock(&run_lock))
		return -EBUSY;
	user.clock = bench_clock_kind();
	ret = measure(session, &user);
	mutex_unlock(&run_lock);
	if (ret < 0)
		return ret;

	user.nr_results = ret;
	return put_struct(arg, size, &user, sizeof(user));
}

static long do_record(void __user *arg)
{
	struct magslab_record user;
	int size;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	size = get_struct(&user, sizeof(user), MAGSLAB_RECORD_SIZE_VER0, arg);
	if (size < 0)
		return size;
	return magslab_record_open(&user);
}

static long do_load(void __user *arg)
{
	struct magslab_trace user;
	int size, fd;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	size = get_struct(&user, sizeof(user), MAGSLAB_TRACE_SIZE_VER0, arg);
	if (size < 0)
		return size;
	fd = bench_trace_load(&user);
	if (fd == -EILSEQ && put_struct(arg, size, &user, sizeof(user)))
		return -EFAULT;
	return fd;
}

static long get_latency(struct bench_session *session, void __user *arg)
{
	struct magslab_latency user;
	int size, ret;

	size = get_struct(&user, sizeof(user), MAGSLAB_LATENCY_SIZE_VER0, arg);
	if (size < 0)
		return size;
	ret = bench_session_tell(session, &user);
	if (ret)
		return ret;
	user.size = sizeof(user);
	return put_struct(arg, size, &user, sizeof(user));
}

static long get_timeline(struct bench_session *session, void __user *arg)
{
	struct magslab_timeline user;
	int size, ret;

	size = get_struct(&user, sizeof(user), MAGSLAB_TIMELINE_SIZE_VER0, arg);
	if (size < 0)
		return size;
	ret = bench_session_tell_timeline(session, &user);
	if (ret)
		return ret;
	user.size = sizeof(user);
	return put_struct(arg, size, &user, sizeof(user));
}

/*
 * The size in a command is that of the header its caller was compiled with,
 * which the structure tells as well; so it is no part of the command's name.
 */
long bench_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *to = (void __user *)arg;

	if (_IOC_TYPE(cmd) != MAGSLAB_IOC_MAGIC ||
	    _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE))
		return -ENOTTY;

	switch (_IOC_NR(cmd)) {
	case _IOC_NR(MAGSLAB_IOC_GET_INFO):
		return get_info(to);
	case _IOC_NR(MAGSLAB_IOC_GET_BACKEND):
		return get_backend(to);
	case _IOC_NR(MAGSLAB_IOC_GET_WORKLOAD):
		return get_workload(to);
	case _IOC_NR(MAGSLAB_IOC_RUN):
		return do_run(file->private_data, to);
	case _IOC_NR(MAGSLAB_IOC_RECORD):
		return do_record(to);
	case _IOC_NR(MAGSLAB_IOC_LOAD):
		return do_load(to);
	case _IOC_NR(MAGSLAB_IOC_LATENCY):
		return get_latency(file->private_data, to);
	case _IOC_NR(MAGSLAB_IOC_TIMELINE):
		return get_timeline(file->private_data, to);
	default:
		return -ENOTTY;
	}
}
