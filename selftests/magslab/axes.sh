#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The circumstances of a run: that they are what was asked for, that whoever cannot be
# called like that is refused, and that nobody else is.
# shellcheck source=client.sh
. "$(dirname "$0")/client.sh"

SEEN=/sys/module/magslab_axes/parameters/seen
SHORT="--turns 2 --blocks 8 --block-ops 512"

# bench ARGUMENT...: into the table, or a line about why not.
bench() {
	# shellcheck disable=SC2086 # words
	magslab-bench "$@" $SHORT >$TABLE 2>/tmp/messages ||
		{ note "$*: $(cat /tmp/messages)" && return 1; }
}

# seen NAME: how often that was seen.
seen() {
	sed -n "s/^$1 //p" $SEEN
}

# only CONTEXT MOST WORKLOAD: calls come in that context, but for MOST of them.
only() {
	echo 0 >$SEEN
	bench --backend axes --context "$1" --workload "$3" --cpus 4 || return
	there=$(seen "$1")
	all=$(($(seen task) + $(seen softirq) + $(seen hardirq)))
	note "$3 in $1: $there of $all calls"
	[ "$there" -ge 1000 ] && [ $((all - there)) -le "$2" ]
}

# Every way that there is to call a back-end's loops.
contexts() {
	for workload in pair burst:64 burst:600 shuffled:600 steady:600 \
		producer-consumer:600; do
		only task 0 $workload && only softirq 0 $workload || return
	done
}

# Tasks have each CPU's objects once a turn before.
hardirq() {
	only hardirq 9000 pair && only hardirq 18000 burst:600 &&
		only hardirq 18000 steady:600
}

# has ROW WORD: the row of the table has a figure in the column of that name.
has() {
	awk -v row="$1" -v name="$2" '
		$1 == "workload" { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == row && at[name] && $at[name] ~ /^[0-9.]+$/ { found = 1 }
		END { exit !found }' $TABLE || { note "no $2 in $1" && return 1; }
}

ALL=magslab,magslab-hardened,kmem_cache,magslab-kmalloc,kmalloc,pages,mempool,kvmalloc
ALL=$ALL,page_frag,first-fit,best-fit,arena,segment

# Everybody everywhere, at once on all CPUs. That it ends, and what it leaves, is most
# of the test.
everybody() {
	for context in softirq hardirq; do
		bench --backend $ALL --context $context --cpus 4 \
			--workload pair --workload burst:300 --workload bulk:64 \
			--workload steady:500 || return
		for row in pair burst-300 bulk-64 steady-500; do
			has $row magslab || return
		done
		has pair segment && has burst-300 arena || return
		grep -q 'found no memory' $TABLE && note "no memory" && return 1
	done
	return 0
}

# Its locks may not be taken in a hard interrupt of PREEMPT_RT.
kernels_own() {
	bench --backend kmem_cache,kmalloc,pages --context hardirq \
		--workload pair || return
	grep -q PREEMPT_RT /proc/version && return
	has pair kmem_cache && has pair kmalloc && has pair pages
}

on_rt() {
	magslab-bench --backend kmem_cache --context hardirq --workload pair \
		--turns 2 --blocks 8 >$TABLE 2>&1
	code=$?
	if grep -q PREEMPT_RT /proc/version; then
		grep -q '^- pair, kmem_cache: .*may not be called' $TABLE
	else
		[ $code -eq 0 ]
	fi
}

# Who says nothing of interrupts is called in none.
third_party() {
	unload magslab_axes && load magslab_axes contexts=0 || return
	echo 0 >$SEEN
	bench --backend axes --context softirq --workload pair &&
		grep -q '^- pair, axes: .*may not be called' $TABLE &&
		expect "calls" $(($(seen task) + $(seen softirq))) -eq 0
	ret=$?
	unload magslab_axes && load magslab_axes || return
	return $ret
}

# touch HOW WORKLOAD...: all four lines of each object, or none, as HOW says.
touch_lines() {
	how=$1
	shift
	for workload; do
		echo 0 >$SEEN
		bench --backend axes --size 200 --touch "$how" \
			--workload "$workload" --cpus 2 || return
		note "$workload, $how: $(seen touched) touched, $(seen untouched) not"
		[ "$(seen touched)" -eq 0 ] || [ "$(seen untouched)" -eq 0 ] || return
		case $how in
		write) [ "$(seen touched)" -ge 1000 ] || return ;;
		*) [ "$(seen untouched)" -ge 1000 ] || return ;;
		esac
	done
}

