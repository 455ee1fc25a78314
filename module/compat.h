/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernels, and between configurations, in one place.
 * Each is chosen by a probe in the top-level Kbuild that looks for the feature,
 * never by version number: stable kernels have newer features ported back.
 */
#ifndef MAGSLAB_COMPAT_H
#define MAGSLAB_COMPAT_H

#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/kasan.h>
#include <linux/kdebug.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <linux/swap.h>

#ifndef MAGSLAB_HAVE_SHRINKER_ALLOC
/* Before 6.7 a shrinker was its user's memory, and named at registration. */
static inline __printf(2, 3) struct shrinker *shrinker_alloc(unsigned int flags,
							     const char *fmt,
							     ...)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}

static inline int magslab_shrinker_register(struct shrinker *shrinker)
{
	return register_shrinker(shrinker, KBUILD_MODNAME);
}

static inline void shrinker_free(struct shrinker *shrinker)
{
	/* Before it is registered it has nothing to be rid of but itself. */
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#else
static inline int magslab_shrinker_register(struct shrinker *shrinker)
{
	shrinker_register(shrinker);
	return 0;
}
#endif

#ifndef MAGSLAB_HAVE_ACCOUNT_RECLAIMED
/* Tell the reclaim that called us what it got besides page cache. */
static inline void mm_account_reclaimed_pages(unsigned long pages)
{
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += pages;
}
#endif

/*
 * Where the rules of PREEMPT_RT hold: the page allocator and kmalloc() must not
 * be called while preemption is off. Lockdep can prove them elsewhere.
 */
#define MAGSLAB_RT_RULES                  \
	(IS_ENABLED(CONFIG_PREEMPT_RT) || \
	 IS_ENABLED(CONFIG_PROVE_RAW_LOCK_NESTING))

/*
 * Keep a stack. Before 6.9 there was no way to ask for one that is kept already
 * without having memory allocated for one that is not, so then there is none.
 */
static inline depot_stack_handle_t
magslab_stack_keep(unsigned long *entries, unsigned int nr, bool may_alloc)
{
	gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN;
#ifdef MAGSLAB_HAVE_STACK_DEPOT_SAVE_FLAGS
	depot_flags_t how = may_alloc ? STACK_DEPOT_FLAG_CAN_ALLOC : 0;
#endif

	if (!IS_ENABLED(CONFIG_STACKDEPOT))
		return 0;
#ifdef MAGSLAB_HAVE_STACK_DEPOT_SAVE_FLAGS
	return stack_depot_save_flags(entries, nr, gfp, how);
#else
	return may_alloc ? stack_depot_save(entries, nr, gfp) : 0;
#endif
}

static inline int magslab_stack_init(void)
{
	return IS_ENABLED(CONFIG_STACKDEPOT) ? stack_depot_init() : 0;
}

static inline void magslab_stack_print(depot_stack_handle_t stack)
{
	if (IS_ENABLED(CONFIG_STACKDEPOT))
		stack_depot_print(stack);
}

/* As text, a line for each frame. */
static inline void magslab_stack_snprint(depot_stack_handle_t stack, char *text,
					 size_t size)
{
	*text = '\0';
	if (IS_ENABLED(CONFIG_STACKDEPOT))
		stack_depot_snprint(stack, text, size, 2);
}

/* Where KASAN keeps what it knows of an address, if this kernel has it. */
static inline u8 *magslab_shadow(const void *address)
{
#ifdef CONFIG_KASAN_GENERIC
	return kasan_mem_to_shadow(address);
#else
	return NULL;
#endif
}

/*
 * What was accessed last that faulted. Nothing but the register has it: the
 * kernel does not keep it where it dies of it.
 * Return: false if this is not how the kernel died, or it cannot be known.
 */
static inline bool magslab_fault_address(const struct die_args *args,
					 unsigned long *address)
{
#if defined(CONFIG_X86) && !defined(CONFIG_UML)
	*address = read_cr2();
	return !strcmp(args->str, "Oops");
#else
	return false;
#endif
}

/* A CPU goes offline, and comes back. Return: 0, a negative errno, or 1 if it was so. */
#ifdef CONFIG_HOTPLUG_CPU
static inline int magslab_remove_cpu(unsigned int cpu)
{
	return remove_cpu(cpu);
}

static inline int magslab_add_cpu(unsigned int cpu)
{
	return add_cpu(cpu);
}
#else
static inline int magslab_remove_cpu(unsigned int cpu)
{
	return -EOPNOTSUPP;
}

static inline int magslab_add_cpu(unsigned int cpu)
{
	return -EOPNOTSUPP;
}
#endif

/* Copy a string into a trace event; before 6.10 its source was to be named twice. */
#ifdef MAGSLAB_HAVE_ASSIGN_STR_OF_ONE
#define magslab_assign_str(field, source) __assign_str(field)
#else
#define magslab_assign_str(field, source) __assign_str(field, source)
#endif

/* What the unit tests call and nobody else may. */
#if IS_ENABLED(CONFIG_KUNIT)
#define EXPORT_SYMBOL_FOR_TEST(symbol) \
	EXPORT_SYMBOL_NS_GPL(symbol, MAGSLAB_TEST)
#else
#define EXPORT_SYMBOL_FOR_TEST(symbol)
#endif

#endif /* MAGSLAB_COMPAT_H */
