// SPDX-License-Identifier: GPL-2.0-only
/* A cache of magslab in a struct that the kernel allocates from. */
#include <net/dst_ops.h>

static __used void refused(struct dst_ops *ops, struct kmem_cache *cache)
{
	ops->kmem_cachep = cache; /* incompatible pointer */
}
