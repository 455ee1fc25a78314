// SPDX-License-Identifier: GPL-2.0-only
/*
 * One recording at a time, behind a file descriptor of its own. Each CPU writes its
 * events into a ring; a number that all CPUs draw from gives them one order.
 */
#include <linux/anon_inodes.h>
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "caches.h"
#include "filter.h"
#include "observe/cache_name.h"
#include "observe/observe.h"
#include "record.h"
#include "ring.h"
#include "user_struct.h"

static_assert(sizeof(struct magslab_event) == 40);
static_assert(sizeof(struct magslab_record) == MAGSLAB_RECORD_SIZE_VER0);
static_assert(sizeof(struct magslab_record_status) ==
	      MAGSLAB_RECORD_STATUS_SIZE_VER0);
static_assert(sizeof(struct magslab_record_cache) ==
	      MAGSLAB_RECORD_CACHE_SIZE_VER0);

#define DEFAULT_EVENTS 32768
#define MAX_EVENTS SZ_1M
#define MEMORY_SHARE 4
/* Between two looks at whether there is something to read. */
#define READ_INTERVAL (HZ / 100 ?: 1)

/**
 * struct recording - what is recorded, and where it waits to be read
 * @observer: how it is told
 * @filter: what is wanted
 * @order: number of the last event
 * @filtered: events that were not wanted
 * @own: allocations of the process that records
 * @unseen: events in NMIs
 * @lumped: events of caches that found no place
 * @caches: those seen
 * @rings: one for each CPU that may come
 * @start: when it began
 * @factor: odd, and with @mask turns addresses into something else and back
 * @mask: see @factor
 * @lock: one reader at a time; and who stops it
 * @running: it is being told
 */
struct recording {
	struct observer observer;
	struct record_filter filter;
	atomic64_t order;
	atomic64_t filtered;
	atomic64_t own;
	atomic64_t unseen;
	atomic64_t lumped;
	struct record_caches caches;
	struct ring __percpu *rings;
	u64 start;
	u64 factor;
	u64 mask;
	/* One reader at a time. */
	struct mutex lock;
	bool running;
};

/* There is one recording, or none. */
static atomic_t busy;

static u8 context(void)
{
	if (in_hardirq())
		return MAGSLAB_CONTEXT_HARDIRQ;
	return in_serving_softirq() ? MAGSLAB_CONTEXT_SOFTIRQ :
				      MAGSLAB_CONTEXT_TASK;
}

/* Objects can be told apart, and nothing else can be told of them. */
static u64 disguise(const struct recording *recording, const void *object)
{
	return ((u64)(unsigned long)object * recording->factor) ^
	       recording->mask;
}

static u16 cache_index(struct recording *recording, const struct observed *what,
		       const struct record_cache *cache)
{
	if (!what->cache)
		return MAGSLAB_CACHE_KMALLOC;
	if (cache)
		return record_caches_index(&recording->caches, cache);
	atomic64_inc(&recording->lumped);
	return MAGSLAB_CACHE_OTHER;
}

static void write_event(struct recording *recording, u8 kind,
			const struct observed *what,
			const struct record_cache *cache)
{
	struct ring *ring = this_cpu_ptr(recording->rings);
	struct magslab_event *event = ring_reserve(ring);

	if (!event)
		return;
	*event = (struct magslab_event){
		.order = atomic64_inc_return(&recording->order),
		.ns = ktime_get_mono_fast_ns() - recording->start,
		.object = disguise(recording, what->object),
		.bytes = what->bytes,
		.task = current->pid,
		.cpu = raw_smp_processor_id(),
		.cache = cache_index(recording, what, cache),
		.kind = kind,
		.context = context(),
		.flags = gfpflags_allow_blocking(what->gfp) ?
				 MAGSLAB_EVENT_MAY_BLOCK :
				 0,
	};
	ring_commit(ring);
}

/* With interrupts off: one writer on each CPU. */
static void consider(struct recording *recording, u8 kind,
		     const struct observed *what)
{
	const struct record_cache *cache = NULL;

	if (what->cache)
		cache = record_caches_get(&recording->caches, what->cache);
	if (!record_filter_wants_cache(&recording->filter, what, cache) ||
	    (kind == MAGSLAB_EVENT_ALLOC &&
	     !record_filter_wants(&recording->filter, what)))
		atomic64_inc(&recording->filtered);
	else
		write_event(recording, kind, what, cache);
}

