// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctl interface, call by call and member by member: what is right is
 * accepted, and each thing that is wrong has its own errno.
 */
#include <kselftest_harness.h>

#include "device.h"

/*
 * What all calls have in common
 */

FIXTURE(call)
{
	int fd;
	size_t page;
	char *buffer;
	struct job job;
	struct tiny_trace trace;
};

FIXTURE_VARIANT(call)
{
	unsigned long command;
	size_t first_size;
	size_t size;
	bool only_reads;
};

/* clang-format takes the braces of variants for something else. */
/* clang-format off */
FIXTURE_VARIANT_ADD(call, get_info) {
	.command = MAGSLAB_IOC_GET_INFO,
	.first_size = MAGSLAB_INFO_SIZE_VER0,
	.size = sizeof(struct magslab_info),
};

FIXTURE_VARIANT_ADD(call, get_backend) {
	.command = MAGSLAB_IOC_GET_BACKEND,
	.first_size = MAGSLAB_BACKEND_INFO_SIZE_VER0,
	.size = sizeof(struct magslab_backend_info),
};

FIXTURE_VARIANT_ADD(call, get_workload) {
	.command = MAGSLAB_IOC_GET_WORKLOAD,
	.first_size = MAGSLAB_WORKLOAD_INFO_SIZE_VER0,
	.size = sizeof(struct magslab_workload_info),
};

FIXTURE_VARIANT_ADD(call, run) {
	.command = MAGSLAB_IOC_RUN,
	.first_size = MAGSLAB_RUN_SIZE_VER0,
	.size = sizeof(struct magslab_run),
};

FIXTURE_VARIANT_ADD(call, record) {
	.command = MAGSLAB_IOC_RECORD,
	.first_size = MAGSLAB_RECORD_SIZE_VER0,
	.size = sizeof(struct magslab_record),
	.only_reads = true,
};

FIXTURE_VARIANT_ADD(call, load) {
	.command = MAGSLAB_IOC_LOAD,
	.first_size = MAGSLAB_TRACE_SIZE_VER0,
	.size = sizeof(struct magslab_trace),
	.only_reads = true,
};

FIXTURE_VARIANT_ADD(call, latency) {
	.command = MAGSLAB_IOC_LATENCY,
	.first_size = MAGSLAB_LATENCY_SIZE_VER0,
	.size = sizeof(struct magslab_latency),
};

/* clang-format on */

/* Everything in the buffer is right for the call, and the rest of it zero. */
FIXTURE_SETUP(call)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	self->page = sysconf(_SC_PAGESIZE);
	self->buffer = page_before_hole(self->page);
	ASSERT_NE(NULL, self->buffer);
	job_init(&self->job, self->fd);
	if (variant->command == MAGSLAB_IOC_RUN)
		memcpy(self->buffer, &self->job.run, sizeof(self->job.run));
	if (variant->command == MAGSLAB_IOC_LATENCY) {
		self->job.run.flags = MAGSLAB_RUN_FLAG_LATENCY;
		ASSERT_EQ(0, job_run(&self->job, self->fd));
	}
	tiny_trace_init(&self->trace);
	if (variant->command == MAGSLAB_IOC_LOAD)
		memcpy(self->buffer, &self->trace.trace,
		       sizeof(self->trace.trace));
}

FIXTURE_TEARDOWN(call)
{
	close(self->fd);
}

static int call_sized(int fd, unsigned long command, char *buffer, __u32 size)
{
	int ret;

	memcpy(buffer, &size, sizeof(size));
	ret = ioctl(fd, command, buffer);
	/* What some calls return can be closed, and is not looked at here. */
	if (ret > 0)
		close(ret);
	return ret < 0 ? -errno : 0;
}

TEST_F(call, accepted)
{
	ASSERT_EQ(0, call_sized(self->fd, variant->command, self->buffer,
				variant->size));
}

TEST_F(call, first_version_is_accepted)
{
	ASSERT_LE(variant->first_size, variant->size);
	ASSERT_EQ(0, call_sized(self->fd, variant->command, self->buffer,
				variant->first_size));
}

TEST_F(call, null_pointer)
{
	ASSERT_EQ(-EFAULT, call(self->fd, variant->command, NULL));
}

TEST_F(call, unmapped_pointer)
{
	ASSERT_EQ(-EFAULT, call(self->fd, variant->command, NOWHERE));
}

TEST_F(call, kernel_pointer)
{
	ASSERT_EQ(-EFAULT, call(self->fd, variant->command,
				(void *)0xffff888000001000UL));
}

