/* SPDX-License-Identifier: GPL-2.0-only */
/* How far an operation had to go. */
#ifndef MAGSLAB_ALLOC_LAYER_H
#define MAGSLAB_ALLOC_LAYER_H

#include <linux/jump_label.h>
#include <linux/percpu.h>

/**
 * enum magslab_layer - what had an object, or took one
 * @MAGSLAB_LAYER_NONE: none: the operation failed
 * @MAGSLAB_LAYER_LOADED: the loaded magazine
 * @MAGSLAB_LAYER_PREVIOUS: the previous one, which is loaded now
 * @MAGSLAB_LAYER_DEPOT: the depot, or a magazine from there
 * @MAGSLAB_LAYER_SLAB: slabs that there were
 * @MAGSLAB_LAYER_GROW: a slab made for it; for a free, a magazine
 * @MAGSLAB_LAYER_RESERVE: the reserve
 * @MAGSLAB_NR_LAYERS: how many there are
 *
 * In the order in which they are tried.
 */
enum magslab_layer {
	MAGSLAB_LAYER_NONE,
	MAGSLAB_LAYER_LOADED,
	MAGSLAB_LAYER_PREVIOUS,
	MAGSLAB_LAYER_DEPOT,
	MAGSLAB_LAYER_SLAB,
	MAGSLAB_LAYER_GROW,
	MAGSLAB_LAYER_RESERVE,
	MAGSLAB_NR_LAYERS,
};

/*
 * Counters that nothing else depends on can be done without. What balances the
 * books, allocations and frees above all, is counted always.
 */
DECLARE_STATIC_KEY_TRUE(magslab_counting);

static __always_inline bool layer_counting(void)
{
	return static_branch_likely(&magslab_counting);
}

bool magslab_counting_get(void);
void magslab_counting_set(bool on);

/* Add to an optional counter of this CPU, in any context. */
#define layer_count(counter, nr)                   \
	do {                                       \
		if (layer_counting())              \
			this_cpu_add(counter, nr); \
	} while (0)

#endif /* MAGSLAB_ALLOC_LAYER_H */
