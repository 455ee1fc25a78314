// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs that are refused, each for one thing that is wrong: the errno is that of
 * the thing, and nothing is left behind.
 */
#include <kselftest_harness.h>

#include "device.h"

#define BEYOND(limit) ((limit) + 1)
#define ALL_ONES (~0ULL)

FIXTURE(wrong)
{
	int fd;
	int caches;
	struct magslab_info info;
	struct job job;
	struct magslab_run *run;
	int expected;
};

FIXTURE_SETUP(wrong)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, get_info(self->fd, &self->info));
	job_init(&self->job, self->fd);
	self->run = &self->job.run;
	self->caches = count_caches();
}

/* Nothing is left behind, and a run that is right still works. */
FIXTURE_TEARDOWN(wrong)
{
	EXPECT_EQ(self->expected, job_run(&self->job, self->fd));
	EXPECT_EQ(self->caches, count_caches());
	job_init(&self->job, self->fd);
	EXPECT_EQ(0, job_run(&self->job, self->fd));
	close(self->fd);
}

TEST_F(wrong, paths_without_latency)
{
	self->run->flags = MAGSLAB_RUN_FLAG_PATHS;
	self->expected = -EINVAL;
}

TEST_F(wrong, latency_of_bulk_calls)
{
	self->run->flags = MAGSLAB_RUN_FLAG_LATENCY;
	self->run->workload = workload_id(self->fd, "bulk");
	self->expected = -EOPNOTSUPP;
}

/* Those with calls of their own make them as they always do. */
TEST_F(wrong, touch_of_own_calls)
{
	self->run->workload = workload_id(self->fd, "prefill");
	self->run->touch = MAGSLAB_TOUCH_WRITE;
	self->expected = -EINVAL;
}

TEST_F(wrong, context_of_own_calls)
{
	self->run->workload = workload_id(self->fd, "cache-thrash");
	self->run->gfp = MAGSLAB_GFP_ATOMIC;
	self->run->context = MAGSLAB_CONTEXT_SOFTIRQ;
	self->expected = -EINVAL;
}

TEST_F(wrong, lines_of_own_calls)
{
	self->run->workload = workload_id(self->fd, "mleak");
	self->run->flags = MAGSLAB_RUN_FLAG_LINES;
	self->expected = -EINVAL;
}

TEST_F(wrong, timeline_of_own_calls)
{
	self->run->workload = workload_id(self->fd, "holes");
	self->run->flags = MAGSLAB_RUN_FLAG_TIMELINE;
	self->expected = -EOPNOTSUPP;
}

TEST_F(wrong, place)
{
	self->run->cpus = 2;
	self->run->place = BEYOND(MAGSLAB_PLACE_FAR);
	self->expected = -EINVAL;
}

TEST_F(wrong, place_of_one_cpu)
{
	self->run->place = MAGSLAB_PLACE_NEAR;
	self->expected = -EINVAL;
}

TEST_F(wrong, hotplug_ms)
{
	self->run->hotplug_ms = 10001;
	self->expected = -EINVAL;
}

TEST_F(wrong, hotplug_without_a_cpu_left)
{
	self->run->hotplug_ms = 100;
	self->run->cpus = self->info.max_cpus;
	self->expected = -EINVAL;
}

TEST_F(wrong, flag_6)
{
	self->run->flags = 1U << 6;
	self->expected = -EINVAL;
}

TEST_F(wrong, timeline_and_latency)
{
	self->run->flags = MAGSLAB_RUN_FLAG_TIMELINE | MAGSLAB_RUN_FLAG_LATENCY;
	self->expected = -EINVAL;
}

TEST_F(wrong, flag_31)
{
	self->run->flags = 1U << 31;
	self->expected = -EINVAL;
}

TEST_F(wrong, workload)
{
	self->run->workload = UINT32_MAX;
	self->expected = -ENOENT;
}

TEST_F(wrong, gfp)
{
	self->run->gfp = BEYOND(MAGSLAB_GFP_NOWAIT);
	self->expected = -EINVAL;
}

TEST_F(wrong, gfp_max)
{
	self->run->gfp = UINT32_MAX;
	self->expected = -EINVAL;
}

