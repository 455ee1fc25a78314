// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which context may call which function, and what it gets there: from a cache
 * that holds objects, and from one that would have to grow. A case for each
 * cell of the table in Documentation/contexts.rst, named FUNCTION/CONTEXT, and
 * FUNCTION/CONTEXT/cold for the cache without objects, FUNCTION/CONTEXT/reserve
 * for one that has nothing but a reserve. One function each time the module is
 * loaded.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/workqueue.h>

#include <linux/magslab.h>

#include "cases.h"
#include "contexts.h"
#include "ledger.h"
#include "supply.h"

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "which one to try, or rest");

/*
 * What is asked of the page allocator while the task of this test is current,
 * in its own name or in that of an interrupt.
 */
static struct task_struct *watched;
static gfp_t watched_gfp;
static unsigned int watched_hardirqs;

/* A breakpoint, if that is how it was probed, counts as an NMI, and so as one. */
static bool probed_in_hardirq(void)
{
	return hardirq_count() > (in_nmi() ? HARDIRQ_OFFSET : 0);
}

static int watch_pages(struct kprobe *probe, struct pt_regs *regs)
{
	if (READ_ONCE(watched) != current)
		return 0;
	watched_gfp |= (__force gfp_t)regs_get_kernel_argument(regs, 0);
	if (probed_in_hardirq())
		watched_hardirqs++;
	return 0;
}

/*
 * A probe with one of these is never made a jump, which the kernel would do a
 * little later, while other CPUs run the code that it patches.
 */
static void watch_after(struct kprobe *probe, struct pt_regs *regs,
			unsigned long flags)
{
}

static struct kprobe page_probe;

static int watch_init(void)
{
	static const char *const names[] = { "__alloc_pages_noprof",
					     "__alloc_pages" };
	unsigned int i;
	int ret = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(names) && ret; i++) {
		page_probe = (struct kprobe){ .symbol_name = names[i],
					      .pre_handler = watch_pages,
					      .post_handler = watch_after };
		ret = register_kprobe(&page_probe);
	}
	return ret;
}

static void watch_begin(void)
{
	watched_gfp = 0;
	watched_hardirqs = 0;
	WRITE_ONCE(watched, current);
}

static void watch_end(void)
{
	WRITE_ONCE(watched, NULL);
}

/*
 * Trials: what a function is made to do in a context. They count; what the
 * counts must be is for the cases.
 */

#define TRIAL_SIZE 64

/* None of these may sleep. The last has no reclaim bit: it never grows. */
static const gfp_t atomic_gfps[] = { GFP_ATOMIC | __GFP_NOWARN,
				     GFP_NOWAIT | __GFP_NOWARN, 0 };
static gfp_t trial_gfp;
static int trial_nid;
static unsigned int trial_runs;
static unsigned int trial_nulls;
/* Counted by whoever uses objects, an NMI in the middle of it included. */
static atomic_t trial_wrong;
static bool trial_may_grow;

static void trial_begin(gfp_t gfp)
{
	trial_gfp = gfp;
	trial_runs = 0;
	trial_nulls = 0;
	atomic_set(&trial_wrong, 0);
}

static void trial_check(bool right)
{
	if (!right)
		atomic_inc(&trial_wrong);
}

/* Use an object as its owner would. */
static void trial_use(void *object)
{
	static u64 stamp;

	stamp++;
	body_fill(object, TRIAL_SIZE, stamp);
	trial_check(body_intact(object, TRIAL_SIZE, stamp));
}

static void trial_end_object(void *object)
{
	if (!object) {
		trial_nulls++;
		return;
	}
	trial_use(object);
	magslab_free(cache, object);
}

static void trial_alloc(void)
{
	trial_end_object(magslab_alloc(cache, trial_gfp));
}

static void trial_zalloc(void)
{
	void *object = magslab_zalloc(cache, trial_gfp);

	if (object)
		trial_check(body_is_zero(object, TRIAL_SIZE));
	trial_end_object(object);
}

static void trial_alloc_node(void)
{
	void *object = magslab_alloc_node(cache, trial_gfp, trial_nid);

	if (object)
		trial_check(page_to_nid(virt_to_page(object)) == trial_nid);
	trial_end_object(object);
}

