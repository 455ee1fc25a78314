// SPDX-License-Identifier: GPL-2.0-only
/* --list: the back-ends and workloads there are. */

#include "bench.h"

static void print_backend(const struct magslab_backend_info *backend)
{
	printf("  %-16s objects of %llu to %llu bytes", backend->name,
	       backend->min_size, backend->max_size);
	if (backend->flags & MAGSLAB_BACKEND_BULK)
		printf(", bulk");
	if (backend->flags & MAGSLAB_BACKEND_GIVES_BACK)
		printf(", gives memory back");
	if (backend->flags & MAGSLAB_BACKEND_LOCKS)
		printf(", counts its locks");
	if (backend->flags & MAGSLAB_BACKEND_BY_NAME)
		printf(", if named");
	if (backend->flags & MAGSLAB_BACKEND_FLOOR)
		printf(", a floor");
	putchar('\n');
}

static void print_workload(const struct magslab_workload_info *workload)
{
	printf("  %-16s", workload->name);
	if (workload->flags & MAGSLAB_WORKLOAD_COUNT)
		printf(" :N objects, 1 to %llu, default %llu",
		       workload->max_count, workload->default_count);
	if (workload->flags & MAGSLAB_WORKLOAD_MIX)
		printf(", of sizes up to --size");
	if (workload->flags & MAGSLAB_WORKLOAD_TRACE)
		printf(" of a trace, by the command of this name");
	if (workload->flags & MAGSLAB_WORKLOAD_PAIRS)
		printf(", by pairs of CPUs");
	putchar('\n');
}

void list_print(const struct device *device)
{
	__u32 i;

	puts("Back-ends (--backend):");
	for (i = 0; i < device->info.nr_backends; i++)
		print_backend(&device->backends[i]);
	puts("Workloads (--workload):");
	for (i = 0; i < device->info.nr_workloads; i++)
		print_workload(&device->workloads[i]);
}
