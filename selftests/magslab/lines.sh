#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Cache lines, counted: of back-ends whose addresses are known, and of others.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

TABLE=/tmp/table

# lines ARGUMENT...: the table, with the result in JSON below.
lines() {
	magslab-bench --lines --json /tmp/json "$@" >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	sed -n '/^lines, pages/,$p' $TABLE | sed 's/^/# /'
}

# has WORKLOAD COUNT FIGURE...: the table has this row. Floors are behind it.
has() {
	awk -v row="$* " '{ $1 = $1; sub(" 64 ", " ") } index($0, row) == 1 { found = 1 }
		END { exit !found }' $TABLE && return
	note "no row: $*"
	return 1
}

known() {
	lines --backend lines-near,lines-far,lines-many --workload "$1" &&
		has "$2" lines 10.0 500.0 1.0 &&
		has "$2" pages 1.0 500.0 1.0 &&
		has "$2" touched 2.0 - 100.0
}

by_pair() {
	known pair pair
}

by_burst() {
	known burst:10 burst-10
}

# lines-far is the one that does not tell.
in_json() {
	[ "$(grep -c '"object_lines"' /tmp/json)" -eq 3 ] &&
		[ "$(grep -c '"touched_lines"' /tmp/json)" -eq 2 ]
}

# The head of a pool, the link of an object, and the object where it is zeroed.
of_segment() {
	touched=2.0
	! grep -q '^# settings:.* init_on_alloc' $TABLE || touched=2.5
	[ "$(awk '$3 == "touched" { print $4 }' $TABLE)" = $touched ]
}

real() {
	lines --backend segment --workload burst:100 && of_segment &&
		lines --backend magslab,kmem_cache,empty --workload burst:100 &&
		awk '$3 == "touched" && $4 > 1 && $5 == "-" && $6 == "-" { found = 1 }
			END { exit !found }' $TABLE
}

every_workload() {
	lines --profile workloads --backend magslab --turns 1 --blocks 1 &&
		[ "$(awk '$3 == "touched"' $TABLE | wc -l)" -ge 8 ]
}

unasked() {
	magslab-bench --backend magslab --workload pair --json /tmp/json \
		>$TABLE 2>/dev/null && ! grep -q '^lines, pages' $TABLE &&
		! grep -q '_lines"' /tmp/json
}

# refused WHAT ARGUMENT...: by a message that names it, and nothing is run.
refused() {
	what=$1
	shift
	magslab-bench "$@" >$TABLE 2>/tmp/messages
	[ $? -eq 2 ] && [ ! -s $TABLE ] && grep -q -e "$what" /tmp/messages && return
	note "$*: $(cat /tmp/messages)"
	return 1
}

nowhere_else() {
	refused --lines --lines=1 && refused --lines run --lines=no &&
		refused --lines duel --lines --backend magslab,kmem_cache &&
		refused --lines sweep --lines --over count=1..2 &&
		refused --lines list --lines
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
begin 7 magslab_lines
load magslab_lines || ktap_exit_fail_msg "magslab_lines.ko does not load"
run "known addresses, by pair" by_pair
run "known addresses, by burst" by_burst
run "in JSON" in_json
run "of real ones" real
run "in every workload" every_workload
run "only where it is asked for" unasked
run "refused elsewhere" nowhere_else
ktap_finished
