/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ioctl interface of /dev/magslab, the benchmark device of magslab.
 *
 * Conventions, for every call:
 *
 *  - The structure's first member, size, is set by the caller to the size of
 *    the structure it was compiled with. A shorter one than the kernel knows
 *    is taken as if the rest were zero; a longer one is accepted if the rest
 *    is zero. So both sides can grow, and nothing else carries a version.
 *  - Members are marked (in), (out) or (in, out). What is not (in) is ignored
 *    on the way in, except reserved members, which must be zero.
 *  - The device is opened by CAP_SYS_ADMIN only, and checks again at each run.
 *
 * Errors that any call may return:
 *
 *  -ENOTTY  no such call
 *  -EFAULT  a pointer could not be read or written
 *  -EINVAL  size is smaller than the structure's first version, or a reserved
 *	     member is not zero
 *  -E2BIG   size is larger than a page, or what the kernel does not know of
 *	     the structure is not zero
 */
#ifndef _UAPI_LINUX_MAGSLAB_H
#define _UAPI_LINUX_MAGSLAB_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * The magic number and the range of calls that magslab takes. No row of
 * Documentation/userspace-api/ioctl/ioctl-number.rst has 0xE8 in it.
 */
#define MAGSLAB_IOC_MAGIC 0xE8 /* 0x00 to 0x0f */

/* Changes only if an existing call changes its meaning. */
#define MAGSLAB_ABI 1

/* Bytes of a name, with its terminating NUL. */
#define MAGSLAB_NAME_SIZE 32

/* What was added to the first version. */
#define MAGSLAB_FEATURE_LOCKS (1ULL << 0) /* struct magslab_result has locks */
#define MAGSLAB_FEATURE_TAKEN (1ULL << 1) /* and taken_peak */
#define MAGSLAB_FEATURE_PACKED (1ULL << 2) /* MAGSLAB_RUN_FLAG_PACKED */
#define MAGSLAB_FEATURE_RECORD (1ULL << 3) /* MAGSLAB_IOC_RECORD */
#define MAGSLAB_FEATURE_TRACE (1ULL << 4) /* MAGSLAB_IOC_LOAD, trace_fd */
#define MAGSLAB_FEATURE_AXES (1ULL << 5) /* context, touch, zeroed objects */
#define MAGSLAB_FEATURE_LATENCY (1ULL << 6) /* MAGSLAB_RUN_FLAG_LATENCY */
#define MAGSLAB_FEATURE_TIMELINE (1ULL << 7) /* MAGSLAB_RUN_FLAG_TIMELINE */
#define MAGSLAB_FEATURE_LINES (1ULL << 8) /* MAGSLAB_RUN_FLAG_LINES */
/* place, hotplug_ms, MAGSLAB_RUN_FLAG_PRESSURE */
#define MAGSLAB_FEATURE_SURROUNDINGS (1ULL << 9)

/* Kinds of clock: what one nanosecond of a result stands for. */
#define MAGSLAB_CLOCK_WALL 0 /* time */
#define MAGSLAB_CLOCK_INSN 1 /* one instruction, under an emulator's count */

/* Settings of the running kernel that change what an allocator costs. */
#define MAGSLAB_TRAP_INIT_ON_ALLOC (1ULL << 0) /* zeroes on allocation */
#define MAGSLAB_TRAP_INIT_ON_FREE (1ULL << 1) /* zeroes on free */
#define MAGSLAB_TRAP_KFENCE (1ULL << 2) /* built in, perhaps asleep */
#define MAGSLAB_TRAP_MEMCG (1ULL << 3) /* memory cgroups are in use */
#define MAGSLAB_TRAP_LOCKDEP (1ULL << 4)
#define MAGSLAB_TRAP_KASAN (1ULL << 5)
#define MAGSLAB_TRAP_KCSAN (1ULL << 6)
#define MAGSLAB_TRAP_KMSAN (1ULL << 7)
#define MAGSLAB_TRAP_KMEMLEAK (1ULL << 8)
#define MAGSLAB_TRAP_DEBUG_PAGEALLOC (1ULL << 9)
#define MAGSLAB_TRAP_DEBUG_VM (1ULL << 10)
#define MAGSLAB_TRAP_SLUB_DEBUG_ON (1ULL << 11)
#define MAGSLAB_TRAP_SLUB_TINY (1ULL << 12)
#define MAGSLAB_TRAP_FREELIST_HARDENED (1ULL << 13)
#define MAGSLAB_TRAP_FREELIST_RANDOM (1ULL << 14)
#define MAGSLAB_TRAP_COVERAGE (1ULL << 15) /* GCOV or KCOV */
#define MAGSLAB_TRAP_FAULT_INJECTION (1ULL << 16)
#define MAGSLAB_TRAP_DEBUG_PREEMPT (1ULL << 17)
#define MAGSLAB_TRAP_NO_PREEMPT_COUNT (1ULL << 18) /* preempt guards are free */

