/* SPDX-License-Identifier: GPL-2.0-only */
/* What the client programs share: how they speak, and how they end. */
#ifndef MAGSLAB_COMMON_MESSAGE_H
#define MAGSLAB_COMMON_MESSAGE_H

#include <stddef.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define __noreturn __attribute__((__noreturn__))
#define __printf(a, b) __attribute__((format(printf, a, b)))

/* Exit codes that mean the same everywhere; told by --help. */
enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_PERMISSION = 4,
};

/* Each program has a name, and something to clear away before it speaks. */
extern const char *const program_name;
void message_prepare(void);

__printf(1, 2) void complain(const char *format, ...);
__printf(2, 3) void __noreturn quit(int code, const char *format, ...);
void *allocate(size_t nr, size_t size);

#endif /* MAGSLAB_COMMON_MESSAGE_H */
