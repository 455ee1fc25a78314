// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame cannot be marked. It is known by what it returns to: the same frames below
 * it, at the same depth, and itself within the same function. If the function has
 * returned and was called again by the same call of the same frame, as in a loop,
 * that cannot be told from its having stayed: such an object counts as stack-like,
 * though the caller of the function is whose stack it fits.
 */
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "escape/frame.h"

/* Deeper stacks are cut off at their base, and then nothing is known of a frame. */
#define MOST_FRAMES 48

/* A name, and where in it. */
#define SYMBOL_SIZE 192

struct trace {
	unsigned long entries[MOST_FRAMES];
	unsigned int nr;
};

static noinline bool trace_take(struct trace *trace)
{
	trace->nr = stack_trace_save(trace->entries, MOST_FRAMES, 1);
	return trace->nr < MOST_FRAMES;
}

static u32 hash_below(const struct trace *trace, unsigned int frame)
{
	unsigned int nr = trace->nr - frame - 1;

	return jhash(&trace->entries[frame + 1], nr * sizeof(trace->entries[0]),
		     nr);
}

/**
 * escape_frame_take - know the frame that has made a call
 * @frame: filled in; of depth 0 if the call is not on the stack, or that is too deep
 * @site: the call's return address
 *
 * Context: Any but NMI.
 */
void escape_frame_take(struct escape_frame *frame, unsigned long site)
{
	struct trace trace;
	unsigned int i;

	*frame = (struct escape_frame){};
	if (!trace_take(&trace))
		return;
	for (i = 0; i < trace.nr && trace.entries[i] != site; i++)
		;
	if (i + 1 >= trace.nr)
		return;
	frame->depth = trace.nr - i - 1;
	frame->below = hash_below(&trace, i);
}

/**
 * escape_function_find - where the function of a call lies
 * @function: filled in; empty if the kernel has no name for it
 * @site: the call's return address
 *
 * Context: Any but NMI. Takes some microseconds.
 */
void escape_function_find(struct escape_function *function, unsigned long site)
{
	unsigned long offset, size;
	char symbol[SYMBOL_SIZE];
	const char *plus;

	*function = (struct escape_function){ .start = site, .end = site };
	snprintf(symbol, sizeof(symbol), "%pS", (void *)site);
	plus = strchr(symbol, '+');
	if (!plus || sscanf(plus, "+%lx/%lx", &offset, &size) != 2)
		return;
	function->start = site - offset;
	function->end = function->start + size;
}

/* Where a call returns to may be past the end, if it never does. */
static bool is_within(const struct escape_function *function,
		      unsigned long address)
{
	return address - 1 >= function->start && address - 1 < function->end;
}

/**
 * escape_frame_is_live - whether a frame is on the stack that this is called on
 * @frame: a frame of the same task
 * @function: its function
 *
 * Context: Any but NMI.
 * Return: true if so.
 */
bool escape_frame_is_live(const struct escape_frame *frame,
			  const struct escape_function *function)
{
	struct trace trace;
	unsigned int i;

	if (!frame->depth || !trace_take(&trace) || trace.nr <= frame->depth)
		return false;
	i = trace.nr - frame->depth - 1;
	return is_within(function, trace.entries[i]) &&
	       hash_below(&trace, i) == frame->below;
}
