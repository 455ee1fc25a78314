// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is kept short while a run goes on: all that is free is taken, down to where the
 * kernel begins to reclaim, and taken again whenever there is some. So it asks all its
 * shrinkers over and over, the allocators' too; we are one of those asked, and give back
 * as much as is asked for. Nobody is killed for what we hold: before that it is all let go.
 *
 * Hypervisors call such a thing a balloon. Carl A. Waldspurger, "Memory Resource
 * Management in VMware ESX Server", OSDI 2002.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched/signal.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "engine.h"

/* Filling more would take longer than anybody wants to wait. */
#define MOST_TO_FILL (16ULL * SZ_1G)
/*
 * Binary logarithms of a chunk's pages. Large ones are soon given back: who is killed
 * waits for that. Those of 3 and less, and of 9, would come back by the lists that CPUs
 * keep, unseen.
 */
#define LARGEST_ORDER 8
#define SMALLEST_ORDER 4
/* Given back at the least when asked: what is asked for first is next to nothing. */
#define LEAST_PAGES 512UL
/* Between two looks at what is free: others are to have a part of the time, too. */
#define STEP_MS 100
/* Taken between two looks at whether the run should end. */
#define BREATH 64

/* Never waiting for memory, and taking no reserve. */
#define TAKE_GFP (__GFP_NOWARN | __GFP_NOMEMALLOC)

/* There is one run at a time, and so one of these. */
static struct balloon {
	/* For the list, and what is counted. */
	spinlock_t lock;
	struct list_head chunks;
	unsigned long pages;
	unsigned long peak;
	unsigned long calls;
	/* After somebody was about to be killed: no more is taken. */
	bool burst;
	struct shrinker *shrinker;
	struct task_struct *thread;
} balloon = {
	.lock = __SPIN_LOCK_UNLOCKED(balloon.lock),
	.chunks = LIST_HEAD_INIT(balloon.chunks),
};

/* The kernel is woken to reclaim once there is not even a small one. */
static struct page *take_chunk(unsigned int order)
{
	gfp_t gfp = TAKE_GFP;

	if (order == SMALLEST_ORDER)
		gfp |= __GFP_KSWAPD_RECLAIM;
	return alloc_pages(gfp, order);
}

static struct page *take_largest(unsigned int *order)
{
	struct page *page;

	while (!(page = take_chunk(*order)) && *order > SMALLEST_ORDER)
		(*order)--;
	return page;
}

/* Returns false if there is none to take; @order falls to that of what there is. */
static bool take(unsigned int *order)
{
	struct page *page = take_largest(order);

	if (!page)
		return false;
	set_page_private(page, *order);
	spin_lock(&balloon.lock);
	list_add(&page->lru, &balloon.chunks);
	balloon.pages += 1UL << *order;
	balloon.peak = max(balloon.peak, balloon.pages);
	spin_unlock(&balloon.lock);
	return true;
}

/* The last one taken, which is one of the smallest. */
static struct page *pop(void)
{
	struct page *page;

	spin_lock(&balloon.lock);
	page = list_first_entry_or_null(&balloon.chunks, struct page, lru);
	if (page) {
		list_del(&page->lru);
		balloon.pages -= 1UL << page_private(page);
	}
	spin_unlock(&balloon.lock);
	return page;
}

/* Returns how many pages were let go: @nr, a little more, or all there were. */
static unsigned long let_go(unsigned long nr)
{
	unsigned long order, done = 0;
	struct page *page;

	while (done < nr && (page = pop())) {
		order = page_private(page);
		set_page_private(page, 0);
		__free_pages(page, order);
		done += 1UL << order;
		cond_resched();
	}
	return done;
}

/*
 * === Asked for it ===
 */

static unsigned long balloon_count(struct shrinker *shrinker,
				   struct shrink_control *sc)
{
	return READ_ONCE(balloon.pages) ?: SHRINK_EMPTY;
}

static unsigned long balloon_scan(struct shrinker *shrinker,
				  struct shrink_control *sc)
{
	unsigned long done = let_go(max(sc->nr_to_scan, LEAST_PAGES));

