/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the benchmark engine, from the outside in:
 *
 *  run	one call of the user: a workload, several back-ends, several CPUs
 *  lane	one back-end's part of a run; the lanes take turns, A B C C B A
 *  worker	a thread bound to one CPU; all workers of a run do the same
 *  block	a number of operations timed as one; the unit of recording
 *
 * The task that called is the run's conductor. For each turn of each lane it
 * makes the back-end's context, lets all workers do their blocks, waits, and
 * unmakes the context, so that no back-end holds memory while another is
 * measured.
 */
#ifndef MAGSLAB_BENCH_ENGINE_H
#define MAGSLAB_BENCH_ENGINE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/magslab_bench.h>
#include <linux/prandom.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <uapi/linux/magslab.h>

#include "compat.h"
#include "span.h"
#include "surroundings.h"

#define BENCH_MAX_BACKENDS 24
#define BENCH_MAX_TURNS 64
/* Of one lane, over all CPUs: what can be sorted without holding a CPU long. */
#define BENCH_MAX_BLOCKS 65536
#define BENCH_MAX_BLOCK_OPS 65536
#define BENCH_MAX_COUNT (16UL * 1024 * 1024)
#define BENCH_MAX_OBJECT_SIZE (64UL * 1024)
#define BENCH_MAX_TIMEOUT_NS (600ULL * NSEC_PER_SEC)
#define BENCH_DEFAULT_TIMEOUT_NS (120ULL * NSEC_PER_SEC)
#define BENCH_DEFAULT_TURNS 4
/* A bulk call may keep interrupts off for as long as it takes. */
#define BENCH_MAX_BULK 4096
#define BENCH_MAX_ROWS 2

struct bench_lane;
struct bench_latency;
struct bench_mix;
struct bench_replay;
struct bench_run;
struct bench_timeline;
struct bench_worker;
struct file;
struct latency_histogram;

/* What one block took per operation, in thousandths. */
struct bench_sample {
	u64 ns;
	u64 cycles;
};

/* The blocks one worker recorded for one row of one lane. */
struct bench_log {
	struct bench_sample *samples;
	u32 size;
	u32 nr;
	/* What nr may become this turn. */
	u32 room;
	u32 switched;
	u32 migrated;
};

/* Memory of a lane's back-end, in bytes. */
struct bench_footprint {
	u64 live_peak;
	u64 held_peak;
	u64 held_after;
	u64 held_returned;
	/* Of all that the page allocator had, if the workload is about that. */
	u64 taken_peak;
	bool valid;
	bool approximate;
};

/* Cache lines of a lane's calls, if the run counts them. */
struct bench_lines {
	u64 calls;
	/* That objects begin in, and pages that they do. */
	u64 lines;
	u64 pages;
	/* Of each call, by what the back-end tells. */
	u64 touched;
};

/* How often what CPUs share was turned to: its locks taken, or a part exchanged. */
struct bench_shared {
	u64 locks;
	u64 exchanges;
};

/**
 * struct bench_before - where a lane stood before a turn
 * @shared: what its back-end had counted
 * @calls: those of which this was known
 */
struct bench_before {
	struct bench_shared shared;
	u64 calls;
};

struct bench_lane {
	struct magslab_bench_backend *backend;
	void *ctx;
	int error;
	unsigned long slab_pages;
	unsigned long free_pages;
	struct bench_footprint footprint;
	/* In what was counted, and the calls that were in it. */
	struct bench_shared shared;
	u64 calls;
	struct bench_lines lines;
};

