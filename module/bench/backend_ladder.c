// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ladder: magslab but for one design element each, to tell what that element is
 * worth. The first rung is magslab by other code: where it does not read as magslab
 * does, the others are not to be believed either.
 */
#include <linux/err.h>

#include "alloc/sizing.h"
#include "rungs.h"

void *rung_create(const struct magslab_bench_params *params,
		  unsigned int (*capacity)(unsigned int stride))
{
	struct magslab_cache *cache = bench_cache_create(params, 0);
	int ret;

	if (IS_ERR(cache) || !capacity)
		return cache;
	ret = magslab_sizing_pin(cache, capacity(cache->layout.stride));
	if (!ret)
		return cache;
	magslab_cache_destroy(cache);
	return ERR_PTR(ret);
}

RUNG(base, "ladder-base", NULL);

/*
 * === The guard; two more are in backend_ladder_tasks.c ===
 */

RUNG(irqsave, "ladder-irqsave", NULL, .guard = LADDER_IRQ_SAVE);
RUNG(irq, "ladder-irq", NULL, .guard = LADDER_IRQ);
RUNG(spinlock, "ladder-spinlock", NULL, .guard = LADDER_SPINLOCK);

/*
 * === The depot, and when objects of other nodes go home ===
 */

RUNG(no_depot, "ladder-no-depot", NULL, .most_full = LADDER_NO_DEPOT);
RUNG(sorted, "ladder-sorted", NULL, .sorts = true);

/*
 * === The size of magazines: with the header so many words, a power of two ===
 */

#define ROUNDS(nr)                                           \
	static unsigned int rounds_##nr(unsigned int stride) \
	{                                                    \
		return nr;                                   \
	}                                                    \
	RUNG(rounds_##nr, "ladder-rounds-" #nr, rounds_##nr, .uncounted = false)

ROUNDS(6);
ROUNDS(14);
ROUNDS(30);
ROUNDS(62);
ROUNDS(254);

/*
 * === What is done to each object ===
 */

/* Not for use: what its user gets is what another one left there. */
RUNG(unzeroed, "ladder-UNSAFE-unzeroed", NULL, .unzeroed = true);
RUNG(uncounted, "ladder-uncounted", NULL, .uncounted = true);
RUNG(counted_twice, "ladder-counted-twice", NULL, .counted_twice = true);