	spin_lock(&balloon.lock);
	balloon.calls++;
	spin_unlock(&balloon.lock);
	mm_account_reclaimed_pages(done);
	sc->nr_scanned = max(done, 1UL);
	return done;
}

static int before_a_kill(struct notifier_block *notifier, unsigned long action,
			 void *freed)
{
	WRITE_ONCE(balloon.burst, true);
	*(unsigned long *)freed += let_go(ULONG_MAX);
	return NOTIFY_OK;
}

static struct notifier_block oom_notifier = { .notifier_call = before_a_kill };

static int answer(void)
{
	int ret;

	balloon.shrinker = shrinker_alloc(0, KBUILD_MODNAME "-pressure");
	if (!balloon.shrinker)
		return -ENOMEM;
	balloon.shrinker->count_objects = balloon_count;
	balloon.shrinker->scan_objects = balloon_scan;
	balloon.shrinker->seeks = DEFAULT_SEEKS;
	balloon.shrinker->batch = 1;
	ret = magslab_shrinker_register(balloon.shrinker);
	if (ret) {
		shrinker_free(balloon.shrinker);
		balloon.shrinker = NULL;
		return ret;
	}
	return register_oom_notifier(&oom_notifier);
}

/*
 * === Filling ===
 */

/*
 * Take what is free, @most chunks or until the kernel asks for some of it: to go on then
 * would be to take what was just given back, over and over.
 * Return: whether there may be more to take.
 */
static bool take_some(unsigned int most, unsigned int *order)
{
	unsigned long calls = READ_ONCE(balloon.calls);

	while (most--) {
		if (READ_ONCE(balloon.burst) ||
		    READ_ONCE(balloon.calls) != calls || !take(order))
			return false;
	}
	return true;
}

/* Returns 0 or -EINTR. */
static int fill(const struct bench_run *run)
{
	unsigned int order = LARGEST_ORDER;

	while (take_some(BREATH, &order)) {
		cond_resched();
		if (signal_pending(current))
			return -EINTR;
		if (ktime_after(ktime_get(), run->deadline))
			break;
	}
	return 0;
}

static int keep_full(void *unused)
{
	unsigned int order = SMALLEST_ORDER;

	while (!kthread_should_stop()) {
		while (take_some(BREATH, &order) && !kthread_should_stop())
			cond_resched();
		schedule_timeout_interruptible(msecs_to_jiffies(STEP_MS));
	}
	return 0;
}

/**
 * bench_pressure_begin - begin to keep memory short
 * @run: the run
 *
 * Context: The run's conductor. Sleeps for as long as it takes to fill memory.
 * Return: 0; -EFBIG if that would be more than 16 GiB; -EINTR after a signal; -ENOMEM.
 * bench_pressure_end() is due in any case.
 */
int bench_pressure_begin(struct bench_run *run)
{
	struct task_struct *thread;
	int ret;

	if ((u64)max(si_mem_available(), 0L) << PAGE_SHIFT > MOST_TO_FILL)
		return -EFBIG;
	balloon.peak = 0;
	balloon.calls = 0;
	balloon.burst = false;
	ret = answer();
	if (ret)
		return ret;
	ret = fill(run);
	if (ret)
		return ret;
	thread = kthread_run(keep_full, NULL, "magslab_pressure");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	balloon.thread = thread;
	return 0;
}

/**
 * bench_pressure_end - give back all that was taken
 * @run: the run
 *
 * Context: The run's conductor. May sleep.
 */
void bench_pressure_end(struct bench_run *run)
{
	if (!run->surroundings.short_of_memory)
		return;
	if (balloon.thread)
		kthread_stop(balloon.thread);
	if (balloon.shrinker) {
		unregister_oom_notifier(&oom_notifier);
		shrinker_free(balloon.shrinker);
	}
	balloon.thread = NULL;
	balloon.shrinker = NULL;
	let_go(ULONG_MAX);
	run->surroundings.pressure_peak = (u64)balloon.peak << PAGE_SHIFT;
	run->surroundings.pressure_calls = balloon.calls;
}
