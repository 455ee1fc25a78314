// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms of latencies, and memory over time, by the device: that each call is in one
 * of the former, and that each thing that is wrong has its own errno.
 */
#include <kselftest_harness.h>

#include "device.h"

/* More than the kernel has. */
#define ROOM 4096
#define BLOCKS 8
#define OPS 500

FIXTURE(latency)
{
	int fd;
	struct job job;
	struct magslab_latency asked;
	struct magslab_bucket buckets[ROOM];
};

FIXTURE_SETUP(latency)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	job_init(&self->job, self->fd);
	self->job.run.flags = MAGSLAB_RUN_FLAG_LATENCY;
	self->job.run.blocks = BLOCKS;
	self->job.run.block_ops = OPS;
	self->asked = (struct magslab_latency){
		.size = sizeof(self->asked),
		.nr_buckets = ROOM,
		.buckets = (uintptr_t)self->buckets,
	};
}

FIXTURE_TEARDOWN(latency)
{
	close(self->fd);
}

static int ask(FIXTURE_DATA(latency) * self)
{
	return call(self->fd, MAGSLAB_IOC_LATENCY, &self->asked);
}

/* Whether the buckets that were got are in order, and have all samples in them. */
static bool adds_up(const FIXTURE_DATA(latency) * self)
{
	const struct magslab_latency *asked = &self->asked;
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < asked->nr_buckets; i++) {
		const struct magslab_bucket *bucket = &self->buckets[i];

		if (!bucket->count || bucket->last < bucket->first ||
		    (bucket->last - bucket->first) * 128 > bucket->first ||
		    (i && bucket->first <= bucket[-1].last))
			return false;
		sum += bucket->count;
	}
	return sum == asked->samples && asked->switched <= sum &&
	       self->buckets[0].first <= asked->min &&
	       asked->min <= self->buckets[0].last &&
	       self->buckets[i - 1].first <= asked->max &&
	       asked->max <= self->buckets[i - 1].last &&
	       asked->sum >= asked->min * sum && asked->sum <= asked->max * sum;
}

/* Of a pair, each block has as many of both; blocks that were left out count too. */
TEST_F(latency, of_each_call)
{
	__u64 calls = 0;

	ASSERT_EQ(0, job_run(&self->job, self->fd));
	ASSERT_TRUE(self->job.results[0].flags & MAGSLAB_RESULT_LATENCY);
	for (self->asked.call = MAGSLAB_CALL_ALLOC;
	     self->asked.call <= MAGSLAB_CALL_FREE; self->asked.call++) {
		self->asked.nr_buckets = ROOM;
		ASSERT_EQ(0, ask(self));
		EXPECT_LE(BLOCKS * OPS, self->asked.samples);
		EXPECT_EQ(0, self->asked.samples % OPS);
		EXPECT_TRUE(adds_up(self));
		EXPECT_STREQ("", self->asked.name);
		calls += self->asked.samples;
	}
	self->asked.nr_buckets = ROOM;
	ASSERT_EQ(MAGSLAB_CALL_NOTHING, self->asked.call);
	ASSERT_EQ(0, ask(self));
	EXPECT_EQ(calls, self->asked.samples);
	EXPECT_TRUE(adds_up(self));
}

/* They are the same calls, so as many. */
TEST_F(latency, of_each_path)
{
	__u64 samples = 0;
	__u32 path;
	int ret;

	self->job.run.workload = workload_id(self->fd, "full-path");
	self->job.run.count = 5000;
	self->job.run.blocks = 1;
	self->job.run.flags |= MAGSLAB_RUN_FLAG_PATHS;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	for (path = 0;; path++) {
		self->asked.path = path;
		self->asked.nr_buckets = ROOM;
		ret = ask(self);
		if (ret)
			break;
		EXPECT_NE('\0', self->asked.name[0]);
		samples += self->asked.samples;
		if (self->asked.samples)
			EXPECT_TRUE(adds_up(self));
		if (!path)
			EXPECT_STREQ("loaded", self->asked.name);
	}
	EXPECT_EQ(-ENOENT, ret);
	EXPECT_EQ(6, path);
	EXPECT_EQ(5000, samples);
}

