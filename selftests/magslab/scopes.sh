#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Arenas and segments as back-ends of the benchmark: what they measure and what they
# refuse, and that their cost does not grow.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

TABLE=/tmp/table

# Scopes of 100 objects; the figures are told, and compared by nobody.
has_figures() {
	magslab-bench --backend kmem_cache,arena,segment \
		--workload burst:100 --blocks 16 --turns 2 >$TABLE \
		2>/tmp/messages || return 1
	sed 's/^/# /' $TABLE
	grep -q '^burst-100 ' $TABLE && ! grep '^burst-100 ' $TABLE | grep -q ' - '
}

# What does not free all that it has before it allocates again.
is_refused() {
	for workload in shuffled full-path:2000 steady remote-free; do
		magslab-bench --backend kmem_cache,arena --workload $workload \
			--blocks 4 --turns 2 >$TABLE 2>/tmp/messages
		awk -v row="${workload%%:*}" 'index($1, row) == 1 {
			n++; if ($3 != "-") exit 1 } END { exit !n }' $TABLE ||
			{ sed 's/^/# /' $TABLE && return 1; }
	done
}

nothing_left() {
	expect "arenas" "$(ls "$DEBUGFS/arenas")" = "" &&
		expect "segments" "$(ls "$DEBUGFS/segments")" = ""
}

# flat BACKEND MOST: instructions of an operation at n = 2^10 to 2^20, without the loop.
flat() {
	magslab-bench sweep --over count=1024..1048576 --workload burst \
		--backend "$1,empty" >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	sed 's/^/# /' $TABLE
	awk -v name="$1" -v most="$2" '
		$1 ~ /^[0-9]+$/ && $2 - $3 > most { bad = 1 }
		$1 == name && NF == 4 { n++; if ($2 > 0.02 || $2 < -0.02) bad = 1 }
		END { exit bad || !n }' $TABLE
}

arena_is_flat() {
	flat arena 14
}

segment_is_flat() {
	flat segment 62
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
begin 5
run "scopes of 100 objects have figures" has_figures
run "what is no scope is refused" is_refused
run "nothing is left of a run" nothing_left
if [ "${MAGSLAB_CLOCK:-wall}" = insn ]; then
	run "an arena takes 14 instructions, whatever n is" arena_is_flat
	run "a segment takes 62 with zeroing, whatever n is" segment_is_flat
else
	skip "an arena takes 14 instructions, whatever n is" "no such clock"
	skip "a segment takes 62 with zeroing, whatever n is" "no such clock"
fi
ktap_finished
