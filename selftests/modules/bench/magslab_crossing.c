// SPDX-License-Identifier: GPL-2.0-only
/*
 * A back-end that writes into each object on which CPU it was allocated, and counts
 * how many were freed there and how many on another one: whether a workload crosses
 * CPUs as it says.
 */
#include <linux/moduleparam.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include <linux/magslab_bench.h>

static DEFINE_PER_CPU(unsigned long, local);
static DEFINE_PER_CPU(unsigned long, remote);

/* Read: frees on the CPU of the allocation, and frees on others. */
static int crossings_get(char *buffer, const struct kernel_param *kp)
{
	unsigned long all_local = 0, all_remote = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		all_local += per_cpu(local, cpu);
		all_remote += per_cpu(remote, cpu);
	}
	return sysfs_emit(buffer, "%lu %lu\n", all_local, all_remote);
}

/* Written, whatever it be: count anew. No run is going on. */
static int crossings_set(const char *text, const struct kernel_param *kp)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		per_cpu(local, cpu) = 0;
		per_cpu(remote, cpu) = 0;
	}
	return 0;
}

static const struct kernel_param_ops crossings_ops = {
	.set = crossings_set,
	.get = crossings_get,
};
module_param_cb(crossings, &crossings_ops, NULL, 0644);
MODULE_PARM_DESC(crossings,
		 "frees on the CPU of the allocation, and on others");

static __always_inline void *crossing_alloc_one(void *ctx, gfp_t gfp)
{
	unsigned int *object = kmalloc(sizeof(*object), gfp);

	if (object)
		*object = raw_smp_processor_id();
	return object;
}

static __always_inline void crossing_free_one(void *ctx, void *object)
{
	if (*(unsigned int *)object == raw_smp_processor_id())
		this_cpu_inc(local);
	else
		this_cpu_inc(remote);
	kfree(object);
}

MAGSLAB_BENCH_DEFINE_LOOPS(crossing)

static void *crossing_create(const struct magslab_bench_params *params)
{
	return THIS_MODULE;
}

static void crossing_destroy(void *ctx)
{
}

static struct magslab_bench_backend backend = {
	.name = "crossing",
	.owner = THIS_MODULE,
	.min_size = 1,
	.max_size = 64,
	.create = crossing_create,
	.destroy = crossing_destroy,
	MAGSLAB_BENCH_LOOPS(crossing),
};

static int __init crossing_init(void)
{
	return magslab_bench_register(&backend);
}
module_init(crossing_init);

static void __exit crossing_exit(void)
{
	magslab_bench_unregister(&backend);
}
module_exit(crossing_exit);

MODULE_DESCRIPTION("Counts frees on other CPUs than the allocation's");
MODULE_LICENSE("GPL");
