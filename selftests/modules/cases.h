/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cases that run once, while their module is being loaded, on one CPU. What
 * became of them is read from the module's parameter "report", a line each:
 *
 *	ok NAME
 *	not ok NAME WHAT WAS EXPECTED
 *	skip NAME WHY
 */
#ifndef MAGSLAB_TEST_CASES_H
#define MAGSLAB_TEST_CASES_H

#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/sysfs.h>

struct test_case {
	const char *name;
	void (*run)(unsigned long arg);
	unsigned long arg;
};

/* Of the case at hand: the first expectation it did not meet, why skipped. */
static const char *test_failed;
static const char *test_skipped;

static inline bool test_expect(bool met, const char *what)
{
	if (!met && !test_failed)
		test_failed = what;
	return met;
}

#define EXPECT(condition) test_expect(condition, #condition)

static inline void test_skip(const char *why)
{
	test_skipped = why;
}

static char test_report[PAGE_SIZE - 1];

static void test_begin(void)
{
	test_failed = NULL;
	test_skipped = NULL;
}

static void test_end(const char *name)
{
	size_t len = strlen(test_report);
	size_t room = sizeof(test_report) - len;
	char *line = test_report + len;

	if (test_failed)
		scnprintf(line, room, "not ok %s %s\n", name, test_failed);
	else if (test_skipped)
		scnprintf(line, room, "skip %s %s\n", name, test_skipped);
	else
		scnprintf(line, room, "ok %s\n", name);
}

/* Magazines are per CPU: stay where they are being filled. */
static inline void test_run_cases(const struct test_case *cases,
				  unsigned int nr)
{
	unsigned int i;

	migrate_disable();
	for (i = 0; i < nr; i++) {
		test_begin();
		cases[i].run(cases[i].arg);
		test_end(cases[i].name);
	}
	migrate_enable();
}

static int test_report_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", test_report);
}

static const struct kernel_param_ops test_report_ops = {
	.get = test_report_get,
};
module_param_cb(report, &test_report_ops, NULL, 0444);
MODULE_PARM_DESC(report, "a line for each case");

#endif /* MAGSLAB_TEST_CASES_H */
