// SPDX-License-Identifier: GPL-2.0-only
/*
 * Re-entry at every instruction. A probe is set on one instruction of the
 * allocator after another, and while a task calls magslab, whoever gets there
 * is interrupted and calls magslab as well, on the same cache: as an NMI would,
 * and where interrupts are on, as one of those would.
 *
 * The instructions are those of magslab.ko, of functions that are reached, and
 * those of the common case as it is compiled into its callers, for which two
 * functions of this module serve.
 *
 * Each object is entered in a ledger and stamped when it is handed out, and
 * compared when it is freed. At the end all are freed, and every page has to
 * come back, before the next instruction's turn.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/jump_label.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>

#include <linux/magslab.h>

#include "cases.h"
#include "ledger.h"

static char *only = "";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "functions of magslab.ko whose names begin like this");

static unsigned int limit = 500;
module_param(limit, uint, 0444);
MODULE_PARM_DESC(limit, "seconds; what takes longer fails");

/*
 * Objects of a handful of slabs, so that those come to be full, partial and
 * empty, and that others are free in each.
 */
#define REENTRY_SIZE 256
#define REENTRY_SUPPLY 12
#define REENTRY_MAX_STASH 512
#define REENTRY_STASH 40
#define REENTRY_MAX_PROBES 8192
#define REENTRY_BULK 5

static struct magslab_cache *cache;
static struct ledger ledger;

/* What was counted, for the report and for the cases. */
static unsigned long nr_functions;
static unsigned long nr_boundaries;
static unsigned long nr_unreached;
static unsigned long nr_as_nmi;
static unsigned long nr_as_hardirq;
static unsigned long nr_nested_allocs;
static unsigned long nr_nested_nulls;
static unsigned long nr_corrupt;
static char where[KSYM_SYMBOL_LEN];

/*
 * Objects
 */

static void *own(void *object)
{
	static u64 seq;

	if (!object || ledger_add(&ledger, object, ++seq) != LEDGER_OK)
		return NULL;
	body_fill(object, REENTRY_SIZE, seq);
	return object;
}

static void *disown(void *object)
{
	struct ledger_entry entry;

	if (!object)
		return NULL;
	if (!ledger_remove(&ledger, object, &entry))
		return NULL;
	if (!body_intact(object, REENTRY_SIZE, entry.stamp))
		nr_corrupt++;
	return object;
}

/*
 * What an interrupt does, with a stash of its own objects.
 */

static void *stash[REENTRY_MAX_STASH];
static unsigned int nr_stash;

static void stash_put(void *object)
{
	nr_nested_allocs++;
	if (!object)
		nr_nested_nulls++;
	else if (own(object))
		stash[nr_stash++] = object;
}

static void *stash_get(void)
{
	return nr_stash ? disown(stash[--nr_stash]) : NULL;
}

static void nested_free(void)
{
	magslab_free(cache, stash_get());
}

static void nested_alloc(void)
{
	if (nr_stash + REENTRY_BULK > ARRAY_SIZE(stash))
		nested_free();
	else
		stash_put(magslab_alloc(cache, GFP_ATOMIC));
}

static void nested_pair(void)
{
	nested_alloc();
	nested_free();
}

static void nested_free_bulk(void)
{
	void *bulk[REENTRY_BULK];
	unsigned int nr;

	for (nr = 0; nr < REENTRY_BULK; nr++) {
		bulk[nr] = stash_get();
		if (!bulk[nr])
			break;
	}
	magslab_free_bulk(cache, nr, bulk);
}

static void nested_alloc_bulk(void)
{
	void *bulk[REENTRY_BULK];
	unsigned int i;

	if (nr_stash + REENTRY_BULK > ARRAY_SIZE(stash)) {
		nested_free_bulk();
		return;
	}
	if (!magslab_alloc_bulk(cache, GFP_ATOMIC, REENTRY_BULK, bulk)) {
		stash_put(NULL);
		return;
	}
	for (i = 0; i < REENTRY_BULK; i++)
		stash_put(bulk[i]);
}

static void (*const nested_operations[])(void) = {
	nested_alloc,	   nested_free,	     nested_pair,
	nested_alloc_bulk, nested_free_bulk,
};

/*
 * Being an interrupt. What tells one from a task is the preempt count; a probe
 * by a breakpoint is an NMI already, one by ftrace is nothing.
 */

static void as_nmi(void (*operation)(void))
{
	bool nmi = in_nmi();

	if (!nmi)
		__preempt_count_add(NMI_OFFSET + HARDIRQ_OFFSET);
	operation();
	if (!nmi)
		__preempt_count_sub(NMI_OFFSET + HARDIRQ_OFFSET);
	nr_as_nmi++;
}

