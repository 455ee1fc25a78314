#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Who has the objects of a cache: what the file says of the callers in
# modules/magslab_sites.c is what they did.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

SITES=$DEBUGFS/caches/sites/sites
# Of the class that the module allocates from by magslab_kmalloc().
KMALLOC=$DEBUGFS/caches/magslab-1792/sites

# A site is watched for this long before it can be suspect, in ms, and the test
# gives it some more on a slow machine.
WATCHED_MS=5000
PATIENCE_MS=60000

RATE=64
TWINS=32000
# The gap between samples is spread evenly from 1 to 2 RATE - 1: a standard
# deviation of RATE / sqrt(3). So of N allocations N / RATE are sampled, give or
# take sqrt(N / (3 RATE)): of the 64000 of both twins 1000, give or take 18.3. As
# either twin has each of these with a chance of one half, it has 500, give or take
# sqrt(18.3^2 / 4 + 1000 / 4) = 18.3 once more: 1168 objects. Five times that is
# exceeded in one run of a million.
TWINS_BOUND=5840
# The same of one site's 96000: sqrt(500) samples, 1431 objects.
HELD=96000
HELD_BOUND=7155

# More than there is room for.
TOO_MANY=200000
# Calls that the module makes at addresses of their own.
CALLS=1100

do_it() {
	set_param magslab_sites "$@"
}

# read_sites [FILE]: keep what it says now.
read_sites() {
	cat "${1:-$SITES}" >/tmp/sites
}

# told NAME: a figure above or below the table.
told() {
	sed -n "s/^$1: *//p" /tmp/sites
}

# of FUNCTION COLUMN: in the line of a site, or none.
of() {
	awk -v site="$1" -v name="$2" '
		$1 == "leak" { for (i = 1; i <= NF; i++) at[$i] = i }
		at["site"] && $at["site"] ~ "^" site "[.+]" { print $at[name] }' \
		/tmp/sites
}

# The function in the first line of the table.
first_site() {
	awk 'past { sub(/[.+].*/, "", $14); print $14; exit }
		$1 == "leak" { past = 1 }' /tmp/sites
}

suspects() {
	grep -c '^suspect ' /tmp/sites
}

# sum COLUMN: of all sites.
sum() {
	awk -v name="$1" '
		$1 == "leak" { for (i = 1; i <= NF; i++) at[$i] = i; next }
		NF >= 14 { n += $at[name] } END { print n + 0 }' /tmp/sites
}

show_sites() {
	sed 's/^/# /' /tmp/sites
}

# near WHAT FIGURE TRUTH BOUND
near() {
	note "$1: estimated $2, there are $3"
	expect "$1" "${2:-none}" -ge $(($3 - $4)) &&
		expect "$1" "$2" -le $(($3 + $4))
}

now_ms() {
	awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime
}

nothing_left() {
	echo 0 >"$SITES"
	unload magslab_sites && load magslab_sites
}

#
# The file
#

off_at_first() {
	expect "file" "$(cat "$SITES")" = off &&
		expect "mode" "$(stat -c %a "$SITES")" = 600
}

# refused VALUE WHY
refused() {
	why=$(sh -c "echo '$1' >$SITES" 2>&1) && {
		note "'$1' was taken"
		return 1
	}
	case $why in
	*"$2"*) ;;
	*)
		note "'$1': $why"
		return 1
		;;
	esac
}

all_refused() {
	for value in nonsense -1 "1 2" "" 64k 0.5; do
		refused "$value" "Invalid argument" || return 1
	done
	for value in 1048577 4000000000 99999999999; do
		refused $value "Numerical result out of range" || return 1
	done
}

# What is refused changes nothing, whether it is on or off.
bad_input() {
	all_refused && off_at_first && echo 1048576 >"$SITES" || return 1
	all_refused && read_sites && expect "rate" "$(told one_of)" -eq 1048576 ||
		return 1
	echo 0 >"$SITES"
	off_at_first
}

