// SPDX-License-Identifier: GPL-2.0-only
/* caches/NAME/escape: how the objects of one cache escape from whoever allocates them. */
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "alloc/cache.h"
#include "escape/escape.h"
#include "escape/instrument.h"
#include "escape/report.h"

#define MOST_RATE 1000000
#define LONG_NS NSEC_PER_SEC

static void *escape_create(struct magslab_cache *cache, unsigned int rate)
{
	struct escape *escape = kzalloc(sizeof(*escape), GFP_KERNEL);

	if (escape && escape_init(escape, rate, LONG_NS)) {
		kfree(escape);
		return NULL;
	}
	return escape;
}

static void escape_destroy(void *data)
{
	escape_fini(data);
	kfree(data);
}

static void on_allocated(void *data, struct magslab_cache *cache,
			 void **objects, size_t nr,
			 const struct magslab_tapped *op, u64 now)
{
	size_t i;

	if (in_nmi())
		return;
	preempt_disable_notrace();
	for (i = 0; i < nr; i++)
		escape_allocated(data, objects[i], cache->size, op->caller);
	preempt_enable_notrace();
}

static void on_freeing(void *data, struct magslab_cache *cache, void **objects,
		       size_t nr, struct magslab_tapped *op, u64 now)
{
	size_t i;

	if (in_nmi())
		return;
	preempt_disable_notrace();
	for (i = 0; i < nr; i++)
		escape_freed(data, objects[i]);
	preempt_enable_notrace();
}

static void escape_show(struct seq_file *m, struct magslab_cache *cache,
			void *data)
{
	escape_report_show(m, data);
}

const struct magslab_instrument magslab_escape = {
	.name = "escape",
	.most = MOST_RATE,
	.create = escape_create,
	.destroy = escape_destroy,
	.allocated = on_allocated,
	.freeing = on_freeing,
	.show = escape_show,
};
