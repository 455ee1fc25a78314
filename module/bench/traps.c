// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of the kernel that change what an allocator costs. The kernel
 * knows them best; user space can only guess from files that may be absent.
 */
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "engine.h"

static u64 traps_of_build(void)
{
	static const struct {
		u64 trap;
		bool set;
	} traps[] = {
		{ MAGSLAB_TRAP_KFENCE, IS_ENABLED(CONFIG_KFENCE) },
		{ MAGSLAB_TRAP_LOCKDEP, IS_ENABLED(CONFIG_LOCKDEP) },
		{ MAGSLAB_TRAP_KASAN, IS_ENABLED(CONFIG_KASAN) },
		{ MAGSLAB_TRAP_KCSAN, IS_ENABLED(CONFIG_KCSAN) },
		{ MAGSLAB_TRAP_KMSAN, IS_ENABLED(CONFIG_KMSAN) },
		{ MAGSLAB_TRAP_KMEMLEAK, IS_ENABLED(CONFIG_DEBUG_KMEMLEAK) },
		{ MAGSLAB_TRAP_DEBUG_PAGEALLOC,
		  IS_ENABLED(CONFIG_DEBUG_PAGEALLOC) },
		{ MAGSLAB_TRAP_DEBUG_VM, IS_ENABLED(CONFIG_DEBUG_VM) },
		{ MAGSLAB_TRAP_SLUB_DEBUG_ON,
		  IS_ENABLED(CONFIG_SLUB_DEBUG_ON) },
		{ MAGSLAB_TRAP_SLUB_TINY, IS_ENABLED(CONFIG_SLUB_TINY) },
		{ MAGSLAB_TRAP_FREELIST_HARDENED,
		  IS_ENABLED(CONFIG_SLAB_FREELIST_HARDENED) },
		{ MAGSLAB_TRAP_FREELIST_RANDOM,
		  IS_ENABLED(CONFIG_SLAB_FREELIST_RANDOM) },
		{ MAGSLAB_TRAP_COVERAGE,
		  IS_ENABLED(CONFIG_GCOV_KERNEL) || IS_ENABLED(CONFIG_KCOV) },
		{ MAGSLAB_TRAP_FAULT_INJECTION,
		  IS_ENABLED(CONFIG_FAULT_INJECTION) },
		{ MAGSLAB_TRAP_DEBUG_PREEMPT,
		  IS_ENABLED(CONFIG_DEBUG_PREEMPT) },
		{ MAGSLAB_TRAP_NO_PREEMPT_COUNT,
		  !IS_ENABLED(CONFIG_PREEMPT_COUNT) },
	};
	u64 found = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(traps); i++)
		if (traps[i].set)
			found |= traps[i].trap;
	return found;
}

/* Returns MAGSLAB_TRAP_* bits. */
u64 bench_traps(void)
{
	u64 found = traps_of_build();

	if (want_init_on_alloc(0))
		found |= MAGSLAB_TRAP_INIT_ON_ALLOC;
	if (want_init_on_free())
		found |= MAGSLAB_TRAP_INIT_ON_FREE;
	if (!mem_cgroup_disabled())
		found |= MAGSLAB_TRAP_MEMCG;
	return found;
}

/* Returns MAGSLAB_PREEMPT_*. */
u32 bench_preempt_model(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return MAGSLAB_PREEMPT_RT;
	if (preempt_model_full())
		return MAGSLAB_PREEMPT_FULL;
	if (preempt_model_voluntary())
		return MAGSLAB_PREEMPT_VOLUNTARY;
	return MAGSLAB_PREEMPT_NONE;
}
