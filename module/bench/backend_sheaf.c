// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab as kernels from 7.0 on shape kmem_cache: two sheaves for each CPU and a barn
 * for each node, which are magazines and a depot by other names, but small ones. It is
 * their policy over our slabs, not their code. See Documentation/ladder.rst.
 */
#include "rungs.h"

/* Full sheaves that a barn has at most. Empty ones come from these alone. */
#define MOST_FULL 10

/*
 * Objects in a sheaf: 4, 12, 26 or 60, and then as many more as fit where kmalloc()
 * gives that much. Our header takes half as much, which makes no other number of it.
 */
static unsigned int sheaf_size(unsigned int stride)
{
	if (stride >= PAGE_SIZE)
		return 4;
	if (stride >= 1024)
		return 12;
	if (stride >= 256)
		return 28;
	return 60;
}

/*
 * Their guard, a local lock that is only tried, is preemption off and a flag as well;
 * but for PREEMPT_RT, where it is a lock of the CPU.
 */
RUNG(sheaf, "magslab-sheaf", sheaf_size, .most_full = MOST_FULL, .sorts = true);
