#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What debugfs tells: that it is there, that it is true, that it keeps secrets,
# and that it may be read however one likes.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

HOLD=$DEBUGFS/caches/hold

is_0400() {
	expect "mode of $1" "$(stat -c %a "$1")" = 400
}

modes() {
	for file in "$DEBUGFS/summary" "$DEBUGFS/stats" "$HOLD/stats" \
		"$HOLD/cpus" "$HOLD/nodes"; do
		is_0400 "$file" || return 1
	done
}

writes_refused() {
	for file in "$DEBUGFS/summary" "$DEBUGFS/stats" "$HOLD/stats" \
		"$HOLD/cpus" "$HOLD/nodes"; do
		if (echo 1 >"$file") 2>/dev/null; then
			note "$file could be written"
			return 1
		fi
	done
}

every_name_once() {
	expect "lines that are not 'name: number'" \
		"$(grep -cvE '^[a-z_]+: [0-9]+$' "$HOLD/stats")" -eq 0 &&
		expect "names that come twice" \
			"$(cut -d: -f1 "$HOLD/stats" | sort | uniq -d)" = ""
}

# agrees NR: magslab counts what the module has counted.
agrees() {
	set_param magslab_hold objects "$1" || return 1
	expect "live objects" "$(stat_of hold live_objects)" -eq "$1" &&
		expect "objects constructed" \
			"$(param magslab_hold constructed)" -eq \
			"$(stat_of hold capacity_objects)" &&
		expect "pages" "$(stat_of hold pages)" -eq \
			"$(param magslab_hold pages)" &&
		adds_up hold
}

ledger() {
	for nr in 0 1 2 63 64 65 1000 999 5000 300 301 0; do
		agrees $nr || return 1
	done
}

# Frees on another CPU than the allocations: no CPU's figures are right alone.
ledger_across_cpus() {
	for cpu in $(seq 0 $(($(nproc) - 1))); do
		for nr in 2000 100; do
			echo $nr | taskset -c "$cpu" \
				tee /sys/module/magslab_hold/parameters/objects \
				>/dev/null
			expect "live objects" \
				"$(stat_of hold live_objects)" -eq $nr &&
				adds_up hold || return 1
		done
	done
}

# slabs are cut into objects: full ones have none free, empty ones nothing else.
slab_states() {
	per_slab=$(stat_of hold objects_per_slab)
	partial=$(stat_of hold slabs_partial)
	full=$(stat_of hold slabs_full)
	empty=$(stat_of hold slabs_empty)
	free=$(stat_of hold free_slab_objects)

	expect "pages" "$(stat_of hold pages)" -eq \
		$(((partial + full + empty) * $(stat_of hold pages_per_slab))) &&
		expect "free objects" "$free" -ge \
			$((empty * per_slab + partial)) &&
		expect "free objects" "$free" -le \
			$((empty * per_slab + partial * (per_slab - 1)))
}

states() {
	for nr in 3000 1 2999 1500; do
		set_param magslab_hold objects $nr
		slab_states || return 1
		set_param magslab_hold shrink 1
		slab_states || return 1
		expect "empty slabs after a shrink" \
			"$(stat_of hold slabs_empty)" -eq 0 || return 1
	done
}

cpus_table() {
	set_param magslab_hold objects 1234
	allocs=0 frees=0 inside=0
	for cpu in $(seq 0 $(($(nproc) - 1))); do
		allocs=$((allocs + $(column hold "$cpu" allocs)))
		frees=$((frees + $(column hold "$cpu" frees)))
		inside=$((inside + $(column hold "$cpu" loaded) + \
			$(column hold "$cpu" previous)))
	done
	expect "allocs - frees" $((allocs - frees)) -eq 1234 &&
		expect "allocs" "$allocs" -eq "$(stat_of hold allocs)" &&
		expect "loaded + previous" "$inside" -eq \
			"$(stat_of hold magazine_objects)"
}

# sum_of_nodes NAME: over the lines of the table.
sum_of_nodes() {
	awk -v name="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 1 { sum += $at[name] }
		END { print sum + 0 }' "$HOLD/nodes"
}

nodes_table() {
	set_param magslab_hold objects 1234
	for name in slabs_full slabs_partial slabs_empty slabs_created \
		free_slab_objects depot_objects slab_locks depot_locks; do
		expect "$name" "$(sum_of_nodes $name)" -eq \
			"$(stat_of hold $name)" || return 1
	done
	quarters=0
	for quarter in 1 2 3 4; do
		quarters=$((quarters + $(sum_of_nodes slabs_partial_$quarter)))
	done
	expect "slabs_partial" "$(stat_of hold slabs_partial)" -eq $quarters
}

# What is in no other cache is in the total.
total_of() {
	sed -n "s/^$1: //p" "$DEBUGFS/stats"
}

totals() {
	set_param magslab_hold objects 0
	live=$(total_of live_objects) allocs=$(total_of allocs)
	set_param magslab_hold objects 1000
	expect "caches" "$(total_of caches)" -eq \
		"$(find "$DEBUGFS"/caches -mindepth 1 -maxdepth 1 | wc -l)" &&
		expect "live objects" "$(total_of live_objects)" -eq \
			$((live + 1000)) &&
		expect "allocs" "$(total_of allocs)" -eq $((allocs + 1000))
}

total_locks() {
	echo $(($(stat_of hold slab_locks) + $(stat_of hold depot_locks)))
}

