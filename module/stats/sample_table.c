// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object's address picks a set of places, and any of them will do. So a place
 * that becomes free needs no mark for those who look further, and an object that
 * is not here is known after one cache line of keys. With one set alone, a table of
 * 2^14 sets that is a sixth full would turn somebody away in one case of five: chance
 * fills a set. So there is a second one, by another hash, which is looked at while
 * any sample had to go there.
 */
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "compat.h"
#include "stats/sample_table.h"

/* Keys that are no address of an object. */
#define KEY_FREE 0L
#define KEY_BUSY 1L /* somebody writes the sample, or takes it */

/**
 * sample_table_init - make a table with room for 8 << @bits samples
 * @table: the table
 * @bits: at least 1
 *
 * Context: Task. May sleep.
 * Return: 0 or -ENOMEM.
 */
int sample_table_init(struct sample_table *table, unsigned int bits)
{
	table->bits = bits;
	atomic_long_set(&table->in_second, 0);
	table->keys = kvcalloc(sample_table_places(table), sizeof(*table->keys),
			       GFP_KERNEL);
	table->samples = kvcalloc(sample_table_places(table),
				  sizeof(*table->samples), GFP_KERNEL);
	if (table->keys && table->samples)
		return 0;
	sample_table_fini(table);
	return -ENOMEM;
}
EXPORT_SYMBOL_FOR_TEST(sample_table_init);

void sample_table_fini(struct sample_table *table)
{
	kvfree(table->keys);
	kvfree(table->samples);
}
EXPORT_SYMBOL_FOR_TEST(sample_table_fini);

size_t sample_table_bytes(const struct sample_table *table)
{
	return sample_table_places(table) *
	       (sizeof(*table->keys) + sizeof(*table->samples));
}

static unsigned int first_set(const struct sample_table *table,
			      const void *object)
{
	return hash_long((unsigned long)object, table->bits) * SAMPLE_WAYS;
}

static unsigned int second_set(const struct sample_table *table,
			       const void *object)
{
	unsigned long hash = hash_long((unsigned long)object, BITS_PER_LONG);

	return hash_long(hash, table->bits) * SAMPLE_WAYS;
}

/* Have a place to oneself if its key is @old. */
static bool place_claim(struct sample_table *table, unsigned int place,
			long old)
{
	atomic_long_t *key = &table->keys[place];

	return atomic_long_read(key) == old &&
	       atomic_long_cmpxchg(key, old, KEY_BUSY) == old;
}

/* In one's own place, though sample_table_read() may look. */
static void sample_write(struct sample *there, const struct sample *sample)
{
	WRITE_ONCE(there->time, sample->time);
	WRITE_ONCE(there->site, sample->site);
	WRITE_ONCE(there->cpu, sample->cpu);
}

static bool set_add(struct sample_table *table, unsigned int place,
		    const void *object, const struct sample *sample)
{
	unsigned int end = place + SAMPLE_WAYS;

	for (; place < end; place++) {
		if (!place_claim(table, place, KEY_FREE))
			continue;
		sample_write(&table->samples[place], sample);
		atomic_long_set_release(&table->keys[place], (long)object);
		return true;
	}
	return false;
}

static bool set_remove(struct sample_table *table, unsigned int place,
		       const void *object, struct sample *sample)
{
	unsigned int end = place + SAMPLE_WAYS;

	for (; place < end; place++) {
		if (!place_claim(table, place, (long)object))
			continue;
		*sample = table->samples[place];
		atomic_long_set_release(&table->keys[place], KEY_FREE);
		return true;
	}
	return false;
}

/**
 * sample_table_add - add the sample of an object that has none
 * @table: the table
 * @object: the object
 * @sample: what is known of it
 *
 * Context: Any.
 * Return: false if all its places are taken.
 */
bool sample_table_add(struct sample_table *table, const void *object,
		      const struct sample *sample)
{
	if (set_add(table, first_set(table, object), object, sample))
		return true;
	/* First, so that it is seen by whoever is handed the object. */
	atomic_long_inc(&table->in_second);
	if (set_add(table, second_set(table, object), object, sample))
		return true;
	atomic_long_dec(&table->in_second);
	return false;
}
EXPORT_SYMBOL_FOR_TEST(sample_table_add);

/**
 * sample_table_remove - remove the sample of an object, if there is one
 * @table: the table
 * @object: any address: it is only compared
 * @sample: what was known of it
 *
 * Context: Any.
 * Return: whether there was one; of several who try, one gets it.
 */
bool sample_table_remove(struct sample_table *table, const void *object,
			 struct sample *sample)
{
	/* NULL is freed, and so may be any other nonsense. */
	if ((unsigned long)object <= KEY_BUSY)
		return false;
	if (set_remove(table, first_set(table, object), object, sample))
		return true;
	if (likely(!atomic_long_read(&table->in_second)) ||
	    !set_remove(table, second_set(table, object), object, sample))
		return false;
	atomic_long_dec(&table->in_second);
	return true;
}
EXPORT_SYMBOL_FOR_TEST(sample_table_remove);

/**
 * sample_table_read - look at a place, while others add and remove
 * @table: the table
 * @place: less than sample_table_places()
 * @sample: what is there
 *
 * Context: Any.
 * Return: false if there is none, or it changed meanwhile.
 */
bool sample_table_read(const struct sample_table *table, unsigned int place,
		       struct sample *sample)
{
	const struct sample *there = &table->samples[place];
	long key = atomic_long_read_acquire(&table->keys[place]);

	if (key == KEY_FREE || key == KEY_BUSY)
		return false;
	sample->time = READ_ONCE(there->time);
	sample->site = READ_ONCE(there->site);
	sample->cpu = READ_ONCE(there->cpu);
	smp_rmb(); /* the sample before its key, which changes with it */
	return atomic_long_read(&table->keys[place]) == key &&
	       READ_ONCE(there->time) == sample->time;
}
EXPORT_SYMBOL_FOR_TEST(sample_table_read);
