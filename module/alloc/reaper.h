/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_ALLOC_REAPER_H
#define MAGSLAB_ALLOC_REAPER_H

/* The longest interval there can be, in milliseconds: a day. */
#define MAGSLAB_REAP_INTERVAL_MAX (24 * 60 * 60 * 1000)

unsigned int magslab_reaper_interval(void);
void magslab_reaper_set_interval(unsigned int ms);

void magslab_reap_now(void);

void magslab_reaper_init(void);
void magslab_reaper_exit(void);

#endif /* MAGSLAB_ALLOC_REAPER_H */
