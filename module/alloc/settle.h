/* SPDX-License-Identifier: GPL-2.0-only */
/* Counting, soon after, what an NMI put into slabs without their lock. */
#ifndef MAGSLAB_ALLOC_SETTLE_H
#define MAGSLAB_ALLOC_SETTLE_H

#include <linux/irq_work.h>
#include <linux/workqueue.h>

struct magslab_cache;

/* An NMI can do no more than raise an interrupt, and that no more than queue work. */
struct magslab_settle {
	struct irq_work irq_work;
	struct delayed_work work;
};

void magslab_settle_init(struct magslab_settle *settle);
void magslab_settle_later(struct magslab_cache *cache);
void magslab_settle_now(struct magslab_cache *cache);
void magslab_settle_stop(struct magslab_cache *cache);

#endif /* MAGSLAB_ALLOC_SETTLE_H */