# A CPU's objects are all the same one, which the next allocation clears: this cannot be
# told of objects that cross CPUs.
touching() {
	touch_lines write pair burst:64 burst:6000 shuffled:600 steady:600 &&
		touch_lines read pair && touch_lines none pair
}

# accesses HOW: to a line of CPU 0's object, for 100 objects.
accesses() {
	echo 0 >$SEEN
	bench --backend axes --size 200 --touch "$1" --workload burst:64 || return
	echo $(($(seen watched) * 200 / $(seen task)))
}

# One more for each object: by who wrote to it as by who read.
reading() {
	unload magslab_axes && load magslab_axes watch=1 || return
	none=$(accesses none) && read=$(accesses read) && write=$(accesses write)
	ret=$?
	unload magslab_axes && load magslab_axes || return
	note "accesses of 100 objects: $none not touched, $read read, $write written"
	[ $ret -eq 0 ] && expect "read" "$read" -eq $((none + 100)) &&
		expect "written" "$write" -eq $((none + 100))
}

# What is written to is memory: corruption would be found by its owner, or in the end.
touching_all() {
	bench --backend $ALL --touch write --size 200 --workload pair \
		--workload burst:300 --workload bulk:64 --zero || return
	for backend in magslab kmem_cache kmalloc pages first-fit arena segment; do
		has pair $backend || return
	done
	grep -q '^- pair, mempool: ' $TABLE
}

zeroing() {
	echo 0 >$SEEN
	bench --backend axes --workload pair &&
		expect "zeroed" "$(seen zero)" -eq 0 &&
		bench --backend axes --workload pair --zero &&
		expect "zeroed" "$(seen zero)" -ge 1000
}

# Who says nothing of memory has none touched, and none zeroed.
third_party_memory() {
	unload magslab_axes && load magslab_axes flags=0 || return
	echo 0 >$SEEN
	bench --backend axes --touch write --workload pair &&
		grep -q '^- pair, axes: ' $TABLE &&
		bench --backend axes --zero --workload pair &&
		grep -q '^- pair, axes: ' $TABLE && expect "calls" "$(seen task)" -eq 0
	ret=$?
	unload magslab_axes && load magslab_axes || return
	return $ret
}

told() {
	bench --backend magslab --context softirq --workload pair --zero \
		--touch read --json /tmp/axes.json &&
		grep -q 'GFP atomic, in softirq, zeroed, read:' $TABLE &&
		grep -q '"touch": *"read"' /tmp/axes.json &&
		grep -q '"zero": *true' /tmp/axes.json &&
		grep -q '"context": *"softirq"' /tmp/axes.json
}

bad_input() {
	refuses --context --context nmi &&
		refuses --context --context "" &&
		refuses --gfp --context softirq --gfp kernel &&
		refuses --gfp duel --context hardirq --gfp kernel &&
		refuses --touch --touch write,read &&
		refuses zero --zero=1 &&
		refuses context replay --context softirq x
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
[ "$(nproc)" -ge 4 ] || skip_all "needs four CPUs"
begin 13 magslab_axes
load magslab_axes || ktap_exit_fail_msg "magslab_axes.ko does not load"
run "tasks and softirqs do what they are to do" contexts
run "and so do hard interrupts" hardirq
run "every back-end in every context" everybody
run "the kernel's own in a hard interrupt" kernels_own
run "PREEMPT_RT refuses them there" on_rt
run "who says nothing of interrupts is called in none" third_party
run "each cache line is touched, or none" touching
run "the processor sees it read" reading
run "all that is memory can be touched and zeroed" touching_all
run "zeroed objects are asked for" zeroing
run "who says nothing of memory has none touched" third_party_memory
run "table and JSON tell" told
run "bad input is refused" bad_input
ktap_finished
