// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traces that users have loaded, each behind a file descriptor of its own. What is
 * here can be replayed: each object is allocated once, and freed at most once, after.
 */
#include <linux/anon_inodes.h>
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "engine.h"
#include "trace.h"
#include "user_struct.h"

static_assert(sizeof(struct magslab_step) == 16);
static_assert(sizeof(struct magslab_point) == 32);
static_assert(sizeof(struct magslab_trace) == MAGSLAB_TRACE_SIZE_VER0);
static_assert(sizeof(struct magslab_curve) == MAGSLAB_CURVE_SIZE_VER0);

#define MAX_STEPS SZ_16M
#define MAX_CLASSES 1024
#define MEMORY_SHARE 4
/* Steps looked at between two looks at whether to go on. */
#define CHECK_STEPS 65536

static void trace_free(struct bench_trace *trace)
{
	kvfree(trace->points);
	kvfree(trace->class_of);
	kvfree(trace->classes);
	kvfree(trace->steps);
	kfree(trace);
}

/* Steps, and what is kept of each object: not more of them than steps. */
static bool affordable(const struct magslab_trace *user)
{
	u64 bytes = (u64)user->nr_steps *
		    (sizeof(struct magslab_step) + sizeof(u16) + 1);
	long pages = si_mem_available();

	return pages > 0 && bytes <= ((u64)pages << PAGE_SHIFT) / MEMORY_SHARE;
}

static int read_classes(struct bench_trace *trace,
			const struct magslab_trace *user)
{
	const u32 __user *from = u64_to_user_ptr(user->classes);
	u32 i;

	trace->nr_classes = user->nr_classes;
	trace->classes = kvcalloc(trace->nr_classes, sizeof(*trace->classes),
				  GFP_KERNEL_ACCOUNT);
	if (!trace->classes)
		return -ENOMEM;
	for (i = 0; i < trace->nr_classes; i++) {
		u32 *bytes = &trace->classes[i].bytes;

		if (get_user(*bytes, from + i))
			return -EFAULT;
		if (!*bytes || *bytes > BENCH_MAX_OBJECT_SIZE)
			return -EINVAL;
	}
	return 0;
}