TEST_F(call, size_at_end_of_page)
{
	char *last = self->buffer + self->page - sizeof(__u32);

	ASSERT_EQ(-EFAULT,
		  call_sized(self->fd, variant->command, last, variant->size));
}

TEST_F(call, one_byte_beyond_page)
{
	char *last = self->buffer + self->page - variant->size + 8;

	memmove(last, self->buffer, variant->size - 8);
	ASSERT_EQ(-EFAULT,
		  call_sized(self->fd, variant->command, last, variant->size));
}

TEST_F(call, read_only_memory)
{
	__u32 size = variant->size;
	int ret;

	memcpy(self->buffer, &size, sizeof(size));
	ASSERT_EQ(0, mprotect(self->buffer, self->page, PROT_READ));
	ret = ioctl(self->fd, variant->command, self->buffer);
	if (variant->only_reads) {
		ASSERT_LE(0, ret);
		close(ret);
	} else {
		ASSERT_EQ(-1, ret);
		ASSERT_EQ(EFAULT, errno);
	}
}

TEST_F(call, size_0)
{
	ASSERT_EQ(-EINVAL,
		  call_sized(self->fd, variant->command, self->buffer, 0));
}

TEST_F(call, size_4)
{
	ASSERT_EQ(-EINVAL,
		  call_sized(self->fd, variant->command, self->buffer, 4));
}

TEST_F(call, size_one_short)
{
	ASSERT_EQ(-EINVAL, call_sized(self->fd, variant->command, self->buffer,
				      variant->first_size - 1));
}

TEST_F(call, longer_with_zeroes)
{
	ASSERT_EQ(0, call_sized(self->fd, variant->command, self->buffer,
				variant->size + 64));
}

TEST_F(call, page_with_zeroes)
{
	ASSERT_EQ(0, call_sized(self->fd, variant->command, self->buffer,
				self->page));
}

TEST_F(call, longer_with_junk)
{
	self->buffer[variant->size + 63] = 1;
	ASSERT_EQ(-E2BIG, call_sized(self->fd, variant->command, self->buffer,
				     variant->size + 64));
}

TEST_F(call, longer_than_a_page)
{
	ASSERT_EQ(-E2BIG, call_sized(self->fd, variant->command, self->buffer,
				     self->page + 8));
}

TEST_F(call, size_max)
{
	ASSERT_EQ(-E2BIG, call_sized(self->fd, variant->command, self->buffer,
				     UINT32_MAX));
}

TEST_F(call, nothing_written_beyond_size)
{
	memset(self->buffer + variant->size, 0xa5, 64);
	ASSERT_EQ(0, call_sized(self->fd, variant->command, self->buffer,
				variant->size));
	ASSERT_TRUE(all_bytes(self->buffer + variant->size, 0xa5, 64));
}

/*
 * The device as a file
 */

FIXTURE(device)
{
	int fd;
	struct magslab_info info;
	struct job job;
};

FIXTURE_SETUP(device)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, get_info(self->fd, &self->info));
	job_init(&self->job, self->fd);
}

FIXTURE_TEARDOWN(device)
{
	close(self->fd);
}

TEST_F(device, unknown_calls)
{
	unsigned int nr;

	for (nr = _IOC_NR(MAGSLAB_IOC_LOAD) + 1; nr < 256; nr++) {
		unsigned long command =
			_IOWR(MAGSLAB_IOC_MAGIC, nr, struct magslab_info);

		if (nr == _IOC_NR(MAGSLAB_IOC_LATENCY) ||
		    nr == _IOC_NR(MAGSLAB_IOC_TIMELINE))
			continue;
		ASSERT_EQ(-ENOTTY, call(self->fd, command, &self->info));
	}
}

TEST_F(device, unknown_magic)
{
	unsigned int magic;

	for (magic = 0; magic < 256; magic++) {
		if (magic == MAGSLAB_IOC_MAGIC)
			continue;
		ASSERT_EQ(-ENOTTY, call(self->fd,
					_IOC(_IOC_READ | _IOC_WRITE, magic, 0,
					     sizeof(self->info)),
					&self->info));
	}
}

TEST_F(device, unknown_direction)
{
	ASSERT_EQ(-ENOTTY,
		  call(self->fd, _IO(MAGSLAB_IOC_MAGIC, 0), &self->info));
	ASSERT_EQ(-ENOTTY, call(self->fd,
				_IOR(MAGSLAB_IOC_MAGIC, 0, struct magslab_info),
				&self->info));
	ASSERT_EQ(-ENOTTY, call(self->fd,
				_IOW(MAGSLAB_IOC_MAGIC, 0, struct magslab_info),
				&self->info));
}

