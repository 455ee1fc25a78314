// SPDX-License-Identifier: GPL-2.0-only
#include <linux/container_of.h>
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "alloc/cache.h"
#include "alloc/tap.h"
#include "compat.h"
#include "escape/instrument.h"
#include "stats/instrument.h"
#include "stats/latency.h"
#include "stats/locality.h"
#include "stats/sites.h"
#include "stats/whatif.h"

/* In the order of their files. */
static const struct magslab_instrument *const instruments[] = {
	&magslab_latency, &magslab_locality, &magslab_sites,
	&magslab_whatif,  &magslab_escape,
};

#define NR_INSTRUMENTS ARRAY_SIZE(instruments)

/**
 * struct rack - the instruments of a cache that are on
 * @tap: how they are told
 * @data: what each keeps, or NULL if it is off
 *
 * Never changed once it is the cache's tap: another one takes its place.
 */
struct rack {
	struct magslab_tap tap;
	void *data[NR_INSTRUMENTS];
};

/* Held to change a cache's rack, and to look into what its instruments keep. */
static DEFINE_MUTEX(racks_mutex);

u64 magslab_instrument_clock(void)
{
	return ktime_get_mono_fast_ns() | 1;
}

/*
 * === Being told ===
 */

static const struct rack *rack_of(const struct magslab_tap *tap)
{
	return container_of(tap, struct rack, tap);
}

static void rack_allocated(const struct magslab_tap *tap,
			   struct magslab_cache *cache, void **objects,
			   size_t nr, struct magslab_tapped *op)
{
	const struct rack *rack = rack_of(tap);
	u64 now = magslab_instrument_clock();
	unsigned int i;

	for (i = 0; i < NR_INSTRUMENTS; i++)
		if (rack->data[i] && instruments[i]->allocated)
			instruments[i]->allocated(rack->data[i], cache, objects,
						  nr, op, now);
}

static void rack_freeing(const struct magslab_tap *tap,
			 struct magslab_cache *cache, void **objects, size_t nr,
			 struct magslab_tapped *op)
{
	const struct rack *rack = rack_of(tap);
	u64 now = magslab_instrument_clock();
	unsigned int i;

	for (i = 0; i < NR_INSTRUMENTS; i++)
		if (rack->data[i] && instruments[i]->freeing)
			instruments[i]->freeing(rack->data[i], cache, objects,
						nr, op, now);
}

static void rack_freed(const struct magslab_tap *tap,
		       struct magslab_cache *cache, size_t nr,
		       struct magslab_tapped *op)
{
	const struct rack *rack = rack_of(tap);
	u64 now = magslab_instrument_clock();
	unsigned int i;

	for (i = 0; i < NR_INSTRUMENTS; i++)
		if (rack->data[i] && instruments[i]->freed)
			instruments[i]->freed(rack->data[i], cache, nr, op,
					      now);
}

static const struct magslab_tap rack_tap = {
	.clock = magslab_instrument_clock,
	.allocated = rack_allocated,
	.freeing = rack_freeing,
	.freed = rack_freed,
};

/*
 * === Racks ===
 */

/* Under the mutex. Return: the rack of a cache, or NULL. */
static struct rack *rack_get(struct magslab_cache *cache)
{
	const struct magslab_tap *tap;

	tap = rcu_dereference_protected(cache->tap,
					lockdep_is_held(&racks_mutex));

	return tap ? container_of(tap, struct rack, tap) : NULL;
}

static bool rack_is_empty(const struct rack *rack)
{
	unsigned int i;

	for (i = 0; i < NR_INSTRUMENTS; i++)
		if (rack->data[i])
			return false;
	return true;
}

/* A rack like the one a cache has, or an empty one. */
static struct rack *rack_copy(const struct rack *old)
{
	struct rack *rack = kzalloc(sizeof(*rack), GFP_KERNEL);

	if (!rack)
		return NULL;
	if (old)
		memcpy(rack->data, old->data, sizeof(rack->data));
	rack->tap = rack_tap;
	return rack;
}

/* Let @next be the rack of a cache, which had @old. Nobody uses that afterwards. */
static void rack_replace(struct magslab_cache *cache, struct rack *old,
			 struct rack *next)
{
	if (next && rack_is_empty(next)) {
		kfree(next);
		next = NULL;
	}
	magslab_tap_set(cache, next ? &next->tap : NULL);
	kfree(old);
}

/* Under the mutex. Stop instrument @i, and start it anew if there is a setting. */
static int rack_set(struct magslab_cache *cache, unsigned int i,
		    unsigned int setting)
{
	struct rack *old = rack_get(cache), *next = rack_copy(old);
	void *gone;

	if (!next)
		return -ENOMEM;
	gone = next->data[i];
	next->data[i] = NULL;
	if (setting) {
		next->data[i] = instruments[i]->create(cache, setting);
		if (!next->data[i]) {
			kfree(next);
			return -ENOMEM;
		}
	}
	rack_replace(cache, old, next);
	if (gone)
		instruments[i]->destroy(gone);
	return 0;
}

/* Before a cache goes, when nobody can start one any more. */
void magslab_instruments_stop(struct magslab_cache *cache)
{
	unsigned int i;
	struct rack *rack;

	mutex_lock(&racks_mutex);
	rack = rack_get(cache);
	if (rack) {
		magslab_tap_set(cache, NULL);
		for (i = 0; i < NR_INSTRUMENTS; i++)
			if (rack->data[i])
				instruments[i]->destroy(rack->data[i]);
		kfree(rack);
	}
	mutex_unlock(&racks_mutex);
}

/*
 * === Files ===
 */

/* Which instrument a file is of: the files have the names. */
static unsigned int instrument_of(const struct file *file)
{
	const char *name = file->f_path.dentry->d_name.name;
	unsigned int i = 0;

	while (i < NR_INSTRUMENTS - 1 && strcmp(name, instruments[i]->name))
		i++;
	return i;
}

static int file_show(struct seq_file *m, void *unused)
{
	unsigned int i = instrument_of(m->file);
	struct magslab_cache *cache = m->private;
	struct rack *rack;

	mutex_lock(&racks_mutex);
	rack = rack_get(cache);
	if (rack && rack->data[i])
		instruments[i]->show(m, cache, rack->data[i]);
	else
		seq_puts(m, "off\n");
	mutex_unlock(&racks_mutex);
	return 0;
}

static int file_open(struct inode *inode, struct file *file)
{
	return single_open(file, file_show, inode->i_private);
}

static ssize_t file_write(struct file *file, const char __user *buffer,
			  size_t count, loff_t *pos)
{
	struct seq_file *m = file->private_data;
	unsigned int i = instrument_of(file), setting;
	int ret = kstrtouint_from_user(buffer, count, 0, &setting);

	if (ret)
		return ret;
	if (setting > instruments[i]->most)
		return -ERANGE;
	mutex_lock(&racks_mutex);
	ret = rack_set(m->private, i, setting);
	mutex_unlock(&racks_mutex);
	return ret ?: count;
}

static const struct file_operations file_fops = {
	.owner = THIS_MODULE,
	.open = file_open,
	.read = seq_read,
	.write = file_write,
	.llseek = seq_lseek,
	.release = single_release,
};

void magslab_instruments_create(struct magslab_cache *cache, struct dentry *dir)
{
	unsigned int i;

	for (i = 0; i < NR_INSTRUMENTS; i++)
		debugfs_create_file(instruments[i]->name, 0600, dir, cache,
				    &file_fops);
}