/* A back-end that does not tell has one path, which has no name. */
TEST_F(latency, of_who_tells_no_path)
{
	self->job.backends[0] = backend_id(self->fd, "kmem_cache");
	self->job.run.flags |= MAGSLAB_RUN_FLAG_PATHS;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	ASSERT_EQ(0, ask(self));
	EXPECT_STREQ("", self->asked.name);
	self->asked.path = 1;
	EXPECT_EQ(-ENOENT, ask(self));
}

TEST_F(latency, of_as_many_buckets_as_there_is_room_for)
{
	__u32 nr;

	ASSERT_EQ(0, job_run(&self->job, self->fd));
	self->asked.nr_buckets = 0;
	self->asked.buckets = 0;
	ASSERT_EQ(0, ask(self));
	nr = self->asked.nr_buckets;
	ASSERT_LE(1, nr);
	memset(self->buckets, 0xff, sizeof(self->buckets));
	self->asked.buckets = (uintptr_t)self->buckets;
	self->asked.nr_buckets = nr - 1;
	ASSERT_EQ(0, ask(self));
	EXPECT_EQ(nr, self->asked.nr_buckets);
	EXPECT_TRUE(all_bytes((const char *)&self->buckets[nr - 1], 0xff,
			      sizeof(self->buckets[0])));
}

/* Each file descriptor has its own. */
TEST_F(latency, of_no_run_through_this_file)
{
	int other = device_open();

	ASSERT_LE(0, other);
	ASSERT_EQ(0, job_run(&self->job, other));
	EXPECT_EQ(-ENOENT, ask(self));
	close(other);
}

/* One that failed changes nothing, one without the flag has none. */
TEST_F(latency, of_the_last_run_that_was_done)
{
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	self->job.run.cpus = 0;
	ASSERT_EQ(-EINVAL, job_run(&self->job, self->fd));
	EXPECT_EQ(0, ask(self));
	self->job.run.cpus = 1;
	self->job.run.flags = 0;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_FALSE(self->job.results[0].flags & MAGSLAB_RESULT_LATENCY);
	EXPECT_EQ(-ENOENT, ask(self));
}

TEST_F(latency, wrong)
{
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	self->asked.backend = 1;
	EXPECT_EQ(-ENOENT, ask(self));
	self->asked.backend = UINT32_MAX;
	EXPECT_EQ(-ENOENT, ask(self));
	self->asked.backend = 0;
	self->asked.call = MAGSLAB_CALL_NOTHING + 1;
	EXPECT_EQ(-EINVAL, ask(self));
	self->asked.call = UINT32_MAX;
	EXPECT_EQ(-EINVAL, ask(self));
	self->asked.call = MAGSLAB_CALL_NOTHING;
	self->asked.path = 1;
	EXPECT_EQ(-ENOENT, ask(self));
	self->asked.path = UINT32_MAX;
	EXPECT_EQ(-ENOENT, ask(self));
	self->asked.path = 0;
	self->asked.reserved = 1;
	EXPECT_EQ(-EINVAL, ask(self));
	self->asked.reserved = 0;
	self->asked.buckets = (uintptr_t)NOWHERE;
	EXPECT_EQ(-EFAULT, ask(self));
	self->asked.buckets = (uintptr_t)self->buckets;
	EXPECT_EQ(0, ask(self));
}

/* The longest there can be ends when its time is up, also if each call is timed. */
TEST_F(latency, ends_at_its_time_limit)
{
	double start = seconds_now();
	struct magslab_info info;

	ASSERT_EQ(0, get_info(self->fd, &info));
	ASSERT_TRUE(info.features & MAGSLAB_FEATURE_LATENCY);
	job_make_long(&self->job, &info);
	self->job.run.flags |= MAGSLAB_RUN_FLAG_PATHS;
	self->job.run.timeout_ns = 300000000;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_EQ(MAGSLAB_RUN_PARTIAL, self->job.run.status);
	EXPECT_GT(5, seconds_now() - start);
	EXPECT_EQ(0, ask(self));
}

/*
 * Memory over time
 */

FIXTURE(timeline)
{
	int fd;
	struct job job;
	struct magslab_timeline asked;
	struct magslab_moment moments[ROOM];
};

FIXTURE_SETUP(timeline)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	job_init(&self->job, self->fd);
	self->job.run.flags = MAGSLAB_RUN_FLAG_TIMELINE;
	self->job.run.workload = workload_id(self->fd, "steady");
	self->job.run.count = 20000;
	self->job.run.blocks = 64;
	self->job.run.block_ops = 1000;
	self->asked = (struct magslab_timeline){
		.size = sizeof(self->asked),
		.nr_moments = ROOM,
		.moments = (uintptr_t)self->moments,
	};
}

