/* SPDX-License-Identifier: GPL-2.0-only */
/* Structures of the interface, which begin with their size, in and out. */
#ifndef MAGSLAB_USER_STRUCT_H
#define MAGSLAB_USER_STRUCT_H

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/types.h>
#include <linux/uaccess.h>

/*
 * Read a structure that begins with its size. What the user's is shorter than
 * the kernel's by reads as zero. Returns the user's size or a negative errno.
 */
static inline int get_struct(void *to, size_t known, size_t least,
			     const void __user *from)
{
	u32 size;
	int ret;

	if (get_user(size, (const u32 __user *)from))
		return -EFAULT;
	if (size < least)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(to, known, from, size);
	if (ret)
		return ret;
	/* It was read twice; the first time counts. */
	*(u32 *)to = size;
	return size;
}

/* What the user's structure has beyond the kernel's was zero, and stays so. */
static inline int put_struct(void __user *to, size_t size, const void *from,
			     size_t known)
{
	return copy_to_user(to, from, min(size, known)) ? -EFAULT : 0;
}

#endif /* MAGSLAB_USER_STRUCT_H */
