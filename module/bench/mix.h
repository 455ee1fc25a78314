/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects of several sizes in one run. A cache of the kernel has objects of one size,
 * so there is a context of the back-end for each size class: the run's size, which is
 * the largest, its half, its quarter, and so on, eight classes at most.
 *
 * The objects of a worker are in slots. Which of them are live is told by the class
 * that is noted for each; between two turns none is.
 */
#ifndef MAGSLAB_BENCH_MIX_H
#define MAGSLAB_BENCH_MIX_H

#include <linux/types.h>

#include "engine.h"

#define MIX_MAX_CLASSES 8
/* Of an empty slot. */
#define MIX_EMPTY 0xff

/* Something to do with a slot, drawn before it is timed. Slots are below 2^24. */
struct mix_step {
	u32 slot : 24;
	u32 size_class : 8;
};

/**
 * struct bench_mix_part - one worker's part of it
 * @classes: of the objects in its slots
 * @steps: what it does, over and over, if the workload has drawn it
 * @at: the next of them
 */
struct bench_mix_part {
	u8 *classes;
	struct mix_step *steps;
	u32 at;
};

/**
 * struct bench_mix - objects of several sizes
 * @contexts: of the lane's back-end, one for each class
 * @parts: one for each worker
 */
struct bench_mix {
	void *contexts[MIX_MAX_CLASSES];
	struct bench_mix_part *parts;
};

u32 bench_mix_classes(const struct bench_run *run);
size_t bench_mix_size(const struct bench_run *run, u32 size_class);
int bench_mix_fits(const struct bench_run *run,
		   const struct magslab_bench_backend *backend);
u64 bench_mix_memory(const struct bench_run *run,
		     const struct magslab_bench_backend *backend);
int bench_mix_prepare(struct bench_run *run);
void bench_mix_free(struct bench_run *run);
int bench_mix_open(struct bench_run *run, struct bench_lane *lane);
void bench_mix_close(struct bench_run *run, struct bench_lane *lane);
void bench_mix_drain(struct bench_worker *worker);
void bench_mix_end(struct bench_run *run);
int bench_mix_finish(struct bench_worker *worker);
u64 bench_mix_live(const struct bench_run *run);
u64 bench_mix_held(const struct bench_run *run);
struct bench_shared bench_mix_shared(const struct bench_run *run);
void bench_mix_give_back(const struct bench_run *run);

static inline struct bench_mix_part *mix_part(const struct bench_worker *worker)
{
	return &worker->run->mix->parts[worker->index];
}

/*
 * What a loop over slots needs, in one place that nobody else can write to: so it is
 * not read again and again within what is timed.
 */
struct mix_view {
	const struct magslab_bench_backend *backend;
	void **contexts;
	void **objects;
	u8 *classes;
	gfp_t gfp;
};

static inline struct mix_view mix_view_of(const struct bench_worker *worker)
{
	struct bench_run *run = worker->run;

	return (struct mix_view){
		.backend = run->lane->backend,
		.contexts = run->mix->contexts,
		.objects = worker->objects,
		.classes = mix_part(worker)->classes,
		.gfp = run->gfp,
	};
}

static __always_inline int mix_alloc(const struct mix_view *view, size_t slot,
				     size_t nr, u32 size_class)
{
	size_t done, i;

	done = view->backend->alloc(view->contexts[size_class], view->gfp,
				    view->objects + slot, nr);
	for (i = 0; i < done; i++)
		view->classes[slot + i] = size_class;
	return done < nr ? -ENOMEM : 0;
}

/* One, as most are. */
static __always_inline int mix_alloc_one(const struct mix_view *view,
					 size_t slot, u32 size_class)
{
	if (unlikely(!view->backend->alloc(view->contexts[size_class],
					   view->gfp, view->objects + slot, 1)))
		return -ENOMEM;
	view->classes[slot] = size_class;
	return 0;
}

static __always_inline bool mix_is_live(const struct mix_view *view,
					size_t slot)
{
	return view->classes[slot] != MIX_EMPTY;
}

static __always_inline void mix_free(const struct mix_view *view, size_t slot)
{
	view->backend->free(view->contexts[view->classes[slot]],
			    view->objects + slot, 1);
	view->classes[slot] = MIX_EMPTY;
}

#endif /* MAGSLAB_BENCH_MIX_H */
