/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guard, described in <linux/magslab_inline.h>, around a CPU's own
 * magazines. Its flag may be in a front that is closed, see watch.c.
 */
#ifndef MAGSLAB_ALLOC_GUARD_H
#define MAGSLAB_ALLOC_GUARD_H

#include <linux/compiler.h>
#include <linux/magslab.h>

#include "alloc/cache.h"

/*
 * Enter the guard, and get this CPU's magazines in @cpu.
 * Return: false in an interrupt that came in the middle of somebody's operation.
 */
static __always_inline bool guard_enter(struct magslab_cache *cache,
					struct magslab_cpu **cpu)
{
	if (!__magslab_enter(cache->guard))
		return false;
	*cpu = this_cpu_ptr(cache->cpu);
	return true;
}

static __always_inline void guard_exit(struct magslab_cache *cache)
{
	__magslab_leave(cache->guard);
}

/* Add to one of the counters that are written within the guard alone. */
static __always_inline void guard_count(unsigned long *counter, size_t nr)
{
	/* data_race: nobody else writes, and readers want just the number. */
	data_race(*counter += nr);
}

#endif /* MAGSLAB_ALLOC_GUARD_H */
