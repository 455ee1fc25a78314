// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings and traces as the ioctl interface has them: what is wrong with them has
 * its own errno, and what cannot be replayed is not taken in.
 */
#include <kselftest_harness.h>

#include "device.h"

FIXTURE(trace)
{
	int fd;
	struct tiny_trace tiny;
	struct job job;
};

FIXTURE_SETUP(trace)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	tiny_trace_init(&self->tiny);
	job_init(&self->job, self->fd);
	self->job.run.workload = workload_id(self->fd, "replay");
	self->job.run.block_ops = 3;
}

FIXTURE_TEARDOWN(trace)
{
	close(self->fd);
}

/* Returns a file descriptor, or a negative errno. */
static int load(int fd, struct tiny_trace *tiny)
{
	int ret = ioctl(fd, MAGSLAB_IOC_LOAD, &tiny->trace);

	return ret < 0 ? -errno : ret;
}

static int run(int fd, struct job *job)
{
	return call(fd, MAGSLAB_IOC_RUN, &job->run);
}

static int curve(int fd, __u32 backend, struct magslab_point *points, __u32 *nr)
{
	struct magslab_curve curve = {
		.size = sizeof(curve),
		.backend = backend,
		.nr_points = *nr,
		.points = (uintptr_t)points,
	};
	int ret = call(fd, MAGSLAB_IOC_CURVE, &curve);

	*nr = curve.nr_points;
	return ret;
}

TEST_F(trace, replayed)
{
	struct magslab_point points[8] = {};
	__u32 nr = 8;
	int fd = load(self->fd, &self->tiny);

	ASSERT_LE(0, fd);
	self->job.run.trace_fd = fd;
	ASSERT_EQ(0, run(self->fd, &self->job));
	ASSERT_EQ(0, self->job.results[0].error);
	ASSERT_EQ(0, curve(fd, 0, points, &nr));
	/* Blocks of 3, 3 and 1. */
	ASSERT_EQ(3, nr);
	EXPECT_EQ(3, points[0].steps);
	EXPECT_EQ(3, points[0].objects);
	EXPECT_EQ(64 + 200 + 64, points[0].bytes);
	EXPECT_EQ(6, points[1].steps);
	EXPECT_EQ(2, points[1].objects);
	EXPECT_EQ(64 + 200, points[1].bytes);
	EXPECT_EQ(7, points[2].steps);
	EXPECT_EQ(1, points[2].objects);
	EXPECT_EQ(200, points[2].bytes);
	EXPECT_LE(200, points[2].held);
	close(fd);
}

TEST_F(trace, replayed_by_several_cpus)
{
	struct magslab_point points[8] = {};
	__u32 nr = 8;
	int fd = load(self->fd, &self->tiny);

	ASSERT_LE(0, fd);
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	self->job.run.trace_fd = fd;
	self->job.run.cpus = 2;
	ASSERT_EQ(0, run(self->fd, &self->job));
	ASSERT_EQ(0, curve(fd, 0, points, &nr));
	ASSERT_EQ(3, nr);
	EXPECT_EQ(1, points[2].objects);
	close(fd);
}

TEST_F(trace, no_curve_before_a_run)
{
	struct magslab_point points[8];
	__u32 nr = 8;
	int fd = load(self->fd, &self->tiny);

	ASSERT_EQ(-ENOENT, curve(fd, 0, points, &nr));
	close(fd);
}

TEST_F(trace, no_curve_of_another_backend)
{
	struct magslab_point points[8];
	__u32 nr = 8;
	int fd = load(self->fd, &self->tiny);

	self->job.run.trace_fd = fd;
	ASSERT_EQ(0, run(self->fd, &self->job));
	ASSERT_EQ(-ENOENT, curve(fd, 1, points, &nr));
	ASSERT_EQ(-ENOENT, curve(fd, UINT32_MAX, points, &nr));
	ASSERT_EQ(-EFAULT, curve(fd, 0, NOWHERE, &nr));
	nr = 0;
	ASSERT_EQ(0, curve(fd, 0, NOWHERE, &nr));
	ASSERT_EQ(3, nr);
	close(fd);
}

/* A step that cannot follow those before it is told. */
#define ASSERT_BAD_STEP(step)                                    \
	do {                                                     \
		ASSERT_EQ(-EILSEQ, load(self->fd, &self->tiny)); \
		ASSERT_EQ(step, self->tiny.trace.bad_step);      \
	} while (0)

TEST_F(trace, free_of_nothing)
{
	self->tiny.steps[0].size_class = MAGSLAB_STEP_FREE;
	ASSERT_BAD_STEP(0);
}

TEST_F(trace, free_before_allocation)
{
	self->tiny.steps[3].object = 3;
	ASSERT_BAD_STEP(3);
}

TEST_F(trace, free_twice)
{
	self->tiny.steps[6].object = 1;
	ASSERT_BAD_STEP(6);
}

