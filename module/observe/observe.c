// SPDX-License-Identifier: GPL-2.0-only
/* Four tracepoints of the kernel, as two calls to whoever observes. */
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <trace/events/kmem.h>

#include "cache_name.h"
#include "observe.h"

/* Of a free of nothing nobody has to be told, nor of an allocation that failed. */
static bool is_object(const void *object)
{
	return !ZERO_OR_NULL_PTR(object);
}

static void on_cache_alloc(void *data, unsigned long site, const void *object,
			   struct kmem_cache *cache, gfp_t gfp, int node)
{
	struct observer *observer = data;
	struct observed what = {
		.site = site,
		.object = object,
		.cache = cache,
		.gfp = gfp,
	};

	if (!is_object(object))
		return;
	what.bytes = kmem_cache_size(cache);
	observer->alloc(observer, &what);
}

static void on_kmalloc(void *data, unsigned long site, const void *object,
		       size_t bytes, size_t bytes_taken, gfp_t gfp, int node)
{
	struct observer *observer = data;
	struct observed what = {
		.site = site,
		.object = object,
		.bytes = bytes,
		.gfp = gfp,
	};

	if (is_object(object))
		observer->alloc(observer, &what);
}

static void on_cache_free(void *data, unsigned long site, const void *object,
			  const struct kmem_cache *cache)
{
	struct observer *observer = data;
	struct observed what = {
		.site = site,
		.object = object,
		.cache = cache,
	};

	if (is_object(object))
		observer->free(observer, &what);
}

static void on_kfree(void *data, unsigned long site, const void *object)
{
	on_cache_free(data, site, object, NULL);
}

/**
 * magslab_observe_init - open the room of what is observed
 *
 * Context: Task. May sleep.
 */
void magslab_observe_init(void)
{
	cache_name_find();
}

/**
 * observe_start - be told from now on
 * @observer: whom; it stays where it is until observe_stop()
 *
 * Frees come first: what is told to be allocated is told to be freed too.
 *
 * Context: Task. May sleep.
 * Return: 0; -ENOMEM; or -EEXIST if it is being told already.
 */
int observe_start(struct observer *observer)
{
	int ret;

	ret = register_trace_kmem_cache_free(on_cache_free, observer);
	if (ret)
		return ret;
	ret = register_trace_kfree(on_kfree, observer);
	if (ret)
		goto err_cache_free;
	ret = register_trace_kmem_cache_alloc(on_cache_alloc, observer);
	if (ret)
		goto err_kfree;
	ret = register_trace_kmalloc(on_kmalloc, observer);
	if (ret)
		goto err_cache_alloc;
	return 0;

err_cache_alloc:
	unregister_trace_kmem_cache_alloc(on_cache_alloc, observer);
err_kfree:
	unregister_trace_kfree(on_kfree, observer);
err_cache_free:
	unregister_trace_kmem_cache_free(on_cache_free, observer);
	tracepoint_synchronize_unregister();
	return ret;
}

/**
 * observe_stop - be told no more
 * @observer: whom; nobody calls it any more on return
 *
 * Context: Task. May sleep.
 */
void observe_stop(struct observer *observer)
{
	unregister_trace_kmalloc(on_kmalloc, observer);
	unregister_trace_kmem_cache_alloc(on_cache_alloc, observer);
	unregister_trace_kfree(on_kfree, observer);
	unregister_trace_kmem_cache_free(on_cache_free, observer);
	tracepoint_synchronize_unregister();
}
