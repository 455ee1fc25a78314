/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What unmodified modules call when they are compiled with
 * linux/magslab_kmem.h.
 */
#ifndef MAGSLAB_KMEM_KMEM_H
#define MAGSLAB_KMEM_KMEM_H

#include <linux/types.h>

bool magslab_kmem_is_ours(const void *p);
void magslab_kmem_rcu_drain(void);

#endif /* MAGSLAB_KMEM_KMEM_H */
