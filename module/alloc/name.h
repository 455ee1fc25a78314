/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of what users make: caches, and what other rooms have. */
#ifndef MAGSLAB_ALLOC_NAME_H
#define MAGSLAB_ALLOC_NAME_H

#include <linux/ctype.h>
#include <linux/magslab.h>
#include <linux/string.h>

/* A name becomes a directory, and a column that scripts split at blanks. */
static inline bool magslab_name_is_valid(const char *name)
{
	const char *c;

	if (!name || !*name ||
	    strnlen(name, MAGSLAB_NAME_MAX + 1) > MAGSLAB_NAME_MAX)
		return false;
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (c = name; *c; c++)
		if (!isascii(*c) || !isgraph(*c) || *c == '/')
			return false;
	return true;
}

#endif /* MAGSLAB_ALLOC_NAME_H */