/* Piece by piece, so that a signal ends it. */
static int read_steps(struct bench_trace *trace,
		      const struct magslab_trace *user)
{
	const struct magslab_step __user *from = u64_to_user_ptr(user->steps);
	u32 done, part;

	trace->nr_steps = user->nr_steps;
	trace->steps = kvmalloc_array(trace->nr_steps, sizeof(*trace->steps),
				      GFP_KERNEL_ACCOUNT);
	trace->class_of = kvmalloc_array(trace->nr_steps, sizeof(u16),
					 GFP_KERNEL_ACCOUNT);
	if (!trace->steps || !trace->class_of)
		return -ENOMEM;
	for (done = 0; done < trace->nr_steps; done += part) {
		part = min_t(u32, trace->nr_steps - done, CHECK_STEPS);
		if (copy_from_user(trace->steps + done, from + done,
				   part * sizeof(*from)))
			return -EFAULT;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* What is live while the steps are gone through. */
struct check {
	unsigned long *live;
	u32 *counts;
	u64 ns;
};

static bool check_alloc(struct bench_trace *trace, struct check *check,
			const struct magslab_step *step)
{
	struct trace_class *class;

	if (step->object != trace->nr_objects ||
	    step->size_class >= trace->nr_classes)
		return false;
	class = &trace->classes[step->size_class];
	class->peak = max(class->peak, ++check->counts[step->size_class]);
	trace->class_of[trace->nr_objects++] = step->size_class;
	__set_bit(step->object, check->live);
	return true;
}

static bool check_free(struct bench_trace *trace, struct check *check,
		       const struct magslab_step *step)
{
	if (step->object >= trace->nr_objects ||
	    !__test_and_clear_bit(step->object, check->live))
		return false;
	check->counts[trace->class_of[step->object]]--;
	return true;
}

static bool check_step(struct bench_trace *trace, struct check *check,
		       const struct magslab_step *step)
{
	if (step->ns < check->ns)
		return false;
	check->ns = step->ns;
	return step->size_class == MAGSLAB_STEP_FREE ?
		       check_free(trace, check, step) :
		       check_alloc(trace, check, step);
}

static int check_steps(struct bench_trace *trace, struct check *check,
		       struct magslab_trace *user)
{
	u32 i;

	for (i = 0; i < trace->nr_steps; i++) {
		if (!check_step(trace, check, &trace->steps[i])) {
			user->bad_step = i;
			return -EILSEQ;
		}
		if (i % CHECK_STEPS)
			continue;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

static int check_all(struct bench_trace *trace, struct magslab_trace *user)
{
	struct check check = {};
	int ret = -ENOMEM;

	check.live = kvcalloc(BITS_TO_LONGS(trace->nr_steps), sizeof(long),
			      GFP_KERNEL_ACCOUNT);
	check.counts =
		kvcalloc(trace->nr_classes, sizeof(u32), GFP_KERNEL_ACCOUNT);
	if (check.live && check.counts)
		ret = check_steps(trace, &check, user);
	kvfree(check.counts);
	kvfree(check.live);
	return ret;
}

static int fill_in(struct bench_trace *trace, struct magslab_trace *user)
{
	int ret;

	ret = read_classes(trace, user);
	if (ret)
		return ret;
	ret = read_steps(trace, user);
	return ret ?: check_all(trace, user);
}

static struct bench_trace *trace_make(struct magslab_trace *user)
{
	struct bench_trace *trace;
	int ret;

	trace = kzalloc(sizeof(*trace), GFP_KERNEL_ACCOUNT);
	if (!trace)
		return ERR_PTR(-ENOMEM);
	mutex_init(&trace->lock);
	ret = fill_in(trace, user);
	if (ret) {
		trace_free(trace);
		return ERR_PTR(ret);
	}
	return trace;
}

static int put_points(struct bench_trace *trace, struct magslab_curve *curve)
{
	u32 nr = min(curve->nr_points, trace->nr_points);

	if (curve->backend >= trace->nr_lanes)
		return -ENOENT;
	curve->nr_points = trace->nr_points;
	return copy_to_user(u64_to_user_ptr(curve->points),
			    trace->points +
				    (size_t)curve->backend * trace->nr_points,
			    nr * sizeof(*trace->points)) ?
		       -EFAULT :
		       0;
}

static long get_curve(struct bench_trace *trace, void __user *arg)
{
	struct magslab_curve curve;
	int size, ret;

	size = get_struct(&curve, sizeof(curve), MAGSLAB_CURVE_SIZE_VER0, arg);
	if (size < 0)
		return size;
	if (curve.reserved)
		return -EINVAL;
	if (mutex_lock_interruptible(&trace->lock))
		return -EINTR;
	ret = put_points(trace, &curve);
	mutex_unlock(&trace->lock);
	if (ret)
		return ret;
	curve.size = sizeof(curve);
	return put_struct(arg, size, &curve, sizeof(curve));
}

static long trace_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (_IOC_TYPE(cmd) != MAGSLAB_IOC_MAGIC ||
	    _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE) ||
	    _IOC_NR(cmd) != _IOC_NR(MAGSLAB_IOC_CURVE))
		return -ENOTTY;
	return get_curve(file->private_data, (void __user *)arg);
}

static int trace_release(struct inode *inode, struct file *file)
{
	trace_free(file->private_data);
	return 0;
}

static const struct file_operations trace_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = trace_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = trace_release,
};

/**
 * bench_trace_load - take a trace in
 * @user: as it was read from the user; its @bad_step is filled in with -EILSEQ
 *
 * Context: Task. May sleep.
 * Return: a file descriptor, or what struct magslab_trace documents.
 */
int bench_trace_load(struct magslab_trace *user)
{
	struct bench_trace *trace;
	int fd;

	if (user->reserved || !user->nr_steps || user->nr_steps > MAX_STEPS ||
	    !user->nr_classes || user->nr_classes > MAX_CLASSES)
		return -EINVAL;
	if (!affordable(user))
		return -ENOMEM;
	trace = trace_make(user);
	if (IS_ERR(trace))
		return PTR_ERR(trace);
	fd = anon_inode_getfd("[magslab-trace]", &trace_fops, trace,
			      O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		trace_free(trace);
	return fd;
}

/* Of a file that is open: the trace behind it, or NULL if it is something else. */
struct bench_trace *bench_trace_of(struct file *file)
{
	return file->f_op == &trace_fops ? file->private_data : NULL;
}

/**
 * bench_trace_keep - keep what was live during a replay, and forget the last one's
 * @trace: what was replayed
 * @points: those of one lane after another; the trace's from now on
 * @nr_points: of each lane
 * @nr_lanes: lanes
 *
 * Context: Task. May sleep.
 */
void bench_trace_keep(struct bench_trace *trace, struct magslab_point *points,
		      u32 nr_points, u32 nr_lanes)
{
	mutex_lock(&trace->lock);
	kvfree(trace->points);
	trace->points = points;
	trace->nr_points = nr_points;
	trace->nr_lanes = nr_lanes;
	mutex_unlock(&trace->lock);
}
