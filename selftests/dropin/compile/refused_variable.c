// SPDX-License-Identifier: GPL-2.0-only
/* A cache of the kernel in a variable of the module. */
#include <linux/fs.h>

static __used struct kmem_cache *refused(void)
{
	struct kmem_cache *cache = names_cachep; /* incompatible pointer */

	return cache;
}
