// SPDX-License-Identifier: GPL-2.0-only
/* The same, of a protocol. */
#include <net/sock.h>

static __used void refused(struct proto *proto, struct kmem_cache *cache)
{
	proto->slab = cache; /* incompatible pointer */
}
