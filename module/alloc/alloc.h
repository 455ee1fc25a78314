/* SPDX-License-Identifier: GPL-2.0-only */
/* The door of the allocator's room: what main.c calls. */
#ifndef MAGSLAB_ALLOC_ALLOC_H
#define MAGSLAB_ALLOC_ALLOC_H

int magslab_alloc_init(void);
void magslab_alloc_exit(void);

/* Caches for any size, when whoever wants to watch caches is there. */
int magslab_kmalloc_init(void);
void magslab_kmalloc_exit(void);

#endif /* MAGSLAB_ALLOC_ALLOC_H */
