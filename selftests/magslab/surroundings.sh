#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What goes on around a run: that it does, and that nothing of it is left, however the
# run ends.
# shellcheck source=client.sh
. "$(dirname "$0")/client.sh"

JSON=/tmp/surroundings.json
CPUS=/sys/devices/system/cpu

# Long enough for something to happen, killed when it has.
LONG="--turns 64 --blocks 16384 --block-ops 65536 --timeout 120"
SHORT="--turns 2 --blocks 64"

# bench ARGUMENT...: into the table and JSON, or a line about why not.
bench() {
	magslab-bench "$@" --json $JSON >$TABLE 2>/tmp/messages ||
		{ note "$*: $(cat /tmp/messages)" && return 1; }
}

bad_input() {
	refuses --place --place nowhere --cpus 2 &&
		refuses --place --place "" --cpus 2 &&
		refuses --place --place near &&
		refuses --place duel --backend magslab,kmem_cache \
			--place far &&
		refuses --place sweep --over cpus=1,2 --place near &&
		refuses --hotplug --hotplug 0 &&
		refuses --hotplug --hotplug 10001 &&
		refuses --hotplug --hotplug 1x &&
		refuses --hotplug --hotplug 10 --cpus "$(nproc)" &&
		refuses pressure --pressure=1 &&
		refuses pressure replay --pressure x
}

# figure NAME: out of the JSON, of the first result.
figure() {
	grep -o "\"$1\": *[0-9]*" $JSON | head -n 1 | grep -o '[0-9]*$'
}

nodes() {
	find /sys/devices/system/node -maxdepth 1 -name 'node[0-9]*' | wc -l
}

# workers CPU...: a run's workers are on these CPUs, in this order.
workers() {
	seen=$(for comm in /proc/[0-9]*/comm; do
		sed -n 's|^magslab_bench/||p' "$comm" 2>/dev/null
	done | sort -n | paste -s -d ' ')
	[ "$seen" = "$*" ]
}

# placed WHERE CPU...: while the run goes on, and told afterwards.
placed() {
	where=$1
	shift
	# shellcheck disable=SC2086 # words
	magslab-bench --backend magslab --workload pair --cpus $# \
		--place "$where" $LONG >/dev/null 2>&1 &
	wait_for 20 workers "$@"
	found=$?
	kill $! && wait
	[ $found = 0 ] || note "$where: workers on '$seen', expected '$*'"
	return $found
}

# Whoever numbers CPUs node by node has those of a node next to each other.
of_nodes() {
	second=$(sed 's/[-,].*//' /sys/devices/system/node/node1/cpulist)
	placed near 0 1 && placed far 0 "$second" || return 1
	for where in near far; do
		# shellcheck disable=SC2086 # words
		bench --backend magslab,kmem_cache --workload producer-consumer \
			--workload pair --cpus 2 --place $where $SHORT || return 1
		eval "$where=$(figure distance)"
	done
	sed 's/^/# /' $TABLE
	# shellcheck disable=SC2154 # they are set
	expect "distance, near" "$near" -eq 10 &&
		expect "distance, far" "$far" -gt 10 &&
		grep -q "CPUs far" $TABLE && grep -q "is $far from the next" $TABLE
}

of_one_node() {
	placed near 0 1 || return 1
	magslab-bench --workload pair --cpus 2 --place far >$TABLE 2>/tmp/messages
	expect "exit status" $? -eq 1 && grep -q "another node" /tmp/messages
}

some_offline() {
	[ "$(cat $CPUS/online)" != "$online" ]
}

all_online() {
	[ "$(cat $CPUS/online)" = "$online" ]
}

# Objects that its magazines hold move to others meanwhile: the books balance.
hotplug() {
	# shellcheck disable=SC2086 # words
	magslab-bench --backend magslab,kmem_cache --workload pair \
		--workload steady:2000 --cpus 2 --hotplug 100 $SHORT --blocks 1000 \
		--timeout 300 --json $JSON >$TABLE 2>/tmp/messages &
	wait_for 20 some_offline || { note "nothing went offline" && return 1; }
	wait $! || { note "$(cat /tmp/messages)" && return 1; }
	sed 's/^/# /' $TABLE
	expect "CPUs online" "$(cat $CPUS/online)" = "$online" &&
		expect "times" "$(figure hotplugs)" -ge 1 &&
		grep -q "a CPU going every 100 ms" $TABLE &&
		! grep -q '"reason"' $JSON
}

hotplug_killed() {
	# shellcheck disable=SC2086 # words
	magslab-bench --backend magslab --workload pair --hotplug 3000 $LONG \
		>/dev/null 2>&1 &
	wait_for 30 some_offline || { note "nothing went offline" && return 1; }
	kill -KILL $! && wait
	wait_for 10 all_online
}

