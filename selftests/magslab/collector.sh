#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The collector: the cases are in modules/magslab_collector.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

DIR=$DEBUGFS/collectors/test

# figure NAME
figure() {
	sed -n "s/^$1: //p" "$DIR/stats"
}

books_balance() {
	expect "tracked" "$(figure tracked)" -eq \
		$(($(figure allocated) - $(figure freed) - $(figure reclaimed)))
}

note_figures() {
	for name in allocated found reclaimed cycles scanned mark_ns_per_object \
		sweep_ns_per_object slices longest_ns p999_ns over_budget \
		duty_permille; do
		note "$name: $(figure $name)"
	done
	note "budget, slices, over it, longest until then:"
	param magslab_collector budgets | sed 's/^/# /'
	sed 's/^/# /' "$DIR/pauses" | grep outlier
	note "$(param magslab_collector mutated)"
}

# Others have the CPU too on a clock of time; one that counts instructions knows of
# nobody else.
keeps_to_budget() {
	[ "${MAGSLAB_CLOCK:-wall}" = insn ] || return 0
	expect "slices over budget" "$(figure over_budget)" -eq 0 &&
		param magslab_collector budgets |
		awk '$2 < 1 || $3 || $4 > $1 { bad = 1 }
			END { exit bad || NR != 4 }'
}

keeps_to_duty() {
	expect "parts of 1000" "$(figure duty_permille)" -le 200
}

names_who_leaked() {
	grep -q '^[1-9][0-9]* objects, .* told-of, in use, allocated by plant_node' \
		"$DIR/found" &&
		grep -q ' collected, reclaimed, allocated by plant_node' \
			"$DIR/found" &&
		[ "$(grep -c . "$DIR/found")" -lt 4000 ]
}

# refused FILE VALUE...
refused() {
	file=$1
	shift
	for value; do
		if (echo "$value" >"$DIR/$file") 2>/dev/null; then
			note "$file took $value"
			return 1
		fi
	done
}

bad_settings() {
	before=$(cat "$DIR/budget_ns")
	refused budget_ns 0 1 49999 50000000 -1 99999999999999999999 ten &&
		refused period_ns 0 1 "$before" 10000000001 -1 &&
		refused interval_ms 86400001 -1 &&
		refused collect 0 2 -1 &&
		expect "budget" "$(cat "$DIR/budget_ns")" -eq "$before"
}

bad_parameters() {
	for value in 0 1 50000000 ten; do
		(set_param magslab collector_budget_ns $value) 2>/dev/null &&
			return 1
	done
	set_param magslab collector_budget_ns 10000000
}

good_settings() {
	echo 2000000 >"$DIR/budget_ns" && echo 100 >"$DIR/interval_ms" &&
		expect "budget" "$(cat "$DIR/budget_ns")" -eq 2000000 &&
		before=$(figure cycles) && wait_for 20 cycled "$before" &&
		echo 0 >"$DIR/interval_ms"
}

cycled() {
	[ "$(figure cycles)" -gt "$1" ]
}

by_hand() {
	before=$(figure cycles)
	echo 1 >"$DIR/collect" && wait_for 20 cycled "$before"
}

shows_slices() {
	grep -q '^to [0-9]* ns: [0-9]*$' "$DIR/pauses"
}

goes_in_the_middle() {
	set_param magslab_collector leave 1 && books_balance &&
		unload magslab_collector && [ ! -e "$DIR" ] &&
		expect "caches" "$(caches)" = ""
}

begin 13 magslab_collector
load magslab_collector seconds="${MAGSLAB_COLLECTOR_SECONDS:-10}" \
	reachable="${MAGSLAB_COLLECTOR_REACHABLE:-1000000}" ||
	ktap_exit_fail_msg "magslab_collector.ko does not load"
set_param magslab_collector run 1
report_of magslab_collector
note_figures
run "books balance" books_balance
run "keeps to its budget" keeps_to_budget
run "works a fifth of the time at most" keeps_to_duty
run "tells whose objects were found" names_who_leaked
run "refuses budgets and intervals that make no sense" bad_settings
run "refuses parameters that make no sense" bad_parameters
run "has cycles on its own" good_settings
run "has a cycle when asked for" by_hand
run "shows its slices" shows_slices
run "goes in the middle of a cycle" goes_in_the_middle
ktap_finished
