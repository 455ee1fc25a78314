# SPDX-License-Identifier: GPL-2.0-only
# Reads what "kunit.py parse" prints and writes one line for every test case.
# "=== name ===" opens a suite or a case with parameters, "=== [PASSED] name ==="
# closes it, "[PASSED] name" between is a case.

{ sub(/^\[[0-9:]+\] /, "") }

/^=+ \[/ { path[depth--] = ""; next }

/^=+ [^ ]/ { path[++depth] = $2 " "; next }

/^\[(PASSED|SKIPPED|FAILED|CRASHED|TIMED OUT|NO TESTS RUN|ERROR)\]/ {
	failed += !/^\[(PASSED|SKIPPED)/
	kind = /^\[PASSED/ ? "ok" : /^\[SKIPPED/ ? "skip" : "not ok"
	sub(/^\[[A-Z ]+\] /, "")
	name = ""
	for (i = 1; i <= depth; i++)
		name = name path[i]
	print kind, prefix ": " name $0
}

END {
	if (status && !failed)
		print "not ok", prefix ": " suite " as kunit.py sees it"
}