/* Preemption models. */
#define MAGSLAB_PREEMPT_NONE 0
#define MAGSLAB_PREEMPT_VOLUNTARY 1
#define MAGSLAB_PREEMPT_FULL 2
#define MAGSLAB_PREEMPT_RT 3

/**
 * struct magslab_info - what the device can do, and on what kernel it runs
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @abi: (out) %MAGSLAB_ABI
 * @features: (out) MAGSLAB_FEATURE_* bits
 * @traps: (out) MAGSLAB_TRAP_* bits
 * @nr_backends: (out) back-ends registered at the moment
 * @nr_workloads: (out) workloads
 * @clock: (out) MAGSLAB_CLOCK_*
 * @preempt: (out) MAGSLAB_PREEMPT_*
 * @clock_read: (out) least time that timing nothing takes, in nanoseconds
 * @clock_step: (out) least step of the clock in nanoseconds, or 1 if it is
 *	finer than reading it takes
 * @max_cpus: (out) CPUs a run may use, those online at the moment
 * @max_backends: (out) back-ends of one run
 * @max_turns: (out) turns of one run
 * @max_blocks: (out) blocks of one run and back-end, over all CPUs
 * @max_block_ops: (out) operations of one block
 * @reserved: (out) zero
 * @max_count: (out) objects of one CPU
 * @max_object_size: (out) bytes
 * @max_timeout_ns: (out) longest run
 */
struct magslab_info {
	__u32 size;
	__u32 abi;
	__u64 features;
	__u64 traps;
	__u32 nr_backends;
	__u32 nr_workloads;
	__u32 clock;
	__u32 preempt;
	__u32 clock_read;
	__u32 clock_step;
	__u32 max_cpus;
	__u32 max_backends;
	__u32 max_turns;
	__u32 max_blocks;
	__u32 max_block_ops;
	__u32 reserved;
	__u64 max_count;
	__u64 max_object_size;
	__u64 max_timeout_ns;
};

#define MAGSLAB_INFO_SIZE_VER0 96

/* The back-end has calls that take several objects at once. */
#define MAGSLAB_BACKEND_BULK (1U << 0)
/* It can give its free memory back to the page allocator. */
#define MAGSLAB_BACKEND_GIVES_BACK (1U << 1)
/* It tells exactly how much memory it holds. */
#define MAGSLAB_BACKEND_HELD (1U << 2)
/* It allocates nothing: what its rows show is the cost of the loops. */
#define MAGSLAB_BACKEND_FLOOR (1U << 3)
/* It counts the locks it takes. */
#define MAGSLAB_BACKEND_LOCKS (1U << 4)
/* It is of interest to those who know that it is there, and name it. */
#define MAGSLAB_BACKEND_BY_NAME (1U << 5)

/**
 * struct magslab_backend_info - one of the back-ends
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @index: (in) 0 for the first. -ENOENT past the last one
 * @id: (out) what a run names it by; never used again for another
 * @flags: (out) MAGSLAB_BACKEND_* bits
 * @min_size: (out) smallest object, in bytes
 * @max_size: (out) largest object, in bytes
 * @name: (out) NUL-terminated
 */
struct magslab_backend_info {
	__u32 size;
	__u32 index;
	__u32 id;
	__u32 flags;
	__u64 min_size;
	__u64 max_size;
	char name[MAGSLAB_NAME_SIZE];
};

#define MAGSLAB_BACKEND_INFO_SIZE_VER0 64

/* The workload has a number of objects, which is part of its name. */
#define MAGSLAB_WORKLOAD_COUNT (1U << 0)
/* Two CPUs do it together: it takes an even number of them. */
#define MAGSLAB_WORKLOAD_PAIRS (1U << 1)
/* It is about the memory that objects take, more than about time. */
#define MAGSLAB_WORKLOAD_MEMORY (1U << 2)
/* It does what a trace says: a run needs one. */
#define MAGSLAB_WORKLOAD_TRACE (1U << 3)
/* Its objects have several sizes, of which a run's object_size is the largest. */
#define MAGSLAB_WORKLOAD_MIX (1U << 4)
/* Its calls are not of one object each, or not timed: no MAGSLAB_RUN_FLAG_LATENCY. */
#define MAGSLAB_WORKLOAD_WHOLE (1U << 5)
/*
 * It has contexts of its own, or calls of its own: by tasks only, untouched, and
 * without MAGSLAB_RUN_FLAG_PATHS and MAGSLAB_RUN_FLAG_TIMELINE.
 */
#define MAGSLAB_WORKLOAD_OWN (1U << 6)

