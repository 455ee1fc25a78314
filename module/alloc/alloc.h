/* SPDX-License-Identifier: GPL-2.0-only */
/* The door of the allocator's room: what main.c calls. */
#ifndef MAGSLAB_ALLOC_ALLOC_H
#define MAGSLAB_ALLOC_ALLOC_H

int magslab_alloc_init(void);
void magslab_alloc_exit(void);

#endif /* MAGSLAB_ALLOC_ALLOC_H */
