// SPDX-License-Identifier: GPL-2.0-only
/*
 * The back-ends there are: those that come with magslab and those that other
 * modules bring.
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "compat.h"
#include "engine.h"

/* Protects the list and next_id. Members of a listed back-end do not change. */
static DEFINE_MUTEX(registry_lock);
static LIST_HEAD(registry);
static u32 next_id;

static bool name_valid(const char *name)
{
	size_t i;

	if (!name || !*name)
		return false;
	for (i = 0; name[i]; i++) {
		if (i == MAGSLAB_BENCH_NAME_MAX)
			return false;
		if (!isascii(name[i]) || !isgraph(name[i]) || name[i] == ',')
			return false;
	}
	return true;
}

static bool prefill_valid(const struct magslab_bench_prefill *prefill)
{
	return !prefill || (prefill->open && prefill->refill &&
			    prefill->alloc && prefill->close);
}

static bool calls_valid(const struct magslab_bench_backend *backend)
{
	return backend->create && backend->destroy && backend->pair &&
	       backend->alloc && backend->free &&
	       !backend->alloc_bulk == !backend->free_bulk &&
	       !backend->paths == !backend->path_names[0] &&
	       prefill_valid(backend->prefill);
}

static bool backend_valid(const struct magslab_bench_backend *backend)
{
	return name_valid(backend->name) && calls_valid(backend) &&
	       !(backend->flags & ~MAGSLAB_BENCH_FLAGS_ALL) &&
	       !((backend->contexts | backend->bulk_contexts) &
		 ~MAGSLAB_BENCH_CONTEXTS_ALL) &&
	       backend->min_size && backend->min_size <= backend->max_size;
}

static struct magslab_bench_backend *find_name(const char *name)
{
	struct magslab_bench_backend *backend;

	list_for_each_entry(backend, &registry, list)
		if (!strcmp(backend->name, name))
			return backend;
	return NULL;
}

static struct magslab_bench_backend *find_id(u32 id)
{
	struct magslab_bench_backend *backend;

	list_for_each_entry(backend, &registry, list)
		if (backend->id == id)
			return backend;
	return NULL;
}

int magslab_bench_register(struct magslab_bench_backend *backend)
{
	int ret = 0;

	if (!backend_valid(backend))
		return -EINVAL;

	mutex_lock(&registry_lock);
	if (find_name(backend->name)) {
		ret = -EEXIST;
	} else {
		atomic_set(&backend->users, 0);
		backend->id = next_id++;
		list_add_tail(&backend->list, &registry);
	}
	mutex_unlock(&registry_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(magslab_bench_register);

void magslab_bench_unregister(struct magslab_bench_backend *backend)
{
	mutex_lock(&registry_lock);
	list_del(&backend->list);
	mutex_unlock(&registry_lock);

	wait_var_event(&backend->users, !atomic_read(&backend->users));
}
EXPORT_SYMBOL_GPL(magslab_bench_unregister);

/* Returns NULL when there is no such back-end, or it is on its way out. */
struct magslab_bench_backend *bench_backend_get(u32 id)
{
	struct magslab_bench_backend *backend;

	mutex_lock(&registry_lock);
	backend = find_id(id);
	if (backend && !try_module_get(backend->owner))
		backend = NULL;
	if (backend)
		atomic_inc(&backend->users);
	mutex_unlock(&registry_lock);
	return backend;
}
EXPORT_SYMBOL_FOR_TEST(bench_backend_get);

void bench_backend_put(struct magslab_bench_backend *backend)
{
	struct module *owner = backend->owner;

	/*
	 * The back-end may be gone once the count is zero. The address alone
	 * serves to find the waiter, and the module is let go last.
	 */
	if (atomic_dec_and_test(&backend->users))
		wake_up_var(&backend->users);
	module_put(owner);
}
EXPORT_SYMBOL_FOR_TEST(bench_backend_put);

static u32 flags_of(const struct magslab_bench_backend *backend)
{
	u32 flags = 0;

	if (backend->alloc_bulk)
		flags |= MAGSLAB_BACKEND_BULK;
	if (backend->give_back)
		flags |= MAGSLAB_BACKEND_GIVES_BACK;
	if (backend->held)
		flags |= MAGSLAB_BACKEND_HELD;
	if (backend->locks)
		flags |= MAGSLAB_BACKEND_LOCKS;
	if (backend->flags & MAGSLAB_BENCH_FLOOR)
		flags |= MAGSLAB_BACKEND_FLOOR;
	if (backend->flags & MAGSLAB_BENCH_BY_NAME)
		flags |= MAGSLAB_BACKEND_BY_NAME;
	return flags;
}

int bench_backend_info(struct magslab_backend_info *info)
{
	struct magslab_bench_backend *backend;
	u32 index = 0;
	int ret = -ENOENT;

	mutex_lock(&registry_lock);
	list_for_each_entry(backend, &registry, list) {
		if (index++ != info->index)
			continue;
		info->id = backend->id;
		info->flags = flags_of(backend);
		info->min_size = backend->min_size;
		info->max_size = backend->max_size;
		strscpy(info->name, backend->name, sizeof(info->name));
		ret = 0;
		break;
	}
	mutex_unlock(&registry_lock);
	return ret;
}
EXPORT_SYMBOL_FOR_TEST(bench_backend_info);

unsigned int bench_nr_backends(void)
{
	unsigned int nr = 0;
	struct list_head *pos;

	mutex_lock(&registry_lock);
	list_for_each(pos, &registry)
		nr++;
	mutex_unlock(&registry_lock);
	return nr;
}
