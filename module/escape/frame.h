/* SPDX-License-Identifier: GPL-2.0-only */
/* Which frame of a stack called an allocator, and whether it is still there. */
#ifndef MAGSLAB_ESCAPE_FRAME_H
#define MAGSLAB_ESCAPE_FRAME_H

#include <linux/types.h>

/**
 * struct escape_frame - a frame, by those it returns to
 * @below: hash of the return addresses of all frames below it
 * @depth: how many there are; 0 if it is not known
 */
struct escape_frame {
	u32 below;
	u32 depth;
};

/**
 * struct escape_function - where a function lies
 * @start: its first byte
 * @end: the byte after its last one
 */
struct escape_function {
	unsigned long start;
	unsigned long end;
};

void escape_frame_take(struct escape_frame *frame, unsigned long site);
void escape_function_find(struct escape_function *function, unsigned long site);
bool escape_frame_is_live(const struct escape_frame *frame,
			  const struct escape_function *function);

#endif /* MAGSLAB_ESCAPE_FRAME_H */
