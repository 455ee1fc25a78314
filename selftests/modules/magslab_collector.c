// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collector at its work, on graphs of which the test knows every object. An
 * object has a serial number, and whoever has a pointer to it has that number
 * as well; so what was taken from under somebody is noticed, even if the memory is
 * an object again.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <linux/magslab_collector.h>

#include "cases.h"
#include "crowd.h"

static unsigned int reachable = 1000000;
module_param(reachable, uint, 0444);
MODULE_PARM_DESC(reachable, "objects that must not be found");

static unsigned int planted = 100000;
module_param(planted, uint, 0444);
MODULE_PARM_DESC(planted, "objects that must be");

static unsigned int seconds = 10;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "how long all CPUs change graphs");

struct node {
	struct node *child[2];
	u64 child_serial[2];
	u64 serial;
	u64 canary;
};

static struct magslab_collector *collector;
/* What of these is found is freed, and only told of. */
static struct magslab_tracked *reclaimed, *told;

static struct magslab_collector_figures figures(void)
{
	struct magslab_collector_figures now;

	magslab_collector_figures(collector, &now);
	return now;
}

/* One of them. All together they are too much for a stack. */
static noinline u64 figure(size_t offset)
{
	struct magslab_collector_figures now = figures();

	return *(u64 *)((void *)&now + offset);
}

#define FIGURE(name) figure(offsetof(struct magslab_collector_figures, name))

static u64 canary_of(const struct node *node)
{
	return (unsigned long)node ^ node->serial * 0x9e3779b97f4a7c15ULL;
}

static void name_node(struct node *node, u64 serial)
{
	node->serial = serial;
	node->canary = canary_of(node);
}

static bool is_itself(const struct node *node, u64 serial)
{
	return magslab_tracked_live(node) && node->serial == serial &&
	       node->canary == canary_of(node);
}

/*
 * === Planted graphs ===
 */

static const u64 budgets_ns[] = { 250000, 1000000, 3000000, 10000000 };

/* All of the graph that is reachable, by number: not a root but the first. */
static struct node **table;
/* What was planted in the cache that is only told of, to be freed at the end. */
static struct node **leaks;
static unsigned int nr_leaks;

/* Of both caches by turns. */
static struct magslab_tracked *cache_for(unsigned int i)
{
	return i & 1 ? told : reclaimed;
}

/* A complete binary tree. */
static bool grow_tree(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		MAGSLAB_SCOPE(scope, collector);
		struct node *node;

		node = magslab_tracked_alloc(scope, 0, cache_for(i),
					     GFP_KERNEL);
		if (!node)
			return false;
		name_node(node, i);
		if (i)
			magslab_tracked_store(&table[(i - 1) / 2]->child[i & 1],
					      node);
		else
			magslab_tracked_store(&table[0], node);
		table[i] = node;
		if (!(i & 1023))
			cond_resched();
	}
	return true;
}

static bool tree_is_whole(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!is_itself(table[i], i))
			return false;
		if (!(i & 1023))
			cond_resched();
	}
	return true;
}

/* Nobody has it but who is told of it, and he has no handle either. */
static noinline struct node *plant_node(unsigned int i)
{
	MAGSLAB_SCOPE(scope, collector);
	struct node *node =
		magslab_tracked_alloc(scope, 0, cache_for(i), GFP_KERNEL);

	if (!node)
		return NULL;
	name_node(node, i);
	if (i & 1)
		leaks[nr_leaks++] = node;
	/* What nobody has may well have what others do. */
	node->child[1] = table[i % reachable];
	return node;
}

/* A third are chains of hundred, a third rings of them, and a third trees. */
static bool plant(unsigned int first, unsigned int nr)
{
	/* No root, so nothing is kept by being here. */
	static struct node *group[100];
	unsigned int i, at;

	for (i = 0; i < nr; i++) {
		at = i % ARRAY_SIZE(group);
		group[at] = plant_node(first + i);
		if (!group[at])
			return false;
		if (at && i / 100 % 3 == 2)
			group[(at - 1) / 2]->child[at & 1] = group[at];
		else if (at)
			group[at - 1]->child[0] = group[at];
		if (at == 99 && i / 100 % 3 == 1)
			group[at]->child[0] = group[0];
	}
	return true;
}

/* With each budget, which is larger than those before. */
struct budget {
	u64 slices;
	u64 over;
	u64 longest_ns;
};

static struct budget budgets[ARRAY_SIZE(budgets_ns)];

static void note_budget(struct budget *budget,
			const struct magslab_collector_figures *before)
{
	struct magslab_collector_figures now = figures();

	budget->slices = now.slices - before->slices;
	budget->over = now.over_budget - before->over_budget;
	budget->longest_ns = now.longest_ns;
}

