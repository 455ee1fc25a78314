// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everybody uses the same caches at once: tasks on all CPUs, hard interrupts,
 * softirqs and NMIs on all CPUs, bulk and single calls, with the cache shrunk
 * under them. Objects lie in an exchange that all of them share, so most are freed
 * by somebody else, on another CPU, than the one who allocated them.
 *
 * Each object is entered in a ledger and filled from it when it is allocated,
 * and compared with it when it is freed. At the end all are freed, every page
 * has to come back, and "verdict" becomes "passed" or "failed"; "report" says
 * what was counted.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <linux/magslab.h>

#include "ledger.h"
#include "nmi.h"

#define TORTURE_THREADS_PER_CPU 2
#define TORTURE_MAX_SLOTS 1024
#define TORTURE_BULK 16

static unsigned int seconds = 5;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "how long, 1 to 86400");

static unsigned long seed = 1;
module_param(seed, ulong, 0444);
MODULE_PARM_DESC(seed, "where the random numbers start");

static bool irqs = true;
module_param(irqs, bool, 0444);
MODULE_PARM_DESC(irqs, "have tasks start timers and softirqs as well");

static bool nmi;
module_param(nmi, bool, 0444);
MODULE_PARM_DESC(nmi, "have tasks send NMIs, which allocate and free too");

static char verdict[16] = "none";
module_param_string(verdict, verdict, sizeof(verdict), 0444);
MODULE_PARM_DESC(verdict, "running, passed or failed");

/**
 * struct torture_cache - a cache and the exchange of its objects
 * @name: of the cache
 * @size: of its objects, in bytes
 * @align: of its objects, in bytes
 * @ctor: its constructor, or NULL
 * @nr_slots: slots in use of @slot, a power of two
 * @cache: the cache
 * @slot: live objects, or NULL. Who swaps a pointer out owns the object.
 */
struct torture_cache {
	const char *name;
	size_t size;
	size_t align;
	void (*ctor)(void *object);
	unsigned int nr_slots;
	struct magslab_cache *cache;
	void *slot[TORTURE_MAX_SLOTS];
};

/* The stamp whose body is the constructed state of an object. */
#define TORTURE_CONSTRUCTED 0

static atomic64_t nr_constructed;

static void torture_construct_64(void *object)
{
	atomic64_inc(&nr_constructed);
	body_fill(object, 64, TORTURE_CONSTRUCTED);
}

static void torture_construct_1000(void *object)
{
	atomic64_inc(&nr_constructed);
	body_fill(object, 1000, TORTURE_CONSTRUCTED);
}

static struct torture_cache caches[] = {
	{ .name = "torture-8", .size = 8, .nr_slots = 1024 },
	{ .name = "torture-64", .size = 64, .nr_slots = 1024 },
	{ .name = "torture-200", .size = 200, .align = 64, .nr_slots = 512 },
	{ .name = "torture-4096", .size = 4096, .nr_slots = 128 },
	{ .name = "torture-ctor-64",
	  .size = 64,
	  .ctor = torture_construct_64,
	  .nr_slots = 1024 },
	{ .name = "torture-ctor-1000",
	  .size = 1000,
	  .ctor = torture_construct_1000,
	  .nr_slots = 256 },
};

static struct ledger ledger;

/* What went wrong, besides what the ledger counts. */
static atomic64_t nr_corrupt;
static atomic64_t nr_misaligned;
static atomic64_t nr_not_zeroed;
static atomic64_t nr_not_constructed;

/* What happened, to tell a run that did something from one that did not. */
static atomic64_t nr_nulls;
static atomic64_t nr_cross_frees;
static atomic64_t nr_shrinks;
static atomic64_t nr_nmis;

enum torture_context {
	TORTURE_TASK,
	TORTURE_SOFTIRQ,
	TORTURE_HARDIRQ,
	TORTURE_NMI,
	TORTURE_NR_CONTEXTS,
};

static atomic64_t nr_allocs_in[TORTURE_NR_CONTEXTS];

/**
 * struct torture_actor - one who allocates and frees, one step at a time
 * @context: where its steps run
 * @random: its own random numbers
 * @seq: number of objects it has stamped
 * @id: different for each actor
 */
struct torture_actor {
	enum torture_context context;
	struct rnd_state random;
	u64 seq;
	u32 id;
};

struct torture_cpu {
	struct hrtimer timer;
	struct tasklet_struct tasklet;
	struct torture_actor hardirq;
	struct torture_actor softirq;
	struct torture_actor nmi;
	struct task_struct *thread[TORTURE_THREADS_PER_CPU];
	struct torture_actor task[TORTURE_THREADS_PER_CPU];
};