TEST_F(trace, free_of_the_last_number)
{
	self->tiny.steps[6].object = UINT32_MAX;
	ASSERT_BAD_STEP(6);
}

TEST_F(trace, numbers_with_a_gap)
{
	self->tiny.steps[2].object = 3;
	ASSERT_BAD_STEP(2);
}

TEST_F(trace, number_used_twice)
{
	self->tiny.steps[4].object = 2;
	ASSERT_BAD_STEP(4);
}

TEST_F(trace, unknown_class)
{
	self->tiny.steps[1].size_class = 2;
	ASSERT_BAD_STEP(1);
}

TEST_F(trace, back_in_time)
{
	self->tiny.steps[5].ns = 39;
	ASSERT_BAD_STEP(5);
}

TEST_F(trace, bad_numbers)
{
	struct tiny_trace *tiny = &self->tiny;

	tiny->trace.nr_steps = 0;
	EXPECT_EQ(-EINVAL, load(self->fd, tiny));
	tiny->trace.nr_steps = (1 << 24) + 1;
	EXPECT_EQ(-EINVAL, load(self->fd, tiny));
	tiny->trace.nr_steps = 7;
	tiny->trace.nr_classes = 0;
	EXPECT_EQ(-EINVAL, load(self->fd, tiny));
	tiny->trace.nr_classes = 1025;
	EXPECT_EQ(-EINVAL, load(self->fd, tiny));
	tiny->trace.nr_classes = 2;
	tiny->trace.reserved = 1;
	EXPECT_EQ(-EINVAL, load(self->fd, tiny));
}

TEST_F(trace, bad_sizes)
{
	self->tiny.classes[1] = 0;
	EXPECT_EQ(-EINVAL, load(self->fd, &self->tiny));
	self->tiny.classes[1] = UINT32_MAX;
	EXPECT_EQ(-EINVAL, load(self->fd, &self->tiny));
}

TEST_F(trace, bad_pointers)
{
	self->tiny.trace.steps = (uintptr_t)NOWHERE;
	EXPECT_EQ(-EFAULT, load(self->fd, &self->tiny));
	self->tiny.trace.steps = (uintptr_t)self->tiny.steps;
	self->tiny.trace.classes = (uintptr_t)NOWHERE;
	EXPECT_EQ(-EFAULT, load(self->fd, &self->tiny));
}

TEST_F(trace, no_trace)
{
	self->job.run.trace_fd = self->fd;
	EXPECT_EQ(-EBADF, run(self->fd, &self->job));
	self->job.run.trace_fd = -1;
	EXPECT_EQ(-EBADF, run(self->fd, &self->job));
	self->job.run.trace_fd = 9999;
	EXPECT_EQ(-EBADF, run(self->fd, &self->job));
}

TEST_F(trace, of_no_use)
{
	int fd = load(self->fd, &self->tiny);

	job_init(&self->job, self->fd);
	self->job.run.trace_fd = fd;
	EXPECT_EQ(-EINVAL, run(self->fd, &self->job));
	self->job.run.trace_fd = 0;
	self->job.run.speed = 1;
	EXPECT_EQ(-EINVAL, run(self->fd, &self->job));
	close(fd);
}

TEST_F(trace, too_fast)
{
	int fd = load(self->fd, &self->tiny);

	self->job.run.trace_fd = fd;
	self->job.run.speed = 1000001;
	EXPECT_EQ(-EINVAL, run(self->fd, &self->job));
	self->job.run.speed = 1000000;
	EXPECT_EQ(0, run(self->fd, &self->job));
	close(fd);
}

TEST_F(trace, run_does_not_count_lines)
{
	int fd = load(self->fd, &self->tiny);

	self->job.run.trace_fd = fd;
	self->job.run.flags = MAGSLAB_RUN_FLAG_LINES;
	EXPECT_EQ(-EINVAL, run(self->fd, &self->job));
	self->job.run.flags = 0;
	EXPECT_EQ(0, run(self->fd, &self->job));
	close(fd);
}

TEST_F(trace, unknown_calls)
{
	int fd = load(self->fd, &self->tiny);

	EXPECT_EQ(-ENOTTY, call(fd, MAGSLAB_IOC_RUN, &self->job.run));
	EXPECT_EQ(-ENOTTY, call(fd, MAGSLAB_IOC_RECORD_STOP, NULL));
	close(fd);
}

/* Closed while a run uses it: it is gone after the run. */
TEST_F(trace, many)
{
	int fds[50], i;

	for (i = 0; i < 50; i++) {
		fds[i] = load(self->fd, &self->tiny);
		ASSERT_LE(0, fds[i]);
	}
	for (i = 0; i < 50; i++)
		close(fds[i]);
}

FIXTURE(record)
{
	int fd;
	struct magslab_record record;
	char buffer[40 * 100];
};

FIXTURE_SETUP(record)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	self->record = (struct magslab_record){
		.size = sizeof(self->record),
		.events = 1024,
	};
}

