// SPDX-License-Identifier: GPL-2.0-only
/*
 * magslab: a loadable laboratory for kernel memory allocation.
 *
 * This file wires the rooms together and does nothing else. Each room is
 * entered in order and left in reverse.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "alloc/alloc.h"
#include "arena/room.h"
#include "bench/bench.h"
#include "collector/room.h"
#include "escape/room.h"
#include "kmem/kmem.h"
#include "observe/observe.h"
#include "safety/room.h"
#include "segment/room.h"
#include "stats/stats.h"

static int __init magslab_mod_init(void)
{
	int ret;

	ret = magslab_alloc_init();
	if (ret)
		return ret;

	ret = magslab_stats_init();
	if (ret)
		goto err_alloc;

	ret = magslab_safety_init();
	if (ret)
		goto err_stats;

	ret = magslab_kmalloc_init();
	if (ret)
		goto err_safety;

	ret = magslab_arenas_init(magslab_stats_root());
	if (ret)
		goto err_kmalloc;

	ret = magslab_segments_init(magslab_stats_root());
	if (ret)
		goto err_arenas;

	magslab_collector_init(magslab_stats_root());
	magslab_observe_init();
	magslab_escape_init(magslab_stats_root());

	ret = magslab_bench_init();
	if (ret)
		goto err_escape;

	return 0;

err_escape:
	magslab_escape_exit();
	magslab_collector_exit();
	magslab_segments_exit();
err_arenas:
	magslab_arenas_exit();
err_kmalloc:
	magslab_kmalloc_exit();
err_safety:
	magslab_safety_exit();
err_stats:
	magslab_stats_exit();
err_alloc:
	magslab_alloc_exit();
	return ret;
}

static void __exit magslab_mod_exit(void)
{
	magslab_bench_exit();
	magslab_escape_exit();
	magslab_collector_exit();
	magslab_segments_exit();
	magslab_arenas_exit();
	magslab_kmem_rcu_drain();
	magslab_kmalloc_exit();
	magslab_safety_exit();
	magslab_stats_exit();
	magslab_alloc_exit();
}

module_init(magslab_mod_init);
module_exit(magslab_mod_exit);

MODULE_AUTHOR("The magslab developers");
MODULE_DESCRIPTION("Loadable laboratory for kernel memory allocation");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