static void as_hardirq(void (*operation)(void))
{
	bool nmi = in_nmi();
	unsigned long flags;

	local_irq_save(flags);
	if (nmi)
		__preempt_count_sub(NMI_OFFSET);
	else
		__preempt_count_add(HARDIRQ_OFFSET);
	operation();
	if (nmi)
		__preempt_count_add(NMI_OFFSET);
	else
		__preempt_count_sub(HARDIRQ_OFFSET);
	local_irq_restore(flags);
	nr_as_hardirq++;
}

/*
 * One round: a task uses the cache, and where the probe is, @round.operation is
 * done as well. It may be any task of this CPU, as some work is left to workers.
 */
static struct {
	bool on;
	int cpu;
	unsigned int hits;
	void (*operation)(void);
} round;

static int round_interrupt(struct kprobe *probe, struct pt_regs *regs)
{
	if (!READ_ONCE(round.on) || raw_smp_processor_id() != round.cpu)
		return 0;
	/* Every other time, beginning with the first. */
	if (round.hits++ % 2 && !irqs_disabled_flags(regs->flags))
		as_hardirq(round.operation);
	else
		as_nmi(round.operation);
	return 0;
}

/* There is nothing to do; but a probe that has one is left a breakpoint. */
static void round_after(struct kprobe *probe, struct pt_regs *regs,
			unsigned long flags)
{
}

static void *held[REENTRY_SUPPLY];

/* The common case, compiled in. */
static noinline void *outer_alloc(void)
{
	return magslab_alloc(cache, GFP_KERNEL);
}

static noinline void outer_free(void *object)
{
	magslab_free(cache, object);
}

static void outer_singly(void)
{
	unsigned int i;

	for (i = 0; i < REENTRY_SUPPLY; i++)
		held[i] = own(outer_alloc());
	for (i = 0; i < REENTRY_SUPPLY; i++)
		outer_free(disown(held[i]));
}

static void outer_bulk(void)
{
	unsigned int i, nr;

	nr = magslab_alloc_bulk(cache, GFP_KERNEL, REENTRY_SUPPLY, held);
	for (i = 0; i < nr; i++)
		own(held[i]);
	for (i = 0; i < nr; i++)
		disown(held[i]);
	magslab_free_bulk(cache, nr, held);
}

/* What is not compiled into callers. */
static void outer_uncommon(void)
{
	void *zeroed = own(magslab_zalloc(cache, GFP_KERNEL));
	void *near = own(magslab_alloc_node(cache, GFP_KERNEL | __GFP_THISNODE,
					    numa_mem_id()));

	magslab_free(cache, disown(zeroed));
	magslab_free(cache, disown(near));
}

/* Growing; with what is there by then; giving all back; from nothing. */
static void outer_states(void)
{
	outer_singly();
	outer_uncommon();
	outer_bulk();
	magslab_cache_shrink(cache);
	outer_bulk();
}

/*
 * Fill the stash, and leave some free objects among them, for the task: both
 * have to do with the same slabs. They are too few, so that the cache grows.
 */
static void round_prepare(void)
{
	unsigned int nr = 0;

	while (nr_stash < REENTRY_STASH) {
		if (nr < REENTRY_SUPPLY / 2 && nr_stash % 8 == 4)
			held[nr++] = magslab_alloc(cache, GFP_KERNEL);
		stash_put(magslab_alloc(cache, GFP_KERNEL));
	}
	while (nr)
		magslab_free(cache, held[--nr]);
}

static bool round_harmless(void)
{
	while (nr_stash)
		nested_free();
	return !ledger_live(&ledger) && !atomic64_read(&ledger.twice) &&
	       !atomic64_read(&ledger.strays) && !nr_corrupt;
}

static bool round_run(void (*operation)(void))
{
	round_prepare();
	round.operation = operation;
	round.cpu = raw_smp_processor_id();
	round.hits = 0;
	WRITE_ONCE(round.on, true);
	outer_states();
	WRITE_ONCE(round.on, false);
	return round_harmless();
}

/*
 * Instructions
 */

static struct kprobe *probes;
static unsigned int nr_probes;

enum sweep_result {
	SWEEP_REACHED,
	SWEEP_UNREACHED,
	SWEEP_NO_PROBE,
	SWEEP_LOST,
	SWEEP_LATE,
};

static unsigned long sweep_deadline;

/* At the end nothing is live, so every page comes back. */
static enum sweep_result sweep_rounds(void)
{
	unsigned int i;