/**
 * struct bench_workload - something to do with an allocator, over and over
 * @name: as the user names it
 * @row_suffix: per row, what is added to @name to name the row
 * @nr_rows: figures it yields per back-end
 * @flags: MAGSLAB_WORKLOAD_* bits
 * @default_count: objects per CPU; the only value possible without
 *	%MAGSLAB_WORKLOAD_COUNT
 * @max_count: most objects per CPU
 * @default_blocks: blocks per CPU and lane
 * @default_ops: operations per block, where the clock is fine enough
 * @warm_up: blocks at the start of each turn that are not recorded
 * @batch: objects that a ring takes at once, so that it costs little
 * @tacit_count: the default count is not part of a row's name
 * @own_footprint: looks at the footprint by itself
 * @at_once: as many objects as the run has are taken by one call
 * @whole_lives: makes contexts by itself, of which nothing is left at the end; so it
 *	looks at what the page allocator lacks, which is everybody's
 * @scoped: frees all that a worker has, on its own CPU, before it allocates again
 * @supports: whether a back-end has the calls it takes, or NULL if each has
 * @fits: whether a back-end can have its objects. Returns 0 or -ERANGE. NULL if they
 *	are as many as the run has, of one size
 * @block_ops: operations of one block, from those wished for, or NULL if any
 *	number will do
 * @room: most objects of each worker at a time, or NULL if there are never more than
 *	the run's count
 * @parcel: objects that each worker hands to another one at a time, or NULL if none
 *	does
 * @slices: blocks that are done together and need a span each, or NULL if
 *	there are none
 * @memory: bytes that a run with one back-end takes in all, or NULL if it is as many
 *	objects as the run has, of one size
 * @prepare: what is left to do when all of a run's numbers are known. Returns 0 or a
 *	negative errno. NULL if there is nothing
 * @open: make the contexts that a lane's turn needs. Returns 0 or a negative errno.
 *	NULL if it is one, for objects of the run's size
 * @close: undo @open
 * @turn: do one turn's blocks. Returns 0 or a negative errno
 * @end: tidy up when all workers have ended the turn, however they did; called
 *	by the last of them. NULL if there is nothing to
 */
struct bench_workload {
	const char *name;
	const char *row_suffix[BENCH_MAX_ROWS];
	u32 nr_rows;
	u32 flags;
	u64 default_count;
	u64 max_count;
	u32 default_blocks;
	u32 default_ops;
	u32 warm_up;
	size_t batch;
	bool tacit_count;
	bool own_footprint;
	bool at_once;
	bool whole_lives;
	bool scoped;
	bool (*supports)(const struct magslab_bench_backend *backend);
	int (*fits)(const struct bench_run *run,
		    const struct magslab_bench_backend *backend);
	size_t (*block_ops)(const struct bench_run *run, size_t wish);
	size_t (*room)(const struct bench_run *run);
	size_t (*parcel)(const struct bench_run *run);
	size_t (*slices)(const struct bench_run *run);
	u64 (*memory)(const struct bench_run *run,
		      const struct magslab_bench_backend *backend);
	int (*prepare)(struct bench_run *run);
	int (*open)(struct bench_run *run, struct bench_lane *lane);
	void (*close)(struct bench_run *run, struct bench_lane *lane);
	int (*turn)(struct bench_worker *worker);
	void (*end)(struct bench_run *run);
};

/*
 * Objects on their way from one worker to another: how many were put in and
 * taken out so far. Each is written by one of the two.
 */
struct bench_ring {
	size_t head ____cacheline_aligned_in_smp;
	size_t tail ____cacheline_aligned_in_smp;
};

typedef int (*bench_parcel_fill)(struct bench_worker *worker);

/* Objects that were sent to a worker and not yet received. */
struct bench_parcel {
	void **objects;
	size_t nr;
};

/* Does @nr operations on @objects. Return: how many, fewer if there was no memory. */
typedef size_t (*bench_part)(struct bench_worker *worker, void **objects,
			     size_t nr);

/* A part on its way to another context and back. */
struct bench_hop {
	struct tasklet_struct tasklet;
	struct hrtimer timer;
	struct completion landed;
	bench_part part;
	void **objects;
	size_t nr;
	size_t done;
};

struct bench_worker {
	struct bench_run *run;
	struct kthread_worker *thread;
	struct kthread_work work;
	unsigned int cpu;
	unsigned int index;
	unsigned int meetings;
	/* Operations since the last look at the run's stop. */
	size_t breath;
	/* Source of this turn's shuffles. */
	struct rnd_state random;

	/* Objects this worker owns: those from head up to tail. */
	void **objects;
	size_t head;
	size_t tail;
	/* To the next worker. */
	struct bench_ring ring;
	/* From others, if the workload has such. */
	struct bench_parcel parcel;

	struct bench_hop hop;
	/* Memory of an object's size, if objects are touched and there may be none. */
	void *spare;

	/* The block being timed. */
	struct bench_span span;
	bool in_block;
	/* One for each slice, if the workload has slices. */
	struct bench_span *spans;

