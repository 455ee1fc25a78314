/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * magslab-bench: asks /dev/magslab to measure, and shows what came back.
 *
 * Data flows one way: options -> plan -> device -> report -> table, JSON. A
 * command is a cmd_*.c and a line of the table in main.c.
 */
#ifndef MAGSLAB_BENCH_CLIENT_H
#define MAGSLAB_BENCH_CLIENT_H

#include <linux/magslab.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "message.h"

#define BENCH_VERSION "0.1.0"

/* More exit codes, told by --help. */
enum {
	EXIT_NO_DEVICE = 3,
	EXIT_CONDITIONS = 5,
	EXIT_INTERRUPTED = 130,
};

#define MAX_BACKENDS 24
#define MAX_SELECTED 32

/* A workload as it was asked for; 0 stands for the kernel's default. */
struct workload_choice {
	char name[MAGSLAB_NAME_SIZE];
	__u64 count;
};

/* Groups of options. */
enum {
	OPTIONS_WHAT = 1 << 0,
	OPTIONS_HOW = 1 << 1,
	OPTIONS_OUTPUT = 1 << 2,
	OPTIONS_RUN = 1 << 3,
	OPTIONS_DUEL = 1 << 4,
	OPTIONS_LEVEL = 1 << 5,
	OPTIONS_NONE = 1 << 6,
	OPTIONS_SWEEP = 1 << 7,
	OPTIONS_FILE = 1 << 8,
	OPTIONS_COMPARE = 1 << 9,
	OPTIONS_RECORD = 1 << 10,
	OPTIONS_REPLAY = 1 << 11,
	OPTIONS_TIME = 1 << 12,
	OPTIONS_QUIET = 1 << 13,
	OPTIONS_ON = 1 << 14, /* on what */
	OPTIONS_ESCAPE = 1 << 15,
	OPTIONS_AXES = 1 << 17,
	OPTIONS_LATENCY = 1 << 18,
	OPTIONS_RULES = 1 << 19,
	OPTIONS_LINES = 1 << 20,
	OPTIONS_ALL = ~0,
};

/* What may follow a command. */
struct syntax {
	const char *help;
	unsigned int groups;
	int operands;
	int most; /* operands; 0 is as many as operands says */
};

/* Operands are a command. */
#define MOST_WORDS 65536

/* CPUs that can be named one by one, as a mask. */
#define MAX_CPUS 8192
#define CPUS_PER_WORD 64

/* What is to go on around a run. */
struct surroundings {
	__u32 place;
	__u32 hotplug_ms;
	bool pressure;
};

/* Under what circumstances to measure. */
struct axes {
	__u32 context;
	__u32 touch;
	bool zero;
	struct surroundings around;
};

/* What the user wants, checked as far as it can be without the device. */
struct options {
	bool list;
	bool quiet;
	bool detail;
	bool packed;
	bool lines;
	const char *profile;
	const char *json;
	const char *output;
	const char *over;
	struct workload_choice workloads[MAX_SELECTED];
	size_t nr_workloads;
	char backends[MAX_BACKENDS][MAGSLAB_NAME_SIZE];
	size_t nr_backends;
	__u64 size;
	__u64 seed;
	__u32 cpus;
	__u32 turns;
	__u32 blocks;
	__u32 block_ops;
	__u32 gfp;
	bool gfp_given;
	struct axes axes;
	__u32 timeout;
	__u32 time;
	bool time_given;
	double level;
	double threshold;
	bool strict;
	char **operands;
	const char *cache;
	__u64 min_bytes;
	__u64 max_bytes;
	__u64 on_cpus[MAX_CPUS / CPUS_PER_WORD];
	size_t nr_on_cpus;
	__u32 task;
	__u32 buffer;
	__u32 events;
	__u32 speed;
	__u32 rate;
	bool replays;
	bool describe;
	bool latency;
	__u32 most;
	bool timeline;
};

struct interval;
struct json_object;

/* The device, and all it tells about itself. */
struct device {
	int fd;
	struct magslab_info info;
	struct magslab_backend_info *backends;
	struct magslab_workload_info *workloads;
};

/* One run to do. */
struct step {
	const struct magslab_workload_info *workload;
	__u64 count;
	__u64 size;
	__u32 turns;
	__u32 blocks;
	__u32 block_ops;
	int trace_fd;
	__u32 speed;
};

struct latency;
struct timeline;

struct plan {
	const struct magslab_backend_info *backends[MAX_BACKENDS];
	size_t nr_backends;
	bool packed;
	struct step *steps;
	size_t nr_steps;
};

/* Our own against the kernel's: where they are in a plan, or -1. */
struct contest {
	int ours;
	int theirs;
};

/* What went on around a run. */
struct events {
	__u32 distance;
	__u32 hotplugs;
	__u64 pressure_peak;
	__u64 pressure_calls;
};

/* A result, and what of its run belongs to it. */
struct row {
	struct magslab_result result;
	const struct magslab_backend_info *backend;
	__u64 size;
	__u32 cpus;
	__u32 gfp;
	struct axes axes;
	struct events events;
	__u32 clock;
	bool first; /* of its run */
	bool partial;
	bool packed;
	bool memory; /* of a workload that is about memory */
	bool watched; /* memory was looked at meanwhile */
	bool paired; /* two CPUs do an operation together */
};