static void trial_alloc_bulk(void)
{
	void *bulk[8];
	unsigned int i;

	if (magslab_alloc_bulk(cache, trial_gfp, ARRAY_SIZE(bulk), bulk) !=
	    ARRAY_SIZE(bulk)) {
		trial_nulls++;
		return;
	}
	for (i = 0; i < ARRAY_SIZE(bulk); i++)
		trial_use(bulk[i]);
	magslab_free_bulk(cache, ARRAY_SIZE(bulk), bulk);
}

/* What the task filled, just as it left it. */
static void trial_check_supply(void)
{
	unsigned int i;

	for (i = 0; i < SUPPLY; i++)
		trial_check(body_intact(objects[i], TRIAL_SIZE, i));
}

static void trial_free(void)
{
	trial_check_supply();
	supply_put(SUPPLY);
}

static void trial_free_bulk(void)
{
	trial_check_supply();
	magslab_free_bulk(cache, SUPPLY, objects);
}

static void trial_cache_of(void)
{
	unsigned int i;

	for (i = 0; i < SUPPLY; i++)
		trial_check(magslab_cache_of(objects[i] + i % TRIAL_SIZE) ==
			    cache);
	trial_check(!magslab_cache_of(cache));
	trial_check(!magslab_cache_of(&i));
	trial_check(!magslab_cache_of(NULL));
}

static void trial_figures(void)
{
	trial_check(magslab_cache_size(cache) == TRIAL_SIZE);
	trial_check(magslab_cache_pages(cache) >=
		    SUPPLY * TRIAL_SIZE / PAGE_SIZE);
}

/**
 * struct trial - a function of magslab, put to the test
 * @name: of the function
 * @once: what it does in one call
 * @times: calls
 * @takes: whether it takes objects, or else is given some
 * @reserve: whether it may take them from a reserve
 */
struct trial {
	const char *name;
	void (*once)(void);
	unsigned int times;
	bool takes;
	bool reserve;
};

static const struct trial trials[] = {
	{ "alloc", trial_alloc, 200, true, true },
	{ "zalloc", trial_zalloc, 200, true, true },
	{ "alloc_bulk", trial_alloc_bulk, 100, true, true },
	{ "alloc_node", trial_alloc_node, 16, true },
	{ "free", trial_free, 1 },
	{ "free_bulk", trial_free_bulk, 1 },
	{ "cache_of", trial_cache_of, 1 },
	{ "figures", trial_figures, 1 },
};

static const struct trial *trial;

static void trial_warm(void)
{
	unsigned int i;

	trial_runs++;
	for (i = 0; i < trial->times; i++)
		trial->once();
}

/* Lockdep may prove the rules of PREEMPT_RT on other kernels. */
static bool may_grow_here(void)
{
	if (in_hardirq() || in_nmi())
		return false;
	return preemptible() || !(IS_ENABLED(CONFIG_PREEMPT_RT) ||
				  IS_ENABLED(CONFIG_PROVE_RAW_LOCK_NESTING));
}

static void trial_cold(void)
{
	trial_runs++;
	trial_may_grow = (trial_gfp & __GFP_RECLAIM) && may_grow_here();
	trial->once();
}

/*
 * Cases
 */

static long dirty_there(void *unused)
{
	return supply_dirty(SUPPLY);
}

/* Leave free objects here, or with the node that is going to be asked. */
static bool supply_free_objects(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu_to_node(cpu) == trial_nid)
			break;
	if (trial->once != trial_alloc_node || cpu >= nr_cpu_ids)
		return supply_dirty(SUPPLY);
	return work_on_cpu(cpu, dirty_there, NULL);
}

static bool supply_live_objects(void)
{
	unsigned int i;

	if (!supply_take(SUPPLY, GFP_KERNEL))
		return false;
	for (i = 0; i < SUPPLY; i++)
		body_fill(objects[i], TRIAL_SIZE, i);
	return true;
}

/* Nothing is live, so nothing must stay; what is lost would. */
static void expect_nothing_lost(void)
{
	magslab_cache_shrink(cache);
	EXPECT(magslab_cache_pages(cache) == 0);
}

/* The cache holds objects: everybody gets some, however he asks. */
static void takes_warm(const struct context *context)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(atomic_gfps); i++) {
		if (!EXPECT(supply_free_objects()))
			return;
		trial_begin(atomic_gfps[i]);
		context->run(trial_warm);
		EXPECT(trial_runs == 1);
		EXPECT(trial_nulls == 0);
		EXPECT(atomic_read(&trial_wrong) == 0);
		expect_nothing_lost();
	}
}