start_from_nothing() {
	echo 1 >"$SITES" && do_it churn 100 && read_sites &&
		expect "samples" "$(told samples_live)" -eq 100 &&
		echo 1 >"$SITES" && read_sites &&
		expect "samples when it starts anew" \
			"$(told samples_live)" -eq 0 &&
		expect "sites" "$(told sites)" -eq 0 || return 1
	# Those from before are nobody's.
	do_it churn 0 && read_sites &&
		expect "frees" "$(told sampled_frees)" -eq 0 || return 1
	echo 0 >"$SITES"
	off_at_first
}

#
# Leaks
#

LAST_CPU=$(sed 's/.*[-,]//' /sys/devices/system/cpu/online)

# All do what they always do, and one leaks a bit each time.
leak_step() {
	do_it leak 40 && do_it churn 2000 && do_it cross 200 &&
		usleep 200000 && read_sites || return 1
	[ "$(suspects)" -eq 0 ] || [ "$(of leak_site leak)" = suspect ] &&
		[ "$(suspects)" -le 1 ] && return
	show_sites
	note "suspected for no reason"
	return 1
}

# Until it is found, or for too long.
leak_until_found() {
	started=$(now_ms)
	found_ms=0
	until [ "$(suspects)" -eq 1 ] || [ $found_ms -gt $PATIENCE_MS ]; do
		leak_step || return 1
		found_ms=$(($(now_ms) - started))
	done
}

# The set that is large is larger than all the others at any time.
leak_is_found() {
	do_it cross_cpu "$LAST_CPU" && do_it cross_percent 100 &&
		echo 1 >"$SITES" && do_it hold 20000 && read_sites &&
		leak_until_found || return 1
	show_sites
	note "found after $found_ms ms"
	expect "time" "$found_ms" -le $PATIENCE_MS &&
		expect "time" "$found_ms" -ge $((WATCHED_MS - 100)) &&
		expect "the first" "$(first_site)" = leak_site &&
		expect "sites" "$(told sites)" -eq 4 &&
		expect "dropped" "$(told samples_dropped)" -eq 0 &&
		expect "objects of the largest" "$(of hold_site objects)" -eq \
			20000 &&
		expect "its bytes" "$(of hold_site bytes)" -eq \
			$((20000 * $(stat_of sites object_size))) &&
		expect "those that churn" "$(of churn_site live)" -eq 2000
}

# Once it leaks no more, it is suspect no more: in a while none are of late.
leak_is_over() {
	wait_for 60 no_suspects && return
	show_sites
	return 1
}

no_suspects() {
	do_it churn 2000 && read_sites && [ "$(suspects)" -eq 0 ]
}

ages_rise() {
	read_sites
	echo 0 >"$SITES"
	for site in leak_site hold_site churn_site; do
		p50=$(of $site p50_ms) p90=$(of $site p90_ms)
		expect "$site: p90" "$p90" -ge "$p50" &&
			expect "$site: max" "$(of $site max_ms)" -ge "$p90" ||
			return 1
	done
	expect "p50 of what is held" "$(of hold_site p50_ms)" -ge $WATCHED_MS &&
		expect "max of what is new" "$(of churn_site max_ms)" -lt \
			"$(of hold_site p50_ms)" && nothing_left
}

#
# Who frees
#

node_of() {
	basename "/sys/devices/system/cpu/cpu$1"/node*
}

# crossing CPU PERCENT: all of one node or none, as the CPU is.
crossing() {
	nodes=$2.0
	[ "$(node_of 0)" != "$(node_of "$1")" ] || nodes=0.0
	do_it cross_cpu "$1" && do_it cross_percent "$2" && echo 1 >"$SITES" &&
		do_it cross 1000 && read_sites || return 1
	echo 0 >"$SITES"
	expect "allocations" "$(of cross_site allocs)" -eq 1000 &&
		expect "frees" "$(of cross_site frees)" -eq 1000 &&
		expect "percent" "$(of cross_site other_cpu)" = "$2.0" &&
		expect "percent of all" "$(told other_cpu_percent)" = "$2.0" &&
		expect "percent of nodes" "$(of cross_site other_node)" = \
			"$nodes" &&
		expect "percent of all" "$(told other_node_percent)" = "$nodes" &&
		expect "CPUs that allocate" "$(of cross_site alloc_cpus)" = 0
}

