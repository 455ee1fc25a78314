# SPDX-License-Identifier: GPL-2.0-only
# Reads what "kunit.py parse" prints and writes one line for every test case.
# "=== name ===" opens a suite or a case with parameters, "=== [PASSED] name ==="
# closes it, "[PASSED] name" between is a case, and what is written before a case
# that failed says "why".

{ sub(/^\[[0-9:]+\] /, "") }

/^=+ \[/ { path[depth--] = ""; notes = 0; next }

/^=+ [^ ]/ { path[++depth] = $2 " "; notes = 0; next }

/^\[(PASSED|SKIPPED|FAILED|CRASHED|TIMED OUT|NO TESTS RUN|ERROR)\]/ {
	failed += !/^\[(PASSED|SKIPPED)/
	skipped += /^\[SKIPPED/
	seen++
	kind = /^\[PASSED/ ? "ok" : /^\[SKIPPED/ ? "skip" : "not ok"
	sub(/^\[[A-Z ]+\] /, "")
	name = ""
	for (i = 1; i <= depth; i++)
		name = name path[i]
	print kind, prefix ": " name $0
	for (i = 1; i <= notes && kind == "not ok"; i++)
		print "why", note[i]
	notes = 0
	next
}

{ note[++notes] = $0 }

END {
	# A suite of which all is skipped is no success to kunit.py.
	if (status && !failed && (!seen || skipped < seen))
		print "not ok", prefix ": " suite " as kunit.py sees it"
}