static DEFINE_PER_CPU(struct torture_cpu, torture_cpus);

static u32 actor_random(struct torture_actor *actor, u32 below)
{
	return prandom_u32_state(&actor->random) % below;
}

static void actor_init(struct torture_actor *actor,
		       enum torture_context context)
{
	static u32 ids;

	actor->context = context;
	actor->seq = 0;
	actor->id = ++ids;
	prandom_seed_state(&actor->random, seed + actor->id);
}

/* Never TORTURE_CONSTRUCTED, as ids begin at 1. */
static u64 actor_stamp(struct torture_actor *actor)
{
	return (u64)actor->id << 40 | actor->seq++;
}

/*
 * Take over an object that magslab has just handed out.
 * Return: false when it was not entered and is the caller's no more.
 */
static bool torture_admit(struct torture_actor *actor, struct torture_cache *tc,
			  void *object, bool zeroed)
{
	u64 stamp = actor_stamp(actor);

	switch (ledger_add(&ledger, object, stamp)) {
	case LEDGER_OK:
		break;
	case LEDGER_FULL:
		magslab_free(tc->cache, object);
		return false;
	case LEDGER_TWICE:
		return false;
	}

	if (!IS_ALIGNED((unsigned long)object, tc->align ?: sizeof(void *)))
		atomic64_inc(&nr_misaligned);
	if (zeroed && !body_is_zero(object, tc->size))
		atomic64_inc(&nr_not_zeroed);
	if (tc->ctor && !body_intact(object, tc->size, TORTURE_CONSTRUCTED))
		atomic64_inc(&nr_not_constructed);

	body_fill(object, tc->size, stamp);
	atomic64_inc(&nr_allocs_in[actor->context]);
	return true;
}

/*
 * Prepare an object for being freed.
 * Return: false when it must not be.
 */
static bool torture_dismiss(struct torture_cache *tc, void *object)
{
	struct ledger_entry entry;

	if (!ledger_remove(&ledger, object, &entry))
		return false;
	if (!body_intact(object, tc->size, entry.stamp))
		atomic64_inc(&nr_corrupt);
	if (entry.cpu != raw_smp_processor_id())
		atomic64_inc(&nr_cross_frees);
	if (tc->ctor)
		body_fill(object, tc->size, TORTURE_CONSTRUCTED);
	return true;
}

static void torture_free(struct torture_cache *tc, void *object)
{
	if (object && torture_dismiss(tc, object))
		magslab_free(tc->cache, object);
}

/* Empty a run of slots. */
static void torture_drain(struct torture_cache *tc, u32 start, u32 nr)
{
	u32 i;

	for (i = start; i < start + nr; i++)
		torture_free(tc, xchg(&tc->slot[i % tc->nr_slots], NULL));
}

/* Fill a run of slots with new objects, and free what was there. */
static void torture_fill(struct torture_actor *actor, struct torture_cache *tc,
			 gfp_t gfp, u32 start, u32 nr)
{
	void *object;
	u32 i;

	for (i = start; i < start + nr; i++) {
		object = magslab_alloc(tc->cache, gfp);
		if (!object) {
			atomic64_inc(&nr_nulls);
			return;
		}
		if (!torture_admit(actor, tc, object, gfp & __GFP_ZERO))
			continue;
		torture_free(tc, xchg(&tc->slot[i % tc->nr_slots], object));
	}
}

/* The same for many at a time: what was in the slots goes back in one call. */
static void torture_bulk(struct torture_actor *actor, struct torture_cache *tc,
			 gfp_t gfp, u32 start)
{
	void *objects[TORTURE_BULK];
	u32 nr = 1 + actor_random(actor, TORTURE_BULK);
	u32 i, back = 0;
	void *object;

	if (magslab_alloc_bulk(tc->cache, gfp, nr, objects) != nr) {
		atomic64_inc(&nr_nulls);
		return;
	}

	for (i = 0; i < nr; i++) {
		object = objects[i];
		if (!torture_admit(actor, tc, object, gfp & __GFP_ZERO))
			continue;
		object = xchg(&tc->slot[(start + i) % tc->nr_slots], object);
		if (object && torture_dismiss(tc, object))
			objects[back++] = object;
	}
	magslab_free_bulk(tc->cache, back, objects);
}

