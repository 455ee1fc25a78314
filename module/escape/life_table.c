// SPDX-License-Identifier: GPL-2.0-only
/* Each bucket has a lock of its own; most lookups find it empty and take none. */
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "escape/life_table.h"

int life_table_init(struct life_table *table)
{
	unsigned int i;

	table->buckets =
		kvcalloc(LIFE_BUCKETS, sizeof(*table->buckets), GFP_KERNEL);
	if (!table->buckets)
		return -ENOMEM;
	for (i = 0; i < LIFE_BUCKETS; i++)
		raw_spin_lock_init(&table->buckets[i].lock);
	return 0;
}

void life_table_fini(struct life_table *table)
{
	kvfree(table->buckets);
}

static struct life_bucket *bucket_of(struct life_table *table,
				     const void *object)
{
	return &table->buckets[hash_ptr(object, LIFE_BUCKET_BITS)];
}

/**
 * life_table_add - remember an object
 * @table: the table
 * @life: what is known of it; it is not there yet
 *
 * Context: Any but NMI.
 * Return: false if there is no room.
 */
bool life_table_add(struct life_table *table, const struct escape_life *life)
{
	struct life_bucket *bucket = bucket_of(table, life->object);
	unsigned long flags;
	bool room;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	room = bucket->nr < LIFE_WAYS;
	if (room) {
		bucket->lives[bucket->nr] = *life;
		WRITE_ONCE(bucket->nr, bucket->nr + 1);
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return room;
}

/* With the bucket's lock. The last one takes the place. */
static bool take(struct life_bucket *bucket, const void *object,
		 struct escape_life *life)
{
	u32 i;

	for (i = 0; i < bucket->nr; i++) {
		if (bucket->lives[i].object != object)
			continue;
		*life = bucket->lives[i];
		WRITE_ONCE(bucket->nr, bucket->nr - 1);
		bucket->lives[i] = bucket->lives[bucket->nr];
		return true;
	}
	return false;
}

/**
 * life_table_take - forget an object, if it is there
 * @table: the table
 * @object: an address
 * @life: what was known of it
 *
 * Whoever allocates or frees an object is alone with it, so if it is there, its bucket
 * is not empty.
 *
 * Context: Any but NMI.
 * Return: whether it was there.
 */
bool life_table_take(struct life_table *table, const void *object,
		     struct escape_life *life)
{
	struct life_bucket *bucket = bucket_of(table, object);
	unsigned long flags;
	bool found;

	if (!READ_ONCE(bucket->nr))
		return false;
	raw_spin_lock_irqsave(&bucket->lock, flags);
	found = take(bucket, object, life);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return found;
}

/* Copy what one bucket has. Returns how many. */
u32 life_table_read(struct life_table *table, u32 nr,
		    struct escape_life lives[LIFE_WAYS])
{
	struct life_bucket *bucket = &table->buckets[nr];
	unsigned long flags;
	u32 found;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	found = bucket->nr;
	memcpy(lives, bucket->lives, found * sizeof(*lives));
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return found;
}
