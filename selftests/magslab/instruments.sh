#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Instruments of a cache: what they find out is what modules/magslab_instruments.c
# did, and they can be switched at any time.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

CACHE=$DEBUGFS/caches/instruments
SLOW=$DEBUGFS/caches/instruments-slow
INSTRUMENTS="latency locality whatif"
STEPS=100000

do_it() {
	set_param magslab_instruments "$@"
}

# switch VALUE INSTRUMENT...
switch() {
	setting=$1
	shift
	for instrument; do
		echo "$setting" >"$CACHE/$instrument" || return 1
	done
}

# shellcheck disable=SC2086 # names are separated by blanks
all_off() {
	switch 0 $INSTRUMENTS
}

#
# All of them
#

off_at_first() {
	for instrument in $INSTRUMENTS; do
		expect "$instrument" "$(cat "$CACHE/$instrument")" = off &&
			expect "mode of $instrument" \
				"$(stat -c %a "$CACHE/$instrument")" = 600 ||
			return 1
	done
}

# refused VALUE WHY: and it stays as it is.
refused() {
	for instrument in $INSTRUMENTS; do
		why=$(sh -c "echo '$1' >$CACHE/$instrument" 2>&1) && {
			note "$instrument took '$1'"
			return 1
		}
		case $why in
		*"$2"*) ;;
		*)
			note "$instrument, '$1': $why"
			return 1
			;;
		esac
	done
}

bad_input() {
	refused nonsense "Invalid argument" && refused -1 "Invalid argument" &&
		refused "1 2" "Invalid argument" && refused "" "Invalid argument" &&
		refused 4000000000 "Numerical result out of range" &&
		refused 99999999999 "Numerical result out of range" &&
		off_at_first
}

beyond_the_most() {
	for try in "latency 2" "whatif 3"; do
		if sh -c "echo ${try#* } >$CACHE/${try% *}" 2>/dev/null; then
			note "taken: $try"
			return 1
		fi
	done
	off_at_first
}

start_from_nothing() {
	switch 1 latency && do_it walk 1000 || return 1
	expect "lines" "$(grep -c ' local ' "$CACHE/latency")" -gt 0 || return 1
	switch 1 latency
	expect "lines when it starts anew" \
		"$(grep -c ' local ' "$CACHE/latency")" -eq 0 &&
		all_off && off_at_first
}