	/* This turn's blocks. */
	u32 warm_up;
	u32 tried;
	u32 recorded;

	/* One for each lane and row. */
	struct bench_log *logs;

	/* If each call is timed: this turn's, and how many went which way so far. */
	struct latency_histogram *latency;
	u64 paths[MAGSLAB_CALL_NOTHING][MAGSLAB_BENCH_PATHS];

	/* Allocations and frees of this turn. */
	u64 calls;

	/* If memory is looked at: objects allocated here, less those freed here. */
	s64 live;
};

struct bench_run {
	const struct bench_workload *workload;
	size_t object_size;
	size_t count;
	size_t block_ops;
	/* Most operations between two looks at @stop. */
	size_t chunk;
	u64 seed;
	gfp_t gfp;
	/* MAGSLAB_CONTEXT_*, where the back-ends' loops run. */
	u32 context;
	/* MAGSLAB_TOUCH_*, what is done with each object. */
	u32 touch;
	unsigned int cpus;
	bool packed;
	bool lines;
	struct bench_surroundings surroundings;
	u32 turns;
	u32 turn_blocks;
	/* Of a workload with a trace. */
	struct bench_replay *replay;
	/* Of a workload with objects of several sizes. */
	struct bench_mix *mix;
	/* If each call is timed by itself, and not blocks. */
	struct bench_latency *latency;
	/* If memory is looked at over time. */
	struct bench_timeline *timeline;

	struct bench_lane lanes[BENCH_MAX_BACKENDS];
	unsigned int nr_lanes;
	struct bench_worker *workers;

	/* What the workers do at the moment. */
	struct bench_lane *lane;
	bool last_turn;
	/* The turn is not timed. */
	bool counts_lines;
	/* What the lane's back-end had counted when its blocks began. */
	struct bench_shared shared;
	/* How long giving back took, told by the first worker to the others. */
	struct bench_span give_back;
	/* And how long making and unmaking the lane's context did, if that is timed. */
	struct bench_span life;

	ktime_t start;
	ktime_t deadline;
	bool stop;
	int error;
	atomic_t met;
	wait_queue_head_t meeting;
	atomic_t busy;
	struct completion done;
};

/* Most objects of one worker at a time. */
static inline size_t bench_room(const struct bench_run *run)
{
	return run->workload->room ? run->workload->room(run) : run->count;
}

/* registry.c */
struct magslab_bench_backend *bench_backend_get(u32 id);
void bench_backend_put(struct magslab_bench_backend *backend);
int bench_backend_info(struct magslab_backend_info *info);
unsigned int bench_nr_backends(void);

/* builtin.c */
int bench_builtin_register(void);
void bench_builtin_unregister(void);

/* clock.c */
u32 bench_clock_kind(void);
u32 bench_clock_read(void);
u32 bench_clock_step(void);
bool bench_clock_has_cycles(void);

/* traps.c */
u64 bench_traps(void);
u32 bench_preempt_model(void);

/* workload.c */
const struct bench_workload *bench_workload(u32 id);
unsigned int bench_nr_workloads(void);

/* request.c */
struct bench_run *bench_request(const struct magslab_run *user);
void bench_request_free(struct bench_run *run);

/* budget.c */
int bench_budget(struct bench_run *run, u32 flags);

/* run.c */
int bench_run(struct bench_run *run);
void bench_stop(struct bench_run *run, int error);
void bench_lane_stop(struct bench_run *run, int error);

/* crew.c */
int bench_crew_hire(struct bench_run *run);
void bench_crew_fire(struct bench_run *run);
void bench_crew_start(struct bench_run *run);

/* calls.c */
size_t bench_pairs(struct bench_worker *worker, size_t nr);
size_t bench_allocs(struct bench_worker *worker, void **objects, size_t nr);
void bench_frees(struct bench_worker *worker, void **objects, size_t nr);
size_t bench_bursts(struct bench_worker *worker, size_t rounds, bool reversed);
size_t bench_bulks(struct bench_worker *worker, size_t rounds);
size_t bench_replace(struct bench_worker *worker, void **objects, size_t nr);
bool bench_alloc_from(const struct bench_run *run, void *ctx, void **object);
void bench_free_to(const struct bench_run *run, void *ctx, void **objects,
		   size_t nr);

