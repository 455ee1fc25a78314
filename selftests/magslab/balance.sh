#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Whether the books balance, at rest and while everybody uses the caches, and
# whether a counter that is wrong is noticed.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

SECONDS_LOAD=${MAGSLAB_STATS_SECONDS:-15}
CACHES=${MAGSLAB_STATS_CACHES:-300}
SLABS=${MAGSLAB_STATS_SLABS:-20000}
# What the readers may need in seconds, whatever machine this is.
PATIENCE=600

HOLD=$DEBUGFS/caches/hold

# book CACHE NAME
book() {
	sed -n "s/^$2: //p" "$DEBUGFS/caches/$1/balance"
}

# balances CACHE
balances() {
	cat "$DEBUGFS/caches/$1/balance" >/tmp/balance
	grep -q '^balanced: yes$' /tmp/balance && return
	sed "s/^/# $1: /" /tmp/balance
	return 1
}

# at_rest CACHE: to the last object.
at_rest() {
	balances "$1" && expect "$1: bound" \
		"$(sed -n 's/^bound: //p' /tmp/balance)" -eq 0
}

all_at_rest() {
	for dir in "$DEBUGFS"/caches/*; do
		at_rest "${dir##*/}" || return 1
	done
}

with_objects() {
	for nr in 1 3000 2999 17 0; do
		set_param magslab_hold objects $nr
		at_rest hold || return 1
		expect "live" "$(book hold live)" -eq $nr || return 1
		set_param magslab_hold shrink 1
		at_rest hold || return 1
	done
}

# Every line of the books is what the other files say.
agrees_with_stats() {
	set_param magslab_hold objects 1234
	carved=$(stat_of hold capacity_objects)
	expect "found" "$(book hold objects)" = \
		"counted $carved found $carved" &&
		expect "bytes" "$(book hold bytes_pages)" -eq \
			$(($(stat_of hold pages) * 4096)) || return 1
	sum=0
	for part in requested rounding alignment metadata free; do
		sum=$((sum + $(book hold bytes_$part)))
	done
	expect "sum of bytes" $sum -eq "$(book hold bytes_pages)"
}

# skewed COUNTER BOOK DELTA: one more or less in a counter is noticed by name, and
# mended all is well.
skewed() {
	echo "$1 $3" >"$HOLD/skew"
	verdict=$(book hold balanced)
	echo "$1 $((0 - $3))" >"$HOLD/skew"
	expect "$1 made wrong" "$verdict" = "no, $2" && at_rest hold
}

wrong_counters() {
	set_param magslab_hold objects 1235
	skewed live objects 1 && skewed live objects -1 &&
		skewed depot objects 1 &&
		skewed free_slab_objects free_slab_objects -1 &&
		skewed slabs slabs 1 && skewed pages pages 1
}

refused() {
	for line in "nothing 1" "live" "live much" "" \
		"live 1111111111111111111111111111111111111111111111111111111111"; do
		if echo "$line" 2>/dev/null >"$HOLD/skew"; then
			note "'$line' was taken"
			return 1
		fi
	done
	at_rest hold
}

# heat LIST: number of slabs there, and of objects taken in them
heat() {
	awk -v list="$1" '$1 != "#" && $3 == list { n++; taken += $4 }
		END { print n + 0, taken + 0 }' "$HOLD/heatmap"
}

heatmap_agrees() {
	for nr in 3000 1500; do
		set_param magslab_hold objects $nr
		taken=0
		for list in full partial empty; do
			# shellcheck disable=SC2046 # two numbers
			set -- $(heat $list)
			expect "$list slabs" "$1" -eq \
				"$(stat_of hold slabs_$list)" || return 1
			taken=$((taken + $2))
		done
		expect "objects taken" $taken -eq \
			$(($(stat_of hold capacity_objects) - \
				$(stat_of hold free_slab_objects))) || return 1
	done
}

# What is read is what was there when the file was opened.
heatmap_keeps() {
	set_param magslab_hold objects 3000
	cat "$HOLD/heatmap" >/tmp/heat-before
	exec 9<"$HOLD/heatmap"
	set_param magslab_hold objects 0
	set_param magslab_hold shrink 1
	cat <&9 >/tmp/heat-after
	exec 9<&-
	cmp -s /tmp/heat-before /tmp/heat-after || {
		note "it changed while it was open"
		return 1
	}
	expect "slabs now" "$(grep -vc '^#' "$HOLD/heatmap")" -eq 0
}

