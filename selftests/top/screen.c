// SPDX-License-Identifier: GPL-2.0-only
/* The terminal: three lines of totals, a table, and a line of help. */
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live.h"

/* Lines that are not of the table: head, column titles and help. */
#define HEAD_LINES 3
#define OTHER_LINES (HEAD_LINES + 2)
/* Names have at least that, or columns are left out. */
#define NAME_WIDTH 12

static SCREEN *terminal;

void screen_start(void)
{
	const char *type = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		quit(EXIT_FAILED,
		     "not on a terminal; for scripts there are --once and --json");
	setlocale(LC_CTYPE, "");
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		quit(EXIT_FAILED,
		     "TERM is '%s', which is not known here; there is also --once",
		     type ? type : "");
	set_escdelay(100);
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, true);
	keypad(stdscr, true);
	curs_set(0);
}

/* The terminal becomes as it was. May be called at any time. */
void screen_end(void)
{
	if (!terminal)
		return;
	endwin();
	delscreen(terminal);
	terminal = NULL;
}

int screen_key(void)
{
	return getch();
}

size_t screen_rows(void)
{
	int rows = LINES - OTHER_LINES;

	return rows > 0 ? rows : 0;
}

/* A sparkline gets its share of the width. */
size_t screen_spark(void)
{
	return COLS < 100 ? 8 : COLS < 140 ? 16 : SPARK_LENGTH;
}

bool screen_is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* Characters, which are not bytes in UTF-8. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

/* What does not fit into the line is cut off; a line fits on the screen. */
static void draw_line(int y, const char *text)
{
	if (y < LINES)
		mvaddnstr(y, 0, text, COLS);
}

static void draw_title(const struct live *live)
{
	const struct sample *sample = &live->sample;
	char line[256];

	snprintf(line, sizeof(line),
		 "magslab %s  %s  %lld CPU%s  %lld node%s  every %.1f s%s",
		 sample->version, sample->kernel, (long long)sample->nr_cpus,
		 sample->nr_cpus == 1 ? "" : "s", (long long)sample->nr_nodes,
		 sample->nr_nodes == 1 ? "" : "s",
		 live->options->delay_ms / 1000.0,
		 sample->counting ? "" : "  counting is off");
	draw_line(0, line);
}

static int whole_percent(int64_t part, int64_t whole)
{
	return whole > 0 ? (int)floor(percent(part, whole)) : 0;
}

static void draw_sums(const struct totals *sums, size_t nr_caches)
{
	static const char format[] =
		"%zu caches  %lld of %lld objects live (%d%%)  %lld KiB  %d%% hits";
	char line[256];

	snprintf(line, sizeof(line), format, nr_caches, (long long)sums->live,
		 (long long)sums->objects,
		 whole_percent(sums->live, sums->objects), (long long)sums->kib,
		 whole_percent(sums->hits, sums->calls));
	draw_line(1, line);
}

static void print_view(const struct live *live, char *text, size_t size)
{
	switch (live->view) {
	case VIEW_CPUS:
		snprintf(text, size, "CPUs of %s", live->name);
		break;
	case VIEW_NODES:
		snprintf(text, size, "nodes of %s", live->name);
		break;
	case VIEW_SLUB:
		snprintf(text, size, "SLUB beside us");
		break;
	default:
		snprintf(text, size, "by %s%s", column_title(live->look.sort),
			 live->look.reverse ? ", reversed" : "");
	}
}

static void draw_rates(const struct live *live, const struct rates *rates)
{
	char sums[128] = "rates come with the next sample";
	char view[128], line[272];

	print_view(live, view, sizeof(view));
	if (rates->known)
		snprintf(sums, sizeof(sums),
			 "%.0f allocs/s  %.0f frees/s  %.0f misses/s",
			 rates->allocs, rates->frees, rates->misses);
	snprintf(line, sizeof(line), "%s  [%s]", sums, view);
	draw_line(2, line);
}

/* How wide columns are; 0: left out. */
struct widths {
	int of[SHEET_COLUMNS];
};

static void measure(struct widths *widths, const struct sheet *sheet)
{
	size_t row, column;

	for (column = 0; column < sheet->nr_columns; column++)
		widths->of[column] = width_of(sheet->columns[column].title);
	for (row = 0; row < sheet_rows(sheet); row++)
		for (column = 0; column < sheet->nr_columns; column++) {
			int width = width_of(sheet_cell(sheet, row, column));

			if (width > widths->of[column])
				widths->of[column] = width;
		}
}