TEST_F(wrong, holes_beyond)
{
	self->run->workload = workload_id(self->fd, "holes");
	self->run->count = BEYOND(1 << 20);
	self->expected = -EINVAL;
}

TEST_F(wrong, collect_by_what_collects_nothing)
{
	self->run->workload = workload_id(self->fd, "collect");
	self->expected = -EOPNOTSUPP;
}

TEST_F(wrong, object_size_0)
{
	self->run->object_size = 0;
	self->expected = -EINVAL;
}

/* Right in itself, but too small for the only back-end asked for. */
TEST_F(wrong, object_size_7)
{
	self->run->object_size = 7;
	self->expected = -ERANGE;
}

TEST_F(wrong, object_size_beyond)
{
	self->run->object_size = BEYOND(self->info.max_object_size);
	self->expected = -EINVAL;
}

TEST_F(wrong, object_size_beyond_32_bits)
{
	self->run->object_size = (1ULL << 32) + 64;
	self->expected = -EINVAL;
}

TEST_F(wrong, object_size_max)
{
	self->run->object_size = ALL_ONES;
	self->expected = -EINVAL;
}

TEST_F(wrong, count_without_meaning)
{
	self->run->count = 1;
	self->expected = -EINVAL;
}

TEST_F(wrong, count_beyond)
{
	self->run->workload = workload_id(self->fd, "full-path");
	self->run->count = BEYOND(self->info.max_count);
	self->expected = -EINVAL;
}

TEST_F(wrong, count_times_size_wraps)
{
	self->run->workload = workload_id(self->fd, "full-path");
	self->run->count = (1ULL << 58) + 1;
	self->expected = -EINVAL;
}

TEST_F(wrong, count_max)
{
	self->run->workload = workload_id(self->fd, "burst");
	self->run->count = ALL_ONES;
	self->expected = -EINVAL;
}

/* 16 Mi objects of 64 KiB are a TiB. */
TEST_F(wrong, more_than_there_is_memory)
{
	self->run->workload = workload_id(self->fd, "full-path");
	self->run->count = self->info.max_count;
	self->run->object_size = self->info.max_object_size;
	self->run->cpus = self->info.max_cpus;
	self->expected = -ENOMEM;
}

TEST_F(wrong, timeout_beyond)
{
	self->run->timeout_ns = BEYOND(self->info.max_timeout_ns);
	self->expected = -EINVAL;
}

TEST_F(wrong, timeout_max)
{
	self->run->timeout_ns = ALL_ONES;
	self->expected = -EINVAL;
}

TEST_F(wrong, cpus_0)
{
	self->run->cpus = 0;
	self->expected = -EINVAL;
}

TEST_F(wrong, cpus_beyond)
{
	self->run->cpus = BEYOND(self->info.max_cpus);
	self->expected = -EINVAL;
}

TEST_F(wrong, cpus_max)
{
	self->run->cpus = UINT32_MAX;
	self->expected = -EINVAL;
}

/* One of the two would have nobody to hand its objects to. */
TEST_F(wrong, cpus_odd_for_pairs)
{
	self->run->workload = workload_id(self->fd, "producer-consumer");
	self->run->cpus = 1;
	self->expected = -EINVAL;
}

TEST_F(wrong, cpus_odd_for_two_pairs)
{
	if (self->info.max_cpus < 3)
		SKIP(return, "fewer than three CPUs");
	self->run->workload = workload_id(self->fd, "producer-consumer");
	self->run->cpus = 3;
	self->expected = -EINVAL;
}

TEST_F(wrong, turns_beyond)
{
	self->run->turns = BEYOND(self->info.max_turns);
	self->expected = -EINVAL;
}

TEST_F(wrong, turns_max)
{
	self->run->turns = UINT32_MAX;
	self->expected = -EINVAL;
}

TEST_F(wrong, blocks_beyond)
{
	self->run->blocks = BEYOND(self->info.max_blocks);
	self->expected = -EINVAL;
}

TEST_F(wrong, blocks_max)
{
	self->run->blocks = UINT32_MAX;
	self->expected = -EINVAL;
}

/* The limit is for all CPUs together. */
TEST_F(wrong, blocks_beyond_on_all_cpus)
{
	if (self->info.max_cpus < 2)
		SKIP(return, "one CPU");
	self->run->cpus = self->info.max_cpus;
	self->run->blocks = self->info.max_blocks;
	self->expected = -EINVAL;
}

