/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of /dev/magslab share: calls, and arguments that are right. */
#ifndef MAGSLAB_TEST_DEVICE_H
#define MAGSLAB_TEST_DEVICE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <linux/magslab.h>

#define DEVICE "/dev/magslab"
#define CACHES "/sys/kernel/debug/magslab/caches"

/* No test depends on what becomes of an address that is not mapped. */
#define NOWHERE ((void *)16)
#define MAX_RESULTS 4

static inline int device_open(void)
{
	return open(DEVICE, O_RDWR | O_CLOEXEC);
}

/* Return: 0 or a negative errno. */
static inline int call(int fd, unsigned long command, void *argument)
{
	return ioctl(fd, command, argument) ? -errno : 0;
}

/* Find a workload or a back-end by name. Return: its id, or -1. */
static inline int workload_id(int fd, const char *name)
{
	struct magslab_workload_info info;
	__u32 i;

	for (i = 0; i < 1000; i++) {
		memset(&info, 0, sizeof(info));
		info.size = sizeof(info);
		info.index = i;
		if (call(fd, MAGSLAB_IOC_GET_WORKLOAD, &info))
			return -1;
		if (!strcmp(info.name, name))
			return info.id;
	}
	return -1;
}

static inline int backend_id(int fd, const char *name)
{
	struct magslab_backend_info info;
	__u32 i;

	for (i = 0; i < 1000; i++) {
		memset(&info, 0, sizeof(info));
		info.size = sizeof(info);
		info.index = i;
		if (call(fd, MAGSLAB_IOC_GET_BACKEND, &info))
			return -1;
		if (!strcmp(info.name, name))
			return info.id;
	}
	return -1;
}

/**
 * struct job - a run and what it points at
 * @run: what to measure
 * @backends: room for ids
 * @results: room for rows
 */
struct job {
	struct magslab_run run;
	__u32 backends[MAX_RESULTS];
	struct magslab_result results[MAX_RESULTS];
};

/* The least that can be asked for: it is over in no time. */
static inline void job_init(struct job *job, int fd)
{
	memset(job, 0, sizeof(*job));
	job->backends[0] = backend_id(fd, "magslab");
	job->run = (struct magslab_run){
		.size = sizeof(job->run),
		.workload = workload_id(fd, "pair"),
		.gfp = MAGSLAB_GFP_KERNEL,
		.object_size = 64,
		.seed = 1,
		.timeout_ns = 20000000000ULL,
		.cpus = 1,
		.turns = 1,
		.blocks = 1,
		.block_ops = 16,
		.nr_backends = 1,
		.nr_results = MAX_RESULTS,
		.backends = (uintptr_t)job->backends,
		.results = (uintptr_t)job->results,
		.result_size = sizeof(job->results[0]),
	};
}

/**
 * struct tiny_trace - a trace and what it points at
 * @trace: two classes, two objects of each, one of which stays
 * @steps: what is done with them
 * @classes: their sizes
 */
struct tiny_trace {
	struct magslab_trace trace;
	struct magslab_step steps[7];
	__u32 classes[2];
};

static inline void tiny_trace_init(struct tiny_trace *tiny)
{
	static const struct magslab_step steps[] = {
		{ 0, 0, 0, 0 },
		{ 10, 1, 0, 1 },
		{ 20, 2, 1, 0 },
		{ 30, 0, 1, MAGSLAB_STEP_FREE },
		{ 40, 3, 0, 1 },
		{ 50, 1, 0, MAGSLAB_STEP_FREE },
		{ 50, 2, 0, MAGSLAB_STEP_FREE },
	};

	memset(tiny, 0, sizeof(*tiny));
	memcpy(tiny->steps, steps, sizeof(steps));
	tiny->classes[0] = 64;
	tiny->classes[1] = 200;
	tiny->trace = (struct magslab_trace){
		.size = sizeof(tiny->trace),
		.nr_classes = 2,
		.nr_steps = 7,
		.steps = (uintptr_t)tiny->steps,
		.classes = (uintptr_t)tiny->classes,
	};
}

/* The most that can be asked for: no test will see its end. */
static inline void job_make_long(struct job *job,
				 const struct magslab_info *info)
{
	job->run.timeout_ns = info->max_timeout_ns;
	job->run.cpus = info->max_cpus;
	job->run.turns = info->max_turns;
	job->run.blocks = info->max_blocks / info->max_cpus;
	job->run.block_ops = info->max_block_ops;
}

static inline int job_run(struct job *job, int fd)
{
	return call(fd, MAGSLAB_IOC_RUN, &job->run);
}

/* Two pages, the second of which is not mapped. */
static inline char *page_before_hole(size_t page)
{
	char *area = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED || munmap(area + page, page))
		return NULL;
	return area;
}

/* Return: 0 or a negative errno. */
static inline int get_info(int fd, struct magslab_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return call(fd, MAGSLAB_IOC_GET_INFO, info);
}

static inline bool all_bytes(const char *bytes, int value, size_t nr)
{
	while (nr)
		if (bytes[--nr] != (char)value)
			return false;
	return true;
}

static inline double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Caches there are at the moment, or -1 where debugfs cannot be read. */
static inline int count_caches(void)
{
	DIR *directory = opendir(CACHES);
	struct dirent *entry;
	int nr = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory)))
		nr += entry->d_name[0] != '.';
	closedir(directory);
	return nr;
}

/* Pages of slabs, used and free, of the whole system, in KiB. */
static inline long slab_kib(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	long kib, sum = 0;
	char line[128];

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "KReclaimable: %ld", &kib) == 1 ||
		    sscanf(line, "SUnreclaim: %ld", &kib) == 1)
			sum += kib;
	fclose(file);
	return sum;
}

#endif /* MAGSLAB_TEST_DEVICE_H */
