#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the kernel's allocators do is recorded, and done again: by a user whose calls
# are known, and by a kernel that works on files and processes.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

TRACE=/tmp/trace
OUTPUT=/tmp/output
WORK=/sys/module/magslab_recorded/parameters/work

# said STATUS COMMAND...: keep what it says; true if it ends as expected.
said() {
	expected=$1
	shift
	status=0
	"$@" >$OUTPUT 2>&1 || status=$?
	[ $status = "$expected" ] && return
	note "$* ended with $status, not $expected: $(cat $OUTPUT)"
	return 1
}

# tells PATTERN: what was kept does.
tells() {
	grep -qE -e "$1" $OUTPUT || { note "no '$1' in: $(cat $OUTPUT)" && return 1; }
}

record() {
	said 0 magslab-bench record -o $TRACE "$@"
}

# count NAME: in the trace, of those that the recorder put into it.
count() {
	magslab-bench replay --describe $TRACE |
		sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

# is NAME NUMBER
is() {
	found=$(count "$1")
	[ "$found" = "$2" ] || { note "$1: $found, not $2" && return 1; }
}

known() {
	record --cache magslab_recorded -- sh -c "echo 1 >$WORK" || return 1
	unseen=$(count free_not_seen)
	note "$unseen of 2000 frees were found out later"
	is allocations 7000 && is dropped 0 &&
		is free_on_another_cpu 3000 && is events $((12000 + unseen)) &&
		[ "$unseen" -gt 0 ] && [ "$unseen" -le 2000 ]
}

# What was freed without being seen and not allocated again stays live.
known_again() {
	said 0 magslab-bench replay -b kmem_cache,magslab $TRACE &&
		tells "Live set of kmem_cache: as recorded" &&
		tells "Live set of magslab: as recorded"
}

by_size() {
	record --cache magslab_recorded --min-bytes 200 --max-bytes 200 -- \
		sh -c "echo 1 >$WORK" && is allocations 7000 || return 1
	said 1 magslab-bench record -o /tmp/none --cache magslab_recorded \
		--min-bytes 201 -- sh -c "echo 1 >$WORK" && tells "nothing was recorded"
}

# All that this module allocates it allocates on the first CPU.
by_cpu() {
	record --cache magslab_recorded --on-cpu 0 -- sh -c "echo 1 >$WORK" &&
		is allocations 7000 && is free_on_another_cpu 3000 || return 1
	said 1 magslab-bench record -o /tmp/none --cache magslab_recorded \
		--on-cpu 1,2,3 -- sh -c "echo 1 >$WORK" && tells "nothing was recorded"
}

# The work is done by a worker of the kernel, not by who asks for it.
by_task() {
	said 1 magslab-bench record -o /tmp/none --cache magslab_recorded \
		--task 1 -- sh -c "echo 1 >$WORK" && tells "nothing was recorded"
}

whole() {
	# shellcheck disable=SC2016 # for the other shell
	record --time 60 -- sh -c 'i=0; while [ $i -lt 60 ]; do i=$((i + 1));
		mkdir -p /tmp/work/$i; echo $i >/tmp/work/$i/file; ls -lR /tmp/work;
		cat /proc/self/status; done >/dev/null; rm -rf /tmp/work' || return 1
	note "$(head -n 1 $OUTPUT)"
	[ "$(count allocations)" -gt 5000 ]
}

whole_again() {
	said 0 magslab-bench replay -b kmem_cache,magslab,kmalloc --cpus "$1" $TRACE &&
		tells "Live set of kmem_cache: as recorded" &&
		tells "Live set of magslab: as recorded" &&
		tells "^replay +[0-9]" || return 1
	note "$(grep 'Live set of kmem' $OUTPUT | head -n 1), $(grep '^replay' $OUTPUT | head -n 1)"
}

on_all() {
	whole_again 4
}

on_one() {
	whole_again 1
}

# Not as fast as can be: it takes the time it took, or a share of it.
timed() {
	said 0 magslab-bench replay -b magslab --speed 20 --turns 1 $TRACE &&
		tells "Live set of magslab: as recorded"
}

# Those that come with the tests.
shipped() {
	nr=0
	for trace in "$here"/*.trace; do
		said 0 magslab-bench replay -b kmem_cache,magslab "$trace" &&
			tells "Live set of kmem_cache: as recorded" &&
			tells "Live set of magslab: as recorded" || return 1
		nr=$((nr + 1))
		note "${trace##*/}: $(grep '^replay' $OUTPUT | head -n 1)"
	done
	[ $nr -ge 3 ]
}

