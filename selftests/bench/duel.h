/* SPDX-License-Identifier: GPL-2.0-only */
/* A duel: back-ends against the first of them, in many short rounds. */
#ifndef MAGSLAB_BENCH_DUEL_H
#define MAGSLAB_BENCH_DUEL_H

#include "bench.h"
#include "interval.h"

#define MAX_ROWS 4
/* Of a table, with one to end them. */
#define MAX_COLUMNS 12

/* One row's figures: a round after the other, a back-end after the other. */
struct duel_row {
	char name[MAGSLAB_NAME_SIZE];
	double *figures;
	struct interval ratios[MAX_BACKENDS];
	struct interval differences[MAX_BACKENDS];
};

struct duel {
	const struct plan *plan;
	const struct step *step;
	struct duel_row rows[MAX_ROWS];
	size_t nr_rows;
	size_t nr_rounds;
	size_t warm_up;
	__u32 clock;
	__u32 clock_step;
	__u64 block_ops;
	__u64 blocks;
	__u64 dropped;
	double seconds;
	double steal; /* share of the CPUs' time */
	bool partial;
};

/* Bits of what makes a duel worth less. */
enum {
	CONDITION_DEBUG = 1 << 0,
	CONDITION_DROPPED = 1 << 1,
	CONDITION_STEAL = 1 << 2,
	CONDITION_ROUNDS = 1 << 3,
	CONDITION_PARTIAL = 1 << 4,
};

struct libscols_table;

/* How a duel is shown: columns from @first_figure to before @end_figure are numbers. */
struct duel_table {
	const char *columns[MAX_COLUMNS];
	size_t first_figure;
	size_t end_figure;
	void (*add_line)(struct libscols_table *table, const struct duel *duel,
			 const struct duel_row *row, size_t backend);
};

/* duel.c */
int duel_fight(struct duel *duel, const struct device *device,
	       const struct plan *plan, const struct step *step,
	       const struct options *options);
void duel_judge(struct duel *duel, double level);
const char *duel_verdict(const struct duel_row *row, size_t backend);
void duel_free(struct duel *duel);

/* conditions.c */
double conditions_stolen(void);
double conditions_all(void);
unsigned int conditions_of(const struct duel *duel,
			   const struct device *device);
const char *condition_name(unsigned int bit);
bool conditions_are_debug(__u64 traps);
bool conditions_debug(const struct device *device);

/* duel_show.c */
double duel_median(const struct duel *duel, const struct duel_row *row,
		   size_t backend);
void duel_print_table(const struct duel *duel, unsigned int conditions,
		      const struct duel_table *shape);
void duel_print(const struct duel *duel, unsigned int conditions);
struct json_object *duel_json(const struct duel *duel, unsigned int conditions);

/* duel_session.c */
typedef void (*duel_printer)(const struct duel *duel, unsigned int conditions);
int duel_session(const struct options *options, const struct device *device,
		 duel_printer print);

#endif /* MAGSLAB_BENCH_DUEL_H */
