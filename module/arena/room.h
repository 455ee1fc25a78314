/* SPDX-License-Identifier: GPL-2.0-only */
/* Stacks of memory. */
#ifndef MAGSLAB_ARENA_ROOM_H
#define MAGSLAB_ARENA_ROOM_H

struct dentry;

int magslab_arenas_init(struct dentry *root);
void magslab_arenas_exit(void);

#endif /* MAGSLAB_ARENA_ROOM_H */