/* The last column of text may be cut, down to what a name needs. */
static int needed(const struct widths *widths, const struct sheet *sheet)
{
	size_t column, last = sheet->nr_columns - 1;
	int sum = -1;

	for (column = 0; column < last; column++)
		sum += widths->of[column] ? widths->of[column] + 1 : 0;
	if (sheet->columns[last].is_text && widths->of[last] > NAME_WIDTH)
		return sum + NAME_WIDTH + 1;
	return sum + (widths->of[last] ? widths->of[last] + 1 : 0);
}

/* Return: whether there was one. */
static bool drop_column(struct widths *widths, const struct sheet *sheet)
{
	unsigned int most = 0;
	size_t column, which = 0;

	for (column = 0; column < sheet->nr_columns; column++) {
		if (!widths->of[column] ||
		    sheet->columns[column].expendable <= most)
			continue;
		most = sheet->columns[column].expendable;
		which = column;
	}
	if (most)
		widths->of[which] = 0;
	return most;
}

static void fit(struct widths *widths, const struct sheet *sheet)
{
	measure(widths, sheet);
	while (needed(widths, sheet) > COLS)
		if (!drop_column(widths, sheet))
			break;
}

/* @text: the cell of a column. Return: where the next one is. */
static int draw_cell(int y, int x, const char *text, int width, bool is_text)
{
	int pad = width - width_of(text);

	if (x + width > COLS) {
		if (is_text && x < COLS)
			mvaddnstr(y, x, text, COLS - x);
		return COLS;
	}
	mvaddstr(y, is_text ? x : x + pad, text);
	return x + width + 1;
}

static void draw_titles(const struct sheet *sheet, const struct widths *widths)
{
	size_t column;
	int x = 0;

	if (HEAD_LINES >= LINES)
		return;
	attron(A_REVERSE);
	mvhline(HEAD_LINES, 0, ' ', COLS);
	for (column = 0; column < sheet->nr_columns; column++)
		if (widths->of[column])
			x = draw_cell(HEAD_LINES, x,
				      sheet->columns[column].title,
				      widths->of[column],
				      sheet->columns[column].is_text);
	attroff(A_REVERSE);
}

static void draw_row(int y, const struct sheet *sheet,
		     const struct widths *widths, size_t row)
{
	size_t column;
	int x = 0;

	for (column = 0; column < sheet->nr_columns; column++)
		if (widths->of[column])
			x = draw_cell(y, x, sheet_cell(sheet, row, column),
				      widths->of[column],
				      sheet->columns[column].is_text);
}

/* Rows that can be shown: as many as there are, or as were asked for. */
static size_t shown_rows(const struct live *live)
{
	size_t rows = sheet_rows(&live->sheet);

	if (live->options->lines && live->options->lines < rows)
		return live->options->lines;
	return rows;
}

/* The cursor is on the screen, and no more of that is empty than has to be. */
static void scroll_to_cursor(struct live *live)
{
	size_t rows = shown_rows(live), room = screen_rows();

	if (live->cursor >= rows)
		live->cursor = rows ? rows - 1 : 0;
	if (live->first > live->cursor)
		live->first = live->cursor;
	if (room && live->cursor >= live->first + room)
		live->first = live->cursor - room + 1;
	if (live->first + room > rows)
		live->first = rows > room ? rows - room : 0;
}

static void draw_table(struct live *live)
{
	size_t row, rows = shown_rows(live);
	struct widths widths;

	fit(&widths, &live->sheet);
	draw_titles(&live->sheet, &widths);
	scroll_to_cursor(live);
	for (row = live->first; row < rows; row++) {
		int y = HEAD_LINES + 1 + row - live->first;

		if (y >= LINES - 1)
			break;
		if (row == live->cursor)
			attron(A_BOLD | A_UNDERLINE);
		draw_row(y, &live->sheet, &widths, row);
		attroff(A_BOLD | A_UNDERLINE);
	}
}

static const char *help_for(const struct live *live)
{
	if (live->note[0])
		return live->note;
	if (live->view == VIEW_CACHES)
		return "q quit  arrows choose  c CPUs  n nodes  s SLUB  < > sort by  r reverse";
	return "q quit  Esc back  arrows scroll  c CPUs  n nodes  s SLUB";
}

static void draw_help(const struct live *live)
{
	if (LINES < 2)
		return;
	attron(A_BOLD);
	draw_line(LINES - 1, help_for(live));
	attroff(A_BOLD);
}

void screen_draw(struct live *live)
{
	struct totals totals;

	totals_take(&totals, &live->sample);
	erase();
	draw_title(live);
	draw_sums(&totals, live->sample.nr_caches);
	draw_rates(live, &totals.rates);
	draw_table(live);
	draw_help(live);
	refresh();
}
