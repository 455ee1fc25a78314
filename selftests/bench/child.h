/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MAGSLAB_BENCH_CHILD_H
#define MAGSLAB_BENCH_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Not found, as the shell tells it too. */
#define EXIT_NO_COMMAND 127

pid_t child_start(char **words, int gate[2]);
void child_go(int gate[2]);
bool child_ended(pid_t *pid, int *code);
void child_end(pid_t pid);

#endif /* MAGSLAB_BENCH_CHILD_H */
