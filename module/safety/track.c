// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose an object is and was. Written at its very beginning, before the red zone,
 * and sealed, for whatever is found there is followed into the stack depot.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jhash.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "alloc/pages.h"
#include "compat.h"
#include "safety/safety.h"

/* Frames of a stack worth keeping, and those of ours before them. */
#define TRACK_FRAMES 16
#define TRACK_SKIP 4

/**
 * struct owner - who did it
 * @caller: whose call it was, or 0 if nobody did it yet
 * @stack: in the stack depot, or 0 where none could be kept
 * @pid: of the task that was running
 */
struct owner {
	unsigned long caller;
	depot_stack_handle_t stack;
	u32 pid;
};

struct track {
	struct owner alloc;
	struct owner free;
	u32 seal;
};

static_assert(sizeof(struct track) <= SAFETY_TRACK_BYTES);

static u32 seal_key __read_mostly;

static u32 track_seal(const struct track *track)
{
	return jhash2((const u32 *)track,
		      offsetof(struct track, seal) / sizeof(u32), seal_key);
}

/* NMI keeps none, and what may not allocate keeps what is known already. */
static depot_stack_handle_t keep_stack(void)
{
	unsigned long entries[TRACK_FRAMES];
	unsigned int nr;

	if (in_nmi())
		return 0;
	nr = stack_trace_save(entries, ARRAY_SIZE(entries), TRACK_SKIP);
	return magslab_stack_keep(entries, nr, pages_may_alloc(GFP_NOWAIT));
}

static void owner_set(struct owner *owner, unsigned long caller)
{
	owner->caller = caller;
	owner->stack = keep_stack();
	owner->pid = task_pid_nr(current);
}

/* Of an object nobody had yet. */
void safety_track_clear(void *object)
{
	struct track *track = object;

	memset(track, 0, sizeof(*track));
	track->seal = track_seal(track);
}

void safety_track_alloc(void *object, unsigned long caller)
{
	struct track *track = object;

	owner_set(&track->alloc, caller);
	track->seal = track_seal(track);
}

void safety_track_free(void *object, unsigned long caller)
{
	struct track *track = object;

	owner_set(&track->free, caller);
	track->seal = track_seal(track);
}

bool safety_track_intact(const void *object)
{
	const struct track *track = object;

	return track->seal == track_seal(track);
}

static void owner_print(const struct owner *owner, const char *what)
{
	if (!owner->caller)
		return;
	pr_err("last %s by task %u in %pS:\n", what, owner->pid,
	       (void *)owner->caller);
	if (owner->stack)
		magslab_stack_print(owner->stack);
	else
		pr_err("(no stack)\n");
}

void safety_track_print(const void *object)
{
	const struct track *track = object;

	if (!safety_track_intact(object)) {
		pr_err("whose it was has been overwritten\n");
		return;
	}
	owner_print(&track->alloc, "allocated");
	owner_print(&track->free, "freed");
}

int safety_track_init(void)
{
	seal_key = get_random_u32();
	return magslab_stack_init();
}
