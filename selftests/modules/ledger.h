/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test knows about the objects it has, kept apart from the objects and
 * from magslab: which addresses are live, and what must be written there.
 *
 * Usable in any context, on PREEMPT_RT as well: there is no lock, as an NMI may
 * come while another entry of the same bucket is being written.
 */
#ifndef MAGSLAB_TEST_LEDGER_H
#define MAGSLAB_TEST_LEDGER_H

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/mm.h>

#define LEDGER_BITS 13
#define LEDGER_WAYS 8

/**
 * struct ledger_entry - one live object
 * @object: its address, or NULL when the entry is unused. Who puts it there
 *	has the entry until it is taken out.
 * @stamp: what its body was filled from
 * @cpu: where it was allocated
 */
struct ledger_entry {
	void *object;
	u64 stamp;
	int cpu;
};

struct ledger_bucket {
	struct ledger_entry way[LEDGER_WAYS];
};

/**
 * struct ledger - all live objects of a test
 * @buckets: hashed by address
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
	memset(ledger, 0, sizeof(*ledger));
	ledger->buckets = kvcalloc(1U << LEDGER_BITS, sizeof(*ledger->buckets),
				   GFP_KERNEL);
	return ledger->buckets ? 0 : -ENOMEM;
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

/* Return: an entry that was unused, or NULL when none is. */
static inline struct ledger_entry *ledger_claim(struct ledger_bucket *bucket,
						void *object)
{
	unsigned int i;

	for (i = 0; i < LEDGER_WAYS; i++)
		if (!cmpxchg(&bucket->way[i].object, NULL, object))
			return &bucket->way[i];
	return NULL;
}

static inline unsigned int ledger_count(struct ledger_bucket *bucket,
					void *object)
{
	unsigned int i, nr = 0;

	for (i = 0; i < LEDGER_WAYS; i++)
		nr += READ_ONCE(bucket->way[i].object) == object;
	return nr;
}

/*
 * Enter an object that has just been allocated. Of two who enter the same one
 * at the same time, at least one finds the other's entry beside his own.
 */
static inline enum ledger_result ledger_add(struct ledger *ledger, void *object,
					    u64 stamp)
{
	struct ledger_bucket *bucket = ledger_bucket(ledger, object);
	struct ledger_entry *entry = ledger_claim(bucket, object);

	if (ledger_count(bucket, object) > !!entry) {
		if (entry)
			WRITE_ONCE(entry->object, NULL);
		atomic64_inc(&ledger->twice);
		return LEDGER_TWICE;
	}
	if (!entry)
		return LEDGER_FULL;

	entry->stamp = stamp;
	entry->cpu = raw_smp_processor_id();
	atomic64_inc(&ledger->allocs);
	return LEDGER_OK;
}

/*
 * Take out an object that is about to be freed.
 * Return: false when it is not live.
 */
static inline bool ledger_remove(struct ledger *ledger, void *object,
				 struct ledger_entry *entry)
{
	struct ledger_bucket *bucket = ledger_bucket(ledger, object);
	unsigned int i;

	for (i = 0; i < LEDGER_WAYS; i++) {
		if (READ_ONCE(bucket->way[i].object) != object)
			continue;
		*entry = bucket->way[i];
		if (cmpxchg(&bucket->way[i].object, object, NULL) != object)
			continue;
		atomic64_inc(&ledger->frees);
		return true;
	}
	atomic64_inc(&ledger->strays);
	return false;
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
