// SPDX-License-Identifier: GPL-2.0-only
/*
 * A 32-bit caller, for abi.c. It has no C library, which a 64-bit machine need
 * not have in 32 bits, and so no <errno.h> either. Its exit status is the line
 * that found something wrong.
 */
#include <asm/unistd.h>
#include <linux/magslab.h>

#define O_RDWR 2
#define EFAULT 14
#define EINVAL 22

static long system_call(long number, long a, long b, long c)
{
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(number), "b"(a), "c"(b), "d"(c)
		     : "memory");
	return result;
}

static void leave(int status)
{
	for (;;)
		system_call(__NR_exit, status, 0, 0);
}

#define CHECK(condition)                 \
	do {                             \
		if (!(condition))        \
			leave(__LINE__); \
	} while (0)

static long call(long fd, unsigned long command, void *argument)
{
	return system_call(__NR_ioctl, fd, command, (long)argument);
}

static struct magslab_info info;
static struct magslab_backend_info backend;
static struct magslab_workload_info workload;
static struct magslab_result results[8];
static struct magslab_run run;
static __u32 id;

/* As on 64 bits. */
static void check_sizes(void)
{
	CHECK(sizeof(void *) == 4);
	CHECK(sizeof(info) == MAGSLAB_INFO_SIZE_VER0);
	CHECK(sizeof(backend) == MAGSLAB_BACKEND_INFO_SIZE_VER0);
	CHECK(sizeof(workload) == MAGSLAB_WORKLOAD_INFO_SIZE_VER0);
	CHECK(sizeof(run) == MAGSLAB_RUN_SIZE_VER3);
	CHECK(sizeof(struct magslab_event) == 40);
	CHECK(sizeof(struct magslab_step) == 16);
	CHECK(sizeof(struct magslab_record) == MAGSLAB_RECORD_SIZE_VER0);
	CHECK(sizeof(struct magslab_trace) == MAGSLAB_TRACE_SIZE_VER0);
	CHECK(sizeof(struct magslab_curve) == MAGSLAB_CURVE_SIZE_VER0);
	CHECK(sizeof(results[0]) == MAGSLAB_RESULT_SIZE_VER3);
}

static void check_questions(long fd)
{
	info.size = sizeof(info);
	CHECK(call(fd, MAGSLAB_IOC_GET_INFO, &info) == 0);
	CHECK(info.abi == MAGSLAB_ABI);
	CHECK(info.max_timeout_ns);

	backend.size = sizeof(backend);
	CHECK(call(fd, MAGSLAB_IOC_GET_BACKEND, &backend) == 0);
	CHECK(backend.name[0]);
	CHECK(backend.min_size <= 64 && backend.max_size >= 64);

	workload.size = sizeof(workload);
	CHECK(call(fd, MAGSLAB_IOC_GET_WORKLOAD, &workload) == 0);
	CHECK(workload.name[0]);
	CHECK(workload.rows >= 1 && workload.rows <= 8);
}

static void check_run(long fd)
{
	id = backend.id;
	run.size = sizeof(run);
	run.workload = workload.id;
	run.object_size = 64;
	run.cpus = 1;
	run.turns = 1;
	run.blocks = 1;
	run.block_ops = 16;
	run.nr_backends = 1;
	run.nr_results = 8;
	run.backends = (unsigned long)&id;
	run.results = (unsigned long)results;
	run.result_size = sizeof(results[0]);
	CHECK(call(fd, MAGSLAB_IOC_RUN, &run) == 0);
	CHECK(run.nr_results == workload.rows);
	CHECK(results[0].backend == id);
	CHECK(results[0].block_ops);
}

/* The upper halves of pointers count, also where none has one. */
static void check_errors(long fd)
{
	CHECK(call(fd, MAGSLAB_IOC_RUN, 0) == -EFAULT);
	run.backends |= 1ULL << 32;
	run.nr_results = 8;
	CHECK(call(fd, MAGSLAB_IOC_RUN, &run) == -EFAULT);
	run.reserved = 1;
	CHECK(call(fd, MAGSLAB_IOC_RUN, &run) == -EINVAL);
}

void _start(void);
void _start(void)
{
	long fd = system_call(__NR_open, (long)"/dev/magslab", O_RDWR, 0);

	CHECK(fd >= 0);
	check_sizes();
	check_questions(fd);
	check_run(fd);
	check_errors(fd);
	leave(0);
}
