// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own objects, those of all its caches and of kmalloc():
 *
 *	echo 16 >magslab/escape/sites	it starts: one of 16 allocations is followed
 *	cat magslab/escape/sites	a table; sites.json has it for programs
 *	echo 0 >magslab/escape/sites	it stops, and what it knew is gone
 *	magslab/escape/long_ms		who lives so long is long-lived, from the next
 *					start on
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "escape/escape.h"
#include "escape/report.h"
#include "escape/room.h"
#include "observe/observe.h"

#define MOST_RATE 1000000
#define DEFAULT_LONG_MS 1000

struct follower {
	struct observer observer;
	struct escape escape;
};

/* Who follows, or NULL; held to change that, and to look at what it knows. */
static DEFINE_MUTEX(follower_mutex);
static struct follower *follower;
static struct dentry *escape_dir;
static u32 long_ms = DEFAULT_LONG_MS;

static void on_alloc(struct observer *observer, const struct observed *what)
{
	struct follower *of = container_of(observer, struct follower, observer);

	if (!in_nmi())
		escape_allocated(&of->escape, what->object, what->bytes,
				 what->site);
}

static void on_free(struct observer *observer, const struct observed *what)
{
	struct follower *of = container_of(observer, struct follower, observer);

	if (!in_nmi())
		escape_freed(&of->escape, what->object);
}

static void stop(void)
{
	if (!follower)
		return;
	observe_stop(&follower->observer);
	escape_fini(&follower->escape);
	kfree(follower);
	follower = NULL;
}

static int start(u32 rate)
{
	struct follower *new = kzalloc(sizeof(*new), GFP_KERNEL);
	int ret;

	if (!new)
		return -ENOMEM;
	new->observer.alloc = on_alloc;
	new->observer.free = on_free;
	ret = escape_init(&new->escape, rate,
			  (u64)READ_ONCE(long_ms) * NSEC_PER_MSEC);
	if (ret) {
		kfree(new);
		return ret;
	}
	ret = observe_start(&new->observer);
	if (ret) {
		escape_fini(&new->escape);
		kfree(new);
		return ret;
	}
	follower = new;
	return 0;
}

static ssize_t escape_write(struct file *file, const char __user *from,
			    size_t size, loff_t *position)
{
	u32 rate;
	int ret;

	ret = kstrtou32_from_user(from, size, 10, &rate);
	if (ret)
		return ret;
	if (rate > MOST_RATE)
		return -ERANGE;
	ret = mutex_lock_interruptible(&follower_mutex);
	if (ret)
		return ret;
	stop();
	if (rate)
		ret = start(rate);
	mutex_unlock(&follower_mutex);
	return ret ?: size;
}

static int show(struct seq_file *m,
		int (*print)(struct seq_file *m, struct escape *escape),
		const char *off)
{
	int ret;

	ret = mutex_lock_interruptible(&follower_mutex);
	if (ret)
		return ret;
	if (follower)
		ret = print(m, &follower->escape);
	else
		seq_puts(m, off);
	mutex_unlock(&follower_mutex);
	return ret;
}

static int escape_show(struct seq_file *m, void *v)
{
	return show(m, escape_report_show, "off\n");
}

static int escape_open(struct inode *inode, struct file *file)
{
	return single_open(file, escape_show, NULL);
}

static const struct file_operations escape_fops = {
	.open = escape_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.write = escape_write,
	.release = single_release,
};

static int json_show(struct seq_file *m, void *v)
{
	return show(m, escape_report_json,
		    "{\"schema\":1,\"kind\":\"escape\"}\n");
}

DEFINE_SHOW_ATTRIBUTE(json);

/**
 * magslab_escape_init - open the room of escape analysis
 * @root: magslab's directory in debugfs
 *
 * Context: Task. May sleep.
 */
void magslab_escape_init(struct dentry *root)
{
	escape_dir = debugfs_create_dir("escape", root);
	debugfs_create_file("sites", 0600, escape_dir, NULL, &escape_fops);
	debugfs_create_file("sites.json", 0400, escape_dir, NULL, &json_fops);
	debugfs_create_u32("long_ms", 0600, escape_dir, &long_ms);
}

/**
 * magslab_escape_exit - close it
 *
 * debugfs waits for who is in one of the files.
 *
 * Context: Task. May sleep.
 */
void magslab_escape_exit(void)
{
	debugfs_remove(escape_dir);
	stop();
}