static void on_event(struct recording *recording, u8 kind,
		     const struct observed *what)
{
	unsigned long flags;

	if (in_nmi()) {
		atomic64_inc(&recording->unseen);
		return;
	}
	local_irq_save(flags);
	consider(recording, kind, what);
	local_irq_restore(flags);
}

static void on_alloc(struct observer *observer, const struct observed *what)
{
	struct recording *recording =
		container_of(observer, struct recording, observer);

	if (record_filter_is_own(&recording->filter))
		atomic64_inc(&recording->own);
	else
		on_event(recording, MAGSLAB_EVENT_ALLOC, what);
}

static void on_free(struct observer *observer, const struct observed *what)
{
	on_event(container_of(observer, struct recording, observer),
		 MAGSLAB_EVENT_FREE, what);
}

static void stop(struct recording *recording)
{
	if (recording->running)
		observe_stop(&recording->observer);
	recording->running = false;
}

static void destroy(struct recording *recording)
{
	int cpu;

	stop(recording);
	if (recording->rings)
		for_each_possible_cpu(cpu)
			ring_destroy(per_cpu_ptr(recording->rings, cpu));
	free_percpu(recording->rings);
	kvfree(recording);
	/* Pairs with the acquire in take_turn(). */
	atomic_set_release(&busy, 0);
}

/* Events of one ring, as many as there is room for. Returns bytes or -EFAULT. */
static ssize_t read_ring(struct ring *ring, char __user *to, size_t room)
{
	const struct magslab_event *events;
	ssize_t done = 0;
	u32 nr;

	while ((nr = ring_peek(ring, &events))) {
		nr = min_t(size_t, nr, (room - done) / sizeof(*events));
		if (!nr)
			break;
		if (copy_to_user(to + done, events, nr * sizeof(*events)))
			return -EFAULT;
		ring_consume(ring, nr);
		done += nr * sizeof(*events);
	}
	return done;
}

static ssize_t read_rings(struct recording *recording, char __user *to,
			  size_t room)
{
	ssize_t done = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		ssize_t ret = read_ring(per_cpu_ptr(recording->rings, cpu),
					to + done, room - done);

		if (ret < 0)
			return done ?: ret;
		done += ret;
	}
	return done;
}

static ssize_t read_locked(struct recording *recording, char __user *to,
			   size_t room, bool *ended)
{
	ssize_t ret;

	if (mutex_lock_interruptible(&recording->lock))
		return -ERESTARTSYS;
	*ended = !recording->running;
	ret = read_rings(recording, to, room);
	mutex_unlock(&recording->lock);
	return ret;
}

/* Nobody is woken by an event: that may be in the middle of the scheduler. */
static ssize_t recording_read(struct file *file, char __user *to, size_t room,
			      loff_t *position)
{
	bool ended;
	ssize_t ret;

	if (room < sizeof(struct magslab_event))
		return -EINVAL;
	for (;;) {
		ret = read_locked(file->private_data, to, room, &ended);
		if (ret || ended)
			return ret;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (schedule_timeout_interruptible(READ_INTERVAL) &&
		    signal_pending(current))
			return -ERESTARTSYS;
	}
}

static long do_stop(struct recording *recording)
{
	if (mutex_lock_interruptible(&recording->lock))
		return -ERESTARTSYS;
	stop(recording);
	mutex_unlock(&recording->lock);
	return 0;
}

static u64 dropped(const struct recording *recording)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(recording->rings, cpu)->dropped);
	return sum;
}

static long get_status(struct recording *recording, void __user *arg)
{
	struct magslab_record_status status;
	int size;

	size = get_struct(&status, sizeof(status),
			  MAGSLAB_RECORD_STATUS_SIZE_VER0, arg);
	if (size < 0)
		return size;
	status = (struct magslab_record_status){
		.size = sizeof(status),
		.caches = atomic_read(&recording->caches.used),
		.recorded = atomic64_read(&recording->order),
		.dropped = dropped(recording),
		.filtered = atomic64_read(&recording->filtered),
		.own = atomic64_read(&recording->own),
		.unseen = atomic64_read(&recording->unseen),
		.lumped = atomic64_read(&recording->lumped),
	};
	return put_struct(arg, size, &status, sizeof(status));
}