/* Callers that were compiled with another header say so in the structure. */
TEST_F(device, command_of_another_size)
{
	unsigned long command = _IOC(_IOC_READ | _IOC_WRITE, MAGSLAB_IOC_MAGIC,
				     _IOC_NR(MAGSLAB_IOC_GET_INFO), 4000);

	ASSERT_EQ(0, call(self->fd, command, &self->info));
}

TEST_F(device, command_of_64_bits)
{
	/* Only the lower half is a command. */
	ASSERT_EQ(0, call(self->fd, MAGSLAB_IOC_GET_INFO | 1UL << 32,
			  &self->info));
}

TEST_F(device, read_refused)
{
	ASSERT_EQ(-1, read(self->fd, &self->info, sizeof(self->info)));
	ASSERT_EQ(EINVAL, errno);
}

TEST_F(device, write_refused)
{
	ASSERT_EQ(-1, write(self->fd, &self->info, sizeof(self->info)));
	ASSERT_EQ(EINVAL, errno);
}

TEST_F(device, seek_refused)
{
	ASSERT_EQ(-1, lseek(self->fd, 0, SEEK_SET));
	ASSERT_EQ(ESPIPE, errno);
	ASSERT_EQ(-1, pread(self->fd, &self->info, 1, 0));
	ASSERT_EQ(ESPIPE, errno);
}

TEST_F(device, mmap_refused)
{
	ASSERT_EQ(MAP_FAILED, mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ,
				   MAP_SHARED, self->fd, 0));
	ASSERT_EQ(ENODEV, errno);
}

TEST_F(device, many_openers)
{
	struct magslab_info info;
	int fd[100], i;

	for (i = 0; i < 100; i++) {
		fd[i] = device_open();
		ASSERT_LE(0, fd[i]);
	}
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, get_info(fd[i], &info));
		close(fd[i]);
	}
}

/*
 * Questions
 */

TEST_F(device, info_is_coherent)
{
	const struct magslab_info *info = &self->info;

	EXPECT_EQ(MAGSLAB_ABI, info->abi);
	EXPECT_LE(sizeof(*info), info->size);
	EXPECT_LE(4, info->nr_backends);
	EXPECT_LE(14, info->nr_workloads);
	EXPECT_GE(MAGSLAB_CLOCK_INSN, info->clock);
	EXPECT_GE(MAGSLAB_PREEMPT_RT, info->preempt);
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), info->max_cpus);
	EXPECT_LE(1, info->max_backends);
	EXPECT_LE(1, info->max_turns);
	EXPECT_LE(1, info->max_blocks);
	EXPECT_LE(1, info->max_block_ops);
	EXPECT_LE(1000000, info->max_count);
	EXPECT_LE(4096, info->max_object_size);
	EXPECT_LT(0, info->max_timeout_ns);
}

TEST_F(device, info_ignores_what_it_fills_in)
{
	struct magslab_info info;

	memset(&info, 0xff, sizeof(info));
	info.size = sizeof(info);
	ASSERT_EQ(0, call(self->fd, MAGSLAB_IOC_GET_INFO, &info));
	ASSERT_EQ(self->info.abi, info.abi);
	ASSERT_EQ(self->info.features, info.features);
	ASSERT_EQ(self->info.max_timeout_ns, info.max_timeout_ns);
}

TEST_F(device, backends_are_listed)
{
	static const char *const names[] = { "magslab", "kmem_cache",
					     "kmalloc" };
	struct magslab_backend_info info;
	unsigned int i;
	__u64 ids = 0;

	for (i = 0; i < self->info.nr_backends; i++) {
		memset(&info, 0xff, sizeof(info));
		info.size = sizeof(info);
		info.index = i;
		ASSERT_EQ(0, call(self->fd, MAGSLAB_IOC_GET_BACKEND, &info));
		ASSERT_GT(MAGSLAB_NAME_SIZE,
			  strnlen(info.name, MAGSLAB_NAME_SIZE));
		ASSERT_NE('\0', info.name[0]);
		ASSERT_LE(1, info.min_size);
		ASSERT_LE(info.min_size, info.max_size);
		ASSERT_EQ(0, info.flags & ~0x3fU);
		ASSERT_GT(64, info.id);
		ASSERT_EQ(0, ids & 1ULL << info.id);
		ids |= 1ULL << info.id;
	}
	for (i = 0; i < 3; i++) {
		int id = backend_id(self->fd, names[i]);

		EXPECT_LE(0, id);
	}
}