/**
 * struct magslab_workload_info - one of the workloads
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @index: (in) 0 for the first. -ENOENT past the last one
 * @id: (out) what a run names it by
 * @flags: (out) MAGSLAB_WORKLOAD_* bits
 * @rows: (out) results per back-end, each in a row of its own
 * @reserved: (in) zero
 * @default_count: (out) objects, if a run does not say
 * @max_count: (out) most objects of one CPU
 * @name: (out) NUL-terminated
 */
struct magslab_workload_info {
	__u32 size;
	__u32 index;
	__u32 id;
	__u32 flags;
	__u32 rows;
	__u32 reserved;
	__u64 default_count;
	__u64 max_count;
	char name[MAGSLAB_NAME_SIZE];
};

#define MAGSLAB_WORKLOAD_INFO_SIZE_VER0 72

/**
 * struct magslab_spread - how one quantity was spread over the blocks of a row
 * @min: least
 * @median: half of the blocks are at or below it
 * @p99: 99 of 100 blocks are at or below it
 * @max: greatest
 * @mean: sum of the blocks, divided by their number
 *
 * Each block is a mean over its operations, so these are spreads of block
 * means. All are in thousandths of a unit per operation.
 */
struct magslab_spread {
	__u64 min;
	__u64 median;
	__u64 p99;
	__u64 max;
	__u64 mean;
};

/* This machine has a cycle counter. */
#define MAGSLAB_RESULT_CYCLES (1U << 0)
/* The held_* members are filled in. */
#define MAGSLAB_RESULT_HELD (1U << 1)
/*
 * They are the growth of the whole system's slab pages, not the back-end's; or, where
 * nothing is left of the back-end in the end, of all its pages that are not free.
 */
#define MAGSLAB_RESULT_HELD_APPROX (1U << 2)
/* The back-end has no way to give memory back, and kept it. */
#define MAGSLAB_RESULT_KEEPS (1U << 3)
/* The members locks and calls are filled in. */
#define MAGSLAB_RESULT_LOCKS (1U << 4)
/* The member taken_peak is filled in. */
#define MAGSLAB_RESULT_TAKEN (1U << 5)
/* The members from line_calls to touched_lines are filled in. */
#define MAGSLAB_RESULT_LINES (1U << 6)
/* Each call was timed by itself: the time of a block has that of the clock in it. */
#define MAGSLAB_RESULT_LATENCY (1U << 7)
/* The members exchanges and calls are filled in. */
#define MAGSLAB_RESULT_EXCHANGES (1U << 8)

/**
 * struct magslab_result - one row of one back-end
 * @size: (out) bytes of this structure that the kernel knows
 * @flags: (out) MAGSLAB_RESULT_* bits
 * @backend: (out) id
 * @error: (out) 0, or why this row has no figures: EOPNOTSUPP the back-end
 *	lacks the calls, may not be called in this context, or its objects cannot be
 *	zeroed or touched, ERANGE it has no
 *	objects of this size or not as many, or one call of that many would take too
 *	long there, ENOMEM it would take more memory than a run may, or found none in
 *	an interrupt, ETIME no block was done in time,
 *	EAGAIN a context switch fell into every block
 * @blocks: (out) blocks the figures are made of, over all CPUs
 * @switched: (out) blocks left out because of a context switch
 * @migrated: (out) blocks left out because they ran on another CPU
 * @cpus: (out) CPUs that the blocks are from
 * @block_ops: (out) operations per block
 * @ns: (out) time per operation, in 1/1000 nanosecond
 * @cycles: (out) cycles per operation, in 1/1000, with %MAGSLAB_RESULT_CYCLES
 * @live_peak: (out) bytes of objects live at the peak
 * @held_peak: (out) bytes the back-end held at the peak
 * @held_after: (out) bytes it held after all of them were freed
 * @held_returned: (out) bytes it held after it was told to give back
 * @name: (out) of the row, NUL-terminated, such as "burst-16"
 * @locks: (out) times the back-end took a lock, over all CPUs, in blocks whose
 *	locks are counted: where the flow is steady, or else in whole turns
 * @calls: (out) allocations and frees in those blocks, over all CPUs
 * @taken_peak: (out) bytes by which the free pages of the whole system had
 *	become fewer at the peak, since before the back-end was asked to prepare:
 *	the back-end's metadata is in it, and whatever else was allocated
 *	meanwhile, which the rows of a %MAGSLAB_BACKEND_FLOOR show
 * @line_calls: (out) allocations and frees whose addresses were looked at, a multiple of
 *	a thousand, over all CPUs
 * @object_lines: (out) different cache lines that the objects of a thousand calls
 *	of one CPU begin in, added up over @line_calls
 * @object_pages: (out) as @object_lines, pages
 * @touched_lines: (out) different cache lines that each call touched, as the
 *	back-end tells, added up over @line_calls; 0 if it does not tell
 * @exchanges: (out) times the back-end exchanged what a CPU has for what all of them
 *	share, such as a magazine with a depot, in the same blocks as @locks
 */