read_everything() {
	while [ ! -e /tmp/load-over ]; do
		find "$DEBUGFS" -type f ! -perm 0200 -exec cat {} + \
			>/dev/null 2>&1
		echo >>"/tmp/reads-$1"
	done
}

# Every file, while caches with files come and go.
read_over_destroy() {
	rm -f /tmp/load-over /tmp/reads-*
	for reader in 1 2; do
		read_everything $reader &
	done
	for round in 1 2 3 4 5 6 7 8; do
		unload magslab_hold
		load magslab_hold
		set_param magslab_hold objects $((round * 100))
	done
	touch /tmp/load-over
	wait
	expect "objects" "$(stat_of hold live_objects)" -eq 800
}

# Files that are open while their cache goes have nothing more to tell.
open_over_destroy() {
	set_param magslab_hold objects 300
	exec 5<"$HOLD/balance" 6<"$HOLD/heatmap" 7<"$HOLD/stats" 8<"$HOLD/cpus"
	unload magslab_hold
	{ cat <&5; cat <&6; cat <&7; cat <&8; } >/tmp/late 2>/dev/null
	exec 5<&- 6<&- 7<&- 8<&-
	expect "bytes read" "$(wc -c </tmp/late)" -eq 0 && load magslab_hold
}

# All CPUs use the caches, as many readers read every file, and now and then all
# of them stop to have the books looked at.
pauses_balance() {
	end=$(($(date +%s) + SECONDS_LOAD))
	pauses=0
	while [ "$(date +%s)" -lt "$end" ]; do
		sleep 2
		set_param magslab_torture paused 1
		for cache in $(caches); do
			at_rest "$cache" || return 1
		done
		pauses=$((pauses + 1))
		set_param magslab_torture paused 0
	done
	expect "pauses" $pauses -gt 0
}

under_load() {
	rm -f /tmp/load-over /tmp/reads-*
	load magslab_torture seconds=86400 nmi=1 || return 1
	for reader in 1 2 3 4; do
		read_everything $reader &
	done
	pauses_balance
	status=$?
	touch /tmp/load-over
	wait
	allocs=$(sed -n 's/^allocs: //p' \
		/sys/module/magslab_torture/parameters/report)
	rounds=$(cat /tmp/reads-* 2>/dev/null | wc -l)
	note "$allocs allocations, $pauses pauses," \
		"all files read $rounds times"
	unload magslab_torture
	expect "status" $status -eq 0 && expect "rounds" "$rounds" -gt 0
}

# Slabs that anybody looked at under one lock, since the module was loaded.
short_holds() {
	longest=$(book hold longest_hold)
	note "at most $longest slabs looked at under a lock"
	expect "slabs" "$longest" -gt 0 && expect "slabs" "$longest" -le 32
}

# All are listed, and all slabs counted.
many() {
	load magslab_many "caches=$CACHES" "slabs=$SLABS" || return 1
	used=$(meminfo MemAvailable)
	listed=$(timeout $PATIENCE grep -c ' many-[0-9]*$' "$DEBUGFS/summary")
	books=$(timeout $PATIENCE cat "$DEBUGFS/caches/many-slabs/balance" |
		sed -n 's/^balanced: //p')
	heat=$(timeout $PATIENCE grep -vc '^#' \
		"$DEBUGFS/caches/many-slabs/heatmap")
	used=$((used - $(meminfo MemAvailable)))
	note "$CACHES caches, $SLABS slabs: reading took $used KiB"
	json=$(timeout $PATIENCE grep -c '"name":"many-[0-9]*"' \
		"$DEBUGFS/stats.json")
	unload magslab_many
	expect "caches listed" "$listed" -eq "$CACHES" &&
		expect "caches in JSON" "$json" -eq "$CACHES" &&
		expect "books" "$books" = yes &&
		expect "slabs in the map" "$heat" -eq "$SLABS"
}

begin 12 magslab_hold magslab_torture magslab_many
load magslab_hold || ktap_exit_fail_msg "magslab_hold.ko does not load"
run "books balance with any number of objects" with_objects
run "books agree with stats, in objects and bytes" agrees_with_stats
run "those of all caches balance" all_at_rest
run "each counter that is made wrong is found" wrong_counters
run "bad input is refused" refused
run "the heat map agrees with stats" heatmap_agrees
run "and is that of when it was opened" heatmap_keeps
run "files can be read while caches go" read_over_destroy
run "open files have nothing more to tell" open_over_destroy
run "books balance at every pause of a load" under_load
run "no lock is held for long" short_holds
run "many caches and many slabs" many
ktap_finished
