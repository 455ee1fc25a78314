// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads one JSON document from standard input, strictly, and prints each value in
 * it on a line: where it is, a tab, the value as it was written. Shell scripts
 * make of that what they want.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PATH_LENGTH 1024

/* What is read, with a NUL after it, and the next character of it. */
static char *text;
static char *at;

/* Where in the document that is. */
static char path[MAX_PATH_LENGTH];

static void bad(const char *what)
{
	fprintf(stderr, "flatten: %s at byte %zu, in '%s'\n", what,
		(size_t)(at - text), path);
	exit(EXIT_FAILURE);
}

static void read_all(void)
{
	size_t size = 0, room = 0, got;

	do {
		if (size == room) {
			room += 1 << 20;
			text = realloc(text, room + 1);
			if (!text)
				bad("no memory");
		}
		got = fread(text + size, 1, room - size, stdin);
		size += got;
	} while (got);
	text[size] = '\0';
	at = text;
	if (strlen(text) != size)
		bad("NUL in the document");
}

static void skip_space(void)
{
	at += strspn(at, " \t\r\n");
}

/* Skips one character that has to be there. */
static void skip(char c)
{
	skip_space();
	if (*at != c)
		bad("unexpected character");
	at++;
}

static int skip_if(char c)
{
	skip_space();
	if (*at != c)
		return 0;
	at++;
	return 1;
}

static void skip_escape(void)
{
	int i;

	at++;
	if (!*at || !strchr("\"\\/bfnrtu", *at))
		bad("unknown escape");
	for (i = 0; *at == 'u' && i < 4; i++)
		if (!isxdigit((unsigned char)at[1 + i]))
			bad("bad \\u escape");
	at += 1 + i;
}

static void skip_string(void)
{
	skip('"');
	while (*at != '"') {
		if ((unsigned char)*at < ' ')
			bad("control character in a string, or no end of it");
		if (*at == '\\')
			skip_escape();
		else
			at++;
	}
	at++;
}

static void skip_digits(void)
{
	if (!isdigit((unsigned char)*at))
		bad("digit expected");
	at += strspn(at, "0123456789");
}

/* Of integers. Others have no place in what is read here. */
static void skip_number(void)
{
	at += *at == '-';
	if (at[0] == '0' && isdigit((unsigned char)at[1]))
		bad("leading zero");
	skip_digits();
}

static void skip_word(void)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i, length;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		length = strlen(words[i]);
		if (strncmp(at, words[i], length))
			continue;
		at += length;
		return;
	}
	bad("value expected");
}

static void print_scalar(void)
{
	char *start = at;

	if (*at == '"')
		skip_string();
	else if (*at == '-' || isdigit((unsigned char)*at))
		skip_number();
	else
		skip_word();
	printf("%s\t%.*s\n", path, (int)(at - start), start);
}

static void walk_value(void);

/* The value that comes next, whose place is @length bytes further on in path. */
static void walk_child(int length)
{
	size_t before = strlen(path) - length;

	walk_value();
	path[before] = '\0';
}

/* Append to the path. */
static int go_down(const char *before, const char *name, int length,
		   const char *after)
{
	size_t have = strlen(path), room = sizeof(path) - have;
	int more = snprintf(path + have, room, "%s%.*s%s", before, length, name,
			    after);

	if (more < 0 || (size_t)more >= room)
		bad("too deep");
	return more;
}

static void walk_member(void)
{
	char *name;
	int length;

	skip_space();
	name = at + 1;
	skip_string();
	length = at - 1 - name;
	skip(':');
	walk_child(go_down(*path ? "." : "", name, length, ""));
}

static void walk_element(unsigned long index)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%lu", index);

	walk_child(go_down("[", digits, length, "]"));
}

static void walk_object(void)
{
	skip('{');
	if (skip_if('}'))
		return;
	do {
		walk_member();
	} while (skip_if(','));
	skip('}');
}

static void walk_array(void)
{
	unsigned long index = 0;

	skip('[');
	if (skip_if(']'))
		return;
	do {
		walk_element(index++);
	} while (skip_if(','));
	skip(']');
}

static void walk_value(void)
{
	skip_space();
	if (*at == '{')
		walk_object();
	else if (*at == '[')
		walk_array();
	else
		print_scalar();
}

int main(void)
{
	read_all();
	walk_value();
	skip_space();
	if (*at)
		bad("something after the end");
	return 0;
}
