// SPDX-License-Identifier: GPL-2.0-only
/* A function for caches of magslab where the kernel has one for its own. */
#include <trace/events/kmem.h>

static void probe(void *data, unsigned long call_site, const void *object,
		  const struct kmem_cache *cache)
{
}

static __used int refused(void)
{
	int (*add)(void (*probe)(void *data, unsigned long call_site,
				 const void *object,
				 const struct kmem_cache *cache),
		   void *data);

	add = register_trace_kmem_cache_free; /* incompatible pointer */
	return add(probe, NULL);
}
