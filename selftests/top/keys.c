// SPDX-License-Identifier: GPL-2.0-only
/* What keys do. */
#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"

#define KEY_ESCAPE 27
#define MOST_KEYS 16

static size_t last_row(const struct live *live)
{
	size_t rows = sheet_rows(&live->sheet);

	if (live->options->lines && live->options->lines < rows)
		rows = live->options->lines;
	return rows ? rows - 1 : 0;
}

/* In the table of caches, the row is a choice. */
static void choose_row(struct live *live)
{
	size_t last = live->sheet.nr_columns - 1;

	if (live->view != VIEW_CACHES || !sheet_rows(&live->sheet))
		return;
	free(live->name);
	live->name = strdup(sheet_cell(&live->sheet, live->cursor, last));
	if (!live->name)
		quit(EXIT_FAILED, "out of memory");
}

static void move_cursor(struct live *live, long rows)
{
	long to = (long)live->cursor + rows, last = last_row(live);

	live->cursor = to < 0 ? 0 : to > last ? last : to;
	choose_row(live);
}

static void show_view(struct live *live, enum view view)
{
	if (live->view == view)
		return;
	live->view = view;
	live->cursor = 0;
	live->first = 0;
	live->stale = true;
}

static void show_of_cache(struct live *live, enum view view)
{
	choose_row(live);
	if (live->name)
		show_view(live, view);
}

static void show_slub(struct live *live)
{
	if (source_has_slabinfo())
		show_view(live, VIEW_SLUB);
	else
		strcpy(live->note, "No right to read /proc/slabinfo");
}

static void sort_by(struct live *live, enum column column)
{
	live->look.sort = column;
	live->stale = true;
}

static bool is_movement(struct live *live, int key)
{
	switch (key) {
	case KEY_UP:
		move_cursor(live, -1);
		break;
	case KEY_DOWN:
		move_cursor(live, 1);
		break;
	case KEY_PPAGE:
		move_cursor(live, -(long)screen_rows());
		break;
	case KEY_NPAGE:
		move_cursor(live, screen_rows());
		break;
	case KEY_HOME:
		move_cursor(live, -(long)live->cursor);
		break;
	case KEY_END:
		move_cursor(live, last_row(live));
		break;
	default:
		return false;
	}
	return true;
}

static bool is_sorting(struct live *live, int key)
{
	enum column column = live->look.sort;

	switch (key) {
	case '<':
		sort_by(live, column ? column - 1 : NR_COLUMNS - 1);
		break;
	case '>':
		sort_by(live, (column + 1) % NR_COLUMNS);
		break;
	case 'r':
		live->look.reverse = !live->look.reverse;
		live->stale = true;
		break;
	default:
		if (!column_by_letter(key, &column))
			return false;
		sort_by(live, column);
	}
	return true;
}

static void change_view(struct live *live, int key)
{
	switch (key) {
	case 'q':
		live->over = true;
		break;
	case '\r':
	case KEY_ENTER:
	case 'c':
		show_of_cache(live, VIEW_CPUS);
		break;
	case 'n':
		show_of_cache(live, VIEW_NODES);
		break;
	case 's':
		show_slub(live);
		break;
	case KEY_ESCAPE:
	case KEY_LEFT:
		show_view(live, VIEW_CACHES);
		break;
	case KEY_RESIZE:
		live->stale = true;
		break;
	}
}

/* Those that have been pressed, but no more than are worth a new picture. */
void keys_take(struct live *live)
{
	int key, nr;

	for (nr = 0; nr < MOST_KEYS && (key = screen_key()) != ERR; nr++) {
		live->note[0] = '\0';
		if (!is_movement(live, key) && !is_sorting(live, key))
			change_view(live, key);
	}
}