static long get_cache(struct recording *recording, void __user *arg)
{
	const struct record_cache *cache;
	struct magslab_record_cache told;
	int size;

	size = get_struct(&told, sizeof(told), MAGSLAB_RECORD_CACHE_SIZE_VER0,
			  arg);
	if (size < 0)
		return size;
	if (told.reserved)
		return -EINVAL;
	cache = record_caches_at(&recording->caches, told.index);
	if (!cache)
		return -ENOENT;
	told.size = sizeof(told);
	told.bytes = cache->bytes;
	memcpy(told.name, cache->name, sizeof(told.name));
	return put_struct(arg, size, &told, sizeof(told));
}

static long recording_ioctl(struct file *file, unsigned int cmd,
			    unsigned long arg)
{
	struct recording *recording = file->private_data;

	if (cmd == MAGSLAB_IOC_RECORD_STOP)
		return do_stop(recording);
	if (_IOC_TYPE(cmd) != MAGSLAB_IOC_MAGIC ||
	    _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE))
		return -ENOTTY;
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(MAGSLAB_IOC_RECORD_STATUS):
		return get_status(recording, (void __user *)arg);
	case _IOC_NR(MAGSLAB_IOC_RECORD_CACHE):
		return get_cache(recording, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static int recording_release(struct inode *inode, struct file *file)
{
	destroy(file->private_data);
	return 0;
}

static const struct file_operations recording_fops = {
	.owner = THIS_MODULE,
	.read = recording_read,
	.unlocked_ioctl = recording_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = recording_release,
};

static int rings_create(struct recording *recording, u32 events)
{
	int cpu, ret;

	recording->rings = alloc_percpu(struct ring);
	if (!recording->rings)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		ret = ring_create(per_cpu_ptr(recording->rings, cpu), events);
		if (ret)
			return ret;
	}
	return 0;
}

static u32 events_of(const struct magslab_record *user)
{
	return roundup_pow_of_two(user->events ?: DEFAULT_EVENTS);
}

static bool affordable(u32 events)
{
	u64 bytes = (u64)events * sizeof(struct magslab_event) *
		    num_possible_cpus();
	long pages = si_mem_available();

	return pages > 0 && bytes <= ((u64)pages << PAGE_SHIFT) / MEMORY_SHARE;
}

/* What can fail before anything is observed. */
static int set_up(struct recording *recording,
		  const struct magslab_record *user)
{
	int ret;

	ret = record_filter_set(&recording->filter, user);
	if (ret)
		return ret;
	if (!affordable(events_of(user)))
		return -ENOMEM;
	recording->observer.alloc = on_alloc;
	recording->observer.free = on_free;
	recording->factor = get_random_u64() | 1;
	recording->mask = get_random_u64();
	mutex_init(&recording->lock);
	return rings_create(recording, events_of(user));
}

static int start(struct recording *recording)
{
	int ret;

	recording->start = ktime_get_mono_fast_ns();
	ret = observe_start(&recording->observer);
	recording->running = !ret;
	return ret;
}

static struct recording *create(const struct magslab_record *user)
{
	struct recording *recording;
	int ret;

	recording = kvzalloc(sizeof(*recording), GFP_KERNEL_ACCOUNT);
	if (!recording) {
		atomic_set_release(&busy, 0);
		return ERR_PTR(-ENOMEM);
	}
	ret = set_up(recording, user);
	if (!ret)
		ret = start(recording);
	if (ret) {
		destroy(recording);
		return ERR_PTR(ret);
	}
	return recording;
}

static bool take_turn(void)
{
	/* Pairs with the releases in destroy() and create(). */
	return !atomic_cmpxchg_acquire(&busy, 0, 1);
}

/**
 * magslab_record_open - begin a recording
 * @user: what to record, as it was read from the user; its reader owns all of it
 *
 * Context: Task. May sleep.
 * Return: a file descriptor, or what struct magslab_record documents.
 */
int magslab_record_open(struct magslab_record *user)
{
	struct recording *recording;
	int fd;

	if (user->flags || user->reserved || user->events > MAX_EVENTS)
		return -EINVAL;
	if (!take_turn())
		return -EBUSY;
	recording = create(user);
	if (IS_ERR(recording))
		return PTR_ERR(recording);
	fd = anon_inode_getfd("[magslab-record]", &recording_fops, recording,
			      O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		destroy(recording);
	return fd;
}
