// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KASAN knows of memory: its shadow, of which each byte stands for a granule
 * of eight bytes. It tells how many of these, from the first, may be accessed: 0
 * for all of them, 1 to 7, or by any negative number, none and why.
 *
 * Objects and all that lies between them begin and end with a granule, so nobody
 * else changes what is changed here.
 */
#include <linux/compiler.h>
#include <linux/kconfig.h>
#include <linux/math.h>
#include <linux/string.h>

#include "compat.h"
#include "safety/shadow.h"

#define GRANULE 8

/**
 * safety_shadow_open - allow accesses to memory
 * @from: address, a multiple of 8
 * @size: bytes, of which the last may be anywhere in its granule
 *
 * Context: Any.
 */
void __no_sanitize_address safety_shadow_open(const void *from, size_t size)
{
	u8 *shadow = magslab_shadow(from);

	if (!IS_ENABLED(CONFIG_KASAN_GENERIC))
		return;
	memset(shadow, 0, size / GRANULE);
	if (size % GRANULE)
		shadow[size / GRANULE] = size % GRANULE;
}

/**
 * safety_shadow_close - see that accesses to memory are reported
 * @from: address, a multiple of 8
 * @size: bytes; what is behind them in their last granule is closed too
 * @why: what a report is to call them
 *
 * Context: Any.
 */
void __no_sanitize_address safety_shadow_close(const void *from, size_t size,
					       enum safety_shadow why)
{
	if (IS_ENABLED(CONFIG_KASAN_GENERIC))
		memset(magslab_shadow(from), why, DIV_ROUND_UP(size, GRANULE));
}