TEST_F(device, backend_past_the_last)
{
	struct magslab_backend_info info = { .size = sizeof(info) };

	info.index = self->info.nr_backends;
	ASSERT_EQ(-ENOENT, call(self->fd, MAGSLAB_IOC_GET_BACKEND, &info));
	info.index = UINT32_MAX;
	ASSERT_EQ(-ENOENT, call(self->fd, MAGSLAB_IOC_GET_BACKEND, &info));
}

TEST_F(device, workloads_are_listed)
{
	static const char *const names[] = {
		"pair",		"burst",	 "bulk",
		"shuffled",	"full-path",	 "producer-consumer",
		"live-set",	"remote-free",	 "larson",
		"xmalloc-test", "sh6bench",	 "sh8bench",
		"mleak",	"cache-scratch", "prefill",
		"cache-thrash", "alloc-test"
	};
	struct magslab_workload_info info;
	unsigned int i;
	__u64 ids = 0;

	for (i = 0; i < self->info.nr_workloads; i++) {
		memset(&info, 0, sizeof(info));
		info.size = sizeof(info);
		info.index = i;
		ASSERT_EQ(0, call(self->fd, MAGSLAB_IOC_GET_WORKLOAD, &info));
		ASSERT_GT(MAGSLAB_NAME_SIZE,
			  strnlen(info.name, MAGSLAB_NAME_SIZE));
		ASSERT_NE('\0', info.name[0]);
		ASSERT_LE(1, info.rows);
		ASSERT_LE(info.default_count, info.max_count);
		ASSERT_EQ(0, info.reserved);
		ASSERT_GT(64, info.id);
		ASSERT_EQ(0, ids & 1ULL << info.id);
		ids |= 1ULL << info.id;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		int id = workload_id(self->fd, names[i]);

		EXPECT_LE(0, id);
	}
}

TEST_F(device, workload_past_the_last)
{
	struct magslab_workload_info info = { .size = sizeof(info) };

	info.index = self->info.nr_workloads;
	ASSERT_EQ(-ENOENT, call(self->fd, MAGSLAB_IOC_GET_WORKLOAD, &info));
	info.index = UINT32_MAX;
	ASSERT_EQ(-ENOENT, call(self->fd, MAGSLAB_IOC_GET_WORKLOAD, &info));
}

TEST_F(device, workload_reserved)
{
	struct magslab_workload_info info = { .size = sizeof(info) };

	info.reserved = 1;
	ASSERT_EQ(-EINVAL, call(self->fd, MAGSLAB_IOC_GET_WORKLOAD, &info));
}

/*
 * Runs, right ones
 */

TEST_F(device, run_is_coherent)
{
	const struct magslab_result *result = self->job.results;
	struct magslab_run *run = &self->job.run;

	run->blocks = 8;
	memset(self->job.results, 0xff, sizeof(self->job.results));
	ASSERT_EQ(0, job_run(&self->job, self->fd));

	EXPECT_EQ(1, run->nr_results);
	EXPECT_EQ(self->info.clock, run->clock);
	EXPECT_EQ(0, run->status);
	EXPECT_LT(0, run->elapsed_ns);
	EXPECT_EQ(0, run->reserved);

	EXPECT_LE(sizeof(*result), result->size);
	EXPECT_EQ(self->job.backends[0], result->backend);
	EXPECT_STREQ("pair", result->name);
	EXPECT_EQ(1, result->cpus);
	EXPECT_LE(1, result->block_ops);
	EXPECT_EQ(8, result->blocks + result->switched + result->migrated);
	if (!result->error) {
		EXPECT_LE(result->ns.min, result->ns.median);
		EXPECT_LE(result->ns.median, result->ns.p99);
		EXPECT_LE(result->ns.p99, result->ns.max);
		EXPECT_LE(result->ns.min, result->ns.mean);
		EXPECT_LE(result->ns.mean, result->ns.max);
	}
	/* What comes after the rows that there are is left alone. */
	EXPECT_EQ(UINT32_MAX, result[1].size);
}

TEST_F(device, run_with_a_backend_twice)
{
	self->job.backends[1] = self->job.backends[0];
	self->job.run.nr_backends = 2;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	ASSERT_EQ(2, self->job.run.nr_results);
	ASSERT_EQ(self->job.backends[0], self->job.results[1].backend);
}

