// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may happen while a run is going on: another one, a signal, the death of
 * the caller. Whatever it is, the run ends soon and leaves nothing behind.
 */
#include <kselftest_harness.h>

#include <sys/prctl.h>

#include "device.h"

/* Of a machine that is busy, or emulated. */
#define SOON 2.0

FIXTURE(running)
{
	int fd;
	int caches;
	long slabs;
	struct magslab_info info;
	struct job job;
	pid_t child;
};

FIXTURE_VARIANT(running)
{
	const char *workload;
	__u64 count;
	bool pairs;
};

/* clang-format takes the braces of variants for something else. */
/* clang-format off */

/* Workers that are doing blocks most of the time. */
FIXTURE_VARIANT_ADD(running, pair) {
	.workload = "pair",
};

/* Workers that hold many objects, and wait for each other. */
FIXTURE_VARIANT_ADD(running, full_path) {
	.workload = "full-path",
	.count = 100000,
};

/* Workers that have objects on their way to each other. */
FIXTURE_VARIANT_ADD(running, producer_consumer) {
	.workload = "producer-consumer",
	.count = 100000,
	.pairs = true,
};

/* Workers of whose objects all are in parcels now and then. */
FIXTURE_VARIANT_ADD(running, larson) {
	.workload = "larson",
	.count = 100000,
};

/* One that fills the parcels of the others, who wait. */
FIXTURE_VARIANT_ADD(running, one_alloc_n_free) {
	.workload = "one-alloc-n-free",
	.count = 100000,
};

/* Workers whose objects are of several sizes, and in slots. */
FIXTURE_VARIANT_ADD(running, sh8bench) {
	.workload = "sh8bench",
	.count = 100000,
};

/* Workers whose context comes and goes. */
FIXTURE_VARIANT_ADD(running, mleak) {
	.workload = "mleak",
	.count = 100000,
};

/* clang-format on */

/* The parent tries as well, to see when the device is busy: so try again. */
static pid_t run_in_child(struct job *job)
{
	pid_t child = fork();
	int fd, error;

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = device_open();
	do {
		error = job_run(job, fd);
	} while (error == -EBUSY);
	_exit(-error);
}

/* Return: whether the device became busy. */
static bool wait_until_busy(int fd)
{
	double limit = seconds_now() + 10;
	struct job small;
	int error = 0;

	while (error != -EBUSY && seconds_now() < limit) {
		usleep(1000);
		job_init(&small, fd);
		error = job_run(&small, fd);
	}
	return error == -EBUSY;
}

/* Return: whether there are as many caches as that within some seconds. */
static bool wait_until_caches(int nr)
{
	double limit = seconds_now() + 10;

	while (count_caches() != nr && seconds_now() < limit)
		usleep(1000);
	return count_caches() == nr;
}

FIXTURE_SETUP(running)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, get_info(self->fd, &self->info));
	self->caches = count_caches();
	self->slabs = slab_kib();

	job_init(&self->job, self->fd);
	job_make_long(&self->job, &self->info);
	self->job.run.workload = workload_id(self->fd, variant->workload);
	self->job.run.count = variant->count;
	if (variant->pairs)
		self->job.run.cpus &= ~1U;
	if (!self->job.run.cpus)
		SKIP(return, "one CPU");
	self->child = run_in_child(&self->job);
	ASSERT_LT(0, self->child);
	ASSERT_TRUE(wait_until_busy(self->fd));
}

/* What the rest of the system may do to a counter meanwhile. */
static long slack_kib(void)
{
	const char *slack = getenv("MAGSLAB_SLACK_KIB");

	return slack ? atol(slack) : 4096;
}

/* Afterwards there is nothing left of the run, and the device is free. */
FIXTURE_TEARDOWN(running)
{
	if (self->child) {
		kill(self->child, SIGKILL);
		waitpid(self->child, NULL, 0);
	}
	EXPECT_TRUE(wait_until_caches(self->caches));
	EXPECT_GT(self->slabs + slack_kib(), slab_kib());
	job_init(&self->job, self->fd);
	EXPECT_EQ(0, job_run(&self->job, self->fd));
	close(self->fd);
}

TEST_F(running, another_is_refused)
{
	struct job second;
	int fd = device_open();

	ASSERT_LE(0, fd);
	job_init(&second, fd);
	ASSERT_EQ(-EBUSY, job_run(&second, fd));
	ASSERT_EQ(-EBUSY, job_run(&second, self->fd));
	close(fd);
	/* The first did not end for that. */
	ASSERT_EQ(0, waitpid(self->child, NULL, WNOHANG));
}

TEST_F(running, questions_are_answered)
{
	double start = seconds_now();

	ASSERT_EQ(0, call(self->fd, MAGSLAB_IOC_GET_INFO, &self->info));
	ASSERT_LE(0, backend_id(self->fd, "kmalloc"));
	ASSERT_GT(SOON, seconds_now() - start);
}

TEST_F(running, wrong_size_comes_before_busy)
{
	struct job second;

	job_init(&second, self->fd);
	second.run.size = 4;
	ASSERT_EQ(-EINVAL, job_run(&second, self->fd));
}

/* Return: seconds until the child was gone. */
static double end_child(pid_t child, int signal, int *status)
{
	double start = seconds_now();

	kill(child, signal);
	waitpid(child, status, 0);
	return seconds_now() - start;
}

TEST_F(running, killed)
{
	int status;

	EXPECT_GT(SOON, end_child(self->child, SIGKILL, &status));
	self->child = 0;
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(SIGKILL, WTERMSIG(status));
}

TEST_F(running, terminated)
{
	int status;

	EXPECT_GT(SOON, end_child(self->child, SIGTERM, &status));
	self->child = 0;
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(SIGTERM, WTERMSIG(status));
}

/* A stopped process gets on with its system call when it is continued. */
TEST_F(running, stopped_and_killed)
{
	int status;

	kill(self->child, SIGSTOP);
	usleep(100000);
	EXPECT_GT(SOON, end_child(self->child, SIGKILL, &status));
	self->child = 0;
	ASSERT_TRUE(WIFSIGNALED(status));
}

static void nothing(int signal)
{
}

TEST_F(running, interrupted)
{
	struct sigaction action = { .sa_handler = nothing };
	int status;

	/* A child of one's own: the handler has to be there before the run. */
	end_child(self->child, SIGKILL, &status);
	self->child = 0;
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	ASSERT_EQ(-EINTR, job_run(&self->job, self->fd));
	alarm(0);
}

/* The last close of the file does not come before the end of the run. */
TEST_F(running, file_is_closed_by_another)
{
	int status;

	close(self->fd);
	EXPECT_EQ(0, waitpid(self->child, &status, WNOHANG));
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	ASSERT_TRUE(wait_until_busy(self->fd));
}

TEST_HARNESS_MAIN
