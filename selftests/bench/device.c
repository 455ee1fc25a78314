// SPDX-License-Identifier: GPL-2.0-only
/* The device, and what it offers. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

#define DEVICE_PATH "/dev/magslab"

static int open_path(void)
{
	int fd = open(DEVICE_PATH, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == EACCES || errno == EPERM)
		quit(EXIT_NO_PERMISSION,
		     "no permission to use " DEVICE_PATH
		     ": it takes CAP_SYS_ADMIN, try as root");
	quit(EXIT_NO_DEVICE,
	     "cannot open " DEVICE_PATH ": %s. Is magslab.ko loaded?",
	     strerror(errno));
}

static void get_info(struct device *device)
{
	device->info = (struct magslab_info){ .size = sizeof(device->info) };
	if (ioctl(device->fd, MAGSLAB_IOC_GET_INFO, &device->info))
		quit(EXIT_NO_DEVICE, DEVICE_PATH " does not answer: %s",
		     strerror(errno));
	if (device->info.abi != MAGSLAB_ABI)
		quit(EXIT_NO_DEVICE,
		     "the module's interface is version %u, this is for %u",
		     device->info.abi, MAGSLAB_ABI);
}

/* Back-ends come and go with modules: there may be fewer by now. */
static void get_backends(struct device *device)
{
	struct magslab_backend_info *info;
	__u32 i;

	device->backends =
		allocate(device->info.nr_backends, sizeof(*device->backends));
	for (i = 0; i < device->info.nr_backends; i++) {
		info = &device->backends[i];
		info->size = sizeof(*info);
		info->index = i;
		if (ioctl(device->fd, MAGSLAB_IOC_GET_BACKEND, info))
			break;
	}
	device->info.nr_backends = i;
}

static void get_workloads(struct device *device)
{
	struct magslab_workload_info *info;
	__u32 i;

	device->workloads =
		allocate(device->info.nr_workloads, sizeof(*device->workloads));
	for (i = 0; i < device->info.nr_workloads; i++) {
		info = &device->workloads[i];
		info->size = sizeof(*info);
		info->index = i;
		if (ioctl(device->fd, MAGSLAB_IOC_GET_WORKLOAD, info))
			break;
	}
	device->info.nr_workloads = i;
}

void device_open(struct device *device)
{
	device->fd = open_path();
	get_info(device);
	get_backends(device);
	get_workloads(device);
}

void device_close(struct device *device)
{
	free(device->backends);
	free(device->workloads);
	close(device->fd);
}

const struct magslab_backend_info *device_backend(const struct device *device,
						  const char *name)
{
	__u32 i;

	for (i = 0; i < device->info.nr_backends; i++)
		if (!strcmp(device->backends[i].name, name))
			return &device->backends[i];
	return NULL;
}

const struct magslab_backend_info *
device_backend_by_id(const struct device *device, __u32 id)
{
	__u32 i;

	for (i = 0; i < device->info.nr_backends; i++)
		if (device->backends[i].id == id)
			return &device->backends[i];
	return NULL;
}

const struct magslab_workload_info *device_workload(const struct device *device,
						    const char *name)
{
	__u32 i;

	for (i = 0; i < device->info.nr_workloads; i++)
		if (!strcmp(device->workloads[i].name, name))
			return &device->workloads[i];
	return NULL;
}
