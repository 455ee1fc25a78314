// SPDX-License-Identifier: GPL-2.0-only
/* /dev/magslab, through which user space reaches the benchmark. */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "bench.h"
#include "engine.h"
#include "latency.h"

static int device_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	file->private_data = bench_session_make();
	if (!file->private_data)
		return -ENOMEM;
	return nonseekable_open(inode, file);
}

static int device_release(struct inode *inode, struct file *file)
{
	bench_session_free(file->private_data);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.unlocked_ioctl = bench_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "magslab",
	.mode = 0600,
	.fops = &device_fops,
};

/**
 * magslab_bench_init - open the benchmark room
 *
 * The device comes last: from then on anybody may call.
 *
 * Context: Task. May sleep.
 * Return: 0 or a negative errno.
 */
int magslab_bench_init(void)
{
	int ret;

	ret = bench_builtin_register();
	if (ret)
		return ret;
	ret = misc_register(&device);
	if (ret)
		bench_builtin_unregister();
	return ret;
}

/**
 * magslab_bench_exit - close the benchmark room
 *
 * No run is going on: the device of a run is open, and keeps the module.
 *
 * Context: Task. May sleep.
 */
void magslab_bench_exit(void)
{
	misc_deregister(&device);
	bench_builtin_unregister();
}
