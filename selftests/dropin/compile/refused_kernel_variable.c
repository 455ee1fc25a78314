// SPDX-License-Identifier: GPL-2.0-only
/* A cache of magslab in a variable of the kernel. */
#include <linux/fs.h>

static __used void refused(struct kmem_cache *cache)
{
	names_cachep = cache; /* incompatible pointer */
}