static void torture_step(struct torture_actor *actor, gfp_t gfp, u32 max)
{
	struct torture_cache *tc =
		&caches[actor_random(actor, ARRAY_SIZE(caches))];
	u32 start = actor_random(actor, tc->nr_slots);
	u32 nr = 1 + actor_random(actor, max);

	if (!tc->ctor && !actor_random(actor, 8))
		gfp |= __GFP_ZERO;

	switch (actor_random(actor, 8)) {
	case 0:
		torture_bulk(actor, tc, gfp, start);
		break;
	case 1 ... 3:
		torture_drain(tc, start, nr);
		break;
	default:
		torture_fill(actor, tc, gfp, start, nr);
		break;
	}
}

static enum hrtimer_restart torture_timer(struct hrtimer *timer)
{
	struct torture_cpu *tcpu =
		container_of(timer, struct torture_cpu, timer);

	torture_step(&tcpu->hardirq, GFP_ATOMIC, 8);
	tasklet_schedule(&tcpu->tasklet);
	return HRTIMER_NORESTART;
}

static void torture_tasklet(struct tasklet_struct *tasklet)
{
	struct torture_cpu *tcpu =
		container_of(tasklet, struct torture_cpu, tasklet);

	torture_step(&tcpu->softirq, GFP_ATOMIC | __GFP_NOWARN, 16);
}

static void torture_nmi(void)
{
	atomic64_inc(&nr_nmis);
	torture_step(this_cpu_ptr(&torture_cpus.nmi), GFP_NOWAIT | __GFP_NOWARN,
		     4);
}

/* Let an NMI strike any CPU, wherever that is just now. */
static void torture_strike(struct torture_actor *actor)
{
	nmi_send(actor_random(actor, nr_cpu_ids));
}

/*
 * Let an interrupt strike this CPU while the task is at work. A CPU that goes
 * offline loses its timer to another, and gets it back here when it returns.
 */
static void torture_arm(struct torture_actor *actor)
{
	u64 delay = 20 + actor_random(actor, 500);
	struct hrtimer *timer;

	preempt_disable();
	timer = this_cpu_ptr(&torture_cpus.timer);
	if (!hrtimer_active(timer))
		hrtimer_start(timer, ns_to_ktime(delay * NSEC_PER_USEC),
			      HRTIMER_MODE_REL_PINNED_HARD);
	preempt_enable();
}

static void torture_step_irqs_off(struct torture_actor *actor)
{
	unsigned long flags;

	local_irq_save(flags);
	torture_step(actor, GFP_NOWAIT | __GFP_NOWARN, 4);
	local_irq_restore(flags);
}

static void torture_step_bh_off(struct torture_actor *actor)
{
	local_bh_disable();
	torture_step(actor, GFP_ATOMIC | __GFP_NOWARN, 16);
	local_bh_enable();
}

/* If nobody else interrupts, there is the more time for NMIs. */
static u32 torture_strikes(struct torture_actor *actor)
{
	return irqs ? !actor_random(actor, 4) : actor_random(actor, 8);
}

/* Where the kernel injects failures into tasks that it is told to. */
static void torture_volunteer(void)
{
#ifdef CONFIG_FAULT_INJECTION
	current->make_it_fail = 1;
#endif
}

static int torture_thread(void *data)
{
	struct torture_actor *actor = data;
	u32 strikes;

	torture_volunteer();
	while (!kthread_should_stop()) {
		if (irqs)
			torture_arm(actor);
		for (strikes = nmi ? torture_strikes(actor) : 0; strikes;
		     strikes--)
			torture_strike(actor);
		switch (actor_random(actor, 8)) {
		case 0:
			torture_step_irqs_off(actor);
			break;
		case 1:
			torture_step_bh_off(actor);
			break;
		case 2:
			torture_step(actor, GFP_NOWAIT | __GFP_NOWARN, 64);
			break;
		default:
			torture_step(actor, GFP_KERNEL, 256);
			break;
		}
		if (!actor_random(actor, 256)) {
			u32 i = actor_random(actor, ARRAY_SIZE(caches));

			magslab_cache_shrink(caches[i].cache);
			atomic64_inc(&nr_shrinks);
		}
		/* Leave the others, and the shell that waits, some time. */
		if (!actor_random(actor, 16))
			usleep_range(200, 1000);
		cond_resched();
	}
	return 0;
}

static int torture_start_thread(struct torture_cpu *tcpu, int cpu,
				unsigned int i)
{
	struct task_struct *task;

	task = kthread_create(torture_thread, &tcpu->task[i], "torture/%d:%u",
			      cpu, i);
	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, cpu);
	get_task_struct(task);
	tcpu->thread[i] = task;
	wake_up_process(task);
	return 0;
}