crossings() {
	crossing "$1" 0 &&
		expect "CPUs that free" "$(of cross_site free_cpus)" = 0 &&
		crossing "$1" 37 &&
		expect "that CPU and CPU 0" "$(of cross_site free_cpus |
			grep -cE "^0[-,]$1$")" -eq 1 &&
		crossing "$1" 100 &&
		expect "CPUs that free" "$(of cross_site free_cpus)" = "$1"
}

cross_is_told() {
	for dir in /sys/devices/system/cpu/cpu[1-9]; do
		crossings "${dir##*cpu}" && continue
		show_sites
		return 1
	done
}

#
# Samples
#

# Before and after half of them are freed.
estimates_held() {
	echo $RATE >"$SITES"
	for nr in $HELD $((HELD / 2)); do
		do_it hold "$nr" && read_sites &&
			near "objects" "$(of hold_site objects)" "$nr" \
				$HELD_BOUND || return 1
	done
	nothing_left
}

# A site is not sampled more often for being in step with the samples.
estimates_twins() {
	echo $RATE >"$SITES" && do_it twins $TWINS && read_sites || return 1
	near "first" "$(of first_twin objects)" $TWINS $TWINS_BOUND &&
		near "second" "$(of second_twin objects)" $TWINS $TWINS_BOUND &&
		nothing_left
}

full_of_samples() {
	echo 1 >"$SITES" && do_it hold $TOO_MANY && read_sites || return 1
	live=$(told samples_live)
	note "$live samples live, $(told samples_dropped) dropped," \
		"room for $(told samples_room)"
	expect "live" "$live" -le "$(told samples_room)" &&
		expect "live" "$live" -gt $(($(told samples_room) * 9 / 10)) &&
		expect "dropped" "$(told samples_dropped)" -eq \
			$((TOO_MANY - live)) || return 1
	do_it hold 0 && read_sites &&
		expect "live in the end" "$(told samples_live)" -eq 0 &&
		expect "frees" "$(told sampled_frees)" -eq "$live" &&
		nothing_left
}

full_of_sites() {
	echo 1 >"$SITES" && do_it many 2 && read_sites || return 1
	sites=$(told sites)
	note "$sites sites, $(told sites_dropped) samples dropped"
	expect "sites" "$sites" -le "$(told sites_room)" &&
		expect "sites" "$sites" -ge $(($(told sites_room) * 9 / 10)) &&
		expect "dropped" "$(told sites_dropped)" -eq \
			$((2 * (CALLS - sites))) &&
		expect "allocations" "$(sum allocs)" -eq $((2 * sites)) &&
		expect "live" "$(told samples_live)" -eq 0 && nothing_left
}

#
# Names
#

kmalloc_is_named() {
	off=$(cat "$KMALLOC")
	echo 1 >"$KMALLOC" && do_it kmalloc 50 && read_sites "$KMALLOC" ||
		return 1
	show_sites
	expect "at first" "$off" = off || return 1
	for site in kmalloc_constant kmalloc_variable kmalloc_of_node; do
		expect "allocations of $site" "$(of $site allocs)" -eq 50 ||
			return 1
	done
	expect "lines that name magslab" \
		"$(grep -c '\[magslab\]' /tmp/sites)" -eq 0
}

no_addresses() {
	grep -qiE 'ffff[0-9a-f]{8}|0x[0-9a-f]{6}' /tmp/sites || return 0
	show_sites
	return 1
}

