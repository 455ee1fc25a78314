// SPDX-License-Identifier: GPL-2.0-only
/* Where the figures come from, and what to say if they do not. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "top.h"

#define DEBUGFS "/sys/kernel/debug"
#define MAGSLAB DEBUGFS "/magslab"
#define STATS MAGSLAB "/stats.json"
#define SLABINFO "/proc/slabinfo"
#define SLUB_CACHES "/sys/kernel/slab"

/* Return: the number of bytes of a file, or -1 with errno. */
static ssize_t read_all(int fd, char **text)
{
	size_t nr = 0, room = 0;
	ssize_t got;

	*text = NULL;
	do {
		if (room - nr < 2) {
			room = 2 * room + 65536;
			*text = realloc(*text, room);
			if (!*text)
				quit(EXIT_FAILED, "out of memory");
		}
		got = read(fd, *text + nr, room - nr - 1);
		nr += got > 0 ? got : 0;
	} while (got > 0 || (got < 0 && errno == EINTR));
	(*text)[nr] = '\0';
	return got < 0 ? -1 : (ssize_t)nr;
}

/* Return: the text of a file, to be freed, or NULL with errno. */
static char *read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	char *text;

	if (fd < 0)
		return NULL;
	if (read_all(fd, &text) < 0) {
		error = errno;
		free(text);
		close(fd);
		errno = error;
		return NULL;
	}
	close(fd);
	return text;
}

static bool has_debugfs(void)
{
	struct statfs about;

	return !statfs(DEBUGFS, &about) && about.f_type == DEBUGFS_MAGIC;
}

/* What debugfs says of a module that is being unloaded: to open, and to read. */
static bool is_going(int error)
{
	return error == ENXIO || error == EIO;
}

/* A file of the module cannot be read, for the reason in errno. */
static void __noreturn complain_of_module(const char *path)
{
	int error = errno;

	if (error == EACCES || error == EPERM)
		quit(EXIT_NO_PERMISSION, "%s: %s: try as root", path,
		     strerror(error));
	if (!has_debugfs())
		quit(EXIT_NO_MODULE,
		     "%s: debugfs is not mounted: try mount -t debugfs none " DEBUGFS,
		     path);
	/* A module that is about to go has its files still, but lets nobody in. */
	if (!is_going(error) && !access(STATS, F_OK))
		quit(EXIT_FAILED, "%s: %s", path, strerror(error));
	if (!is_going(error) && !access(MAGSLAB, F_OK))
		quit(EXIT_NO_MODULE,
		     "%s: %s: this version of magslab does not have it", path,
		     strerror(error));
	quit(EXIT_NO_MODULE, "%s: %s: is magslab loaded?", path,
	     strerror(error));
}

/* The last of the files given goes on for ever. */
static const char *given_file(const struct options *options, size_t nr)
{
	if (!options->nr_from)
		return NULL;
	return options->from[nr < options->nr_from ? nr : options->nr_from - 1];
}

static char *read_given(const char *path)
{
	char *text = read_file(path);

	if (!text)
		quit(EXIT_USAGE, "--from: cannot read '%s': %s", path,
		     strerror(errno));
	return text;
}

/* @nr: how many samples were taken before. */
void source_take(struct sample *sample, const struct options *options,
		 size_t nr)
{
	const char *given = given_file(options, nr);
	char *text = given ? read_given(given) : read_file(STATS);

	if (!text)
		complain_of_module(STATS);
	sample_parse(sample, text);
	free(text);
}

static void __noreturn complain_of_heatmap(const char *name, const char *path)
{
	char directory[512];
	int error = errno;

	snprintf(directory, sizeof(directory), MAGSLAB "/caches/%s", name);
	if (error == ENOENT && !access(MAGSLAB "/caches", F_OK) &&
	    access(directory, F_OK))
		quit(EXIT_FAILED, "there is no cache '%s'", name);
	errno = error;
	complain_of_module(path);
}

/* Free what is returned. */
char *source_heatmap(const struct options *options)
{
	const char *given = given_file(options, 0);
	char path[512], *text;

	if (given)
		return read_given(given);
	snprintf(path, sizeof(path), MAGSLAB "/caches/%s/heatmap",
		 options->name);
	text = read_file(path);
	if (!text)
		complain_of_heatmap(options->name, path);
	return text;
}

bool source_has_slabinfo(void)
{
	return !access(SLABINFO, R_OK);
}

/* Free what is returned. */
char *source_slabinfo(void)
{
	char *text = read_file(SLABINFO);

	if (!text)
		quit(errno == EACCES ? EXIT_NO_PERMISSION : EXIT_FAILED,
		     SLABINFO ": %s: --slub needs it, and root's rights",
		     strerror(errno));
	return text;
}

/* A number in sysfs that says something of a cache of SLUB's, or -1. */
int64_t source_slub_figure(const char *cache, const char *name)
{
	char path[512], *text;
	int64_t figure;

	snprintf(path, sizeof(path), SLUB_CACHES "/%s/%s", cache, name);
	text = read_file(path);
	if (!text)
		return -1;
	figure = strtoll(text, NULL, 10);
	free(text);
	return figure;
}