# With no room in the buffers events are lost, and what is left is sound.
lossy() {
	# shellcheck disable=SC2016 # for the other shell
	record --buffer 2 --time 60 -- sh -c 'i=0; while [ $i -lt 20 ]; do i=$((i + 1));
		ls -lR /proc/self >/dev/null 2>&1; done' || return 1
	note "$(tail -n 1 $OUTPUT)"
	[ "$(count dropped)" -gt 0 ] &&
		said 0 magslab-bench replay -b magslab --cpus 2 $TRACE &&
		tells "Live set of magslab: as recorded"
}

one_at_a_time() {
	magslab-bench record -q -o /tmp/other --time 30 &
	other=$!
	sleep 1
	said 1 magslab-bench record -o /tmp/none --time 1 && tells "another recording"
	result=$?
	kill -INT $other
	wait $other && [ $result = 0 ] && [ -s /tmp/other ]
}

# Who is killed leaves nothing behind: not a probe, not a buffer, not a module in use.
killed() {
	magslab-bench record -q -o /tmp/killed --time 30 &
	other=$!
	sleep 1
	kill -KILL $other
	wait $other
	[ ! -e /tmp/killed ] && record --cache magslab_recorded -- \
		sh -c "echo 1 >$WORK" && is allocations 7000
}

interrupted() {
	magslab-bench replay -b magslab --speed 0.001 --timeout 100 $TRACE \
		>$OUTPUT 2>&1 &
	other=$!
	sleep 2
	kill -INT $other
	status=0
	wait $other || status=$?
	[ $status = 130 ] || { note "ended with $status: $(cat $OUTPUT)" && return 1; }
}

damaged() {
	size=$(wc -c <$TRACE)
	for length in 0 8 15 16 40 $((size / 2)) $((size - 1)); do
		head -c "$length" $TRACE >/tmp/damaged
		said 2 magslab-bench replay -b magslab /tmp/damaged &&
			tells "no sound trace: offset [0-9]+" || return 1
	done
	cp $TRACE /tmp/damaged
	printf 'XXXX' | dd of=/tmp/damaged bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
	said 2 magslab-bench replay -b magslab /tmp/damaged && tells "offset [0-9]+"
}

# refused OPTION ARGUMENT...: nothing is run, and the message names the option.
refused() {
	named=$1
	shift
	said 2 magslab-bench "$@" && tells "$named"
}

bad_arguments() {
	rm -f /tmp/none
	refused --output record --time 1 &&
		refused --output record -o '' &&
		refused --time record -o /tmp/none --time 0 &&
		refused --events record -o /tmp/none --events 1 &&
		refused --events record -o /tmp/none --events 99999999999 &&
		refused --buffer record -o /tmp/none --buffer 0 &&
		refused --buffer record -o /tmp/none --buffer 1048577 &&
		refused --cache record -o /tmp/none --cache '' &&
		refused --cache record -o /tmp/none --cache "$(printf '%040d' 0)" &&
		refused --min-bytes record -o /tmp/none --min-bytes x &&
		refused --max-bytes record -o /tmp/none --min-bytes 9 --max-bytes 8 &&
		refused --on-cpu record -o /tmp/none --on-cpu 1,,2 &&
		refused --on-cpu record -o /tmp/none --on-cpu 8000 &&
		refused --task record -o /tmp/none --task 0 &&
		refused nowhere record -o /tmp/none -- /nowhere &&
		[ ! -e /tmp/none ]
}

bad_replays() {
	refused file replay &&
		refused /nowhere replay /nowhere &&
		refused "not a file" replay /tmp &&
		refused "no sound trace" replay /etc/bench-args &&
		refused --speed replay --speed 0 $TRACE &&
		refused --speed replay --speed 1e9 $TRACE &&
		refused --backend replay -b nobody $TRACE &&
		refused --cpus replay --cpus 5000 $TRACE &&
		refused --block-ops replay --block-ops 0 $TRACE &&
		refused --turns replay --turns 65 $TRACE &&
		refused replay run --workload replay
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
[ "$(nproc)" -ge 4 ] || skip_all "needs four CPUs"
begin 17 magslab_recorded
load magslab_recorded || ktap_exit_fail_msg "magslab_recorded.ko does not load"
run "each call of a known user is recorded" known
run "and is done again" known_again
run "only what has some size" by_size
run "only what is on some CPUs" by_cpu
run "only what is a task's" by_task
run "a kernel at work is recorded" whole
run "and is done again by as many CPUs" on_all
run "and by one" on_one
run "in a share of the time it took" timed
run "the traces that come with it are done again" shipped
run "what was lost is counted, and the rest is sound" lossy
run "one recording at a time, until interrupted" one_at_a_time
run "a recorder that is killed leaves nothing behind" killed
run "a replay that is interrupted ends" interrupted
run "damaged traces are refused, with where" damaged
run "bad arguments of record are refused by name" bad_arguments
run "bad arguments of replay are refused by name" bad_replays
ktap_finished