static int torture_start_cpu(int cpu)
{
	struct torture_cpu *tcpu = per_cpu_ptr(&torture_cpus, cpu);
	unsigned int i;
	int ret = 0;

	for (i = 0; i < TORTURE_THREADS_PER_CPU && !ret; i++)
		ret = torture_start_thread(tcpu, cpu, i);
	return ret;
}

static int torture_start(void)
{
	int cpu, ret;

	ret = nmi ? nmi_start(torture_nmi) : 0;
	if (ret)
		return ret;
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		ret = torture_start_cpu(cpu);
		if (ret)
			break;
	}
	cpus_read_unlock();
	return ret;
}

static void torture_stop_threads(struct torture_cpu *tcpu)
{
	unsigned int i;

	for (i = 0; i < TORTURE_THREADS_PER_CPU; i++) {
		if (!tcpu->thread[i])
			continue;
		kthread_stop(tcpu->thread[i]);
		put_task_struct(tcpu->thread[i]);
		tcpu->thread[i] = NULL;
	}
}

/* Nobody is there to be stopped, nor NMIs. */
static bool paused;

/*
 * Threads first: they send the NMIs and start the timers, and those schedule
 * the tasklets.
 */
static void torture_stop(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		torture_stop_threads(per_cpu_ptr(&torture_cpus, cpu));
	if (nmi && !paused)
		nmi_stop();
	for_each_possible_cpu(cpu)
		hrtimer_cancel(per_cpu_ptr(&torture_cpus.timer, cpu));
	for_each_possible_cpu(cpu)
		tasklet_kill(per_cpu_ptr(&torture_cpus.tasklet, cpu));
}

/* Pages that stayed after everything was freed. */
static unsigned long nr_pages_left;
/* Times that somebody else held some of them for a moment. */
static unsigned long nr_shrinks_again;

#define TORTURE_SHRINK_MS 10000

/*
 * The kernel's own shrinker may be at work on the same cache. What it has in
 * its hands is in no list, and comes back to one a moment later.
 */
static unsigned long torture_shrink(struct magslab_cache *cache)
{
	unsigned long end = jiffies + msecs_to_jiffies(TORTURE_SHRINK_MS);

	for (;;) {
		magslab_cache_shrink(cache);
		if (!magslab_cache_pages(cache) || time_after(jiffies, end))
			return magslab_cache_pages(cache);
		nr_shrinks_again++;
		msleep(20);
	}
}

static void torture_give_back(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		torture_drain(&caches[i], 0, caches[i].nr_slots);
		nr_pages_left += torture_shrink(caches[i].cache);
	}
}

static bool torture_did_harm(void)
{
	return ledger_live(&ledger) || nr_pages_left ||
	       atomic64_read(&ledger.twice) || atomic64_read(&ledger.strays) ||
	       atomic64_read(&nr_corrupt) || atomic64_read(&nr_misaligned) ||
	       atomic64_read(&nr_not_zeroed) ||
	       atomic64_read(&nr_not_constructed);
}

static bool torture_takes_part(enum torture_context context)
{
	if (context == TORTURE_NMI)
		return nmi;
	return context == TORTURE_TASK || irqs;
}

static bool torture_did_nothing(void)
{
	unsigned int i;

	for (i = 0; i < TORTURE_NR_CONTEXTS; i++)
		if (torture_takes_part(i) && !atomic64_read(&nr_allocs_in[i]))
			return true;
	return !atomic64_read(&nr_shrinks) ||
	       (num_online_cpus() > 1 && !atomic64_read(&nr_cross_frees));
}

/* Held to pause and to end. */
static DEFINE_MUTEX(torture_mutex);

/* While it is paused nobody uses the caches, but the objects stay. */
static int torture_pause(bool pause)
{
	int ret = 0;

	if (strcmp(verdict, "running"))
		return -EBUSY;
	if (pause == paused)
		return 0;
	if (pause)
		torture_stop();
	else
		ret = torture_start();
	paused = pause;
	return ret;
}

static int torture_paused_set(const char *value, const struct kernel_param *kp)
{
	bool pause;
	int ret = kstrtobool(value, &pause);

	if (ret)
		return ret;
	mutex_lock(&torture_mutex);
	ret = torture_pause(pause);
	mutex_unlock(&torture_mutex);
	return ret;
}

static const struct kernel_param_ops torture_paused_ops = {
	.set = torture_paused_set,
	.get = param_get_bool,
};
module_param_cb(paused, &torture_paused_ops, &paused, 0600);
MODULE_PARM_DESC(paused, "stop for a while, with all objects where they are");

