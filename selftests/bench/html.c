// SPDX-License-Identifier: GPL-2.0-only
/* Names come from files, and from other people's modules: none is to be markup. */
#include <math.h>
#include <string.h>

#include "html.h"
#include "message.h"

/* What stands for a byte that is no character of a document. */
#define REPLACEMENT "&#xfffd;"

static const char *entity(char character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static bool is_control(unsigned char byte)
{
	return (byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f;
}

/*
 * Bytes of the UTF-8 sequence that text begins with; 0 if it is none. Without the
 * longer forms of short ones, surrogates, and what lies above U+10FFFF.
 */
static size_t sequence(const unsigned char *text)
{
	static const struct {
		unsigned char first, last, low, high;
		size_t length;
	} forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (*text >= forms[i].first && *text <= forms[i].last)
			break;
	if (i == ARRAY_SIZE(forms) || text[1] < forms[i].low ||
	    text[1] > forms[i].high)
		return 0;
	for (j = 2; j < forms[i].length; j++)
		if ((text[j] & 0xc0) != 0x80)
			return 0;
	return forms[i].length;
}

/* Writes one character, and returns how many bytes of text it was. */
static size_t put_character(FILE *to, const char *text)
{
	const char *name = entity(*text);
	unsigned char byte = *text;
	size_t length = 1;

	if (byte >= 0x80)
		length = sequence((const unsigned char *)text);
	if (name)
		fputs(name, to);
	else if (!length || is_control(byte))
		fputs(REPLACEMENT, to);
	else
		fwrite(text, 1, length, to);
	return length ? length : 1;
}

void html_text(FILE *to, const char *text)
{
	while (*text)
		text += put_character(to, text);
}

void html_element(FILE *to, const char *name, const char *text)
{
	fprintf(to, "<%s>", name);
	html_text(to, text);
	fprintf(to, "</%s>\n", name);
}

void html_table_begin(FILE *to, const char *caption)
{
	fputs("<div class=\"wide\"><table>\n", to);
	html_element(to, "caption", caption);
	fputs("<thead><tr>", to);
}

void html_column(FILE *to, const char *name, bool figure)
{
	fprintf(to, "<th scope=\"col\"%s>", figure ? " class=\"figure\"" : "");
	html_text(to, name);
	fputs("</th>", to);
}

void html_table_rows(FILE *to)
{
	fputs("</tr></thead>\n<tbody>\n", to);
}

void html_row_begin(FILE *to, const char *name)
{
	fputs("<tr><th scope=\"row\">", to);
	html_text(to, name);
	fputs("</th>", to);
}

void html_cell(FILE *to, const char *text)
{
	fputs("<td>", to);
	html_text(to, text);
	fputs("</td>", to);
}

/* NAN and infinity are what was not measured. */
void html_figure(FILE *to, const char *format, double value)
{
	char cell[64] = "-";

	if (isfinite(value))
		snprintf(cell, sizeof(cell), format, value);
	fputs("<td class=\"figure\">", to);
	html_text(to, cell);
	fputs("</td>", to);
}

void html_row_end(FILE *to)
{
	fputs("</tr>\n", to);
}

void html_table_end(FILE *to)
{
	fputs("</tbody></table></div>\n", to);
}