/* context.c */
size_t bench_context_chunk(size_t size);
int bench_context_error(const struct bench_run *run,
			const struct magslab_bench_backend *backend);
size_t bench_context_slack(const struct bench_run *run);
int bench_context_prime(struct bench_worker *worker);
void bench_hop_init(struct bench_worker *worker);
void bench_hop_end(struct bench_worker *worker);
size_t bench_hop(struct bench_worker *worker, bench_part part, void **objects,
		 size_t nr);

/* touch.c */
int bench_touch_alloc(struct bench_worker *worker);
void bench_touch_free(struct bench_worker *worker);
int bench_touch_error(const struct bench_run *run,
		      const struct magslab_bench_backend *backend);
void bench_touch(struct bench_worker *worker, void **objects, size_t nr);

/* worker.c */
struct bench_worker *bench_this_worker(void);
bool bench_poll(struct bench_worker *worker);
bool bench_breathe(struct bench_worker *worker, size_t ops);
bool bench_meet(struct bench_worker *worker);
bool bench_more(struct bench_worker *worker);
int bench_fill(struct bench_worker *worker, size_t nr);
void bench_drain(struct bench_worker *worker, size_t nr);
int bench_shuffle(struct bench_worker *worker);
void bench_reverse_half(struct bench_worker *worker);
void bench_block_resume(struct bench_worker *worker);
void bench_block_start(struct bench_worker *worker);
void bench_block_stop(struct bench_worker *worker);
void bench_worker_turn(struct kthread_work *work);

/* stretch.c */
size_t bench_stretch_ops(const struct bench_run *run, size_t wish);
size_t bench_stretch_blocks(const struct bench_run *run);
int bench_stretch_alloc(struct bench_worker *worker, unsigned int row);
void bench_stretch_free(struct bench_worker *worker, unsigned int row);

/* parcel.c */
int bench_parcel_alloc(struct bench_worker *worker);
void bench_parcel_free(struct bench_worker *worker);
void bench_parcel_send(struct bench_worker *worker, struct bench_worker *to,
		       size_t nr);
void bench_parcel_receive(struct bench_worker *worker);
int bench_parcel_pass_on(struct bench_worker *worker, size_t nr);
int bench_parcel_deal(struct bench_worker *worker, bench_parcel_fill fill);
void bench_parcel_end(struct bench_run *run);

/* lines.c */
u32 bench_lines_blocks(const struct bench_run *run);
int bench_lines_turn(struct bench_run *run, struct bench_lane *lane,
		     void (*turn)(struct bench_run *run,
				  struct bench_lane *lane));

/* locks.c */
void bench_shared_add(struct bench_shared *shared,
		      const struct magslab_bench_backend *backend, void *ctx);
void bench_shared_since(struct bench_lane *lane, struct bench_shared before,
			struct bench_shared after, u64 calls);
struct bench_before bench_locks_turn_begin(struct bench_run *run);
void bench_locks_turn_end(struct bench_run *run,
			  const struct bench_before *before);
int bench_locks_begin(struct bench_worker *worker);
int bench_locks_end(struct bench_worker *worker, u64 calls);

/* log.c */
struct bench_log *bench_log(struct bench_worker *worker, unsigned int row);
void bench_record(struct bench_worker *worker, unsigned int row,
		  const struct bench_span *span, size_t ops);

/* footprint.c */
void bench_footprint_begin(const struct bench_run *run,
			   struct bench_lane *lane);
u64 bench_footprint_held(const struct bench_run *run, size_t live);
int bench_footprint(struct bench_worker *worker);
int bench_footprint_of_all(struct bench_worker *worker);
int bench_footprint_peak(struct bench_worker *worker);
int bench_footprint_after(struct bench_worker *worker);
int bench_footprint_left(struct bench_worker *worker);

/* result.c */
int bench_results_clear(const struct bench_run *run,
			const struct magslab_run *user);
int bench_results(struct bench_run *run, const struct magslab_run *user);

/* ioctl.c */
long bench_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/*
 * Where the kernel's own allocators may be called, beyond tasks. In hard interrupts
 * of PREEMPT_RT their locks cannot be taken.
 */
#define BENCH_KERNEL_CONTEXTS       \
	(MAGSLAB_BENCH_IN_SOFTIRQ | \
	 (MAGSLAB_RT_RULES ? 0 : MAGSLAB_BENCH_IN_HARDIRQ))