FIXTURE_TEARDOWN(timeline)
{
	close(self->fd);
}

static int ask_timeline(FIXTURE_DATA(timeline) * self)
{
	return call(self->fd, MAGSLAB_IOC_TIMELINE, &self->asked);
}

/* In order of time and phase, and nothing live after the run. */
static bool in_order(const struct magslab_moment *moments, __u32 nr)
{
	__u32 i;

	for (i = 0; i < nr; i++) {
		if (moments[i].reserved ||
		    (moments[i].phase && moments[i].live) ||
		    (i && (moments[i].ns < moments[i - 1].ns ||
			   moments[i].phase < moments[i - 1].phase)))
			return false;
	}
	return true;
}

/* What is live is what was asked for; at last nothing is, and nothing is held. */
TEST_F(timeline, from_the_first_to_giving_back)
{
	const struct magslab_moment *last;
	__u64 most = 0;
	__u32 nr, i;

	ASSERT_EQ(0, job_run(&self->job, self->fd));
	ASSERT_EQ(0, ask_timeline(self));
	EXPECT_EQ(MAGSLAB_RESULT_HELD, self->asked.flags);
	nr = self->asked.nr_moments;
	ASSERT_LE(10, nr);
	ASSERT_TRUE(in_order(self->moments, nr));
	for (i = 0; i < nr; i++)
		if (self->moments[i].live > most)
			most = self->moments[i].live;
	EXPECT_GE(20000 * 64, most);
	EXPECT_LE(19000 * 64, most);
	last = &self->moments[nr - 1];
	EXPECT_EQ(MAGSLAB_PHASE_RETURNED, last->phase);
	EXPECT_GT(1 << 16, last->held);
	EXPECT_LE(10000000000ULL, last->ns);
	/* At once after the frees all of it is there. */
	EXPECT_EQ(MAGSLAB_PHASE_FREED, self->moments[nr - 9].phase);
	EXPECT_LE(1 << 19, self->moments[nr - 9].held);

	self->asked.nr_moments = 1;
	memset(self->moments, 0xff, sizeof(self->moments));
	ASSERT_EQ(0, ask_timeline(self));
	EXPECT_EQ(nr, self->asked.nr_moments);
	EXPECT_TRUE(all_bytes((const char *)&self->moments[1], 0xff,
			      sizeof(self->moments[1])));
	self->asked.backend = 1;
	EXPECT_EQ(-ENOENT, ask_timeline(self));
	self->asked.backend = 0;
	self->asked.moments = (uintptr_t)NOWHERE;
	EXPECT_EQ(-EFAULT, ask_timeline(self));
}

TEST_F(timeline, of_no_such_run)
{
	EXPECT_EQ(-ENOENT, ask_timeline(self));
	self->job.run.flags = 0;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_EQ(-ENOENT, ask_timeline(self));
}

TEST_F(timeline, ends_at_its_time_limit)
{
	double start = seconds_now();

	self->job.run.timeout_ns = 500000000;
	ASSERT_EQ(0, job_run(&self->job, self->fd));
	EXPECT_EQ(MAGSLAB_RUN_PARTIAL, self->job.run.status);
	EXPECT_GT(5, seconds_now() - start);
}

static void note_alarm(int signal)
{
}

/* Also while there is nothing to do but wait. */
TEST_F(timeline, ends_by_a_signal)
{
	struct sigaction action = { .sa_handler = note_alarm };
	double start = seconds_now();

	self->job.run.count = 100;
	self->job.run.blocks = 1;
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	alarm(2);
	EXPECT_EQ(-EINTR, job_run(&self->job, self->fd));
	EXPECT_GT(4, seconds_now() - start);
	EXPECT_EQ(-ENOENT, ask_timeline(self));
}

TEST_F(timeline, of_who_cannot)
{
	self->job.run.workload = workload_id(self->fd, "pair");
	self->job.run.count = 0;
	self->job.backends[0] = backend_id(self->fd, "arena");
	EXPECT_EQ(-EOPNOTSUPP, job_run(&self->job, self->fd));
}

TEST_HARNESS_MAIN