struct magslab_result {
	__u32 size;
	__u32 flags;
	__u32 backend;
	__u32 error;
	__u32 blocks;
	__u32 switched;
	__u32 migrated;
	__u32 cpus;
	__u64 block_ops;
	struct magslab_spread ns;
	struct magslab_spread cycles;
	__u64 live_peak;
	__u64 held_peak;
	__u64 held_after;
	__u64 held_returned;
	char name[MAGSLAB_NAME_SIZE];
	__u64 locks;
	__u64 calls;
	__u64 taken_peak;
	__u64 line_calls;
	__u64 object_lines;
	__u64 object_pages;
	__u64 touched_lines;
	__u64 exchanges;
};

#define MAGSLAB_RESULT_SIZE_VER0 184 /* up to and with name */
#define MAGSLAB_RESULT_SIZE_VER1 208 /* up to and with taken_peak */
#define MAGSLAB_RESULT_SIZE_VER2 240 /* up to and with touched_lines */
#define MAGSLAB_RESULT_SIZE_VER3 248

/* Classes of allocation flags. */
#define MAGSLAB_GFP_KERNEL 0
#define MAGSLAB_GFP_ATOMIC 1
#define MAGSLAB_GFP_NOWAIT 2

/* Contexts that an event is seen in, or loops run in. */
#define MAGSLAB_CONTEXT_TASK 0
#define MAGSLAB_CONTEXT_SOFTIRQ 1
#define MAGSLAB_CONTEXT_HARDIRQ 2

/* (in) Objects need no alignment beyond a pointer's, instead of cache lines'. */
#define MAGSLAB_RUN_FLAG_PACKED (1U << 0)
/* (in) Time each call by itself. MAGSLAB_IOC_LATENCY tells what that yields. */
#define MAGSLAB_RUN_FLAG_LATENCY (1U << 1)
/* (in) And tell its ways apart, where the back-end can, at some cost between calls. */
#define MAGSLAB_RUN_FLAG_PATHS (1U << 2)
/* (in) Objects are asked for zeroed, whatever the kernel does by itself. */
#define MAGSLAB_RUN_FLAG_ZERO (1U << 3)
/* (in) Each back-end gets another turn, in which cache lines are counted. */
#define MAGSLAB_RUN_FLAG_LINES (1U << 4)
/*
 * (in) Keep memory short meanwhile: all that is free is taken, down to where the kernel
 * begins to reclaim, and taken again. Given back to whoever would be killed for it.
 */
#define MAGSLAB_RUN_FLAG_PRESSURE (1U << 5)
/*
 * (in) Look at memory over time, in each back-end's last turn and for ten seconds
 * after. MAGSLAB_IOC_TIMELINE tells what that yields. The looks disturb what is timed.
 */
#define MAGSLAB_RUN_FLAG_TIMELINE (1U << 8)

/* What is done with each cache line of an object before it is freed. */
#define MAGSLAB_TOUCH_NONE 0
#define MAGSLAB_TOUCH_WRITE 1
#define MAGSLAB_TOUCH_READ 2

/* On which CPUs a run is: the first ones that are online, */
#define MAGSLAB_PLACE_ANY 0
/* or each worker as near as can be to the one before it, whose objects it may get, */
#define MAGSLAB_PLACE_NEAR 1
/* or as far from it as can be. */
#define MAGSLAB_PLACE_FAR 2

/* (out) The run ended by its time limit; its results are of what was done. */
#define MAGSLAB_RUN_PARTIAL (1U << 0)