/*
 * The cache holds nothing: it grows if context and gfp allow, and asks the
 * page allocator for nothing that sleeps.
 */
static void takes_cold(const struct context *context)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(atomic_gfps); i++) {
		trial_begin(atomic_gfps[i]);
		watch_begin();
		context->run(trial_cold);
		watch_end();
		EXPECT(trial_runs == 1);
		EXPECT(trial_nulls == !trial_may_grow);
		EXPECT(atomic_read(&trial_wrong) == 0);
		EXPECT(!magslab_cache_pages(cache) == !trial_may_grow);
		EXPECT(!(watched_gfp & __GFP_DIRECT_RECLAIM));
		EXPECT(watched_hardirqs == 0);
		expect_nothing_lost();
	}
}

/* How many objects one page has, with all that may be in it besides. */
static unsigned int objects_of_page(void)
{
	unsigned int nr = 0;

	while (nr < SUPPLY && magslab_cache_pages(cache) < 2)
		objects[nr++] = magslab_alloc(cache, GFP_KERNEL);
	supply_put(nr);
	magslab_cache_shrink(cache);
	return nr - 1;
}

/*
 * The cache holds nothing and is not let grow, but has a reserve: that is in
 * reach everywhere. That is a whole page, so it has no object besides.
 */
static void takes_reserve(const struct context *context)
{
	unsigned int nr = objects_of_page();

	if (!EXPECT(!magslab_cache_set_reserve(cache, nr, GFP_KERNEL)))
		return;
	EXPECT(magslab_cache_pages(cache) == 1);
	trial_begin(0);
	context->run(trial_cold);
	EXPECT(trial_runs == 1);
	EXPECT(trial_nulls == 0);
	EXPECT(atomic_read(&trial_wrong) == 0);
	EXPECT(!magslab_cache_set_reserve(cache, 0, GFP_KERNEL));
	expect_nothing_lost();
}

/* Given objects that are live; they are free at the end, here or there. */
static void gives(const struct context *context)
{
	if (!EXPECT(supply_live_objects()))
		return;
	trial_begin(0);
	context->run(trial_warm);
	EXPECT(trial_runs == 1);
	EXPECT(atomic_read(&trial_wrong) == 0);
	if (trial->once != trial_free && trial->once != trial_free_bulk)
		supply_put(SUPPLY);
	expect_nothing_lost();
}

static void run_case(const struct context *context, const char *suffix,
		     void (*run)(const struct context *context))
{
	char name[64];

	scnprintf(name, sizeof(name), "%s/%s%s", trial->name, context->name,
		  suffix);
	test_begin();
	run(context);
	test_end(name);
}

/* Magazines are per CPU: stay where they are being filled. */
static void run_trial(void)
{
	const struct context *context;

	migrate_disable();
	for (context = contexts; context < contexts + ARRAY_SIZE(contexts);
	     context++) {
		run_case(context, "", trial->takes ? takes_warm : gives);
		if (trial->takes)
			run_case(context, "/cold", takes_cold);
		if (trial->reserve)
			run_case(context, "/reserve", takes_reserve);
	}
	migrate_enable();
}

/* As far from here as can be. */
static int farthest_node(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu_to_node(cpu) != numa_mem_id())
			return cpu_to_node(cpu);
	return numa_mem_id();
}

static int __init run_trial_named(const char *name)
{
	trial_nid = farthest_node();
	for (trial = trials; trial < trials + ARRAY_SIZE(trials); trial++)
		if (!strcmp(trial->name, name)) {
			run_trial();
			return 0;
		}
	return -EINVAL;
}

/*
 * The rest: what tasks alone may do, and what takes more than one CPU.
 */

static void whole_in_task(unsigned long unused)
{
	struct magslab_cache *other;

	other = magslab_cache_create("context-task", TRIAL_SIZE, 0, 0, NULL);
	if (!EXPECT(!IS_ERR(other)))
		return;
	magslab_free(other, magslab_alloc(other, GFP_KERNEL));
	EXPECT(magslab_cache_shrink(other) == 1);
	magslab_cache_destroy(other);
}

