/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding what nobody can reach. */
#ifndef MAGSLAB_COLLECTOR_ROOM_H
#define MAGSLAB_COLLECTOR_ROOM_H

struct dentry;

void magslab_collector_init(struct dentry *root);
void magslab_collector_exit(void);

#endif /* MAGSLAB_COLLECTOR_ROOM_H */