/**
 * struct magslab_run - measure one workload on several back-ends
 * @size: (in) size of this structure
 * @flags: (in) MAGSLAB_RUN_FLAG_* bits. -EINVAL for any other, and for
 *	%MAGSLAB_RUN_FLAG_PATHS without %MAGSLAB_RUN_FLAG_LATENCY, for the latter
 *	together with %MAGSLAB_RUN_FLAG_TIMELINE, for either of these two in another
 *	context than a task, and for %MAGSLAB_RUN_FLAG_LINES if the workload has
 *	%MAGSLAB_WORKLOAD_OWN. -EOPNOTSUPP for %MAGSLAB_RUN_FLAG_LATENCY if the workload
 *	has %MAGSLAB_WORKLOAD_WHOLE, and for _PATHS and _TIMELINE if it has
 *	%MAGSLAB_WORKLOAD_OWN
 * @workload: (in) id. -ENOENT if there is none
 * @gfp: (in) MAGSLAB_GFP_*. -EINVAL for any other
 * @object_size: (in) bytes. -EINVAL for 0 and above the limit. With a trace, whose
 *	objects have sizes of their own, it has no effect; with %MAGSLAB_WORKLOAD_MIX
 *	it is the largest of several sizes
 * @count: (in) objects per CPU, or 0 for the workload's default. -EINVAL above
 *	the workload's limit, or if it has no such number
 * @seed: (in) of all that is drawn by lot; the same gives the same sequence
 * @timeout_ns: (in) longest run in nanoseconds, or 0 for 120 s. -EINVAL above
 *	the limit
 * @cpus: (in) CPUs to run on at once. -EINVAL for 0, above those online, and
 *	for an odd number if the workload has %MAGSLAB_WORKLOAD_PAIRS
 * @turns: (in) how often each back-end's turn comes, or 0 for the default.
 *	-EINVAL above the limit. Every other turn goes through them backwards
 * @blocks: (in) blocks to record per CPU and back-end, or 0 for the
 *	workload's default. -EINVAL if too many; one per turn at the least
 * @block_ops: (in) operations per block, or 0 for the workload's default.
 *	-EINVAL above the limit. Rounded to what the workload can do at once
 * @nr_backends: (in) elements of @backends. -EINVAL for 0 and above the limit
 * @nr_results: (in, out) elements of @results; on the way out those written,
 *	in the order of @backends. -EINVAL if too few for back-ends times rows
 * @backends: (in) pointer to __u32 ids; one may come twice. -ENOENT if there
 *	is none
 * @results: (in) pointer to an array of struct magslab_result
 * @result_size: (in) size of one element of @results, a multiple of 8. -EINVAL
 *	below the structure's first version, -E2BIG above a page
 * @clock: (out) MAGSLAB_CLOCK_* in force
 * @elapsed_ns: (out) time the run took
 * @status: (out) MAGSLAB_RUN_* bits
 * @reserved: (in) zero
 * @trace_fd: (in) what MAGSLAB_IOC_LOAD returned, if the workload has
 *	%MAGSLAB_WORKLOAD_TRACE, and otherwise 0. -EBADF if it is something else;
 *	-EINVAL if the workload takes none
 * @speed: (in) thousandths of the recording's speed at which a trace is
 *	replayed, or 0 for as fast as can be. -EINVAL above 10^6, or without a trace
 * @context: (in) MAGSLAB_CONTEXT_*, where the back-ends' loops run. -EINVAL for any
 *	other, and for another one than a task with %MAGSLAB_GFP_KERNEL or if the
 *	workload has %MAGSLAB_WORKLOAD_OWN
 * @touch: (in) MAGSLAB_TOUCH_*, what is done with each object before it is freed.
 *	-EINVAL for any other, and for another one than none if the workload has
 *	%MAGSLAB_WORKLOAD_OWN
 * @place: (in) MAGSLAB_PLACE_*. -EINVAL for any other, and for another one than any
 *	with one CPU; -ENXIO for far if all CPUs are of one node
 * @hotplug_ms: (in) milliseconds after which a CPU that is not used goes offline, and
 *	comes back, over and over; or 0. -EINVAL above 10000, and if all CPUs are used;
 *	-ENXIO if none of the others can go
 * @distance: (out) of each CPU used from the next one, as the firmware tells of their
 *	nodes, 10 being the same node; the mean
 * @hotplugs: (out) times a CPU went and came back
 * @pressure_peak: (out) bytes that were taken to keep memory short, at the most
 * @pressure_calls: (out) times that the kernel asked for some of it
 *
 * -EFBIG for %MAGSLAB_RUN_FLAG_PRESSURE if more than 16 GiB are available.
 *
 * One run at a time: -EBUSY while there is another. -EPERM without
 * CAP_SYS_ADMIN. -EINTR after a signal; nothing is measured then. -ENOMEM if
 * memory ran out, or if what the run needs is more than a quarter of what is
 * available. An error that every back-end would report in its rows is returned
 * instead. A back-end's own error is passed on.
 */
struct magslab_run {
	__u32 size;
	__u32 flags;
	__u32 workload;
	__u32 gfp;
	__u64 object_size;
	__u64 count;
	__u64 seed;
	__u64 timeout_ns;
	__u32 cpus;
	__u32 turns;
	__u32 blocks;
	__u32 block_ops;
	__u32 nr_backends;
	__u32 nr_results;
	__u64 backends;
	__u64 results;
	__u32 result_size;
	__u32 clock;
	__u64 elapsed_ns;
	__u32 status;
	__u32 reserved;
	__s32 trace_fd;
	__u32 speed;
	__u32 context;
	__u32 touch;
	__u32 place;
	__u32 hotplug_ms;
	__u32 distance;
	__u32 hotplugs;
	__u64 pressure_peak;
	__u64 pressure_calls;
};

