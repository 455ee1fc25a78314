#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# compare-test.sh CLIENT: what compare calls slower, and what it refuses.
# shellcheck source=native.sh
. "$(dirname "$0")/native.sh"

# result BACKEND MEDIAN P99 [MORE]: of 100 blocks. With a p99 of 1.2 times the median
# this is known to 2.5 %, and two of them to 3.5 %.
result() {
	printf '{"workload":"pair","backend":"%s","size":64,"cpus":1,"gfp":"kernel",
		"per_op":{"median":%s,"p99":%s},"blocks":100,"block_ops":10000%s}' "$@"
}

# duel BACKEND ESTIMATE LOW HIGH
duel() {
	printf '"kind":"duel","level":98,"duels":[{"rows":[{"workload":"pair","size":64,
		"backends":[{"backend":"base","verdict":"reference"},
		{"backend":"%s","verdict":"slower",
		"log_ratio":{"estimate":%s,"low":%s,"high":%s}}]}]}]' "$@"
}

make_documents() {
	document before "\"results\":[$(result one 10 12)]"
	document unsure "\"results\":[$(result one 10.4 12.5)]"
	document slower "\"results\":[$(result one 11 13)]"
	document faster "\"results\":[$(result one 9 10.8)]"
	document other "\"results\":[$(result two 10 12)]"
	document more "\"results\":[$(result one 10 12),$(result two 10 12)]"
	document twice "\"results\":[$(result one 10 12),$(result one 20 24)]"
	document floor "\"results\":[$(result one 30 31 ',"floor":true')]"
	document empty '"results":[]'
	document duel "$(duel one 0.01 0.00 0.02)"
	document duel-slower "$(duel one 0.10 0.09 0.11)"
	document duel-open "$(duel one 0.10 null null)"
	document sweep '"kind":"sweep"'
	sed 's/"wall"/"insn"/' "$work/before.json" >"$work/insn.json"
}

# tells CODE WORD BEFORE AFTER [ARGUMENT...]
tells() {
	code=$1
	word=$2
	before=$3
	after=$4
	shift 4
	"$client" compare "$@" "$work/$before.json" "$work/$after.json" \
		>"$work/text" 2>"$work/messages"
	status=$?
	[ $status -eq "$code" ] && grep -q -e "$word" "$work/text" && return
	echo "# $before, $after: $status, not $code; no '$word' in:"
	sed 's/^/# /' "$work/text" "$work/messages"
	return 1
}

by_its_interval() {
	tells 0 "0 slower" before before && tells 0 "0 slower" before unsure &&
		tells 1 "1 slower" before slower && tells 0 faster before faster &&
		tells 0 "0 slower" slower before
}

# +10.0 %, known to 3.5 %.
by_threshold() {
	tells 1 "1 slower" before slower --threshold 5 &&
		tells 0 "0 slower" before slower --threshold 8 &&
		tells 1 "1 slower" before slower --threshold 8 --level 50 &&
		tells 0 "0 slower" before slower --threshold 12 --level 50
}

floors_are_no_blame() {
	tells 0 "floor moved" before floor
}

rows_by_name() {
	tells 0 "1 rows" before more &&
		tells 0 "Only in .*more.json: pair two" before more &&
		tells 0 "Only in .*more.json: pair two" more before &&
		tells 0 "2 rows, 0 slower" twice twice
}

of_duels() {
	tells 0 "1 rows" duel duel && tells 1 "pair one 64 B" duel duel-slower &&
		tells 0 faster duel-slower duel
}

is_quiet() {
	"$client" compare -q "$work/before.json" "$work/slower.json" >"$work/text"
	[ $? -eq 1 ] && [ ! -s "$work/text" ]
}

# refuses_two WORD BEFORE AFTER
refuses_two() {
	refuses "$1" compare "$work/$2.json" "$work/$3.json"
}

bad_arguments() {
	refuses "2 files" compare && refuses "2 files" compare one &&
		refuses none.json compare "$work/none.json" "$work/before.json" &&
		refuses --threshold compare --threshold -1 a b &&
		refuses --threshold compare --threshold x a b &&
		refuses --level compare --level 100 a b &&
		refuses backend compare --backend x a b
}

bad_pairs() {
	refuses_two "no row" before other && refuses_two "no row" before empty &&
		refuses_two "no row" duel duel-open &&
		refuses_two "same command" before duel &&
		refuses_two "same clock" before insn &&
		refuses_two "sweeps" sweep sweep
}

make_documents
begin 8
run "slower by more than it may be off" by_its_interval
run "threshold and level" by_threshold
run "a floor that moved is no regression" floors_are_no_blame
run "rows are matched by name" rows_by_name
run "duels are compared by their ratios" of_duels
run "quiet" is_quiet
run "bad arguments are named" bad_arguments
run "what cannot be compared is refused" bad_pairs
finished
