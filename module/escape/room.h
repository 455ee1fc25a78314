/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_ESCAPE_ROOM_H
#define MAGSLAB_ESCAPE_ROOM_H

struct dentry;

void magslab_escape_init(struct dentry *root);
void magslab_escape_exit(void);

#endif /* MAGSLAB_ESCAPE_ROOM_H */