# In an order of its own each time, for as long as all CPUs work.
switching() {
	for round in $(seq 1 60); do
		for instrument in $INSTRUMENTS; do
			switch $((round / (${#instrument} % 3 + 1) % 2)) \
				"$instrument" || return 1
			cat "$CACHE/$instrument" >/dev/null || return 1
		done
		usleep 20000
	done
	all_off
}

under_load() {
	before=$(stat_of instruments live_objects)
	allocs=$(stat_of instruments allocs)
	do_it crowd 1 && switching
	status=$?
	do_it crowd 0
	note "objects allocated: $(($(stat_of instruments allocs) - allocs))"
	expect "switching" $status -eq 0 &&
		expect "allocs" "$(stat_of instruments allocs)" -gt "$allocs" &&
		expect "live objects" "$(stat_of instruments live_objects)" -eq \
			"$before" &&
		expect "frees refused" \
			"$(stat_of instruments rejected_frees)" -eq 0 &&
		adds_up instruments && off_at_first
}

# A cache that goes has its instruments go with it.
goes_while_on() {
	switch 1 latency && switch 1 whatif && do_it walk 1000 &&
		unload magslab_instruments && expect "caches" "$(caches)" = "" &&
		load magslab_instruments && off_at_first
}

#
# latency
#

# cell FILE OPERATION LAYER WHERE COLUMN: of the table, or 0.
cell() {
	awk -v op="$2" -v layer="$3" -v where="$4" -v name="$5" '
		$1 == "operation" { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == op && $2 == layer && $3 == where { n = $at[name] }
		END { print n + 0 }' "$1"
}

# The least time of constructing one object, and the most that is found elsewhere.
DELAY_US=200000

planted_delay() {
	do_it delay_us 0 && do_it construct 3 && do_it delay_us $DELAY_US &&
		echo 1 >"$SLOW/latency" && do_it construct 2 || return 1
	do_it delay_us 0
	cat "$SLOW/latency" >/tmp/latency
	echo 0 >"$SLOW/latency"
	sed 's/^/# /' /tmp/latency
	expect "alloc grow" "$(cell /tmp/latency alloc grow local count)" -eq 2 &&
		expect "its p50" "$(cell /tmp/latency alloc grow local p50)" -ge \
			$((DELAY_US * 1000)) &&
		expect "rows with such times" "$(awk -v least=$((DELAY_US * \
			1000)) 'NR > 2 && $(NF - 1) >= least' /tmp/latency |
			wc -l)" -eq 1
}

clock_is_told() {
	switch 1 latency
	first=$(head -n 1 "$CACHE/latency")
	note "$first"
	all_off
	echo "$first" | grep -qE '^clock_ns: median [0-9]+, min [0-9]+; ' &&
		expect "median" "$(echo "$first" | sed 's/.*median //; s/,.*//')" \
			-ge "$(echo "$first" | sed 's/.*min //; s/;.*//')"
}

# Each operation is in one row.
rows_add_up() {
	allocs=$(stat_of instruments allocs)
	frees=$(stat_of instruments frees)
	switch 1 latency && do_it walk $STEPS || return 1
	cat "$CACHE/latency" >/tmp/latency
	all_off
	sed 's/^/# /' /tmp/latency
	expect "allocs" "$(awk '$1 == "alloc" { n += $4 } END { print n }' \
		/tmp/latency)" -eq $(($(stat_of instruments allocs) - allocs)) &&
		expect "frees" "$(awk '$1 == "free" { n += $4 } END { print n }' \
			/tmp/latency)" -eq \
			$(($(stat_of instruments frees) - frees)) &&
		expect "rows in which percentiles do not rise" "$(awk 'NR > 2 {
			for (i = 6; i <= 10; i++) if ($i < $(i - 1)) n++ }
			END { print n + 0 }' /tmp/latency)" -eq 0
}

more_than_one_node() {
	[ -d /sys/devices/system/node/node1 ]
}

remote_is_told() {
	do_it remote 10 && switch 1 latency && do_it remote 100 || return 1
	cat "$CACHE/latency" >/tmp/latency
	all_off
	sed 's/^/# /' /tmp/latency
	expect "remote allocations" "$(awk '$1 == "alloc" && $3 == "remote" {
		n += $4 } END { print n + 0 }' /tmp/latency)" -eq 100 &&
		expect "remote frees" "$(awk '$1 == "free" && $3 == "remote" {
		n += $4 } END { print n + 0 }' /tmp/latency)" -eq 100
}

#
# whatif
#

# told NAME: out of /tmp/whatif.
told() {
	sed -n "s/^$1: //p" /tmp/whatif
}

# apart A B: hundredths between two figures with two decimals.
apart() {
	echo "$1 $2" | tr -d . | awk '{ d = $1 - $2; print d < 0 ? -d : d }'
}

# One run of this capacity: what it predicts of itself, and what happened.
predicts() {
	taskset -c 0 sh -c "
		echo $1 >$CACHE/magazine_capacity &&
		cd /sys/module/magslab_instruments/parameters &&
		echo 1 >settle && echo 2 >$CACHE/whatif &&
		echo $STEPS >walk" || return 1
	cat "$CACHE/whatif" >/tmp/whatif
	all_off
	note "capacity $1: predicted $(told predicted)," \
		"measured $(told measured), knee $(told knee)"
	expect "operations" "$(told operations)" -gt $((STEPS * 9 / 10)) &&
		expect "capacity" "$(told capacity)" -eq "$1" &&
		expect "hundredths of a point between the two" \
			"$(apart "$(told predicted)" "$(told measured)")" -le 200 &&
		expect "lines of the table" "$(grep -cE '^ +[0-9]+ ' \
			/tmp/whatif)" -eq 256
}

# predicted_of CAPACITY: in the table of whichever run was the last.
predicted_of() {
	awk -v c="$1" '$1 == c { print $2 }' /tmp/whatif
}

# What was measured with four capacities is what a run of a fifth said of them.
whatif_is_true() {
	results=
	for capacity in 6 14 62 126; do
		predicts $capacity || return 1
		results="$results $capacity:$(told measured)"
	done
	predicts 30 || return 1
	for result in $results; do
		note "capacity ${result%:*}: measured ${result#*:}, in the run" \
			"with 30 predicted $(predicted_of "${result%:*}")"
		expect "hundredths of a point from what 30 predicted" "$(apart \
			"${result#*:}" "$(predicted_of "${result%:*}")")" -le 200 ||
			return 1
	done
	echo 0 >"$CACHE/magazine_capacity"
}

whatif_tells_of_controller() {
	echo 0 >"$CACHE/magazine_capacity"
	switch 1 whatif && do_it walk 1000 || return 1
	cat "$CACHE/whatif" >/tmp/whatif
	echo 6 >"$CACHE/magazine_capacity"
	cat "$CACHE/whatif" >/tmp/whatif-pinned
	echo 0 >"$CACHE/magazine_capacity"
	all_off
	usual=$(told capacity)
	expect "pinned" "$(told pinned)" -eq 0 &&
		expect "controller" "$(told controller)" -eq "$usual" &&
		expect "lines of the table" "$(grep -cE '^ +[0-9]+ ' \
			/tmp/whatif)" -lt 30 &&
		mv /tmp/whatif-pinned /tmp/whatif &&
		expect "pinned" "$(told pinned)" -eq 1 &&
		expect "capacity" "$(told capacity)" -eq 6 &&
		expect "controller" "$(told controller)" -eq "$usual"
}

begin 13 magslab_instruments
load magslab_instruments ||
	ktap_exit_fail_msg "magslab_instruments.ko does not load"
run "instruments are off at first" off_at_first
run "bad input is refused" bad_input
run "and so are settings there are not" beyond_the_most
run "an instrument starts from nothing" start_from_nothing
run "they are switched while all CPUs work, and nothing is lost" under_load
run "a cache goes while they are on" goes_while_on
run "latency: a planted delay is in its row alone" planted_delay
run "latency: the clock's own cost is told" clock_is_told
run "latency: each operation is in one row" rows_add_up
if more_than_one_node; then
	run "latency: objects of another node are remote" remote_is_told
else
	skip "latency: objects of another node are remote" "needs two nodes"
fi
run "whatif: predictions come true" whatif_is_true
run "whatif: the controller's choice is beside it" whatif_tells_of_controller
run "nothing is lost in the end" under_load
ktap_finished
