// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may use the device: nobody but CAP_SYS_ADMIN, by whatever way he came to
 * it.
 */
#include <kselftest_harness.h>

#include <grp.h>
#include <sched.h>
#include <sys/stat.h>

#include "device.h"

#define NOBODY 65534

FIXTURE(access)
{
	int fd;
	struct job job;
};

FIXTURE_SETUP(access)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	job_init(&self->job, self->fd);
}

FIXTURE_TEARDOWN(access)
{
	chmod(DEVICE, 0600);
	close(self->fd);
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		_exit(254);
}

/* The errno of opening the device as nobody. */
static int open_as_nobody(void)
{
	pid_t child = fork();
	int status;

	if (!child) {
		become_nobody();
		_exit(device_open() < 0 ? errno : 0);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The errno of a run by a child that was prepared for it. */
static int run_as(struct job *job, int fd, void (*prepare)(void))
{
	pid_t child = fork();
	int status;

	if (!child) {
		prepare();
		_exit(-job_run(job, fd));
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void stay_root(void)
{
}

static void become_root_of_a_namespace(void)
{
	if (unshare(CLONE_NEWUSER))
		_exit(253);
}

TEST_F(access, mode_is_0600)
{
	struct stat node;

	ASSERT_EQ(0, stat(DEVICE, &node));
	ASSERT_TRUE(S_ISCHR(node.st_mode));
	ASSERT_EQ(0600, node.st_mode & 07777);
	ASSERT_EQ(0, node.st_uid);
}

TEST_F(access, nobody_is_stopped_by_the_mode)
{
	ASSERT_EQ(EACCES, open_as_nobody());
}

TEST_F(access, nobody_is_stopped_by_open)
{
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	ASSERT_EQ(EPERM, open_as_nobody());
}

/* Or the next tests would pass for another reason. */
TEST_F(access, root_may_run)
{
	ASSERT_EQ(0, run_as(&self->job, self->fd, stay_root));
}

TEST_F(access, nobody_may_not_run_on_a_file_he_was_given)
{
	ASSERT_EQ(EPERM, run_as(&self->job, self->fd, become_nobody));
}

TEST_F(access, root_of_a_namespace_may_not_run)
{
	int error = run_as(&self->job, self->fd, become_root_of_a_namespace);

	if (error == 253)
		SKIP(return, "no user namespaces");
	ASSERT_EQ(EPERM, error);
}

static void open_in_a_namespace(void)
{
	become_root_of_a_namespace();
	_exit(device_open() < 0 ? errno : 0);
}

TEST_F(access, root_of_a_namespace_may_not_open)
{
	int error = run_as(&self->job, self->fd, open_in_a_namespace);

	if (error == 253)
		SKIP(return, "no user namespaces");
	/* Its root owns nothing here, so the mode may stop it before us. */
	ASSERT_TRUE(error == EPERM || error == EACCES);
}

/* What is wrong with a run is none of nobody's business. */
TEST_F(access, nobody_learns_nothing)
{
	self->job.run.size = 4;
	ASSERT_EQ(EPERM, run_as(&self->job, self->fd, become_nobody));
}

TEST_HARNESS_MAIN