TEST_F(wrong, block_ops_beyond)
{
	self->run->block_ops = BEYOND(self->info.max_block_ops);
	self->expected = -EINVAL;
}

TEST_F(wrong, block_ops_max)
{
	self->run->block_ops = UINT32_MAX;
	self->expected = -EINVAL;
}

TEST_F(wrong, nr_backends_0)
{
	self->run->nr_backends = 0;
	self->expected = -EINVAL;
}

TEST_F(wrong, nr_backends_beyond)
{
	self->run->nr_backends = BEYOND(self->info.max_backends);
	self->expected = -EINVAL;
}

TEST_F(wrong, nr_backends_max)
{
	self->run->nr_backends = UINT32_MAX;
	self->expected = -EINVAL;
}

TEST_F(wrong, nr_results_0)
{
	self->run->nr_results = 0;
	self->expected = -EINVAL;
}

TEST_F(wrong, nr_results_one_short)
{
	self->job.backends[1] = self->job.backends[0];
	self->run->nr_backends = 2;
	self->run->nr_results = 1;
	self->expected = -EINVAL;
}

TEST_F(wrong, backends_null)
{
	self->run->backends = 0;
	self->expected = -EFAULT;
}

TEST_F(wrong, backends_nowhere)
{
	self->run->backends = (uintptr_t)NOWHERE;
	self->expected = -EFAULT;
}

TEST_F(wrong, backends_in_the_kernel)
{
	self->run->backends = 0xffff888000001000ULL;
	self->expected = -EFAULT;
}

TEST_F(wrong, backends_end_in_a_hole)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *buffer = page_before_hole(page);
	__u32 *last = (__u32 *)(buffer + page) - 1;

	*last = self->job.backends[0];
	self->run->backends = (uintptr_t)last;
	self->run->nr_backends = 2;
	self->expected = -EFAULT;
}

TEST_F(wrong, backend_unknown)
{
	self->job.backends[0] = UINT32_MAX;
	self->expected = -ENOENT;
}

TEST_F(wrong, second_backend_unknown)
{
	self->job.backends[1] = 12345;
	self->run->nr_backends = 2;
	self->expected = -ENOENT;
}

TEST_F(wrong, results_null)
{
	self->run->results = 0;
	self->expected = -EFAULT;
}

TEST_F(wrong, results_nowhere)
{
	self->run->results = (uintptr_t)NOWHERE;
	self->expected = -EFAULT;
}

TEST_F(wrong, results_in_the_kernel)
{
	self->run->results = 0xffff888000001000ULL;
	self->expected = -EFAULT;
}

TEST_F(wrong, results_read_only)
{
	void *rows = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, rows);
	self->run->results = (uintptr_t)rows;
	self->expected = -EFAULT;
}

TEST_F(wrong, result_size_0)
{
	self->run->result_size = 0;
	self->expected = -EINVAL;
}

TEST_F(wrong, result_size_short)
{
	self->run->result_size = MAGSLAB_RESULT_SIZE_VER0 - 8;
	self->expected = -EINVAL;
}

TEST_F(wrong, result_size_odd)
{
	self->run->result_size = MAGSLAB_RESULT_SIZE_VER0 + 4;
	self->expected = -EINVAL;
}

TEST_F(wrong, result_size_above_a_page)
{
	self->run->result_size = sysconf(_SC_PAGESIZE) + 8;
	self->expected = -E2BIG;
}

TEST_F(wrong, result_size_max)
{
	self->run->result_size = UINT32_MAX - 7;
	self->expected = -E2BIG;
}

TEST_F(wrong, reserved)
{
	self->run->reserved = 1;
	self->expected = -EINVAL;
}

TEST_F(wrong, reserved_last_bit)
{
	self->run->reserved = 1U << 31;
	self->expected = -EINVAL;
}

TEST_F(wrong, context)
{
	self->run->gfp = MAGSLAB_GFP_ATOMIC;
	self->run->context = BEYOND(MAGSLAB_CONTEXT_HARDIRQ);
	self->expected = -EINVAL;
}

TEST_F(wrong, context_max)
{
	self->run->gfp = MAGSLAB_GFP_ATOMIC;
	self->run->context = UINT32_MAX;
	self->expected = -EINVAL;
}