/* That the promise is passed on is all that can be seen with memory free. */
static void gfp_nofail(unsigned long unused)
{
	void *object;

	magslab_cache_shrink(cache);
	watch_begin();
	object = magslab_alloc(cache, GFP_KERNEL | __GFP_NOFAIL);
	watch_end();
	magslab_free(cache, object);
	EXPECT(object);
	EXPECT(watched_gfp & __GFP_NOFAIL);
	EXPECT(watched_gfp & __GFP_DIRECT_RECLAIM);
}

/*
 * NMIs from another CPU, as fast as they come, while this one calls. Whoever
 * comes between two calls finds the magazine at rest, with objects and room.
 */
#define STRIKES_MS 1000

static bool strike_calling;
static unsigned long strikes_between;
static unsigned long strikes_inside;
static unsigned long strikes_failed;

static void strike_nmi(void)
{
	bool inside = READ_ONCE(strike_calling);
	void *object = magslab_alloc(cache, GFP_ATOMIC);

	if (inside)
		strikes_inside++;
	else
		strikes_between++;
	if (object)
		trial_use(object);
	else if (!inside)
		strikes_failed++;
	magslab_free(cache, object);
}

static int strike_thread(void *target)
{
	while (!kthread_should_stop()) {
		nmi_send((unsigned long)target);
		cond_resched();
	}
	return 0;
}

static void strike_target(void)
{
	unsigned long end = jiffies + msecs_to_jiffies(STRIKES_MS);
	u64 stamp = 0;
	void *object;

	while (time_before(jiffies, end)) {
		WRITE_ONCE(strike_calling, true);
		object = magslab_alloc(cache, GFP_KERNEL);
		WRITE_ONCE(strike_calling, false);
		body_fill(object, TRIAL_SIZE, ++stamp);
		trial_check(body_intact(object, TRIAL_SIZE, stamp));
		WRITE_ONCE(strike_calling, true);
		magslab_free(cache, object);
		WRITE_ONCE(strike_calling, false);
		cond_resched();
	}
}

static void nmi_strikes(unsigned long unused)
{
	unsigned long here = raw_smp_processor_id();
	unsigned int there = cpumask_any_but(cpu_online_mask, here);
	struct task_struct *task;

	if (there >= nr_cpu_ids)
		return test_skip("one CPU has nobody to send it NMIs");
	if (!EXPECT(supply_dirty(SUPPLY)) || !EXPECT(!nmi_start(strike_nmi)))
		return;
	trial_begin(0);
	task = kthread_create(strike_thread, (void *)here, "strike");
	if (EXPECT(!IS_ERR(task))) {
		kthread_bind(task, there);
		wake_up_process(task);
		strike_target();
		kthread_stop(task);
	}
	nmi_stop();
	EXPECT(strikes_between > 0);
	EXPECT(strikes_failed == 0);
	EXPECT(strikes_inside > 0);
	EXPECT(atomic_read(&trial_wrong) == 0);
	expect_nothing_lost();
}

static int strikes_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%lu between calls, %lu failed, %lu inside\n",
			  strikes_between, strikes_failed, strikes_inside);
}

static const struct kernel_param_ops strikes_ops = {
	.get = strikes_get,
};
module_param_cb(strikes, &strikes_ops, NULL, 0444);
MODULE_PARM_DESC(strikes, "what the case rest/nmi_strikes counted");

static const struct test_case rest[] = {
	{ "rest/create_shrink_destroy", whole_in_task },
	{ "rest/nofail", gfp_nofail },
	{ "rest/nmi_strikes", nmi_strikes },
};

static int __init run_function(void)
{
	if (!strcmp(function, "rest")) {
		test_run_cases(rest, ARRAY_SIZE(rest));
		return 0;
	}
	return run_trial_named(function);
}

static int __init magslab_context_mod_init(void)
{
	int ret;

	ret = watch_init();
	if (ret)
		return ret;
	cache = magslab_cache_create("context", TRIAL_SIZE, 0, 0, NULL);
	ret = PTR_ERR_OR_ZERO(cache);
	if (!ret) {
		ret = run_function();
		magslab_cache_destroy(cache);
	}
	unregister_kprobe(&page_probe);
	return ret;
}

static void __exit magslab_context_mod_exit(void)
{
}

module_init(magslab_context_mod_init);
module_exit(magslab_context_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: calling contexts");
MODULE_LICENSE("GPL");