# Every allocation, and every free, is of one of three kinds.
counted() {
	for what in alloc free; do
		expect "${what}s" "$(stat_of hold ${what}s)" -eq \
			$(($(stat_of hold ${what}_hits) + \
				$(stat_of hold ${what}_misses) + \
				$(stat_of hold direct_${what}s))) || return 1
	done
}

# 256-byte objects have magazines of less than a thousand, so that many
# allocations cannot all be hits.
hits_and_misses() {
	set_param magslab_hold objects 0
	set_param magslab_hold shrink 1
	hits=$(stat_of hold alloc_hits)
	locks=$(total_locks)
	set_param magslab_hold objects 1000
	counted && expect "hits" "$(stat_of hold alloc_hits)" -lt \
		$((hits + 1000)) &&
		expect "locks" "$(total_locks)" -gt "$locks" || return 1

	# One object more and less, over and over, touches no lock.
	set_param magslab_hold objects 999
	hits=$(stat_of hold alloc_hits)
	locks=$(total_locks)
	for round in 1 2 3 4 5; do
		taskset -c 0 sh -c '
			cd /sys/module/magslab_hold/parameters
			echo 1000 >objects
			echo 999 >objects'
	done
	counted && expect "hits in $round rounds" \
		"$(stat_of hold alloc_hits)" -ge $((hits + 4)) &&
		expect "locks" "$(total_locks)" -le $((locks + 4))
}

summary_line() {
	set_param magslab_hold objects 777
	line=$(grep ' hold$' "$DEBUGFS/summary")
	expect "lines of summary" "$(grep -c ' hold$' "$DEBUGFS/summary")" \
		-eq 1 || return 1
	# shellcheck disable=SC2086 # split at blanks
	set -- $line
	expect "OBJS" "$1" -eq "$(stat_of hold capacity_objects)" &&
		expect "ACTIVE" "$2" -eq 777 &&
		expect "SIZE" "$4" -eq "$(stat_of hold object_size)"
}

no_addresses() {
	set_param magslab_hold objects 500
	for file in "$DEBUGFS/summary" "$DEBUGFS"/stats* "$DEBUGFS"/caches/*/*; do
		if grep -qiE 'ffff[0-9a-f]{8}|0x[0-9a-f]{6}' "$file"; then
			note "$file shows an address"
			return 1
		fi
	done
}

# Whatever the size of the pieces, they make the same whole.
odd_reads() {
	for file in "$DEBUGFS/summary" "$DEBUGFS/stats" "$HOLD/stats" \
		"$HOLD/cpus" "$HOLD/nodes"; do
		cat "$file" >/tmp/whole
		for size in 1 7 4095 4097 1000000; do
			dd if="$file" bs=$size 2>/dev/null >/tmp/pieces
			cmp -s /tmp/whole /tmp/pieces || {
				note "$file by $size bytes differs"
				return 1
			}
		done
		for skip in 1 10 100; do
			dd if="$file" bs=1 skip=$skip count=20 2>/dev/null \
				>/tmp/pieces
			dd if=/tmp/whole bs=1 skip=$skip count=20 2>/dev/null |
				cmp -s - /tmp/pieces || {
				note "$file from byte $skip differs"
				return 1
			}
		done
		expect "bytes past the end of $file" "$(dd if="$file" bs=1M \
			skip=1 2>/dev/null | wc -c)" -eq 0 || return 1
	done
	rm -f /tmp/whole /tmp/pieces
}

read_all() {
	while [ ! -e /tmp/storm-over ]; do
		cat "$DEBUGFS/summary" "$DEBUGFS"/stats* "$DEBUGFS"/caches/*/* >/dev/null 2>&1
	done
}

storm() {
	rm -f /tmp/storm-over
	read_all &
	read_all &
	set_param magslab_hold storm 1000
	status=$?
	touch /tmp/storm-over
	wait
	rm /tmp/storm-over
	expect "status of the storm" $status -eq 0 &&
		expect "caches left" "$(caches)" = hold
}

# A file that is open while its cache goes away has nothing more to tell.
open_over_destroy() {
	exec 9<"$HOLD/stats"
	unload magslab_hold
	cat <&9 >/tmp/late 2>/dev/null
	exec 9<&-
	expect "bytes read" "$(wc -c </tmp/late)" -eq 0 &&
		expect "directory" "$(caches)" = ""
}

fresh_start() {
	load magslab_hold &&
		expect "live objects" "$(stat_of hold live_objects)" -eq 0 &&
		expect "pages" "$(stat_of hold pages)" -eq 0 &&
		expect "allocs" "$(stat_of hold allocs)" -eq 0
}

begin 16 magslab_hold
load magslab_hold || ktap_exit_fail_msg "magslab_hold.ko does not load"
run "modes are 0400" modes
run "writing is refused" writes_refused
run "stats has one name per line" every_name_once
run "live objects agree with a ledger" ledger
run "and do across CPUs" ledger_across_cpus
run "slab states agree with free objects and pages" states
run "table of CPUs adds up" cpus_table
run "table of nodes adds up" nodes_table
run "totals are of all caches" totals
run "hits, misses and locks are counted" hits_and_misses
run "summary agrees with stats" summary_line
run "no file shows an address" no_addresses
run "files can be read in odd pieces" odd_reads
run "caches come and go under readers" storm
run "a cache goes with its file open" open_over_destroy
run "a new one of the same name starts from zero" fresh_start
ktap_finished
