/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a collector is made of.
 *
 * A cycle finds what is reachable at one moment, its snapshot, and then sweeps
 * what was not. Objects are white at its beginning, black once their contents were
 * looked at, and grey in between. What becomes reachable later is in the
 * snapshot too, or it is new, and born black. So whoever overwrites a pointer
 * while it marks makes grey what that pointed to: the barrier. The proof is in
 * Documentation/collector.rst; the steps it stands on are numbered here:
 *
 *  P1. Whoever stores, loads into a handle, allocates, enters or leaves a scope
 *	does it in one RCU reader's section, within which it looks at the phase
 *	first.
 *  P2. The phase is ARM for a whole grace period before it is MARK. The moment at
 *	which MARK is written is the snapshot, T. Sections that saw no barrier
 *	are over by T; those that last beyond T saw ARM.
 *  P3. In ARM and MARK what is overwritten in a slot is made grey.
 *  P4. In ARM what is loaded into a handle and what is born is made grey: it may
 *	have been loaded before T and be in the handle after it.
 *  P5. In MARK what a handle held is made grey when it is let go, unless the
 *	scope's handles were looked at or the scope was entered after T.
 *  P6. Marking is over when there was nothing grey, then a grace period went by,
 *	and there still is nothing grey and no root that was not looked at. A
 *	section that had made an object grey but not told of it yet is over by then.
 *  P7. Another grace period passes before the sweep. What sections in between
 *	made grey, by values that are no pointers, is marked through as well.
 *
 * Lock order, outermost first:
 *
 *  1. collectors_mutex		collector.c: the list of collectors
 *  2. roots.mutex		the list of roots
 *  3. roster_shard.lock	a list of objects or scopes; a leaf, raw
 *     found.lock, pace.lock	leaves
 *
 * Making an object grey takes no lock, as it happens in any context.
 */
#ifndef MAGSLAB_COLLECTOR_COLLECTOR_H
#define MAGSLAB_COLLECTOR_COLLECTOR_H

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/magslab.h>
#include <linux/magslab_collector.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "collector/found.h"
#include "collector/head.h"
#include "collector/pace.h"
#include "collector/roster.h"

struct dentry;

/* What mutators have to know of a cycle, in the lowest bits of its number. */
enum phase {
	PHASE_REST, /* also while it sweeps */
	PHASE_ARM,
	PHASE_MARK,
};

#define PHASE_BITS 2

/**
 * enum stage - how far a cycle is
 * @STAGE_REST: there is none
 * @STAGE_SCOPES: looking at what scopes hold
 * @STAGE_ROOTS: looking at roots
 * @STAGE_TRACE: looking at what grey objects have
 * @STAGE_SETTLE: waiting for a grace period, to be sure that this is all
 * @STAGE_LATE: marking is over; what came late
 * @STAGE_SWEEP: looking for what is white
 * @NR_STAGES: how many there are
 */
enum stage {
	STAGE_REST,
	STAGE_SCOPES,
	STAGE_ROOTS,
	STAGE_TRACE,
	STAGE_SETTLE,
	STAGE_LATE,
	STAGE_SWEEP,
	NR_STAGES,
};

/**
 * struct roots - ranges to begin at
 * @mutex: protects all of it, and keeps ranges from going while they are read
 * @list: those that were not looked at in this cycle come first
 * @nr: how many there are
 */
struct roots {
	struct mutex mutex; /* of the list and of what is in it */
	struct list_head list;
	unsigned long nr;
};

/**
 * struct mark - what is grey
 * @shared: made grey by anybody, the last one first
 * @own: what the collector took from there, or made grey itself
 * @object: the one being looked at, or NULL
 * @pos: words of it that were looked at
 * @scanned: objects whose contents were looked at
 * @words: words looked at
 */
struct mark {
	struct llist_head shared ____cacheline_aligned_in_smp;
	struct llist_node *own;
	struct tracked_head *object;
	size_t pos;
	u64 scanned;
	u64 words;
};

/**
 * struct magslab_collector - a collector
 * @now: number of the cycle at hand or the last one, and its phase
 * @stage: how far it is
 * @objects: in use
 * @scopes: entered
 * @roots: where reachability begins
 * @mark: what is grey
 * @found: what was unreachable
 * @pace: slices
 * @caches: those it tracks
 * @thread: who does the work
 * @done_wait: who waits for a cycle
 * @wanted: cycles asked for
 * @done: as many of those are over
 * @interval: jiffies between cycles, or 0
 * @cycles: those over
 * @swept: objects looked at by sweeps
 * @nr_found: objects found unreachable
 * @refused: frees that were refused
 * @stage_ns: time taken by stage
 * @elapsed_ns: time from beginning to end of cycles
 * @dir: in debugfs
 * @link: in the list of collectors
 * @name: unique
 *
 * The thread's own, but for what mutators use: @now, @objects, @scopes, @mark.shared
 * and @roots; and what is asked for.
 */
