/* SPDX-License-Identifier: GPL-2.0-only */
/* What options of all client programs have in common. */
#ifndef MAGSLAB_COMMON_ARGUMENTS_H
#define MAGSLAB_COMMON_ARGUMENTS_H

#include "message.h"

unsigned long long parse_number(const char *option, const char *text,
				unsigned long long least,
				unsigned long long most);
unsigned int parse_choice(const char *option, const char *text,
			  const char *const *names, size_t nr);
void __noreturn show_and_end(const char *text);

#endif /* MAGSLAB_COMMON_ARGUMENTS_H */
