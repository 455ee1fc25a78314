/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that is laid out once. */
#ifndef MAGSLAB_SEGMENT_ROOM_H
#define MAGSLAB_SEGMENT_ROOM_H

struct dentry;

int magslab_segments_init(struct dentry *root);
void magslab_segments_exit(void);

#endif /* MAGSLAB_SEGMENT_ROOM_H */