struct magslab_collector {
	u32 now;
	enum stage stage;
	struct roster objects;
	struct roster scopes;
	struct roots roots;
	struct mark mark;
	struct found found;
	struct pace pace;
	struct list_head caches;
	struct task_struct *thread;
	wait_queue_head_t done_wait;
	atomic_t wanted;
	int done;
	unsigned long interval;
	u64 cycles;
	u64 swept;
	u64 nr_found;
	atomic_long_t refused;
	u64 stage_ns[NR_STAGES];
	u64 elapsed_ns;
	struct dentry *dir;
	struct list_head link;
	char name[MAGSLAB_NAME_MAX + 1];
};

/**
 * struct magslab_tracked - a tracked cache
 * @node: in the table of all, by @cache
 * @link: in the collector's list
 * @cache: where objects and their heads come from
 * @collector: whose
 * @size: bytes that a user sees of an object
 * @words: words of it that may be pointers
 * @offset: where in an object of @cache that begins
 * @flags: MAGSLAB_TRACKED_*
 * @name: that of @cache
 */
struct magslab_tracked {
	struct hlist_node node;
	struct list_head link;
	struct magslab_cache *cache;
	struct magslab_collector *collector;
	size_t size;
	size_t words;
	size_t offset;
	unsigned long flags;
	char name[MAGSLAB_NAME_MAX + 1];
};

/* Figures have one writer, the thread, and readers that do not wait for it. */
static inline void figure_add(u64 *figure, u64 more)
{
	WRITE_ONCE(*figure, *figure + more);
}

static inline void stage_set(struct magslab_collector *collector,
			     enum stage stage)
{
	WRITE_ONCE(collector->stage, stage);
}

/* What its user sees of an object. */
static inline void *head_object(struct tracked_head *head)
{
	return (void *)head + head->tracked->offset;
}

static inline enum phase phase_of(u32 now)
{
	return now & (BIT(PHASE_BITS) - 1);
}

static inline u32 cycle_of(u32 now)
{
	return now >> PHASE_BITS;
}

/* The first thing in a mutator's section. What it reads later is read later. */
static inline u32 collector_now(const struct magslab_collector *collector)
{
	/* Pairs with smp_store_release() in collector_set_phase(). */
	return smp_load_acquire(&collector->now);
}

static inline void collector_set_phase(struct magslab_collector *collector,
				       u32 cycle, enum phase phase)
{
	/* Pairs with smp_load_acquire() in collector_now(). */
	smp_store_release(&collector->now, cycle << PHASE_BITS | phase);
}

/* tracked.c */
struct tracked_head *tracked_find(const void *address,
				  struct magslab_tracked **tracked);
bool tracked_is_ours(const void *address,
		     const struct magslab_tracked *tracked);
void tracked_retire(struct tracked_head *head);
void tracked_give_back(struct tracked_head *head);
void tracked_forget(struct magslab_tracked *tracked);

/* mark.c */
void mark_shade(const void *address);
void mark_shade_word(struct magslab_collector *collector, unsigned long word);
void mark_words(struct magslab_collector *collector, const unsigned long *words,
		size_t nr);
void mark_born(struct magslab_collector *collector, struct tracked_head *head,
	       u32 now);
bool mark_some(struct magslab_collector *collector);
bool mark_is_empty(const struct magslab_collector *collector);
void mark_drop(struct magslab_collector *collector);

/* Words looked at in a piece, and what an object costs more than its words. */
#define MARK_BATCH 32
#define MARK_OBJECT 4

/* scope.c */
void scope_set(struct magslab_scope *scope, unsigned int handle, void *object,
	       u32 now);
bool scope_fits(const struct magslab_scope *scope, unsigned int handle);
bool scopes_scan(struct magslab_collector *collector);

/* roots.c */
enum roots_left {
	ROOTS_NONE,
	ROOTS_SOME,
	ROOTS_BUSY,
};

void roots_init(struct roots *roots);
void roots_fini(struct roots *roots);
enum roots_left roots_scan(struct magslab_collector *collector);
bool roots_are_scanned(struct magslab_collector *collector);

/* sweep.c */
bool sweep_some(struct magslab_collector *collector);
void sweep_all(struct magslab_collector *collector);

/* cycle.c */
void cycle_arm(struct magslab_collector *collector);
void cycle_snapshot(struct magslab_collector *collector);
bool cycle_step(struct magslab_collector *collector);
void cycle_settle(struct magslab_collector *collector);
void cycle_abandon(struct magslab_collector *collector);

/* report.c */
void collector_dir_create(struct magslab_collector *collector);
void collector_dir_remove(struct magslab_collector *collector);
void collector_dirs_create(struct dentry *root);
void collector_dirs_remove(void);

#endif /* MAGSLAB_COLLECTOR_COLLECTOR_H */