#define MAGSLAB_RUN_SIZE_VER0 112 /* up to and with reserved */
#define MAGSLAB_RUN_SIZE_VER1 120 /* up to and with speed */
#define MAGSLAB_RUN_SIZE_VER2 128 /* up to and with touch */
#define MAGSLAB_RUN_SIZE_VER3 160

/* The speed of the recording. */
#define MAGSLAB_SPEED_AS_RECORDED 1000

/* Kinds of event. */
#define MAGSLAB_EVENT_ALLOC 0
#define MAGSLAB_EVENT_FREE 1

/* The caller of an allocation was ready to wait for memory. */
#define MAGSLAB_EVENT_MAY_BLOCK (1U << 0)

/* The cache of kmalloc() and kfree(), and of those beyond what is told apart. */
#define MAGSLAB_CACHE_KMALLOC 0
#define MAGSLAB_CACHE_OTHER 0xffff

/**
 * struct magslab_event - an allocation or a free of the running kernel
 * @order: 1 for the first that was recorded, 2 for the next, over all CPUs; none
 *	is left out
 * @ns: time since the recording began, in nanoseconds
 * @object: tells objects that live at the same time apart; not their address
 * @bytes: that were asked for; 0 for a free
 * @task: thread id of who was running
 * @cpu: where
 * @cache: %MAGSLAB_CACHE_KMALLOC, %MAGSLAB_CACHE_OTHER or what
 *	MAGSLAB_IOC_RECORD_CACHE takes. A free may say kmalloc of an object of a cache
 * @kind: MAGSLAB_EVENT_ALLOC or MAGSLAB_EVENT_FREE
 * @context: MAGSLAB_CONTEXT_*
 * @flags: MAGSLAB_EVENT_* bits
 * @reserved: zero
 *
 * Between two allocations of one object there may be no free: calls that free many
 * at once are not seen.
 */
struct magslab_event {
	__u64 order;
	__u64 ns;
	__u64 object;
	__u32 bytes;
	__u32 task;
	__u16 cpu;
	__u16 cache;
	__u8 kind;
	__u8 context;
	__u8 flags;
	__u8 reserved;
};

/**
 * struct magslab_record - begin to record what the kernel allocates and frees
 * @size: (in) size of this structure
 * @flags: (in) zero. -EINVAL otherwise
 * @events: (in) that each CPU has room for until they are read, rounded up to a power
 *	of two, or 0 for 32768. -EINVAL above 2^20
 * @task: (in) only allocations of this process (thread group), or 0 for all
 * @min_bytes: (in) only allocations of as many bytes or more
 * @max_bytes: (in) only allocations of as many bytes or fewer, or 0 for all. -EINVAL
 *	below @min_bytes
 * @cpus: (in) pointer to a mask of CPUs whose allocations are recorded, CPU 0 in bit 0
 *	of byte 0, or 0 for all
 * @cpus_size: (in) bytes of it. -EINVAL if 0 with @cpus, or not 0 without, or above 1024;
 *	or if no CPU that may come is in it
 * @reserved: (in) zero
 * @cache: (in) only allocations from the cache of this name ("kmalloc" for kmalloc()),
 *	NUL-terminated, or empty for all. -EINVAL if it has no end, -EOPNOTSUPP if names
 *	cannot be read on this kernel
 *
 * Returns a file descriptor, which events are read from.
 *
 * Filters are for allocations; frees are recorded whosever they are, but for those of
 * another cache. Allocations that the calling process makes itself are left out.
 *
 * read() yields as many struct magslab_event as there are and fit: each CPU's in
 * order. It waits for some, or with O_NONBLOCK returns -EAGAIN. After
 * MAGSLAB_IOC_RECORD_STOP it returns 0 when all of them were read. Its other
 * calls are the MAGSLAB_IOC_RECORD_* below. Closing it ends the recording.
 *
 * -EPERM without CAP_SYS_ADMIN; -EBUSY while there is another recording; -ENOMEM if
 * its buffers would take more than a quarter of what is available.
 */
struct magslab_record {
	__u32 size;
	__u32 flags;
	__u32 events;
	__u32 task;
	__u64 min_bytes;
	__u64 max_bytes;
	__u64 cpus;
	__u32 cpus_size;
	__u32 reserved;
	char cache[MAGSLAB_NAME_SIZE];
};

#define MAGSLAB_RECORD_SIZE_VER0 80

/**
 * struct magslab_record_status - how a recording goes
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @caches: (out) caches told apart so far
 * @recorded: (out) events written
 * @dropped: (out) events for which there was no room, on all CPUs
 * @filtered: (out) events that were not wanted
 * @own: (out) allocations of the process that records
 * @unseen: (out) events in NMIs, which cannot be recorded
 * @lumped: (out) events of caches beyond those told apart
 */
struct magslab_record_status {
	__u32 size;
	__u32 caches;
	__u64 recorded;
	__u64 dropped;
	__u64 filtered;
	__u64 own;
	__u64 unseen;
	__u64 lumped;
};

