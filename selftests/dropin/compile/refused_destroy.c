// SPDX-License-Identifier: GPL-2.0-only
/* A cache of the kernel that magslab should destroy. */
#include <linux/fs.h>

static __used void refused(void)
{
	kmem_cache_destroy(names_cachep); /* incompatible pointer */
}
