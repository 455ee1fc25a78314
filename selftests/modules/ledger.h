/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test knows about the objects it has, kept apart from the objects and
 * from magslab: which addresses are live, and what must be written there.
 *
 * Usable in task, softirq and hardirq context, on PREEMPT_RT as well: a bucket
 * is held for a handful of instructions.
 */
#ifndef MAGSLAB_TEST_LEDGER_H
#define MAGSLAB_TEST_LEDGER_H

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/spinlock.h>

#define LEDGER_BITS 13
#define LEDGER_WAYS 8

/**
 * struct ledger_entry - one live object
 * @object: its address, or NULL when the entry is unused
 * @stamp: what its body was filled from
 * @cpu: where it was allocated
 */
struct ledger_entry {
	void *object;
	u64 stamp;
	int cpu;
};

struct ledger_bucket {
	raw_spinlock_t lock;
	struct ledger_entry way[LEDGER_WAYS];
};

/**
 * struct ledger - all live objects of a test
 * @buckets: hashed by address, each under its own lock
 * @allocs: objects entered
 * @frees: objects taken out
 * @twice: objects handed out while they were live
 * @strays: objects taken out that were not live
 */
struct ledger {
	struct ledger_bucket *buckets;
	atomic64_t allocs;
	atomic64_t frees;
	atomic64_t twice;
	atomic64_t strays;
};

enum ledger_result {
	LEDGER_OK,
	LEDGER_TWICE,
	LEDGER_FULL,
};

static inline int ledger_init(struct ledger *ledger)
{
	unsigned int i;

	memset(ledger, 0, sizeof(*ledger));
	ledger->buckets = kvcalloc(1U << LEDGER_BITS, sizeof(*ledger->buckets),
				   GFP_KERNEL);
	if (!ledger->buckets)
		return -ENOMEM;
	for (i = 0; i < 1U << LEDGER_BITS; i++)
		raw_spin_lock_init(&ledger->buckets[i].lock);
	return 0;
}

static inline void ledger_fini(struct ledger *ledger)
{
	kvfree(ledger->buckets);
	ledger->buckets = NULL;
}

static inline struct ledger_bucket *ledger_bucket(struct ledger *ledger,
						  void *object)
{
	return &ledger->buckets[hash_ptr(object, LEDGER_BITS)];
}

/* Enter an object that has just been allocated. */
static inline enum ledger_result ledger_add(struct ledger *ledger, void *object,
					    u64 stamp)
{
	struct ledger_bucket *bucket = ledger_bucket(ledger, object);
	enum ledger_result result = LEDGER_FULL;
	struct ledger_entry *hole = NULL;
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	for (i = 0; i < LEDGER_WAYS; i++) {
		if (bucket->way[i].object == object) {
			result = LEDGER_TWICE;
			break;
		}
		if (!bucket->way[i].object)
			hole = &bucket->way[i];
	}
	if (result != LEDGER_TWICE && hole) {
		hole->object = object;
		hole->stamp = stamp;
		hole->cpu = raw_smp_processor_id();
		result = LEDGER_OK;
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);

	if (result == LEDGER_OK)
		atomic64_inc(&ledger->allocs);
	else if (result == LEDGER_TWICE)
		atomic64_inc(&ledger->twice);
	return result;
}

/*
 * Take out an object that is about to be freed.
 * Return: false when it is not live.
 */
static inline bool ledger_remove(struct ledger *ledger, void *object,
				 struct ledger_entry *entry)
{
	struct ledger_bucket *bucket = ledger_bucket(ledger, object);
	unsigned long flags;
	bool found = false;
	unsigned int i;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	for (i = 0; i < LEDGER_WAYS && !found; i++) {
		if (bucket->way[i].object != object)
			continue;
		*entry = bucket->way[i];
		bucket->way[i].object = NULL;
		found = true;
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);

	atomic64_inc(found ? &ledger->frees : &ledger->strays);
	return found;
}

static inline s64 ledger_live(struct ledger *ledger)
{
	return atomic64_read(&ledger->allocs) - atomic64_read(&ledger->frees);
}

/*
 * Bodies. Every word depends on the stamp, the address and its position, so
 * that no two live objects look alike and a shifted copy is noticed.
 */
static inline u64 body_word(void *object, u64 stamp, size_t i)
{
	return (stamp ^ (unsigned long)object) + (i + 1) * GOLDEN_RATIO_64;
}

static inline void body_fill(void *object, size_t size, u64 stamp)
{
	u64 *word = object;
	size_t i;

	for (i = 0; i < size / sizeof(*word); i++)
		word[i] = body_word(object, stamp, i);
}

static inline bool body_intact(void *object, size_t size, u64 stamp)
{
	u64 *word = object;
	size_t i;

	for (i = 0; i < size / sizeof(*word); i++)
		if (READ_ONCE(word[i]) != body_word(object, stamp, i))
			return false;
	return true;
}

static inline bool body_is_zero(void *object, size_t size)
{
	return !memchr_inv(object, 0, size);
}

#endif /* MAGSLAB_TEST_LEDGER_H */