	if (time_after(jiffies, sweep_deadline))
		return SWEEP_LATE;
	for (i = 0; i < ARRAY_SIZE(nested_operations); i++) {
		if (!round_run(nested_operations[i]))
			return SWEEP_LOST;
		if (!round.hits)
			return SWEEP_UNREACHED;
	}
	magslab_cache_shrink(cache);
	return magslab_cache_pages(cache) ? SWEEP_LOST : SWEEP_REACHED;
}

/*
 * A probe on each in turn; kprobes know where an instruction begins and ends.
 * They are unregistered together, for which the kernel waits long.
 */
static enum sweep_result sweep_instruction(unsigned long address,
					   unsigned long *next)
{
	struct kprobe *probe = &probes[nr_probes];
	enum sweep_result result;

	probe->addr = (kprobe_opcode_t *)address;
	probe->pre_handler = round_interrupt;
	probe->post_handler = round_after;
	if (nr_probes == REENTRY_MAX_PROBES || register_kprobe(probe)) {
		memset(probe, 0, sizeof(*probe));
		*next = address + 1;
		return SWEEP_NO_PROBE;
	}
	*next = address + (probe->ainsn.size ?: 1);
	nr_probes++;
	nr_boundaries++;
	result = sweep_rounds();
	if (result == SWEEP_UNREACHED)
		nr_unreached++;
	if (result == SWEEP_LOST || result == SWEEP_LATE)
		sprint_symbol(where, address);
	disable_kprobe(probe);
	return result;
}

struct text {
	unsigned long start;
	unsigned long end;
};

/* The function around @address, of one of our modules. */
static bool text_of(unsigned long address, const char *module,
		    struct text *text)
{
	unsigned long offset, bytes;
	char name[KSYM_SYMBOL_LEN];
	const char *rest;

	sprint_symbol(name, address);
	rest = strrchr(name, '+');
	if (!rest || !strstr(rest, module) ||
	    sscanf(rest, "+%lx/%lx", &offset, &bytes) != 2)
		return false;
	text->start = address - offset;
	text->end = text->start + bytes;
	return true;
}

#define LANDING_BYTES 4

/* Past the last function, 6.1 names the last one. Return: false there. */
static bool text_next(const char *module, struct text *text)
{
	unsigned long end = text->end;

	return text_of(end, module, text) && text->start >= end;
}

/* Where an indirect call may arrive: an instruction that does nothing. */
static bool is_landing(unsigned long address)
{
	static const u8 endbr64[LANDING_BYTES] = { 0xf3, 0x0f, 0x1e, 0xfa };

	return !memcmp((void *)address, endbr64, sizeof(endbr64));
}

/*
 * All instructions of a function; if the first is not reached, none is.
 * Return: false if something was lost, or it takes too long.
 */
static bool sweep_function(const struct text *text)
{
	unsigned long address = text->start, next;
	enum sweep_result result;
	bool reached = false;

	if (is_landing(address))
		address += LANDING_BYTES;
	for (; address < text->end; address = next) {
		result = sweep_instruction(address, &next);
		if (result == SWEEP_LOST || result == SWEEP_LATE)
			return false;
		if (result == SWEEP_UNREACHED && !reached)
			return true;
		if (result == SWEEP_REACHED && !reached)
			nr_functions++;
		if (result == SWEEP_REACHED)
			reached = true;
		cond_resched();
	}
	return true;
}

static void sweep_begin(void)
{
	nr_probes = 0;
	memset(probes, 0, REENTRY_MAX_PROBES * sizeof(*probes));
}

static void sweep_end(void)
{
	struct kprobe **list;
	unsigned int i;

	list = kvcalloc(nr_probes, sizeof(*list), GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; i < nr_probes; i++)
		list[i] = &probes[i];
	unregister_kprobes(list, nr_probes);
	kvfree(list);
}

/*
 * Cases
 */

/* Pretending to be an interrupt is nothing to show to lockdep either. */
static bool sweep_is_possible(void)
{
	bool possible = !IS_ENABLED(CONFIG_KASAN) &&
			!IS_ENABLED(CONFIG_KCSAN) &&
			!IS_ENABLED(CONFIG_LOCKDEP);

	if (!possible)
		test_skip("takes hours on a kernel that checks each access");
	return possible;
}

static void expect_swept(bool conserved_in_time, unsigned long least)
{
	EXPECT(conserved_in_time);
	magslab_cache_shrink(cache);
	EXPECT(magslab_cache_pages(cache) == 0);
	EXPECT(nr_functions >= least);
	EXPECT(nr_as_nmi > 0);
	EXPECT(nr_as_hardirq > 0);
}

/*
 * Padding has a name of its own. The end of the module comes last, and looking
 * at it the kernel reads on past the end of its page.
 */
