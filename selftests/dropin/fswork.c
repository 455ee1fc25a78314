// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work for a filesystem, all of it checked.
 *
 *	fswork seconds DIR N	rounds of making, linking, renaming, reading
 *	fswork rounds DIR N	and removing files, for so long or so many
 *	fswork names DIR N	so many rounds with empty files
 *	fswork fill DIR N	make N files that stay
 *	fswork check DIR N	look whether they are as they were made
 *	fswork empty DIR N	remove them
 *	fswork reads DISK N	N reads from a disk, past the page cache
 *
 * Prints what was done in one line. The exit status is 1 if anything was not as
 * it should be; the first such thing is on stderr.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Files of a round, and what is longer than any of them. */
#define FILES 24
#define BYTES 6000 /* a multiple of 8 */

static unsigned long operations;
static int files_are_empty;

static void fail(const char *what, const char *name)
{
	fprintf(stderr, "fswork: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

/* Counts an operation that must return at least 0. */
static long done(long result, const char *what, const char *name)
{
	if (result < 0)
		fail(what, name);
	operations++;
	return result;
}

static void expect(int met, const char *what, const char *name)
{
	errno = EILSEQ;
	if (!met)
		fail(what, name);
}

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* What is in file @nr, cheaply: it is the kernel that should have work. */
static size_t contents(char *data, unsigned int nr)
{
	size_t i, bytes = files_are_empty ? 0 : nr * 997 % BYTES;
	size_t words = (bytes + 7) / 8;

	for (i = 0; i < words; i++) {
		unsigned long long word = (nr + 1) * 0x9e3779b97f4a7c15 + i;

		memcpy(data + 8 * i, &word, 8);
	}
	return bytes;
}

static const char *name_of(char kind, unsigned int nr)
{
	static char name[2][16];
	static unsigned int turn;

	turn ^= 1;
	snprintf(name[turn], sizeof(name[turn]), "%c%u", kind, nr);
	return name[turn];
}

static void make_file(char kind, unsigned int nr)
{
	const char *name = name_of(kind, nr);
	char data[BYTES];
	size_t bytes = contents(data, nr);
	int fd = done(open(name, O_CREAT | O_EXCL | O_WRONLY, 0644), "create",
		      name);

	expect(done(write(fd, data, bytes), "write", name) == (long)bytes,
	       "wrote too little to", name);
	done(close(fd), "close", name);
}

static void check_file(char kind, unsigned int nr)
{
	const char *name = name_of(kind, nr);
	char wanted[BYTES], found[BYTES + 1];
	size_t bytes = contents(wanted, nr);
	int fd = done(open(name, O_RDONLY), "open", name);

	expect(done(read(fd, found, sizeof(found)), "read", name) ==
		       (long)bytes,
	       "wrong length of", name);
	expect(!memcmp(wanted, found, bytes), "wrong contents of", name);
	done(close(fd), "close", name);
}

static void check_links(char kind, unsigned int nr, unsigned int links)
{
	const char *name = name_of(kind, nr);
	struct stat st;

	done(stat(name, &st), "stat", name);
	expect(st.st_nlink == links, "wrong number of links to", name);
}

static void check_symlink(char kind, unsigned int nr, const char *target)
{
	const char *name = name_of(kind, nr);
	char found[64];
	long len = done(readlink(name, found, sizeof(found)), "readlink", name);

	expect(len == (long)strlen(target) && !memcmp(found, target, len),
	       "wrong target of", name);
}

static void check_entries(unsigned int wanted)
{
	unsigned int found = 0;
	DIR *dir = opendir(".");

	if (!dir)
		fail("opendir", ".");
	while (readdir(dir))
		found++;
	done(closedir(dir), "closedir", ".");
	/* With "." and "..". */
	expect(found == wanted + 2, "wrong number of entries in", ".");
}

static void remove_file(char kind, unsigned int nr)
{
	const char *name = name_of(kind, nr);

	done(unlink(name), "unlink", name);
}

/* A file, a second name for it, another one than it had, and a way there. */
static void round_make(unsigned int nr)
{
	make_file('f', nr);
	done(link(name_of('f', nr), name_of('l', nr)), "link", "l");
	done(rename(name_of('f', nr), name_of('r', nr)), "rename", "r");
	done(symlink(name_of('r', nr), name_of('s', nr)), "symlink", "s");
}

static void round_check(unsigned int nr)
{
	check_links('r', nr, 2);
	check_file('l', nr);
	check_symlink('s', nr, name_of('r', nr));
	check_file('s', nr);
}

static void round_remove(unsigned int nr)
{
	remove_file('l', nr);
	check_links('r', nr, 1);
	remove_file('r', nr);
	remove_file('s', nr);
}

static void one_round(const char *dir)
{
	unsigned int nr;

	done(mkdir(dir, 0755), "mkdir", dir);
	done(chdir(dir), "chdir", dir);
	for (nr = 0; nr < FILES; nr++)
		round_make(nr);
	check_entries(3 * FILES);
	for (nr = 0; nr < FILES; nr++)
		round_check(nr);
	for (nr = 0; nr < FILES; nr++)
		round_remove(nr);
	check_entries(0);
	done(chdir(".."), "chdir", "..");
	done(rmdir(dir), "rmdir", dir);
}

static void rounds(unsigned int nr, unsigned long long until)
{
	char dir[16];

	snprintf(dir, sizeof(dir), "d%d", getpid());
	while (nr ? nr-- : now_ns() < until)
		one_round(dir);
}

static void names(unsigned int nr)
{
	files_are_empty = 1;
	rounds(nr, 0);
}

static void reads(const char *disk, unsigned int nr)
{
	void *block = aligned_alloc(4096, 4096);
	int fd = open(disk, O_RDONLY | O_DIRECT);

	if (fd < 0)
		fail("open", disk);
	while (nr--)
		expect(done(pread(fd, block, 4096, 0), "read", disk) == 4096,
		       "read too little of", disk);
	close(fd);
	free(block);
}

static void each(void (*function)(char kind, unsigned int nr), unsigned int n)
{
	unsigned int nr;

	for (nr = 0; nr < n; nr++)
		function('k', nr);
}

static int work(const char *what, const char *where, unsigned int n)
{
	if (!strcmp(what, "reads")) {
		reads(where, n);
		return 0;
	}
	done(chdir(where), "chdir", where);
	if (!strcmp(what, "seconds"))
		rounds(0, now_ns() + n * 1000000000ULL);
	else if (!strcmp(what, "rounds"))
		rounds(n, 0);
	else if (!strcmp(what, "names"))
		names(n);
	else if (!strcmp(what, "fill"))
		each(make_file, n);
	else if (!strcmp(what, "check"))
		each(check_file, n);
	else if (!strcmp(what, "empty"))
		each(remove_file, n);
	else
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long long start = now_ns();
	int n = argc == 4 ? atoi(argv[3]) : 0;

	if (n > 0 && !work(argv[1], argv[2], n)) {
		printf("%lu operations, %llu ns\n", operations,
		       now_ns() - start);
		return 0;
	}
	fprintf(stderr,
		"usage: fswork seconds|rounds|names|fill|check|empty DIR NUMBER\n"
		"       fswork reads DISK NUMBER\n");
	return 2;
}