# What has no name any more is not shown by its address instead.
unloaded_is_told() {
	unload magslab_sites && read_sites "$KMALLOC"
	echo 0 >"$KMALLOC"
	load magslab_sites &&
		expect "lines" "$(grep -c ' (unloaded)$' /tmp/sites)" -eq 3 &&
		no_addresses
}

names_are_no_addresses() {
	echo 1 >"$SITES" && do_it churn 100 && do_it many 1 && read_sites &&
		expect "names" "$(grep -c '+0x.*\[magslab_sites\]$' /tmp/sites)" \
			-eq "$(told sites)" && no_addresses && nothing_left
}

#
# Under load
#

# One after another, at any rate, and read at any time.
switching() {
	for round in $(seq 1 60); do
		for setting in 1 0 $((round * round)); do
			echo $setting >"$SITES" && cat "$SITES" >/dev/null ||
				return 1
		done
		usleep 20000
	done
	echo 0 >"$SITES"
}

balances() {
	cat "$DEBUGFS/caches/sites/balance" >/tmp/balance
	grep -q '^balanced: yes$' /tmp/balance && return
	sed 's/^/# /' /tmp/balance
	return 1
}

switched_under_load() {
	nothing_left && do_it crowd 1 && switching
	status=$?
	do_it crowd 0
	allocs=$(param magslab_sites crowd_allocs)
	note "objects allocated: $allocs"
	expect "switching" $status -eq 0 &&
		expect "objects allocated" "$allocs" -gt 0 &&
		expect "allocations" "$(stat_of sites allocs)" -eq "$allocs" &&
		expect "frees" "$(stat_of sites frees)" -eq "$allocs" &&
		expect "live objects" "$(stat_of sites live_objects)" -eq 0 &&
		expect "frees refused" "$(stat_of sites rejected_frees)" -eq 0 &&
		adds_up sites && balances && off_at_first
}

# Each operation of all CPUs, and most frees are of another CPU's objects.
all_under_load() {
	allocs=$(stat_of sites allocs)
	frees=$(stat_of sites frees)
	echo 1 >"$SITES" && do_it crowd 1 && sleep 3
	do_it crowd 0 && read_sites
	echo 0 >"$SITES"
	show_sites
	expect "allocations" "$(sum allocs)" -eq \
		$(($(stat_of sites allocs) - allocs)) &&
		expect "frees" "$(sum frees)" -eq \
			$(($(stat_of sites frees) - frees)) &&
		expect "live" "$(told samples_live)" -eq 0 &&
		expect "dropped" "$(told samples_dropped)" -eq 0 &&
		expect "frees not seen" "$(told frees_not_seen)" -eq 0 &&
		expect "percent from another CPU" \
			"$(told other_cpu_percent | cut -d. -f1)" -gt 0 &&
		balances
}

begin 16 magslab_sites
load magslab_sites || ktap_exit_fail_msg "magslab_sites.ko does not load"
run "off at first" off_at_first
run "bad input is refused" bad_input
run "each start is from nothing" start_from_nothing
run "a leak comes before all others, and nothing else is suspect" leak_is_found
run "it is suspect no more when it ends" leak_is_over
run "ages are those of the objects" ages_rise
if [ -d /sys/devices/system/cpu/cpu1 ]; then
	run "frees on other CPUs and nodes are told" cross_is_told
else
	skip "frees on other CPUs and nodes are told" "needs two CPUs"
fi
run "one of $RATE is enough to estimate" estimates_held
run "whoever takes turns with others" estimates_twins
run "samples for which there is no room are counted" full_of_samples
run "and those of sites for which there is none" full_of_sites
run "magslab_kmalloc() is not named but its callers" kmalloc_is_named
run "what was unloaded has no name and no address" unloaded_is_told
run "no address is shown" names_are_no_addresses
run "it is switched under load, and nothing is lost" switched_under_load
run "it sees each operation of all CPUs" all_under_load
ktap_finished
