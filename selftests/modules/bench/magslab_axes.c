// SPDX-License-Identifier: GPL-2.0-only
/*
 * A back-end that counts where it is called, and what becomes of its objects: whether
 * a run does what was asked of it. Its objects are all the same one of each CPU, so
 * that it can be called anywhere.
 */
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/hw_breakpoint.h>
#include <linux/moduleparam.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <linux/magslab_bench.h>

enum seen {
	SEEN_TASK,
	SEEN_SOFTIRQ,
	SEEN_HARDIRQ,
	SEEN_ZERO,
	SEEN_TOUCHED,
	SEEN_UNTOUCHED,
	SEEN_WATCHED,
	NR_SEEN,
};

static const char *const seen_names[] = {
	[SEEN_TASK] = "task",	    [SEEN_SOFTIRQ] = "softirq",
	[SEEN_HARDIRQ] = "hardirq", [SEEN_ZERO] = "zero",
	[SEEN_TOUCHED] = "touched", [SEEN_UNTOUCHED] = "untouched",
	[SEEN_WATCHED] = "watched",
};

struct counts {
	unsigned long nr[NR_SEEN];
};

#define OBJECT_SIZE 256

struct object {
	u8 bytes[OBJECT_SIZE];
};

static DEFINE_PER_CPU(struct counts, seen);
static DEFINE_PER_CPU_SHARED_ALIGNED(struct object, object_of);

static unsigned int contexts = MAGSLAB_BENCH_CONTEXTS_ALL;
module_param(contexts, uint, 0444);
MODULE_PARM_DESC(contexts, "in which it says that it may be called, as a mask");

static unsigned int flags = MAGSLAB_BENCH_MEMORY | MAGSLAB_BENCH_ZEROES;
module_param(flags, uint, 0444);
MODULE_PARM_DESC(flags, "what it says of its objects");

static bool watch;
module_param(watch, bool, 0444);
MODULE_PARM_DESC(watch,
		 "count who reads or writes the second line of CPU 0's object");

static int seen_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int cpu, i;
	int length = 0;

	for (i = 0; i < NR_SEEN; i++) {
		unsigned long sum = 0;

		for_each_possible_cpu(cpu)
			sum += per_cpu(seen, cpu).nr[i];
		length += sysfs_emit_at(buffer, length, "%s %lu\n",
					seen_names[i], sum);
	}
	return length;
}

/* Written, whatever it be: count anew. No run is going on. */
static int seen_set(const char *text, const struct kernel_param *kp)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(seen, cpu) = (struct counts){};
	return 0;
}

static const struct kernel_param_ops seen_ops = {
	.set = seen_set,
	.get = seen_get,
};
module_param_cb(seen, &seen_ops, NULL, 0644);
MODULE_PARM_DESC(seen, "calls by context, zeroed objects, freed lines");

static void note(void)
{
	if (in_hardirq())
		this_cpu_inc(seen.nr[SEEN_HARDIRQ]);
	else if (in_serving_softirq())
		this_cpu_inc(seen.nr[SEEN_SOFTIRQ]);
	else
		this_cpu_inc(seen.nr[SEEN_TASK]);
}

static __always_inline void *axes_alloc_one(void *ctx, gfp_t gfp)
{
	struct object *object = raw_cpu_ptr(&object_of);

	note();
	if (gfp & __GFP_ZERO)
		this_cpu_inc(seen.nr[SEEN_ZERO]);
	memset(object, 0, sizeof(*object));
	return object;
}

/* The context is the size that was asked for. */
static __always_inline void axes_free_one(void *ctx, void *freed)
{
	const struct object *object = freed;
	size_t i;

	note();
	for (i = 0; i < (size_t)ctx; i += L1_CACHE_BYTES) {
		if (object->bytes[i])
			this_cpu_inc(seen.nr[SEEN_TOUCHED]);
		else
			this_cpu_inc(seen.nr[SEEN_UNTOUCHED]);
	}
}

MAGSLAB_BENCH_DEFINE_LOOPS(axes)

static void *axes_create(const struct magslab_bench_params *params)
{
	return (void *)params->size;
}

static void axes_destroy(void *ctx)
{
}

static struct magslab_bench_backend backend = {
	.name = "axes",
	.owner = THIS_MODULE,
	.min_size = 1,
	.max_size = OBJECT_SIZE,
	.create = axes_create,
	.destroy = axes_destroy,
	MAGSLAB_BENCH_LOOPS(axes),
};

/*
 * What is read leaves no trace but in the processor, which stops at a watchpoint.
 */

static struct perf_event *__percpu *watchpoint;

static void watched(struct perf_event *event, struct perf_sample_data *data,
		    struct pt_regs *regs)
{
	this_cpu_inc(seen.nr[SEEN_WATCHED]);
}

static int watch_begin(void)
{
	struct object *object = per_cpu_ptr(&object_of, 0);
	/* As hw_breakpoint_init() has it, which is not where there is none. */
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.pinned = 1,
		.sample_period = 1,
		.bp_addr = (unsigned long)&object->bytes[L1_CACHE_BYTES],
		.bp_len = HW_BREAKPOINT_LEN_1,
		.bp_type = HW_BREAKPOINT_RW,
	};

	if (!watch)
		return 0;
	watchpoint = register_wide_hw_breakpoint(&attr, watched, NULL);
	if (!watchpoint)
		return -EOPNOTSUPP;
	return PTR_ERR_OR_ZERO((void __force *)watchpoint);
}

static void watch_end(void)
{
	if (watch)
		unregister_wide_hw_breakpoint(watchpoint);
}

static int __init axes_init(void)
{
	int ret = watch_begin();

	if (ret)
		return ret;
	backend.contexts = contexts;
	backend.flags = flags;
	ret = magslab_bench_register(&backend);
	if (ret)
		watch_end();
	return ret;
}
module_init(axes_init);

static void __exit axes_exit(void)
{
	magslab_bench_unregister(&backend);
	watch_end();
}
module_exit(axes_exit);

MODULE_DESCRIPTION("Counts in which contexts the benchmark calls it");
MODULE_LICENSE("GPL");
