#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Answers that are known: back-ends with 0, 1, 5 and 50 instructions more than
# nothing, on a clock that counts them.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

TABLE=/tmp/table

counts() {
	magslab-bench --backend empty --workload pair 2>/dev/null |
		grep -q '^# clock: counts instructions'
}

# adds_up_to FIGURE...: each is what its back-end has above known-0, to half of one.
adds_up_to() {
	note "above known-0: $*"
	awk -v read="$*" 'BEGIN {
		n = split(read, by); split("1 5 50", known)
		for (i = 1; i <= 3; i++)
			if (by[i] < known[i] - 0.5 || by[i] > known[i] + 0.5)
				exit 1
		exit n != 3
	}'
}

# by_run WORKLOAD ROW: what a run's table tells of it.
by_run() {
	magslab-bench --backend known-0,known-1,known-5,known-50 \
		--workload "$1" >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	# shellcheck disable=SC2046 # figures are words
	adds_up_to $(awk -v row="$2" '$1 == row {
		print $3 - $2, $4 - $2, $5 - $2 }' $TABLE)
}

pair_by_run() {
	by_run pair pair
}

burst_by_run() {
	by_run burst:256 burst-256
}

# Intervals hold what is known, and are not wide.
by_duel() {
	magslab-bench duel --backend known-0,known-1,known-5,known-50 --time 3 \
		>$TABLE 2>/tmp/messages || return 1
	sed 's/^/# /' $TABLE
	[ "$(grep -c '^pair *known-.* slower$' $TABLE)" -eq 3 ] || return 1
	# shellcheck disable=SC2046 # figures are words
	adds_up_to $(awk '$2 ~ /^known-[1-9]/ { print $4 }' $TABLE)
}

# timed WORKLOAD: each call by itself.
timed() {
	magslab-bench --latency --workload "$1" \
		--backend known-0,known-1,known-5,known-50,known-rare \
		>$TABLE 2>/tmp/messages || { note "$(cat /tmp/messages)" && return 1; }
}

# percentile CALL BACKEND COLUMN: p50 is column 4, p99.99 column 8, max column 9.
percentile() {
	awk -v call="$1" -v backend="$2" -v column="$3" \
		'$1 == call && $2 == backend { print $column }' $TABLE
}

# above CALL COLUMN: what those of known cost have above known-0.
above() {
	for backend in known-1 known-5 known-50; do
		echo $(($(percentile "$1" $backend "$2") - \
			$(percentile "$1" known-0 "$2")))
	done | tr '\n' ' '
}

# Up to p99.9, to the instruction; an interrupt now and then is beyond it.
by_percentiles() {
	timed "$1" || return 1
	for column in 4 5 6 7; do
		expect "alloc, column $column" "$(above alloc $column)" = "1 5 50 " &&
			expect "free, column $column" "$(above free $column)" = "0 0 0 " ||
			return 1
	done
}

pair_by_percentiles() {
	by_percentiles pair
}

# Of the tail test(1) is told what it is for: each 500th is 0.2 %.
tail_is_seen() {
	by_percentiles burst:256 &&
		expect "p99" "$(percentile alloc known-rare 6)" -lt 500 &&
		expect "p99.9" "$(percentile alloc known-rare 7)" -ge 10000 &&
		expect "p99.9" "$(percentile alloc known-rare 7)" -lt 10300 &&
		expect "max" "$(percentile alloc known-rare 9)" -ge 10000 &&
		expect "p99.9 of free" "$(percentile free known-rare 7)" -lt 500
}

# Two that are the same code read the same.
equals() {
	magslab-bench duel --backend known-5,known-5 --time 2 >$TABLE \
		2>/tmp/messages && grep -q 'known-5 .*cannot tell$' $TABLE
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
[ "${MAGSLAB_CLOCK:-wall}" = insn ] ||
	skip_all "needs a clock that counts instructions"
begin 7 magslab_known
load magslab_known || ktap_exit_fail_msg "magslab_known.ko does not load"
run "the clock counts instructions" counts
run "pair, by run" pair_by_run
run "burst, by run" burst_by_run
run "pair, by percentiles" pair_by_percentiles
run "burst, by percentiles, and a tail" tail_is_seen
run "pair, by a duel" by_duel
run "equals cannot be told apart" equals
ktap_finished