TEST_F(device, run_on_all_cpus)
{
	self->job.run.cpus = self->info.max_cpus;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
}

TEST_F(device, run_with_every_gfp)
{
	__u32 gfp;

	for (gfp = 0; gfp <= MAGSLAB_GFP_NOWAIT; gfp++) {
		job_init(&self->job, self->fd);
		self->job.run.gfp = gfp;
		ASSERT_EQ(0, job_run(&self->job, self->fd));
	}
}

TEST_F(device, run_in_every_context)
{
	__u32 context;

	ASSERT_TRUE(self->info.features & MAGSLAB_FEATURE_AXES);
	for (context = 0; context <= MAGSLAB_CONTEXT_HARDIRQ; context++) {
		job_init(&self->job, self->fd);
		self->job.run.gfp = MAGSLAB_GFP_ATOMIC;
		self->job.run.context = context;
		ASSERT_EQ(0, job_run(&self->job, self->fd));
		EXPECT_NE(EOPNOTSUPP, self->job.results[0].error);
	}
}

TEST_F(device, run_with_large_results)
{
	static char rows[4096];
	const struct magslab_result *row = (const void *)rows;

	memset(rows, 0xff, sizeof(rows));
	self->job.run.results = (uintptr_t)rows;
	self->job.run.result_size = sizeof(*row) + 64;
	self->job.run.nr_results = 1;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	ASSERT_EQ(self->job.backends[0], row->backend);
	/* What the kernel does not know of is zeroed, and nothing else. */
	ASSERT_TRUE(all_bytes(rows + sizeof(*row), 0, 64));
	ASSERT_TRUE(all_bytes(rows + sizeof(*row) + 64, 0xff, 64));
}

/*
 * A page holds 56 objects of 72 bytes, or 32 when they are aligned to 128.
 * Return: the bytes that went from the page allocator, or 0 if nobody told.
 */
static __u64 taken_by(struct job *job, int fd, __u32 flags)
{
	job->run.workload = workload_id(fd, "live-set");
	job->run.object_size = 72;
	job->run.count = 50000;
	job->run.flags = flags;
	job->run.nr_results = MAX_RESULTS;
	if (job_run(job, fd) || !(job->results[0].flags & MAGSLAB_RESULT_TAKEN))
		return 0;
	return job->results[0].taken_peak;
}

TEST_F(device, run_tells_memory_taken)
{
	const __u64 live = 50000 * 72;
	__u64 aligned, packed;

	ASSERT_TRUE(self->info.features & MAGSLAB_FEATURE_TAKEN);
	ASSERT_TRUE(self->info.features & MAGSLAB_FEATURE_PACKED);
	packed = taken_by(&self->job, self->fd, MAGSLAB_RUN_FLAG_PACKED);
	aligned = taken_by(&self->job, self->fd, 0);
	EXPECT_LT(live, packed);
	EXPECT_GT(live / 4 * 5, packed);
	EXPECT_LT(live / 2 * 3, aligned);
	EXPECT_GT(live * 2, aligned);
}

/* Where nothing is allocated nothing is missing, but for what others took. */
TEST_F(device, run_tells_no_memory_taken)
{
	self->job.backends[0] = backend_id(self->fd, "empty");
	EXPECT_GT(1 << 20, taken_by(&self->job, self->fd, 0));
	EXPECT_TRUE(self->job.results[0].flags & MAGSLAB_RESULT_TAKEN);
}

/* A caller compiled with the first version gets all of that, and no more. */
TEST_F(device, run_with_results_of_the_first_version)
{
	static char rows[4096];
	const struct magslab_result *row = (const void *)rows;

	memset(rows, 0xff, sizeof(rows));
	self->job.run.results = (uintptr_t)rows;
	self->job.run.result_size = MAGSLAB_RESULT_SIZE_VER0;
	self->job.run.nr_results = 1;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	ASSERT_EQ(self->job.backends[0], row->backend);
	ASSERT_STREQ("pair", row->name);
	ASSERT_TRUE(all_bytes(rows + MAGSLAB_RESULT_SIZE_VER0, 0xff,
			      sizeof(rows) - MAGSLAB_RESULT_SIZE_VER0));
}

