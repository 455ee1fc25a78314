# SPDX-License-Identifier: GPL-2.0-only
# Reads a guest's report, program by program, and writes one line for every test
# case: "ok", "not ok" or "skip" and its name, and after a failure "why" with what
# the program said on the way to it. What a program promised and did not report is
# a failure, and so is an exit status that no test explains.

function verdict(kind, name,    i) {
	print kind, prefix ": " name
	if (kind == "not ok") {
		failed++
		for (i = 1; i <= notes; i++)
			print "why", note[i]
	}
	notes = 0
	seen++
}

/^# program: / {
	if (program)
		verdict("not ok", program " did not end")
	program = $3
	plan = -1
	seen = failed = notes = 0
	next
}

/^# exit: / {
	status = $4
	if (plan > seen)
		verdict("not ok", program " planned " plan " tests, reported " seen)
	else if (status && status != 4 && !failed)
		verdict("not ok", program " ended with status " status)
	else if (!seen && status == 4 && !plan)
		verdict("skip", program " (" reason ")")
	else if (!seen)
		verdict("not ok", program " reported no test")
	program = ""
	next
}

/^1\.\.[0-9]+/ {
	plan = substr($1, 4) + 0
	reason = $0
	sub(/^[^#]*(# *SKIP)? */, "", reason)
	next
}

/^(not )?ok [0-9]+/ {
	kind = $1 == "ok" ? "ok" : "not ok"
	name = $0
	sub(/^(not )?ok [0-9]+ *(- )?/, "", name)
	if (name ~ /# *(SKIP|XFAIL)/)
		kind = "skip"
	verdict(kind, program " " name)
	next
}

{ note[++notes] = $0 }

END {
	if (program)
		verdict("not ok", program " did not end")
}
