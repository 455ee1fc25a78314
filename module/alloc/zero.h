/* SPDX-License-Identifier: GPL-2.0-only */
/* Zeroing of objects. */
#ifndef MAGSLAB_ALLOC_ZERO_H
#define MAGSLAB_ALLOC_ZERO_H

#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

/*
 * Objects up to this many bytes are zeroed by word stores on the spot, larger
 * ones by memset(). In instructions the two meet at 512 bytes (118 and 119 on
 * 6.12-cloud; 27 and 42 at 64 bytes, 846 and 735 at 4096), in native time they
 * are within a tenth of each other from 64 bytes up.
 */
#define ZERO_BY_WORDS_MAX 512

/*
 * @size is a multiple of the word size, and so is the address. The WRITE_ONCE()
 * keep the compiler from making it a memset().
 */
static __always_inline void zero_words(void *object, unsigned int size)
{
	unsigned long *word = object;

	for (; size >= 8 * sizeof(*word); size -= 8 * sizeof(*word)) {
		WRITE_ONCE(word[0], 0);
		WRITE_ONCE(word[1], 0);
		WRITE_ONCE(word[2], 0);
		WRITE_ONCE(word[3], 0);
		WRITE_ONCE(word[4], 0);
		WRITE_ONCE(word[5], 0);
		WRITE_ONCE(word[6], 0);
		WRITE_ONCE(word[7], 0);
		word += 8;
		/* Count no rounds in advance: few objects take many. */
		OPTIMIZER_HIDE_VAR(size);
	}
	for (; size; size -= sizeof(*word))
		WRITE_ONCE(*word++, 0);
}

static inline void zero_object(void *object, unsigned int size)
{
	if (size > ZERO_BY_WORDS_MAX)
		memset(object, 0, size);
	else
		zero_words(object, size);
}

#endif /* MAGSLAB_ALLOC_ZERO_H */
