// SPDX-License-Identifier: GPL-2.0-only
/* A command that is run while something is looked at. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "message.h"

/* It waits for @gate: what it does first is to be recorded too. */
pid_t child_start(char **words, int gate[2])
{
	pid_t pid;
	char byte;

	if (pipe(gate))
		quit(EXIT_FAILED, "cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		quit(EXIT_FAILED, "cannot start '%s': %s", words[0],
		     strerror(errno));
	if (pid)
		return pid;
	close(gate[1]);
	if (read(gate[0], &byte, 1) != 1)
		_exit(EXIT_FAILED);
	close(gate[0]);
	execvp(words[0], words);
	complain("cannot run '%s': %s", words[0], strerror(errno));
	_exit(EXIT_NO_COMMAND);
}

void child_go(int gate[2])
{
	if (write(gate[1], "", 1) != 1)
		quit(EXIT_FAILED, "cannot begin: %s", strerror(errno));
	close(gate[1]);
	close(gate[0]);
}

/* Returns whether it has ended, and how. */
bool child_ended(pid_t *pid, int *code)
{
	int status;

	if (!*pid || waitpid(*pid, &status, WNOHANG) != *pid)
		return false;
	*pid = 0;
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
	return true;
}

/* A command that is still there would have nobody to end it. */
void child_end(pid_t pid)
{
	if (!pid)
		return;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}
