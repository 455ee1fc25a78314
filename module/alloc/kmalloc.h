/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_ALLOC_KMALLOC_H
#define MAGSLAB_ALLOC_KMALLOC_H

int magslab_kmalloc_init(void);
void magslab_kmalloc_exit(void);

#endif /* MAGSLAB_ALLOC_KMALLOC_H */