static int budgets_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(budgets); i++)
		len += sysfs_emit_at(buffer, len, "%llu %llu %llu %llu\n",
				     budgets_ns[i], budgets[i].slices,
				     budgets[i].over, budgets[i].longest_ns);
	return len;
}

static const struct kernel_param_ops budgets_ops = {
	.get = budgets_get,
};
module_param_cb(budgets, &budgets_ops, NULL, 0444);
MODULE_PARM_DESC(budgets, "budget, slices, over budget, longest until then");

/* With each budget a part of them is planted and found. */
static void finds_all_and_no_more(unsigned long unused)
{
	unsigned int part = planted / ARRAY_SIZE(budgets_ns), i;
	struct magslab_collector_figures before;

	if (!EXPECT(grow_tree(reachable)))
		return;
	for (i = 0; i < ARRAY_SIZE(budgets_ns); i++) {
		EXPECT(!magslab_collector_set_budget(collector, budgets_ns[i],
						     5 * budgets_ns[i]));
		if (!EXPECT(plant(i * part, part)))
			return;
		before = figures();
		EXPECT(!magslab_collector_collect(collector));
		note_budget(&budgets[i], &before);
		EXPECT(FIGURE(found) == (i + 1) * part);
		EXPECT(FIGURE(reclaimed) == (i + 1) * part / 2);
		EXPECT(FIGURE(tracked) ==
		       reachable + (i + 1) * part - FIGURE(reclaimed));
	}
	EXPECT(tree_is_whole(reachable));
}

/* The root of all is gone: so is the rest, but for what is only told of. */
static void finds_the_rest(unsigned long unused)
{
	unsigned int i;

	magslab_tracked_store(&table[0], NULL);
	for (i = 1; i < reachable; i += 2)
		EXPECT(magslab_tracked_free(table[i]));
	EXPECT(!magslab_collector_collect(collector));
	for (i = 0; i < nr_leaks; i++)
		EXPECT(magslab_tracked_free(leaks[i]));
	nr_leaks = 0;
	EXPECT(FIGURE(tracked) == 0);
}

/*
 * === All CPUs change graphs ===
 */

#define SLOTS 256
#define MAILBOXES 16
/* Objects at which who makes them waits for the collector. */
#define MANY 400000

/**
 * struct mutator - what a thread has
 * @slots: where its graphs begin; a root
 * @extra: another root, which comes and goes
 * @serials: of what is in @slots
 * @random: what to do next
 * @done: how often it did something
 * @wrong: objects that were not what they had been
 */
struct mutator {
	struct node *slots[SLOTS];
	struct node *extra[2];
	u64 serials[SLOTS];
	struct rnd_state random;
	u64 done;
	u64 wrong;
};

static struct mutator *mutators[NR_CPUS];
/* Where threads exchange what nobody else has a pointer into; a root. */
static struct node *mail[MAILBOXES];
static atomic64_t next_serial;

static u32 any(struct mutator *m, u32 below)
{
	return prandom_u32_state(&m->random) % below;
}

static void check(struct mutator *m, const struct node *node, u64 serial)
{
	if (node && !is_itself(node, serial))
		m->wrong++;
}

static struct node *make(struct magslab_scope *scope, unsigned int handle)
{
	struct node *node =
		magslab_tracked_alloc(scope, handle, reclaimed, GFP_KERNEL);

	if (node)
		name_node(node, atomic64_inc_return(&next_serial));
	return node;
}

static void put(struct mutator *m, unsigned int i, struct node *node)
{
	m->serials[i] = node ? node->serial : 0;
	magslab_tracked_store(&m->slots[i], node);
}

static struct node *get(struct mutator *m, struct magslab_scope *scope,
			unsigned int handle, unsigned int i)
{
	struct node *node = magslab_tracked_load(scope, handle, &m->slots[i]);

	check(m, node, m->serials[i]);
	return node;
}

/* What a slot has becomes the child of a new object. */
static void push(struct mutator *m, struct magslab_scope *scope)
{
	struct node *node = make(scope, 0);
	unsigned int i = any(m, SLOTS), k = any(m, 2);

	if (!node)
		return;
	node->child_serial[k] = m->serials[i];
	/* Nobody knows it yet, and it has no pointer that would be lost. */
	node->child[k] = get(m, scope, 1, i);
	put(m, i, node);
}

static void cut(struct mutator *m, struct magslab_scope *scope)
{
	put(m, any(m, SLOTS), NULL);
}

/* The only pointer to something deep down goes to another slot. */
static void descend(struct mutator *m, struct magslab_scope *scope)
{
	struct node *node = get(m, scope, 0, any(m, SLOTS)), *below;
	unsigned int depth, k;

	for (depth = 1; node && depth < 64; depth++, node = below) {
		k = any(m, 2);
		below = magslab_tracked_load(scope, depth & 1, &node->child[k]);
		check(m, below, node->child_serial[k]);
		if (!below || any(m, 8))
			continue;
		put(m, any(m, SLOTS), below);
		magslab_tracked_store(&node->child[k], NULL);
		return;
	}
}

