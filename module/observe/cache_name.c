// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's caches are called. It exports no function that tells, and has
 * not let modules see struct kmem_cache since 6.8. So we make a cache whose name we
 * know and look where in the structure that name is pointed to: there the others
 * have theirs. Only what can be a name is followed, and by reads that fail rather than
 * fault; User Mode Linux has no such.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "cache_name.h"

/* The name is among what each cache has, before what each node has of it. */
#define MOST_OFFSET 512

static const char example[] = "magslab_example_of_a_name";
static size_t offset_of_name;

/* With a constructor it shares its memory, and so its name, with no other. */
static void construct(void *object)
{
}

static bool is_at(const struct kmem_cache *cache, size_t offset)
{
	char copy[sizeof(example)];
	const char *name;

	if (copy_from_kernel_nofault(&name, (const void *)cache + offset,
				     sizeof(name)) ||
	    !virt_addr_valid(name) || !virt_addr_valid(name + sizeof(copy)) ||
	    copy_from_kernel_nofault(copy, name, sizeof(copy)))
		return false;
	return !memcmp(copy, example, sizeof(copy));
}

/**
 * cache_name_find - learn where caches keep their names
 *
 * If that cannot be told, caches stay without names.
 *
 * Context: Task, before any other of these functions. May sleep.
 */
void cache_name_find(void)
{
	struct kmem_cache *cache;
	size_t offset;

	cache = kmem_cache_create(example, 64, 0, 0, construct);
	if (!cache)
		return;
	for (offset = 0; offset < MOST_OFFSET && !offset_of_name;
	     offset += sizeof(void *))
		if (is_at(cache, offset))
			offset_of_name = offset;
	kmem_cache_destroy(cache);
}

/* Whether they have names that can be read. */
bool cache_name_known(void)
{
	return offset_of_name;
}

/**
 * cache_name_read - what a cache is called
 * @cache: a cache that is not being destroyed
 * @to: where to copy it, cut to fit; empty if it cannot be read
 * @size: bytes there, 1 at the least
 *
 * Context: Any.
 */
void cache_name_read(const struct kmem_cache *cache, char *to, size_t size)
{
	const void *at = (const void *)cache + offset_of_name;
	const char *name;
	size_t i = 0;

	if (offset_of_name &&
	    !copy_from_kernel_nofault(&name, at, sizeof(name)) &&
	    virt_addr_valid(name))
		while (i + 1 < size &&
		       !copy_from_kernel_nofault(&to[i], name + i, 1) && to[i])
			i++;
	to[i] = '\0';
}