struct report {
	struct row *rows;
	size_t nr_rows;
	struct json_object *trace; /* what was replayed, or NULL */
	struct latency *latencies; /* if each call was timed */
	size_t nr_latencies;
	struct timeline *timelines; /* if memory was looked at */
	size_t nr_timelines;
};

struct fingerprint {
	struct utsname kernel;
	char cpu[128];
	char clocksource[64];
	char cmdline[1024];
	char kfence_interval[32];
	bool hypervisor;
	__u32 cpus;
	__u32 clock;
	__u32 clock_read;
	__u32 clock_step;
	__u32 preempt;
	__u64 traps;
};

/* options.c */
void options_parse(struct options *options, const struct syntax *syntax,
		   int argc, char **argv);

/* In --help, of whoever has them. */
#define HELP_AXES                                                                            \
	"      --context CONTEXT    task (default), softirq or hardirq\n"                    \
	"      --touch HOW          objects' cache lines: none (default), write or read\n"   \
	"      --zero               ask for objects that are zero\n"                         \
	"      --place WHERE        each CPU near the one before it, or far from it\n"       \
	"      --hotplug MS         a CPU goes offline and comes back meanwhile, as often\n" \
	"      --pressure           memory is kept short meanwhile\n"

/* axes.c */
__u32 axes_context(const char *text);
__u32 axes_touch(const char *text);
void axes_check(struct options *options);
void axes_apply(struct magslab_run *run, const struct axes *axes);
const char *axes_words(const struct axes *axes);
void axes_json(struct json_object *to, const struct axes *axes);

/* surroundings.c */
__u32 surroundings_place(const char *text);
__u32 surroundings_hotplug(const char *text);
void surroundings_check(const struct options *options,
			const struct magslab_info *info);
void surroundings_apply(struct magslab_run *run,
			const struct surroundings *around);
void surroundings_words(const struct surroundings *around, char *words,
			size_t size);
void surroundings_json(struct json_object *to,
		       const struct surroundings *around);
const char *surroundings_error(int error);

/* events.c */
struct events events_of(const struct magslab_run *run);
void events_json(struct json_object *to, const struct events *events);
void events_print(const struct report *report);

/* cmd_*.c: each returns an exit code */
int cmd_compare(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_duel(int argc, char **argv);
int cmd_escape(int argc, char **argv);
int cmd_ladder(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_sweep(int argc, char **argv);

/* device.c */
void device_open(struct device *device);
void device_close(struct device *device);
const struct magslab_backend_info *device_backend(const struct device *device,
						  const char *name);
const struct magslab_backend_info *
device_backend_by_id(const struct device *device, __u32 id);
const struct magslab_workload_info *device_workload(const struct device *device,
						    const char *name);

/* list.c */
void list_print(const struct device *device);

/* plan.c */
bool plan_profile_exists(const char *name);
void plan_make(struct plan *plan, const struct options *options,
	       const struct device *device);
void plan_free(struct plan *plan);
int plan_index(const struct plan *plan, const char *name);
struct contest plan_contest(const struct plan *plan);
bool contest_is_on(const struct contest *contest);

/* runner.c */
void runner_catch_signals(void);
bool runner_interrupted(void);
int runner_step(const struct device *device, const struct plan *plan,
		const struct step *step, const struct options *options,
		struct report *report);
int runner_run(const struct device *device, const struct plan *plan,
	       const struct options *options, struct report *report);

/* report.c */
double row_throughput(const struct row *row);
bool row_is_like(const struct row *a, const struct row *b);
bool report_is_first(const struct report *report, size_t index);
const struct row *report_find(const struct report *report,
			      const struct row *like, size_t backend,
			      const struct plan *plan);
void report_free(struct report *report);

/* progress.c */
void progress_show(const struct step *step, size_t index, size_t nr);
void progress_left(const struct step *step, double seconds);
void progress_hide(void);

/* names.c */
extern const char *const gfp_names[];
extern const size_t nr_gfp_names;
const char *clock_name(__u32 clock);
const char *unit_name(__u32 clock);
const char *preempt_name(__u32 model);
const char *error_name(__u32 error);
const char *trap_name(unsigned int bit);

/* fingerprint.c */
void fingerprint_take(struct fingerprint *print, const struct device *device);
void fingerprint_print(const struct fingerprint *print, FILE *to);

/* table.c */
void table_print(const struct report *report, const struct plan *plan);
void table_print_detail(const struct report *report);
void table_print_shared(const struct report *report, const struct plan *plan);

/* lines.c */
void lines_print(const struct report *report, const struct plan *plan);

/* memory.c */
void memory_print(const struct report *report, const struct plan *plan);

/* notes.c */
void notes_print(const struct report *report);

/* outfile.c */
int outfile_write(const char *path, const void *content, size_t size);

/* command.c */
void command_remember(int argc, char **argv);
struct json_object *json_command(void);

/* json.c */
struct json_object *json_growth(const struct interval *growth);
struct json_object *json_fingerprint(const struct fingerprint *print);
FILE *json_open(const char *path);
int json_write(FILE *file, const struct fingerprint *print,
	       const struct report *report);

#endif
