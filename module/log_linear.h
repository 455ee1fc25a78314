/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear buckets: each power of two is cut into as many buckets of the same
 * width, 2 to the power of @bits. So a bucket is no wider than that part of what is
 * in it, and each value below 2 to the power of @bits + 1 has one of its own.
 */
#ifndef MAGSLAB_LOG_LINEAR_H
#define MAGSLAB_LOG_LINEAR_H

#include <linux/bits.h>
#include <linux/log2.h>
#include <linux/types.h>

/* Buckets of all values below 2 to the power of @limit. */
#define LOG_LINEAR_BUCKETS(bits, limit) (BIT(bits) * ((limit) - (bits) + 1))

/* Returns the index of the bucket that a value is in. */
static __always_inline unsigned int log_linear_bucket(u64 value,
						      unsigned int bits)
{
	unsigned int octave;

	if (value < BIT(bits))
		return value;
	octave = ilog2(value) - bits;
	/* The value's first bit is there in every octave, and makes up for one. */
	return BIT(bits) * octave + (value >> octave);
}

/* Returns the least value of a bucket; of the one after the last, the limit. */
static __always_inline u64 log_linear_first(unsigned int bucket,
					    unsigned int bits)
{
	unsigned int octave;

	if (bucket < BIT(bits))
		return bucket;
	octave = bucket / BIT(bits) - 1;
	return (u64)(bucket - BIT(bits) * octave) << octave;
}

/* Returns the largest value of a bucket. */
static __always_inline u64 log_linear_last(unsigned int bucket,
					   unsigned int bits)
{
	return log_linear_first(bucket + 1, bits) - 1;
}

#endif /* MAGSLAB_LOG_LINEAR_H */
