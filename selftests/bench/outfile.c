// SPDX-License-Identifier: GPL-2.0-only
/* A file that is there as a whole, or not at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

static int fill(int fd, const void *content, size_t size)
{
	FILE *file = fdopen(fd, "w");
	mode_t mask = umask(0);
	bool failed;

	umask(mask);
	if (!file)
		return -1;
	failed = fwrite(content, 1, size, file) != size ||
		 fchmod(fd, 0666 & ~mask);
	return fclose(file) || failed ? -1 : 0;
}

static void check_place(const char *path)
{
	struct stat status;

	if (!stat(path, &status) && !S_ISREG(status.st_mode))
		quit(EXIT_USAGE, "--output: '%s' is not a file", path);
}

/* Under another name beside it, which then becomes its own. */
int outfile_write(const char *path, const void *content, size_t size)
{
	char *other = NULL;
	int fd;

	check_place(path);
	if (asprintf(&other, "%s.XXXXXX", path) < 0)
		quit(EXIT_FAILED, "out of memory");
	fd = mkostemp(other, 0);
	if (fd < 0)
		quit(EXIT_USAGE, "--output: cannot write '%s': %s", path,
		     strerror(errno));
	if (!fill(fd, content, size) && !rename(other, path)) {
		free(other);
		return EXIT_OK;
	}
	complain("--output: cannot write '%s': %s", path, strerror(errno));
	unlink(other);
	free(other);
	return EXIT_FAILED;
}