#define BENCH_ALL_CONTEXTS (MAGSLAB_BENCH_IN_SOFTIRQ | MAGSLAB_BENCH_IN_HARDIRQ)

/* backend_collector.c */
struct magslab_collector *bench_collector_of(void *ctx);

/* workload_*.c */
extern const struct bench_workload bench_pair;
extern const struct bench_workload bench_burst;
extern const struct bench_workload bench_bulk;
extern const struct bench_workload bench_shuffled;
extern const struct bench_workload bench_full_path;
extern const struct bench_workload bench_producer_consumer;
extern const struct bench_workload bench_live_set;
extern const struct bench_workload bench_remote_free;
extern const struct bench_workload bench_one_alloc_n_free;
extern const struct bench_workload bench_steady;
extern const struct bench_workload bench_mstress;
extern const struct bench_workload bench_rptest;
extern const struct bench_workload bench_larson;
extern const struct bench_workload bench_xmalloc;
extern const struct bench_workload bench_replay;
extern const struct bench_workload bench_sh6bench;
extern const struct bench_workload bench_sh8bench;
extern const struct bench_workload bench_alloc_test;
extern const struct bench_workload bench_glibc_thread;
extern const struct bench_workload bench_glibc_simple;
extern const struct bench_workload bench_cache_scratch;
extern const struct bench_workload bench_cache_thrash;
extern const struct bench_workload bench_mleak;
extern const struct bench_workload bench_prefill;
extern const struct bench_workload bench_holes;
extern const struct bench_workload bench_collect;

/* backend_*.c */
extern struct magslab_bench_backend bench_backend_magslab;
extern struct magslab_bench_backend bench_backend_magslab_hardened;
extern struct magslab_bench_backend bench_backend_kmem_cache;
extern struct magslab_bench_backend bench_backend_magslab_kmalloc;
extern struct magslab_bench_backend bench_backend_kmalloc;
extern struct magslab_bench_backend bench_backend_pages;
extern struct magslab_bench_backend bench_backend_empty;
extern struct magslab_bench_backend bench_backend_might_alloc;
extern struct magslab_bench_backend bench_backend_mempool;
extern struct magslab_bench_backend bench_backend_kvmalloc;
extern struct magslab_bench_backend bench_backend_page_frag;
extern struct magslab_bench_backend bench_backend_first_fit;
extern struct magslab_bench_backend bench_backend_best_fit;
extern struct magslab_bench_backend bench_backend_arena;
extern struct magslab_bench_backend bench_backend_segment;
extern struct magslab_bench_backend bench_backend_collector;
extern struct magslab_bench_backend bench_backend_magslab_debug;
extern struct magslab_bench_backend bench_backend_magslab_quarantine;
extern struct magslab_bench_backend bench_backend_magslab_guard;
extern struct magslab_bench_backend bench_ladder_sheaf;
extern struct magslab_bench_backend bench_ladder_base;
extern struct magslab_bench_backend bench_ladder_irqsave;
extern struct magslab_bench_backend bench_ladder_irq;
extern struct magslab_bench_backend bench_ladder_spinlock;
extern struct magslab_bench_backend bench_ladder_no_depot;
extern struct magslab_bench_backend bench_ladder_sorted;
extern struct magslab_bench_backend bench_ladder_fifo;
extern struct magslab_bench_backend bench_ladder_rounds_6;
extern struct magslab_bench_backend bench_ladder_rounds_14;
extern struct magslab_bench_backend bench_ladder_rounds_30;
extern struct magslab_bench_backend bench_ladder_rounds_62;
extern struct magslab_bench_backend bench_ladder_rounds_254;
extern struct magslab_bench_backend bench_ladder_unzeroed;
extern struct magslab_bench_backend bench_ladder_uncounted;
extern struct magslab_bench_backend bench_ladder_counted_twice;
/* Of what not all kernels have; see module/Kbuild. */
extern struct magslab_bench_backend bench_backend_gen_pool __weak;
extern struct magslab_bench_backend bench_backend_objpool __weak;
extern struct magslab_bench_backend bench_ladder_bh __weak;
extern struct magslab_bench_backend bench_ladder_local_lock __weak;

#endif /* MAGSLAB_BENCH_ENGINE_H */
