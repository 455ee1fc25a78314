// SPDX-License-Identifier: GPL-2.0-only
/* The back-ends that come with magslab, registered like anybody's. */
#include <linux/kernel.h>

#include "engine.h"

static struct magslab_bench_backend *const builtin[] = {
	&bench_backend_magslab,
	&bench_backend_kmem_cache,
	&bench_backend_magslab_kmalloc,
	&bench_backend_kmalloc,
	&bench_backend_pages,
	&bench_backend_empty,
	&bench_backend_might_alloc,
	&bench_backend_magslab_hardened,
	&bench_backend_mempool,
	&bench_backend_kvmalloc,
	&bench_backend_gen_pool,
	&bench_backend_objpool,
	&bench_backend_page_frag,
	&bench_backend_first_fit,
	&bench_backend_best_fit,
	&bench_backend_arena,
	&bench_backend_segment,
	&bench_backend_collector,
	&bench_backend_magslab_debug,
	&bench_backend_magslab_quarantine,
	&bench_backend_magslab_guard,
	&bench_ladder_sheaf,
	&bench_ladder_base,
	&bench_ladder_bh,
	&bench_ladder_irqsave,
	&bench_ladder_irq,
	&bench_ladder_local_lock,
	&bench_ladder_spinlock,
	&bench_ladder_no_depot,
	&bench_ladder_sorted,
	&bench_ladder_fifo,
	&bench_ladder_rounds_6,
	&bench_ladder_rounds_14,
	&bench_ladder_rounds_30,
	&bench_ladder_rounds_62,
	&bench_ladder_rounds_254,
	&bench_ladder_unzeroed,
	&bench_ladder_uncounted,
	&bench_ladder_counted_twice,
};

/* What is not built has no address. */
static void unregister_first(size_t nr)
{
	while (nr--)
		if (builtin[nr])
			magslab_bench_unregister(builtin[nr]);
}

int bench_builtin_register(void)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(builtin); i++) {
		if (!builtin[i])
			continue;
		ret = magslab_bench_register(builtin[i]);
		if (ret) {
			unregister_first(i);
			return ret;
		}
	}
	return 0;
}

void bench_builtin_unregister(void)
{
	unregister_first(ARRAY_SIZE(builtin));
}