#define MAGSLAB_RECORD_STATUS_SIZE_VER0 56

/**
 * struct magslab_record_cache - a cache that events name
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @index: (in) as in an event. -ENOENT if no event has it
 * @bytes: (out) of one object
 * @reserved: (in) zero
 * @name: (out) NUL-terminated; empty if it cannot be read
 */
struct magslab_record_cache {
	__u32 size;
	__u32 index;
	__u32 bytes;
	__u32 reserved;
	char name[MAGSLAB_NAME_SIZE];
};

#define MAGSLAB_RECORD_CACHE_SIZE_VER0 48

/* A step whose object is freed. */
#define MAGSLAB_STEP_FREE 0xffff

/**
 * struct magslab_step - one step of a trace
 * @ns: since the trace begins, in nanoseconds; not less than that of the step before
 * @object: of an allocation, how many came before; of a free, that of the allocation
 * @cpu: where; a run with fewer CPUs takes the remainder
 * @size_class: index of the object's class, or %MAGSLAB_STEP_FREE
 */
struct magslab_step {
	__u64 ns;
	__u32 object;
	__u16 cpu;
	__u16 size_class;
};

/**
 * struct magslab_trace - give the kernel a trace to replay
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @nr_classes: (in) elements of @classes. -EINVAL for 0 and above 1024
 * @nr_steps: (in) elements of @steps. -EINVAL for 0 and above 2^24
 * @steps: (in) pointer to an array of struct magslab_step
 * @classes: (in) pointer to __u32, bytes of the objects of each class. -EINVAL for 0
 *	and above the limit
 * @reserved: (in) zero
 * @bad_step: (out) with -EILSEQ: which step cannot follow those before it
 *
 * Returns a file descriptor, which a run names the trace by; closing it lets go of it.
 *
 * -EPERM without CAP_SYS_ADMIN. -EILSEQ for a step that frees what is not live, that
 * allocates out of order, goes back in time, or is of no class. -EINTR after a signal.
 * -ENOMEM if it would take more than a quarter of what memory is available.
 */
struct magslab_trace {
	__u32 size;
	__u32 nr_classes;
	__u32 nr_steps;
	__u32 reserved;
	__u64 steps;
	__u64 classes;
	__u64 bad_step;
};

#define MAGSLAB_TRACE_SIZE_VER0 40

/**
 * struct magslab_point - how much was live at one point of a replay
 * @steps: steps done
 * @objects: objects live
 * @bytes: bytes of them
 * @held: bytes that the back-end held, if it tells
 *
 * Counted by those who allocate and free, not from the trace.
 */
struct magslab_point {
	__u64 steps;
	__u64 objects;
	__u64 bytes;
	__u64 held;
};

/**
 * struct magslab_curve - what was live during the last replay of a trace
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @backend: (in) which of the run's back-ends, by its place in the request. -ENOENT if
 *	there was no such, or no run at all
 * @nr_points: (in, out) elements of @points; on the way out those there are, of which
 *	no more were written than there was room for
 * @reserved: (in) zero
 * @points: (in) pointer to an array of struct magslab_point, one after each block of
 *	steps
 */
struct magslab_curve {
	__u32 size;
	__u32 backend;
	__u32 nr_points;
	__u32 reserved;
	__u64 points;
};

#define MAGSLAB_CURVE_SIZE_VER0 24

/* What was timed. */
#define MAGSLAB_CALL_ALLOC 0 /* the allocation of one object */
#define MAGSLAB_CALL_FREE 1 /* its free */
#define MAGSLAB_CALL_NOTHING 2 /* the clock, by itself, before each of them */

/**
 * struct magslab_bucket - calls that took about as long
 * @first: the shortest time that belongs here, in nanoseconds
 * @last: the longest. Less than a 128th above @first, and the same below 256; what
 *	takes 8.6 s and longer is in one bucket
 * @count: calls, one at the least
 */
struct magslab_bucket {
	__u64 first;
	__u64 last;
	__u64 count;
};

/**
 * struct magslab_latency - how long the calls of the last run took, one by one
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @backend: (in) which of the run's back-ends, by its place in the request. -ENOENT if
 *	there was no such, or if the last run that was done through this file
 *	descriptor did not have %MAGSLAB_RUN_FLAG_LATENCY
 * @call: (in) MAGSLAB_CALL_*. -EINVAL for any other
 * @path: (in) which way it went, 0 for the usual one. -ENOENT past the last one; with
 *	%MAGSLAB_CALL_NOTHING, without %MAGSLAB_RUN_FLAG_PATHS, and of a back-end that
 *	does not tell, that is 0
 * @nr_buckets: (in, out) elements of @buckets; on the way out those there are, of
 *	which no more were written than there was room for
 * @reserved: (in) zero
 * @buckets: (in) pointer to an array of struct magslab_bucket, in their order
 * @samples: (out) calls
 * @switched: (out) those in which there was a context switch
 * @sum: (out) nanoseconds of all of them
 * @min: (out) the shortest, 0 if there is none
 * @max: (out) the longest
 * @name: (out) of the path, NUL-terminated; empty if paths are not told apart
 *
 * Calls of blocks that are recorded, on the worker's own CPU. What comes in between is
 * part of them: interrupts, other tasks, and from one reading of the clock to the next,
 * which MAGSLAB_CALL_NOTHING has by itself. An allocation that failed is in none.
 */
