#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The rules of thumb: what is refused, and on a clock that counts instructions, that
# each growth is found for what it is.
# shellcheck source=client.sh
. "$(dirname "$0")/client.sh"

SUBCOMMAND=rules
JSON=/tmp/rules.json

bad_arguments() {
	refuses --most --most 2047 &&
		refuses --most --most 1048577 &&
		refuses --most --most many &&
		refuses --time --time 0 &&
		refuses --level --level 100 &&
		refuses workload --workload pair &&
		refuses extra extra
}

interrupted() {
	magslab-bench rules --json $JSON >$TABLE 2>/tmp/messages &
	pid=$!
	sleep 2
	kill -INT $pid
	wait $pid
	expect "exit status" $? -eq 130 && grep -q '"partial":true' $JSON
}

# found NAME GUESS LAW VERDICT
found() {
	grep -q "^$1 .* $2  *$3  *$4  *[0-9]" $TABLE && return
	note "$1: not '$3', '$4'"
	return 1
}

# With so few free objects it matters how many of them a CPU has: caches are not judged.
growths() {
	magslab-bench rules --most 8192 --json $JSON >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	sed 's/^/# /' $TABLE
	grep -q '"partial":false' $JSON &&
		found arena constant constant holds &&
		found segment constant constant holds &&
		found first-fit-free n n holds &&
		found first-fit-alloc n constant "does not hold" &&
		found best-fit "n log n" "log n" "does not hold" &&
		found collector-cycle n n holds
}

# Both heaps for every call, magslab for hardly any.
locks() {
	grep -q '^ *first-fit-free .*, 100 locks in 100 calls$' $TABLE &&
		grep -q '^ *best-fit .*, 100 locks in 100 calls$' $TABLE &&
		grep -q '^ *magslab .*, [0-5] locks in 100 calls$' $TABLE
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
cases=2
[ "${MAGSLAB_CLOCK:-wall}" != insn ] || cases=4
begin $cases
run "bad arguments are named" bad_arguments
run "an interruption leaves what was measured before it" interrupted
[ $cases -eq 2 ] || run "each growth is found for what it is" growths
[ $cases -eq 2 ] || run "locks are counted" locks
ktap_finished