static void swap_slots(struct mutator *m, struct magslab_scope *scope)
{
	unsigned int i = any(m, SLOTS), j = any(m, SLOTS);
	struct node *one = get(m, scope, 0, i), *other = get(m, scope, 1, j);

	put(m, i, other);
	put(m, j, one);
}

static void swap_children(struct mutator *m, struct magslab_scope *scope)
{
	struct node *node = get(m, scope, 0, any(m, SLOTS)), *one, *other;

	if (!node)
		return;
	one = magslab_tracked_load(scope, 1, &node->child[0]);
	other = magslab_tracked_load(scope, 2, &node->child[1]);
	check(m, one, node->child_serial[0]);
	check(m, other, node->child_serial[1]);
	magslab_tracked_store(&node->child[0], other);
	magslab_tracked_store(&node->child[1], one);
	swap(node->child_serial[0], node->child_serial[1]);
}

/* A new pair for somebody, and somebody else's for us. */
static void exchange(struct mutator *m, struct magslab_scope *scope)
{
	struct node *node = make(scope, 0), *child = make(scope, 1);

	if (!node || !child)
		return;
	node->child[0] = child;
	node->child_serial[0] = child->serial;
	node = magslab_tracked_exchange(scope, 2, &mail[any(m, MAILBOXES)],
					node);
	if (!node)
		return;
	check(m, node, node->serial);
	child = magslab_tracked_load(scope, 1, &node->child[0]);
	check(m, child, node->child_serial[0]);
	put(m, any(m, SLOTS), node);
}

/* Its child outlives an object that is freed. */
static void free_parent(struct mutator *m, struct magslab_scope *scope)
{
	struct node *node = make(scope, 0), *child;

	if (!node)
		return;
	child = make(scope, 1);
	node->child[0] = child;
	child = magslab_tracked_load(scope, 2, &node->child[0]);
	if (!magslab_tracked_free(node))
		m->wrong++;
	put(m, any(m, SLOTS), child);
}

/* In nothing but a handle for a while. */
static void hold(struct mutator *m, struct magslab_scope *scope)
{
	unsigned int i = any(m, SLOTS);
	struct node *node = get(m, scope, 7, i);
	u64 serial = m->serials[i];

	if (any(m, 64))
		return;
	put(m, i, NULL);
	usleep_range(100, 20000);
	check(m, node, serial);
	put(m, i, node);
}

/* A root comes, has the only pointer to something, and goes. */
static void change_roots(struct mutator *m, struct magslab_scope *scope)
{
	unsigned int i = any(m, SLOTS);
	struct node *node = get(m, scope, 0, i);

	if (any(m, 64))
		return;
	if (magslab_root_register(collector, m->extra, sizeof(m->extra)))
		return;
	magslab_tracked_store(&m->extra[1], node);
	magslab_tracked_store(&m->slots[i], NULL);
	magslab_scope_hold(scope, 0, NULL);
	cond_resched();
	node = magslab_tracked_load(scope, 0, &m->extra[1]);
	check(m, node, m->serials[i]);
	if (magslab_root_unregister(collector, m->extra, sizeof(m->extra)))
		m->wrong++;
	m->extra[1] = NULL;
	check(m, node, m->serials[i]);
	magslab_tracked_store(&m->slots[i], node);
}

static void (*const deeds[])(struct mutator *m, struct magslab_scope *scope) = {
	push,	     push,    push,	    push,	   cut,
	descend,     descend, swap_slots,   swap_children, exchange,
	free_parent, hold,    change_roots,
};

static void mutate(struct mutator *m)
{
	MAGSLAB_SCOPE(scope, collector);
	unsigned int n;

	for (n = 1 + any(m, 4); n; n--)
		deeds[any(m, ARRAY_SIZE(deeds))](m, scope);
	m->done++;
}

static int mutator_thread(void *unused)
{
	struct mutator *m = mutators[smp_processor_id()];

	while (!kthread_should_stop()) {
		mutate(m);
		if (m->done % 1024 == 0 && FIGURE(tracked) > MANY)
			msleep(20);
		cond_resched();
	}
	return 0;
}

static bool mutators_begin(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		mutators[cpu] = kvzalloc(sizeof(**mutators), GFP_KERNEL);
		if (!mutators[cpu])
			return false;
		prandom_seed_state(&mutators[cpu]->random, cpu + 1);
		if (magslab_root_register(collector, mutators[cpu]->slots,
					  sizeof(mutators[cpu]->slots)))
			return false;
	}
	return true;
}

static u64 nr_done, nr_wrong, nr_cycles;