static bool is_wanted(const struct text *text)
{
	char name[KSYM_SYMBOL_LEN];

	sprint_symbol(name, text->start);
	return strstarts(name, only) && !strstarts(name, "__pfx_") &&
	       !strstarts(name, "magslab_mod_") &&
	       !strstarts(name, "cleanup_module");
}

static void sweep_callers(unsigned long unused)
{
	struct text alloc, free;
	bool conserved;

	if (!sweep_is_possible())
		return;
	if (!EXPECT(text_of((unsigned long)outer_alloc, "magslab_reentry",
			    &alloc)) ||
	    !EXPECT(text_of((unsigned long)outer_free, "magslab_reentry",
			    &free)))
		return;
	sweep_begin();
	conserved = sweep_function(&alloc) && sweep_function(&free);
	sweep_end();
	expect_swept(conserved, 2);
}

static void sweep_module(unsigned long unused)
{
	struct text text, before;
	bool conserved = true, more;

	if (!sweep_is_possible())
		return;
	if (!EXPECT(text_of((unsigned long)magslab_alloc_node, "[magslab]",
			    &text)))
		return;
	while (text_of(text.start - 1, "[magslab]", &before))
		text = before;
	sweep_begin();
	for (more = true; more && conserved;
	     more = text_next("[magslab]", &text))
		if (is_wanted(&text))
			conserved = sweep_function(&text);
	sweep_end();
	expect_swept(conserved, *only ? 1 : 20);
}

static const struct test_case cases[] = {
	{ "common_case_in_callers", sweep_callers },
	{ "magslab.ko", sweep_module },
};

/* What takes most of the time is zeroing, and is not what this is about. */
static void run_quickly(void)
{
	bool zeroing = static_key_enabled(&init_on_alloc);

	sweep_deadline = jiffies + limit * HZ;
	if (zeroing)
		static_branch_disable(&init_on_alloc);
	test_run_cases(cases, ARRAY_SIZE(cases));
	if (zeroing)
		static_branch_enable(&init_on_alloc);
}

/* Whatever is written, once; by then the cache can have been tuned. */
static int sweep_set(const char *value, const struct kernel_param *kp)
{
	if (*test_report)
		return -EBUSY;
	run_quickly();
	return 0;
}

static const struct kernel_param_ops sweep_ops = {
	.set = sweep_set,
};
module_param_cb(sweep, &sweep_ops, NULL, 0200);
MODULE_PARM_DESC(sweep, "written to: try all instructions");

static int figures_get(char *buffer, const struct kernel_param *kp)
{
	const struct {
		const char *name;
		s64 value;
	} lines[] = {
		{ "functions", nr_functions },
		{ "boundaries", nr_boundaries - nr_unreached },
		{ "unreached", nr_unreached },
		{ "operations", ARRAY_SIZE(nested_operations) },
		{ "as_nmi", nr_as_nmi },
		{ "as_hardirq", nr_as_hardirq },
		{ "nested_allocs", nr_nested_allocs },
		{ "nested_nulls", nr_nested_nulls },
		{ "lost", ledger_live(&ledger) },
		{ "pages_left", magslab_cache_pages(cache) },
		{ "twice", atomic64_read(&ledger.twice) },
		{ "strays", atomic64_read(&ledger.strays) },
		{ "corrupt", nr_corrupt },
	};
	unsigned int i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		len += sysfs_emit_at(buffer, len, "%s: %lld\n", lines[i].name,
				     lines[i].value);
	return len + sysfs_emit_at(buffer, len, "%s\n", where);
}

static const struct kernel_param_ops figures_ops = {
	.get = figures_get,
};
module_param_cb(figures, &figures_ops, NULL, 0444);
MODULE_PARM_DESC(figures, "what was counted, and where it ended early");

static void reentry_exit(void)
{
	magslab_cache_destroy(cache);
	ledger_fini(&ledger);
	kvfree(probes);
}

static int __init magslab_reentry_mod_init(void)
{
	int ret;

	ret = ledger_init(&ledger);
	if (ret)
		return ret;
	probes = kvcalloc(REENTRY_MAX_PROBES, sizeof(*probes), GFP_KERNEL);
	cache = magslab_cache_create("reentry", REENTRY_SIZE, 0, 0, NULL);
	if (!probes || IS_ERR(cache)) {
		reentry_exit();
		return -ENOMEM;
	}
	return 0;
}

static void __exit magslab_reentry_mod_exit(void)
{
	reentry_exit();
}

module_init(magslab_reentry_mod_init);
module_exit(magslab_reentry_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Test of magslab: re-entry at every instruction");
MODULE_LICENSE("GPL");