/* One object, again and again. */
TEST_F(device, run_counts_lines)
{
	const struct magslab_result *result = self->job.results;

	ASSERT_TRUE(self->info.features & MAGSLAB_FEATURE_LINES);
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_FALSE(result->flags & MAGSLAB_RESULT_LINES);
	EXPECT_EQ(0, result->line_calls);
	self->job.run.flags = MAGSLAB_RUN_FLAG_LINES;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	ASSERT_TRUE(result->flags & MAGSLAB_RESULT_LINES);
	EXPECT_EQ(1, result->blocks);
	EXPECT_LE(4000, result->line_calls);
	EXPECT_EQ(0, result->line_calls % 1000);
	EXPECT_EQ(result->line_calls / 1000, result->object_lines);
	EXPECT_EQ(result->line_calls / 1000, result->object_pages);
	EXPECT_LE(result->line_calls, result->touched_lines);
}

/* One lock at the least: objects do not get to another CPU without. */
TEST_F(device, run_counts_locks)
{
	const struct magslab_result *result = self->job.results;
	struct magslab_run *run = &self->job.run;

	if (self->info.max_cpus < 2)
		SKIP(return, "one CPU");
	ASSERT_TRUE(self->info.features & MAGSLAB_FEATURE_LOCKS);
	run->workload = workload_id(self->fd, "producer-consumer");
	run->cpus = 2;
	run->blocks = 8;
	run->block_ops = 1000;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_TRUE(result->flags & MAGSLAB_RESULT_LOCKS);
	EXPECT_EQ(2 * 8 * 1000, result->calls);
	EXPECT_LE(1, result->locks);
	EXPECT_GE(result->calls, result->locks);
	EXPECT_TRUE(result->flags & MAGSLAB_RESULT_EXCHANGES);
	EXPECT_LE(1, result->exchanges);
	EXPECT_GE(result->locks, result->exchanges);
	/* What crosses CPUs goes by the depot, and hardly anything else does. */
	EXPECT_LE(result->locks / 2, result->exchanges);
}

/* A whole turn of each call that is made in it, warmed up or not. */
TEST_F(device, run_counts_locks_of_turns)
{
	const struct magslab_result *result = self->job.results;
	struct magslab_run *run = &self->job.run;

	run->workload = workload_id(self->fd, "pair");
	run->turns = 2;
	run->blocks = 4;
	run->block_ops = 100;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_TRUE(result->flags & MAGSLAB_RESULT_LOCKS);
	EXPECT_LE(2 * 4 * 100, result->calls);
	EXPECT_GE(10 * 4 * 100, result->calls);
	EXPECT_LE(1, result->locks);
	EXPECT_GE(10, result->locks);
}

TEST_F(device, run_tells_of_its_surroundings)
{
	struct magslab_run *run = &self->job.run;

	run->distance = 99;
	run->hotplugs = 99;
	run->pressure_peak = 99;
	run->pressure_calls = 99;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_EQ(10, run->distance);
	EXPECT_EQ(0, run->hotplugs);
	EXPECT_EQ(0, run->pressure_peak);
	EXPECT_EQ(0, run->pressure_calls);
}

/* The kernel's caches do not tell, and then nothing is told. */
TEST_F(device, run_counts_no_locks)
{
	const struct magslab_result *result = self->job.results;

	if (self->info.max_cpus < 2)
		SKIP(return, "one CPU");
	self->job.run.workload = workload_id(self->fd, "producer-consumer");
	self->job.run.cpus = 2;
	self->job.backends[0] = backend_id(self->fd, "kmem_cache");
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_FALSE(result->flags & MAGSLAB_RESULT_LOCKS);
	EXPECT_EQ(0, result->locks);
	EXPECT_EQ(0, result->calls);
}

TEST_F(device, run_ends_at_its_time_limit)
{
	double start = seconds_now();

	job_make_long(&self->job, &self->info);
	self->job.run.timeout_ns = 300000000;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_EQ(MAGSLAB_RUN_PARTIAL, self->job.run.status);
	EXPECT_GT(5, seconds_now() - start);
}

/*
 * A caller of another word size
 */

TEST(caller_of_32_bits)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 3);
	int status;
	pid_t child;

	ASSERT_LT(0, length);
	memcpy(path + length, "32", sizeof("32"));
	if (access(path, X_OK))
		SKIP(return, "the compiler made no 32-bit program");

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		execl(path, path, NULL);
		_exit(errno == ENOEXEC ? KSFT_SKIP : 255);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	if (WEXITSTATUS(status) == KSFT_SKIP)
		SKIP(return, "the kernel runs no 32-bit programs");
	/* Otherwise the line of abi32.c that found something wrong. */
	ASSERT_EQ(0, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