TEST_F(wrong, context_that_cannot_sleep)
{
	self->run->context = MAGSLAB_CONTEXT_SOFTIRQ;
	self->expected = -EINVAL;
}

/* Its authors say that it is for tasks. */
TEST_F(wrong, context_of_another_backend)
{
	self->job.backends[0] = backend_id(self->fd, "first-fit");
	self->run->gfp = MAGSLAB_GFP_ATOMIC;
	self->run->context = MAGSLAB_CONTEXT_HARDIRQ;
	self->expected = -EOPNOTSUPP;
}

/* One call, with interrupts off from beginning to end. */
TEST_F(wrong, context_of_a_long_call)
{
	self->run->workload = workload_id(self->fd, "bulk");
	self->run->count = 1000;
	self->run->gfp = MAGSLAB_GFP_NOWAIT;
	self->run->context = MAGSLAB_CONTEXT_HARDIRQ;
	self->expected = -ERANGE;
}

TEST_F(wrong, touch)
{
	self->run->touch = BEYOND(MAGSLAB_TOUCH_READ);
	self->expected = -EINVAL;
}

TEST_F(wrong, touch_max)
{
	self->run->touch = UINT32_MAX;
	self->expected = -EINVAL;
}

/* What has contexts of its own cannot be looked at through one. */
TEST_F(wrong, context_of_what_has_its_own)
{
	self->run->workload = workload_id(self->fd, "sh6bench");
	self->run->gfp = MAGSLAB_GFP_ATOMIC;
	self->run->context = MAGSLAB_CONTEXT_SOFTIRQ;
	self->expected = -EINVAL;
}

TEST_F(wrong, touch_of_what_has_its_own)
{
	self->run->workload = workload_id(self->fd, "glibc-thread");
	self->run->touch = MAGSLAB_TOUCH_WRITE;
	self->expected = -EINVAL;
}

TEST_F(wrong, lines_of_what_has_its_own)
{
	self->run->workload = workload_id(self->fd, "prefill");
	self->run->flags = MAGSLAB_RUN_FLAG_LINES;
	self->expected = -EINVAL;
}

TEST_F(wrong, timeline_of_what_has_its_own)
{
	self->run->workload = workload_id(self->fd, "mleak");
	self->run->flags = MAGSLAB_RUN_FLAG_TIMELINE;
	self->expected = -EOPNOTSUPP;
}

TEST_F(wrong, paths_of_what_has_its_own)
{
	self->run->workload = workload_id(self->fd, "sh8bench");
	self->run->flags = MAGSLAB_RUN_FLAG_LATENCY | MAGSLAB_RUN_FLAG_PATHS;
	self->expected = -EOPNOTSUPP;
}

TEST_F(wrong, latency_in_interrupts)
{
	self->run->gfp = MAGSLAB_GFP_ATOMIC;
	self->run->context = MAGSLAB_CONTEXT_SOFTIRQ;
	self->run->flags = MAGSLAB_RUN_FLAG_LATENCY;
	self->expected = -EINVAL;
}

/* It would have to zero what it keeps for others. */
TEST_F(wrong, zero_of_a_mempool)
{
	self->job.backends[0] = backend_id(self->fd, "mempool");
	self->run->flags = MAGSLAB_RUN_FLAG_ZERO;
	self->expected = -EOPNOTSUPP;
}

/* A run that cannot have its workload at all says so. */
TEST_F(wrong, bulk_without_bulk_calls)
{
	int pages = backend_id(self->fd, "pages");
	struct magslab_backend_info info = { .size = sizeof(info) };

	while (info.id != (__u32)pages || !info.name[0]) {
		info.size = sizeof(info);
		if (call(self->fd, MAGSLAB_IOC_GET_BACKEND, &info))
			SKIP(return, "no back-end called pages");
		info.index++;
	}
	if (info.flags & MAGSLAB_BACKEND_BULK)
		SKIP(return, "this back-end has bulk calls");
	self->run->workload = workload_id(self->fd, "bulk");
	self->job.backends[0] = pages;
	self->run->object_size = info.min_size;
	self->expected = -EOPNOTSUPP;
}

TEST_HARNESS_MAIN
