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

# Two that are the same code read the same.
equals() {
	magslab-bench duel --backend known-5,known-5 --time 2 >$TABLE \
		2>/tmp/messages && grep -q 'known-5 .*cannot tell$' $TABLE
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
[ "${MAGSLAB_CLOCK:-wall}" = insn ] ||
	skip_all "needs a clock that counts instructions"
begin 5 magslab_known
load magslab_known || ktap_exit_fail_msg "magslab_known.ko does not load"
run "the clock counts instructions" counts
run "pair, by run" pair_by_run
run "burst, by run" burst_by_run
run "pair, by a duel" by_duel
run "equals cannot be told apart" equals
ktap_finished