static void torture_finish(struct work_struct *work)
{
	bool failed;

	mutex_lock(&torture_mutex);
	torture_stop();
	torture_give_back();
	failed = torture_did_harm() || torture_did_nothing();
	strscpy(verdict, failed ? "failed" : "passed", sizeof(verdict));
	mutex_unlock(&torture_mutex);
}

static DECLARE_DELAYED_WORK(torture_end, torture_finish);

static int torture_report_get(char *buffer, const struct kernel_param *kp)
{
	const struct {
		const char *name;
		s64 value;
	} lines[] = {
		{ "allocs", atomic64_read(&ledger.allocs) },
		{ "frees", atomic64_read(&ledger.frees) },
		{ "live", ledger_live(&ledger) },
		{ "twice", atomic64_read(&ledger.twice) },
		{ "strays", atomic64_read(&ledger.strays) },
		{ "corrupt", atomic64_read(&nr_corrupt) },
		{ "misaligned", atomic64_read(&nr_misaligned) },
		{ "not_zeroed", atomic64_read(&nr_not_zeroed) },
		{ "not_constructed", atomic64_read(&nr_not_constructed) },
		{ "pages_left", nr_pages_left },
		{ "shrinks_again", nr_shrinks_again },
		{ "task", atomic64_read(&nr_allocs_in[TORTURE_TASK]) },
		{ "softirq", atomic64_read(&nr_allocs_in[TORTURE_SOFTIRQ]) },
		{ "hardirq", atomic64_read(&nr_allocs_in[TORTURE_HARDIRQ]) },
		{ "nmi", atomic64_read(&nr_allocs_in[TORTURE_NMI]) },
		{ "nmis", atomic64_read(&nr_nmis) },
		{ "cross_frees", atomic64_read(&nr_cross_frees) },
		{ "nulls", atomic64_read(&nr_nulls) },
		{ "shrinks", atomic64_read(&nr_shrinks) },
		{ "constructed", atomic64_read(&nr_constructed) },
	};
	unsigned int i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		len += sysfs_emit_at(buffer, len, "%s: %lld\n", lines[i].name,
				     lines[i].value);
	return len;
}

static const struct kernel_param_ops torture_report_ops = {
	.get = torture_report_get,
};
module_param_cb(report, &torture_report_ops, NULL, 0444);
MODULE_PARM_DESC(report, "what was counted");

static void torture_cpus_init(void)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct torture_cpu *tcpu = per_cpu_ptr(&torture_cpus, cpu);

		hrtimer_init(&tcpu->timer, CLOCK_MONOTONIC,
			     HRTIMER_MODE_REL_PINNED_HARD);
		tcpu->timer.function = torture_timer;
		tasklet_setup(&tcpu->tasklet, torture_tasklet);
		actor_init(&tcpu->hardirq, TORTURE_HARDIRQ);
		actor_init(&tcpu->softirq, TORTURE_SOFTIRQ);
		actor_init(&tcpu->nmi, TORTURE_NMI);
		for (i = 0; i < TORTURE_THREADS_PER_CPU; i++)
			actor_init(&tcpu->task[i], TORTURE_TASK);
	}
}

static void torture_caches_destroy(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(caches); i++)
		magslab_cache_destroy(caches[i].cache);
}

static int torture_caches_create(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		struct torture_cache *tc = &caches[i];

		tc->cache = magslab_cache_create(tc->name, tc->size, tc->align,
						 0, tc->ctor);
		if (IS_ERR(tc->cache))
			return PTR_ERR(tc->cache);
	}
	return 0;
}

static int __init magslab_torture_mod_init(void)
{
	int ret;

	if (!seconds || seconds > 86400)
		return -EINVAL;
	ret = ledger_init(&ledger);
	if (ret)
		return ret;
	ret = torture_caches_create();
	if (ret)
		goto err_caches;

	torture_cpus_init();
	ret = torture_start();
	if (ret)
		goto err_start;
	strscpy(verdict, "running", sizeof(verdict));
	schedule_delayed_work(&torture_end, seconds * HZ);
	return 0;

err_start:
	torture_stop();
	torture_give_back();
err_caches:
	torture_caches_destroy();
	ledger_fini(&ledger);
	return ret;
}

static void __exit magslab_torture_mod_exit(void)
{
	if (cancel_delayed_work_sync(&torture_end))
		torture_finish(NULL);
	torture_caches_destroy();
	ledger_fini(&ledger);
}

module_init(magslab_torture_mod_init);
module_exit(magslab_torture_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: all CPUs and contexts at once");
MODULE_LICENSE("GPL");