FIXTURE_TEARDOWN(record)
{
	close(self->fd);
}

static int begin(int fd, struct magslab_record *record)
{
	int ret = ioctl(fd, MAGSLAB_IOC_RECORD, record);

	return ret < 0 ? -errno : ret;
}

TEST_F(record, reads_events_in_order)
{
	struct magslab_event *event = (void *)self->buffer;
	__u64 order[4096] = {};
	int fd = begin(self->fd, &self->record);
	ssize_t got;
	size_t i;

	ASSERT_LE(0, fd);
	for (i = 0; i < 50; i++)
		close(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
	ASSERT_EQ(0, call(fd, MAGSLAB_IOC_RECORD_STOP, NULL));
	while ((got = read(fd, self->buffer, sizeof(self->buffer))) > 0) {
		ASSERT_EQ(0, got % sizeof(*event));
		for (i = 0; i < got / sizeof(*event); i++) {
			EXPECT_LT(order[event[i].cpu % 4096], event[i].order);
			EXPECT_EQ(0, event[i].reserved);
			EXPECT_GE(MAGSLAB_EVENT_FREE, event[i].kind);
			order[event[i].cpu % 4096] = event[i].order;
		}
	}
	EXPECT_EQ(0, got);
	/* And again: stopped is stopped. */
	EXPECT_EQ(0, call(fd, MAGSLAB_IOC_RECORD_STOP, NULL));
	EXPECT_EQ(0, read(fd, self->buffer, sizeof(self->buffer)));
	close(fd);
}

TEST_F(record, does_not_wait_if_told_so)
{
	int fd = begin(self->fd, &self->record);
	ssize_t got;

	ASSERT_LE(0, fd);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((got = read(fd, self->buffer, sizeof(self->buffer))) > 0)
		;
	EXPECT_EQ(-1, got);
	EXPECT_EQ(EAGAIN, errno);
	close(fd);
}

TEST_F(record, bad_reads)
{
	int fd = begin(self->fd, &self->record);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, read(fd, self->buffer, 39));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, self->buffer, 40));
	EXPECT_EQ(-1, read(fd, NOWHERE, 4000));
	EXPECT_EQ(EFAULT, errno);
	close(fd);
}

TEST_F(record, one_at_a_time)
{
	int fd = begin(self->fd, &self->record);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBUSY, begin(self->fd, &self->record));
	close(fd);
	fd = begin(self->fd, &self->record);
	EXPECT_LE(0, fd);
	close(fd);
}

TEST_F(record, bad_requests)
{
	struct magslab_record good = self->record;
	struct magslab_record *bad = &self->record;

	bad->flags = 1;
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
	*bad = good;
	bad->reserved = 1;
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
	*bad = good;
	bad->events = (1 << 20) + 1;
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
	*bad = good;
	bad->min_bytes = 2;
	bad->max_bytes = 1;
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
	*bad = good;
	memset(bad->cache, 'x', sizeof(bad->cache));
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
}

TEST_F(record, bad_cpus)
{
	struct magslab_record good = self->record;
	struct magslab_record *bad = &self->record;
	unsigned char mask[1025] = {};

	bad->cpus_size = 8;
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
	*bad = good;
	bad->cpus = (uintptr_t)mask;
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
	bad->cpus_size = sizeof(mask);
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
	/* Of none. */
	bad->cpus_size = 8;
	EXPECT_EQ(-EINVAL, begin(self->fd, bad));
	bad->cpus = (uintptr_t)NOWHERE;
	EXPECT_EQ(-EFAULT, begin(self->fd, bad));
}

TEST_F(record, questions)
{
	struct magslab_record_status status = { .size = sizeof(status) };
	struct magslab_record_cache cache = { .size = sizeof(cache) };
	int fd = begin(self->fd, &self->record);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, call(fd, MAGSLAB_IOC_RECORD_STATUS, &status));
	EXPECT_EQ(-EFAULT, call(fd, MAGSLAB_IOC_RECORD_STATUS, NOWHERE));
	EXPECT_EQ(-ENOENT, call(fd, MAGSLAB_IOC_RECORD_CACHE, &cache));
	cache.index = MAGSLAB_CACHE_OTHER;
	EXPECT_EQ(-ENOENT, call(fd, MAGSLAB_IOC_RECORD_CACHE, &cache));
	cache.reserved = 1;
	EXPECT_EQ(-EINVAL, call(fd, MAGSLAB_IOC_RECORD_CACHE, &cache));
	status.size = 8;
	EXPECT_EQ(-EINVAL, call(fd, MAGSLAB_IOC_RECORD_STATUS, &status));
	EXPECT_EQ(-ENOTTY, call(fd, MAGSLAB_IOC_GET_INFO, &status));
	EXPECT_EQ(-ENOTTY, call(fd, MAGSLAB_IOC_CURVE, &status));
	close(fd);
}

TEST_HARNESS_MAIN
