// SPDX-License-Identifier: GPL-2.0-only
/* Caches of the kernel that modules may use, beside those of their own. */
#include <linux/dma-fence-chain.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct thing {
	struct rcu_head rcu;
};

static __used char *names(void)
{
	char *name = __getname();

	__putname(name);
	name = kmem_cache_zalloc(names_cachep, GFP_KERNEL);
	kmem_cache_free(names_cachep, name);
	return kmem_cache_alloc_node(names_cachep, GFP_KERNEL, 0);
}

/* The kernel frees what is not magslab's. */
static __used void after_grace_period(struct thing *thing)
{
	kfree_rcu(thing, rcu);
	kvfree_rcu(thing, rcu);
	kfree_rcu_mightsleep(thing);
}
