// SPDX-License-Identifier: GPL-2.0-only
#include <linux/atomic.h>

#include "alloc/fault.h"
#include "compat.h"

/* 0: nothing fails. n: the n-th attempt from now fails, and all later ones. */
static atomic_t fault_nth[MAGSLAB_NR_FAULTS];
static atomic64_t fault_hits[MAGSLAB_NR_FAULTS];

/**
 * magslab_fault_set - make something fail
 * @fault: what
 * @nth: the @nth attempt from now on and all that follow fail; 0 for none
 *
 * Context: Any.
 */
void magslab_fault_set(enum magslab_fault fault, unsigned int nth)
{
	atomic_set(&fault_nth[fault], min_t(unsigned int, nth, INT_MAX));
}
EXPORT_SYMBOL_FOR_TEST(magslab_fault_set);

/* What is left of the count: 1 while everything fails. */
unsigned int magslab_fault_get(enum magslab_fault fault)
{
	return atomic_read(&fault_nth[fault]);
}

/* Count an attempt. Return: whether it has to fail. */
bool magslab_fault_hit(enum magslab_fault fault)
{
	atomic_t *nth = &fault_nth[fault];
	int left = atomic_read(nth);

	if (likely(!left))
		return false;
	while (left > 1)
		if (atomic_try_cmpxchg(nth, &left, left - 1))
			return false;
	if (!left)
		return false;
	atomic64_inc(&fault_hits[fault]);
	return true;
}

/* Return: attempts that had to fail since the module was loaded. */
u64 magslab_fault_hits(enum magslab_fault fault)
{
	return atomic64_read(&fault_hits[fault]);
}