static void mutators_end(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct mutator *m = mutators[cpu];

		if (!m)
			continue;
		magslab_root_unregister(collector, m->slots, sizeof(m->slots));
		nr_done += m->done;
		nr_wrong += m->wrong;
		kvfree(m);
		mutators[cpu] = NULL;
	}
}

static void collect_for(unsigned long time)
{
	unsigned long end = jiffies + time;
	u64 before = FIGURE(cycles);

	while (time_before(jiffies, end)) {
		/* Short slices, so that most is changed in the middle of a cycle. */
		magslab_collector_set_budget(collector, 250000, 1250000);
		magslab_collector_collect(collector);
		magslab_collector_set_budget(collector, 10000000, 50000000);
		magslab_collector_collect(collector);
	}
	nr_cycles = FIGURE(cycles) - before;
}

/* Cycle after cycle while all CPUs do what they can. */
static void takes_nothing_in_use(unsigned long unused)
{
	u64 before = FIGURE(reclaimed);
	unsigned int i;

	if (EXPECT(mutators_begin()) && EXPECT(!crowd_start(mutator_thread)))
		collect_for(seconds * HZ);
	crowd_stop();
	mutators_end();
	for (i = 0; i < MAILBOXES; i++)
		magslab_tracked_store(&mail[i], NULL);
	EXPECT(!nr_wrong);
	EXPECT(nr_done > 1000);
	EXPECT(nr_cycles >= 2);
	EXPECT(FIGURE(reclaimed) > before);
	EXPECT(!magslab_collector_collect(collector));
	EXPECT(FIGURE(tracked) == 0);
	EXPECT(FIGURE(allocated) == FIGURE(freed) + FIGURE(reclaimed));
}

static const struct test_case cases[] = {
	{ "finds_all_and_no_more", finds_all_and_no_more },
	{ "finds_the_rest", finds_the_rest },
	{ "takes_nothing_in_use", takes_nothing_in_use },
};

static int run_set(const char *val, const struct kernel_param *kp)
{
	if (!table)
		return -EINVAL;
	test_report[0] = '\0';
	test_run_cases(cases, ARRAY_SIZE(cases));
	return 0;
}

static const struct kernel_param_ops run_ops = {
	.set = run_set,
};
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "any value runs the cases");

static int mutated_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%llu changes, %llu cycles, %llu wrong\n",
			  nr_done, nr_cycles, nr_wrong);
}

static const struct kernel_param_ops mutated_ops = {
	.get = mutated_get,
};
module_param_cb(mutated, &mutated_ops, NULL, 0444);
MODULE_PARM_DESC(mutated, "what the threads did");

/* Something for a cycle to be in the middle of when the module goes. */
static int leave_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		MAGSLAB_SCOPE(scope, collector);
		struct node *node = make(scope, 0);

		if (!node)
			return -ENOMEM;
		node->child[0] = mail[i & 1];
		magslab_tracked_store(&mail[i & 1], node);
	}
	magslab_tracked_store(&mail[1], NULL);
	magslab_collector_start(collector);
	return 0;
}

static const struct kernel_param_ops leave_ops = {
	.set = leave_set,
};
module_param_cb(leave, &leave_ops, NULL, 0200);
MODULE_PARM_DESC(leave, "any value begins a cycle and does not wait for it");

static int __init make_caches(void)
{
	reclaimed = magslab_tracked_create(collector, "collected",
					   sizeof(struct node), 0,
					   MAGSLAB_TRACKED_RECLAIM);
	if (IS_ERR(reclaimed))
		return PTR_ERR(reclaimed);
	told = magslab_tracked_create(collector, "told-of", sizeof(struct node),
				      0, MAGSLAB_TRACKED_STACKS);
	if (IS_ERR(told))
		return PTR_ERR(told);
	return magslab_root_register(collector, mail, sizeof(mail));
}

static int __init make_tables(void)
{
	table = kvcalloc(reachable, sizeof(*table), GFP_KERNEL);
	leaks = kvcalloc(planted, sizeof(*leaks), GFP_KERNEL);
	if (!table || !leaks)
		return -ENOMEM;
	return magslab_root_register(collector, table, sizeof(*table));
}

static void unmake(void)
{
	magslab_collector_destroy(collector);
	kvfree(table);
	kvfree(leaks);
}

static int __init magslab_collector_test_init(void)
{
	int ret;

	if (!reachable)
		return -EINVAL;
	collector = magslab_collector_create("test");
	if (IS_ERR(collector))
		return PTR_ERR(collector);
	ret = make_caches();
	if (!ret)
		ret = make_tables();
	if (ret)
		unmake();
	return ret;
}

static void __exit magslab_collector_test_exit(void)
{
	unmake();
}

module_init(magslab_collector_test_init);
module_exit(magslab_collector_test_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: the collector");
MODULE_LICENSE("GPL");
