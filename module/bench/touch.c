// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects are used by those who have them. What that costs depends on where they are,
 * which is the allocator's choice: memory that was used last is at hand. So each cache
 * line of each object is written or read, once, between its allocation and its free, by
 * the same code whatever the back-end.
 *
 * A floor has no objects. There a worker's spare one is touched over and over, which is
 * always at hand: what the instructions alone cost.
 */
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "engine.h"

/* Objects whose memory can be found. */
#define TOUCHABLE \
	(MAGSLAB_BENCH_MEMORY | MAGSLAB_BENCH_PAGES | MAGSLAB_BENCH_FLOOR)

int bench_touch_alloc(struct bench_worker *worker)
{
	if (worker->run->touch == MAGSLAB_TOUCH_NONE)
		return 0;
	worker->spare = kvmalloc(worker->run->object_size, GFP_KERNEL_ACCOUNT);
	return worker->spare ? 0 : -ENOMEM;
}

void bench_touch_free(struct bench_worker *worker)
{
	kvfree(worker->spare);
}

/* Returns 0, or -EOPNOTSUPP if a run would touch what is no memory. */
int bench_touch_error(const struct bench_run *run,
		      const struct magslab_bench_backend *backend)
{
	if (run->touch == MAGSLAB_TOUCH_NONE || backend->flags & TOUCHABLE)
		return 0;
	return -EOPNOTSUPP;
}

static u8 *memory_of(const struct bench_worker *worker, void *object)
{
	u32 flags = worker->run->lane->backend->flags;

	if (flags & MAGSLAB_BENCH_FLOOR)
		return worker->spare;
	return flags & MAGSLAB_BENCH_PAGES ? page_address(object) : object;
}

static void touch_one(u8 *byte, size_t size, bool write)
{
	u8 *end = byte + size;

	for (; byte < end; byte = PTR_ALIGN(byte + 1, L1_CACHE_BYTES)) {
		if (write)
			WRITE_ONCE(*byte, 1);
		else
			READ_ONCE(*byte);
	}
}

/**
 * bench_touch - write or read each cache line of objects
 * @worker: who has them
 * @objects: which
 * @nr: how many
 *
 * Context: A worker of the run, in the run's context.
 */
void bench_touch(struct bench_worker *worker, void **objects, size_t nr)
{
	const struct bench_run *run = worker->run;
	bool write = run->touch == MAGSLAB_TOUCH_WRITE;
	size_t i;

	for (i = 0; i < nr; i++)
		touch_one(memory_of(worker, objects[i]), run->object_size,
			  write);
}
