/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding out what users of objects do wrong. */
#ifndef MAGSLAB_SAFETY_ROOM_H
#define MAGSLAB_SAFETY_ROOM_H

int magslab_safety_init(void);
void magslab_safety_exit(void);

#endif /* MAGSLAB_SAFETY_ROOM_H */
