// SPDX-License-Identifier: GPL-2.0-only
/* Words for the numbers of the device's interface. */
#include <errno.h>
#include <string.h>

#include "bench.h"

const char *const gfp_names[] = {
	[MAGSLAB_GFP_KERNEL] = "kernel",
	[MAGSLAB_GFP_ATOMIC] = "atomic",
	[MAGSLAB_GFP_NOWAIT] = "nowait",
};

const size_t nr_gfp_names = ARRAY_SIZE(gfp_names);

static const char *const trap_names[] = {
	"init_on_alloc",
	"init_on_free",
	"kfence",
	"memcg",
	"lockdep",
	"kasan",
	"kcsan",
	"kmsan",
	"kmemleak",
	"debug_pagealloc",
	"debug_vm",
	"slub_debug_on",
	"slub_tiny",
	"freelist_hardened",
	"freelist_random",
	"coverage",
	"fault_injection",
	"debug_preempt",
	"no_preempt_count",
};

/* Returns NULL for bits this program does not know, and above the last one. */
const char *trap_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(trap_names) ? trap_names[bit] : NULL;
}

const char *clock_name(__u32 clock)
{
	return clock == MAGSLAB_CLOCK_INSN ? "insn" : "wall";
}

const char *unit_name(__u32 clock)
{
	return clock == MAGSLAB_CLOCK_INSN ? "instructions" : "ns";
}

const char *preempt_name(__u32 model)
{
	static const char *const names[] = {
		[MAGSLAB_PREEMPT_NONE] = "none",
		[MAGSLAB_PREEMPT_VOLUNTARY] = "voluntary",
		[MAGSLAB_PREEMPT_FULL] = "full",
		[MAGSLAB_PREEMPT_RT] = "rt",
	};

	return model < ARRAY_SIZE(names) ? names[model] : "unknown";
}

/* Why a row has no figures. */
const char *error_name(__u32 error)
{
	switch (error) {
	case EOPNOTSUPP:
		return "it has no such calls, or may not be called like this";
	case ERANGE:
		return "it has no objects of this size, or not as many at once";
	case ENOMEM:
		return "it found no memory, or would take more than a quarter of it";
	case ETIME:
		return "the time limit came first";
	case EAGAIN:
		return "every block was disturbed";
	default:
		return strerror(error);
	}
}
