/* SPDX-License-Identifier: GPL-2.0-only */
/* What KASAN knows of memory. Without KASAN, nothing happens here. */
#ifndef MAGSLAB_SAFETY_SHADOW_H
#define MAGSLAB_SAFETY_SHADOW_H

#include <linux/types.h>

/*
 * Why memory must not be accessed, in KASAN's own numbers, which its header
 * keeps to itself; its reports are worded by them.
 */
enum safety_shadow {
	SAFETY_SHADOW_FREED = 0xfb,
	SAFETY_SHADOW_ZONE = 0xfc,
};

void safety_shadow_open(const void *from, size_t size);
void safety_shadow_close(const void *from, size_t size, enum safety_shadow why);

#endif /* MAGSLAB_SAFETY_SHADOW_H */
