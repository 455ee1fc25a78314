/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures on demand. Stock kernels are built without fault injection, and a
 * path that never failed in a test is a path nobody knows.
 */
#ifndef MAGSLAB_ALLOC_FAULT_H
#define MAGSLAB_ALLOC_FAULT_H

#include <linux/types.h>

/**
 * enum magslab_fault - what can be made to fail
 * @MAGSLAB_FAULT_PAGES: allocation of a slab's pages
 * @MAGSLAB_FAULT_MAGAZINES: allocation of a magazine
 * @MAGSLAB_NR_FAULTS: how many there are
 */
enum magslab_fault {
	MAGSLAB_FAULT_PAGES,
	MAGSLAB_FAULT_MAGAZINES,
	MAGSLAB_NR_FAULTS,
};

void magslab_fault_set(enum magslab_fault fault, unsigned int nth);
unsigned int magslab_fault_get(enum magslab_fault fault);
bool magslab_fault_hit(enum magslab_fault fault);
u64 magslab_fault_hits(enum magslab_fault fault);

#endif /* MAGSLAB_ALLOC_FAULT_H */
