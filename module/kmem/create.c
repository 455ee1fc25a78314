// SPDX-License-Identifier: GPL-2.0-only
/* Caches made by the rules of kmem_cache_create(), for unmodified modules. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/magslab_kmem_calls.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/string.h>

/* Caches of one name there can be, as far as we go to tell them apart. */
#define MAX_NAMESAKES 999

/* What magslab takes for a name, and as near to @name as that goes. */
static void name_from(char *to, const char *name, unsigned int namesake)
{
	char number[sizeof(".999")] = "";
	char *c;

	if (namesake > 1)
		scnprintf(number, sizeof(number), ".%u", namesake);
	scnprintf(to, MAGSLAB_NAME_MAX + 1, "%.*s%s",
		  MAGSLAB_NAME_MAX - (int)strlen(number),
		  name && *name ? name : "unnamed", number);
	for (c = to; *c; c++)
		if (!isascii(*c) || !isgraph(*c) || *c == '/')
			*c = '_';
	/* Neither "." nor "..", nor a hidden directory. */
	if (*to == '.')
		*to = '_';
}

/* Not SLAB_ACCOUNT: linux/magslab_kmem.h tells why, at magslab_kmem_gfp(). */
static unsigned long flags_from(slab_flags_t flags)
{
	unsigned long ours = 0;

	if (flags & SLAB_HWCACHE_ALIGN)
		ours |= MAGSLAB_HWCACHE_ALIGN;
	if (flags & SLAB_TYPESAFE_BY_RCU)
		ours |= MAGSLAB_TYPESAFE_BY_RCU;
	if (flags & SLAB_NOLEAKTRACE)
		ours |= MAGSLAB_NOLEAKTRACE;
	return ours;
}

/* kmem_cache_create() makes something of any alignment. */
static size_t align_from(unsigned int align)
{
	if (align <= sizeof(void *))
		return sizeof(void *);
	return roundup_pow_of_two(align);
}

static bool flags_are_served(slab_flags_t flags)
{
	return !(flags & (SLAB_CACHE_DMA | SLAB_CACHE_DMA32));
}

static struct magslab_cache *create(const char *name, unsigned int size,
				    unsigned int align, slab_flags_t flags,
				    void (*ctor)(void *object))
{
	char ours[MAGSLAB_NAME_MAX + 1];
	struct magslab_cache *cache;
	unsigned int namesake = 0;

	if (!flags_are_served(flags))
		return ERR_PTR(-EOPNOTSUPP);
	do {
		name_from(ours, name, ++namesake);
		cache = magslab_cache_create(ours, max(size, MAGSLAB_MIN_SIZE),
					     align_from(align),
					     flags_from(flags), ctor);
	} while (cache == ERR_PTR(-EEXIST) && namesake < MAX_NAMESAKES);
	return cache;
}

struct magslab_cache *magslab_kmem_create(const char *name, unsigned int size,
					  unsigned int align,
					  slab_flags_t flags,
					  void (*ctor)(void *object))
{
	struct magslab_cache *cache = create(name, size, align, flags, ctor);

	if (!IS_ERR(cache))
		return cache;
	if (flags & SLAB_PANIC)
		panic("magslab: no cache '%s': error %ld", name,
		      PTR_ERR(cache));
	pr_err("no cache '%s' of %u bytes, alignment %u, flags %#x: error %pe\n",
	       name, size, align, (__force unsigned int)flags, cache);
	return NULL;
}
EXPORT_SYMBOL_GPL(magslab_kmem_create);