filled() {
	[ "$(meminfo MemFree)" -lt $((free / 4)) ]
}

empty_again() {
	[ "$(meminfo MemFree)" -gt $((free * 3 / 4)) ]
}

kills() {
	sed -n 's/^oom_kill //p' /proc/vmstat
}

# Free magazines and slabs of somebody else are asked for too.
pressure() {
	set_param magslab_hold objects 4096 && set_param magslab_hold objects 0 ||
		return 1
	before=$(stat_of hold pages)
	free=$(meminfo MemFree)
	killed=$(kills)
	# shellcheck disable=SC2086 # words
	bench --backend magslab,kmem_cache,pages --workload steady:1000 --size 1024 \
		--pressure $SHORT || return 1
	sed 's/^/# /' $TABLE
	note "pages of a cache: $before before, $(stat_of hold pages) after"
	expect "MiB taken" $(($(figure pressure_peak) >> 20)) -ge \
		$((free / 1024 / 2)) &&
		expect "times asked" "$(figure pressure_calls)" -ge 1 &&
		expect "pages" "$(stat_of hold pages)" -le $((before / 4)) &&
		expect "tasks killed" "$(kills)" -eq "$killed" &&
		grep -q "memory kept short" $TABLE &&
		wait_for 10 empty_again
}

# Somebody else who needs a third of all memory has it.
gives_way() {
	free=$(meminfo MemFree)
	killed=$(kills)
	# shellcheck disable=SC2086 # words
	magslab-bench --backend magslab --workload pair --pressure $LONG \
		>/dev/null 2>&1 &
	run=$!
	wait_for 60 filled || { note "memory was not filled" && return 1; }
	mkdir -p /tmp/third && mount -t tmpfs -o size=100% third /tmp/third
	dd if=/dev/zero of=/tmp/third/file bs=1M count=$((free / 3072)) 2>/dev/null
	status=$?
	umount /tmp/third && rmdir /tmp/third
	kill $run || { note "the run had ended" && return 1; }
	wait
	expect "status of dd" $status -eq 0 &&
		expect "tasks killed" "$(kills)" -eq "$killed" &&
		wait_for 10 empty_again
}

pressure_killed() {
	free=$(meminfo MemFree)
	# shellcheck disable=SC2086 # words
	magslab-bench --backend magslab --workload pair --pressure $LONG \
		>/dev/null 2>&1 &
	wait_for 60 filled || { note "memory was not filled" && return 1; }
	kill -KILL $! && wait
	wait_for 10 empty_again
}

all_at_once() {
	# shellcheck disable=SC2086 # words
	bench --backend magslab,kmem_cache --workload producer-consumer --cpus 2 \
		--place near --hotplug 50 --pressure $SHORT --blocks 400 &&
		sed 's/^/# /' $TABLE && all_online
}

# A calm run is itself, and no other.
compared() {
	# shellcheck disable=SC2086 # words
	bench --backend magslab --workload pair $SHORT &&
		cp $JSON /tmp/calm.json &&
		bench --backend magslab --workload pair --hotplug 100 $SHORT ||
		return 1
	magslab-bench compare /tmp/calm.json /tmp/calm.json >$TABLE 2>&1 &&
		! magslab-bench compare /tmp/calm.json $JSON >$TABLE 2>&1 &&
		grep -q 'no row of' $TABLE && return
	note "$(cat $TABLE)"
	return 1
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
[ "$(nproc)" -ge 4 ] || skip_all "needs four CPUs"
begin 9 magslab_hold
load magslab_hold size=4096 ctor=N ||
	ktap_exit_fail_msg "magslab_hold.ko does not load"
online=$(cat $CPUS/online)
run "bad input is refused" bad_input
if [ "$(nodes)" -ge 2 ]; then
	run "workers are near each other, or far" of_nodes
else
	run "far takes two nodes" of_one_node
fi
run "a CPU goes and comes" hotplug
run "and is back after a kill" hotplug_killed
if [ "$(meminfo MemTotal)" -le $((4 * 1024 * 1024)) ]; then
	run "memory is kept short" pressure
	run "others who need it have it" gives_way
	run "all is free after a kill" pressure_killed
	run "all at once" all_at_once
else
	skip "memory is kept short" "too much memory to fill"
	skip "others who need it have it" "too much memory to fill"
	skip "all is free after a kill" "too much memory to fill"
	skip "all at once" "too much memory to fill"
fi
run "what went on around two results tells them apart" compared
ktap_finished