struct magslab_latency {
	__u32 size;
	__u32 backend;
	__u32 call;
	__u32 path;
	__u32 nr_buckets;
	__u32 reserved;
	__u64 buckets;
	__u64 samples;
	__u64 switched;
	__u64 sum;
	__u64 min;
	__u64 max;
	char name[MAGSLAB_NAME_SIZE];
};

#define MAGSLAB_LATENCY_SIZE_VER0 104

/* Parts of a timeline. */
#define MAGSLAB_PHASE_RUN 0 /* the workload is going on */
#define MAGSLAB_PHASE_FREED \
	1 /* all is freed, and nothing asked to be given back */
#define MAGSLAB_PHASE_RETURNED 2 /* the back-end was told to give back */

/**
 * struct magslab_moment - memory at one moment of a run
 * @ns: since the turn began
 * @live: bytes of objects that are live, counted by those who allocate and free, call
 *	by call of a loop
 * @held: bytes that the back-end held
 * @phase: MAGSLAB_PHASE_*
 * @reserved: zero
 */
struct magslab_moment {
	__u64 ns;
	__u64 live;
	__u64 held;
	__u32 phase;
	__u32 reserved;
};

/**
 * struct magslab_timeline - memory of one back-end of the last run, over time
 * @size: (in, out) size of this structure; the kernel's on the way out
 * @backend: (in) which of the run's back-ends, by its place in the request. -ENOENT if
 *	there was no such, or if the last run that was done through this file
 *	descriptor did not have %MAGSLAB_RUN_FLAG_TIMELINE
 * @nr_moments: (in, out) elements of @moments; on the way out those there are, of
 *	which no more were written than there was room for
 * @flags: (out) %MAGSLAB_RESULT_HELD if held is known, %MAGSLAB_RESULT_HELD_APPROX if
 *	it is the growth of the whole system's slab pages
 * @moments: (in) pointer to an array of struct magslab_moment
 */
struct magslab_timeline {
	__u32 size;
	__u32 backend;
	__u32 nr_moments;
	__u32 flags;
	__u64 moments;
};

#define MAGSLAB_TIMELINE_SIZE_VER0 24

#define MAGSLAB_IOC_GET_INFO _IOWR(MAGSLAB_IOC_MAGIC, 0x00, struct magslab_info)
#define MAGSLAB_IOC_GET_BACKEND \
	_IOWR(MAGSLAB_IOC_MAGIC, 0x01, struct magslab_backend_info)
#define MAGSLAB_IOC_GET_WORKLOAD \
	_IOWR(MAGSLAB_IOC_MAGIC, 0x02, struct magslab_workload_info)
#define MAGSLAB_IOC_RUN _IOWR(MAGSLAB_IOC_MAGIC, 0x03, struct magslab_run)
#define MAGSLAB_IOC_RECORD _IOWR(MAGSLAB_IOC_MAGIC, 0x04, struct magslab_record)
#define MAGSLAB_IOC_LOAD _IOWR(MAGSLAB_IOC_MAGIC, 0x05, struct magslab_trace)
#define MAGSLAB_IOC_LATENCY \
	_IOWR(MAGSLAB_IOC_MAGIC, 0x0a, struct magslab_latency)
#define MAGSLAB_IOC_TIMELINE \
	_IOWR(MAGSLAB_IOC_MAGIC, 0x0b, struct magslab_timeline)

/* Of what MAGSLAB_IOC_RECORD returns. */
#define MAGSLAB_IOC_RECORD_STOP _IO(MAGSLAB_IOC_MAGIC, 0x06)
#define MAGSLAB_IOC_RECORD_STATUS \
	_IOWR(MAGSLAB_IOC_MAGIC, 0x07, struct magslab_record_status)
#define MAGSLAB_IOC_RECORD_CACHE \
	_IOWR(MAGSLAB_IOC_MAGIC, 0x08, struct magslab_record_cache)

/* Of what MAGSLAB_IOC_LOAD returns. */
#define MAGSLAB_IOC_CURVE _IOWR(MAGSLAB_IOC_MAGIC, 0x09, struct magslab_curve)

#endif /* _UAPI_LINUX_MAGSLAB_H */
