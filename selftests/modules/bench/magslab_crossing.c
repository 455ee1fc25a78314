// SPDX-License-Identifier: GPL-2.0-only
/*
 * A back-end that writes into each object on which CPU it was allocated, and counts
 * how many were freed there and how many on another one: whether a workload crosses
 * CPUs as it says. It also counts into how many somebody wrote, and how many there were
 * of each size; and on demand its contexts leave pages behind.
 */
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <linux/magslab_bench.h>

#define MIN_SIZE 8
#define NR_SIZES 4 /* 8, 16, 32 and 64 bytes */

struct counts {
	unsigned long local;
	unsigned long remote;
	unsigned long written;
	unsigned long sizes[NR_SIZES];
};

static DEFINE_PER_CPU(struct counts, counts);

/* Workloads write to the first byte, if at all. */
struct object {
	u32 writes;
	u32 cpu;
};

struct context {
	unsigned int size_class;
};

/* A page that was left, in a list of them. */
struct left {
	struct left *next;
};

static DEFINE_MUTEX(left_lock);
static struct left *all_left;

static unsigned int leave;
module_param(leave, uint, 0644);
MODULE_PARM_DESC(leave, "pages that a context leaves behind, until rmmod");

static struct counts sum_up(void)
{
	struct counts sum = {};
	unsigned int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct counts *here = per_cpu_ptr(&counts, cpu);

		sum.local += here->local;
		sum.remote += here->remote;
		sum.written += here->written;
		for (i = 0; i < NR_SIZES; i++)
			sum.sizes[i] += here->sizes[i];
	}
	return sum;
}

/*
 * Read: frees on the CPU of the allocation, frees on others, and how many of all
 * those were of objects that somebody had written to.
 */
static int crossings_get(char *buffer, const struct kernel_param *kp)
{
	const struct counts sum = sum_up();

	return sysfs_emit(buffer, "%lu %lu %lu\n", sum.local, sum.remote,
			  sum.written);
}

/* Written, whatever it be: count anew. No run is going on. */
static int crossings_set(const char *text, const struct kernel_param *kp)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&counts, cpu), 0, sizeof(counts));
	return 0;
}

static const struct kernel_param_ops crossings_ops = {
	.set = crossings_set,
	.get = crossings_get,
};
module_param_cb(crossings, &crossings_ops, NULL, 0644);
MODULE_PARM_DESC(crossings, "frees: here, elsewhere, of written objects");

static int sizes_get(char *buffer, const struct kernel_param *kp)
{
	const struct counts sum = sum_up();

	return sysfs_emit(buffer, "%lu %lu %lu %lu\n", sum.sizes[0],
			  sum.sizes[1], sum.sizes[2], sum.sizes[3]);
}

static const struct kernel_param_ops sizes_ops = {
	.get = sizes_get,
};
module_param_cb(sizes, &sizes_ops, NULL, 0444);
MODULE_PARM_DESC(sizes, "allocations of up to 8, 16, 32 and 64 bytes");

static __always_inline void *crossing_alloc_one(void *ctx, gfp_t gfp)
{
	const struct context *context = ctx;
	struct object *object = kmalloc(sizeof(*object), gfp);

	if (!object)
		return NULL;
	object->writes = 0;
	object->cpu = raw_smp_processor_id();
	this_cpu_inc(counts.sizes[context->size_class]);
	return object;
}

static __always_inline void crossing_free_one(void *ctx, void *freed)
{
	const struct object *object = freed;

	if (object->cpu == raw_smp_processor_id())
		this_cpu_inc(counts.local);
	else
		this_cpu_inc(counts.remote);
	if (object->writes)
		this_cpu_inc(counts.written);
	kfree(freed);
}

MAGSLAB_BENCH_DEFINE_LOOPS(crossing)

static void *crossing_create(const struct magslab_bench_params *params)
{
	struct context *context = kmalloc(sizeof(*context), GFP_KERNEL);

	if (!context)
		return ERR_PTR(-ENOMEM);
	context->size_class =
		order_base_2(max_t(size_t, params->size, MIN_SIZE)) -
		order_base_2(MIN_SIZE);
	return context;
}

static void leave_page(void)
{
	struct left *page = (struct left *)__get_free_page(GFP_KERNEL);

	if (!page)
		return;
	mutex_lock(&left_lock);
	page->next = all_left;
	all_left = page;
	mutex_unlock(&left_lock);
}

static void crossing_destroy(void *ctx)
{
	unsigned int i;

	for (i = 0; i < READ_ONCE(leave); i++)
		leave_page();
	kfree(ctx);
}

static struct magslab_bench_backend backend = {
	.name = "crossing",
	.owner = THIS_MODULE,
	.flags = MAGSLAB_BENCH_MEMORY,
	.min_size = 1,
	.max_size = MIN_SIZE << (NR_SIZES - 1),
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
	while (all_left) {
		struct left *page = all_left;

		all_left = page->next;
		free_page((unsigned long)page);
	}
}
module_exit(crossing_exit);

MODULE_DESCRIPTION("Counts frees on other CPUs than the allocation's");
MODULE_LICENSE("GPL");
