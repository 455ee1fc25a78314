#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The workloads: that each can be run, and that those which say that objects cross
# CPUs let as many do so as they say; that objects are written to where they should be,
# and of the sizes they should have; and that what is left behind is seen.
# shellcheck source=client.sh
. "$(dirname "$0")/client.sh"

JSON=/tmp/json
CROSSINGS=/sys/module/magslab_crossing/parameters/crossings
SIZES=/sys/module/magslab_crossing/parameters/sizes

# crosses WORKLOAD LEAST MOST: how many in a hundred frees are on another CPU than
# the object's allocation.
crosses() {
	echo 0 >$CROSSINGS
	magslab-bench --backend crossing --workload "$1:1000" --cpus 4 \
		--size 64 --turns 1 --blocks 32 >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	# shellcheck disable=SC2046 # figures are words
	set -- "$@" $(cat $CROSSINGS)
	[ $(($4 + $5)) -gt 0 ] || { note "$1: no frees" && return 1; }
	rate=$((100 * $5 / ($4 + $5)))
	note "$1: $4 on the same CPU, $5 on another: $rate %"
	[ $rate -ge "$2" ] && [ $rate -le "$3" ]
}

# The first pass of each turn, and the look at memory, cross nothing.
stay() {
	crosses steady 0 0 && crosses shuffled 0 0
}

share() {
	crosses mstress 6 12 && crosses rptest 40 52
}

all() {
	crosses larson 85 99 && crosses remote-free 85 99
}

fan_out() {
	crosses one-alloc-n-free 60 75
}

rings() {
	crosses producer-consumer 85 100 && crosses xmalloc-test 85 100
}

# A fifth is kept of each round, and freed in the next but one of those that keep it.
rounds() {
	crosses sh6bench 0 0 && crosses sh8bench 20 25
}

own_slots() {
	crosses glibc-thread 0 0 && crosses alloc-test 0 0
}

# writes WORKLOAD REMOTE: 36 blocks, 4 of them to warm up, of 64 operations on each of
# 4 CPUs, and each object was written to; so many frees are on another CPU.
writes() {
	echo 0 >$CROSSINGS
	magslab-bench --backend crossing --workload "$1" --cpus 4 --size 8 \
		--turns 1 --blocks 32 --block-ops 64 >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	# shellcheck disable=SC2046 # figures are words
	set -- "$@" $(cat $CROSSINGS)
	expect "$1: freed on another CPU" "$4" -eq "$2" &&
		expect "$1: written to" "$5" -eq $((36 * 64 * 4))
}

# Of those that are dealt out, the first CPU has one itself.
lines() {
	writes cache-thrash 0 && writes cache-scratch $((36 * 3))
}

# sizes_of WORKLOAD SEED: allocations of 8, 16, 32 and 64 bytes, of more than those.
sizes_of() {
	echo 0 >$CROSSINGS
	magslab-bench --backend crossing --workload "$1:1000" --cpus 2 --size 64 \
		--seed "$2" --turns 1 --blocks 8 >$TABLE 2>/tmp/messages &&
		cat $SIZES
}

# shares WORKLOAD PERCENT...: of each size, to within 6.
shares() {
	# shellcheck disable=SC2046 # figures are words
	set -- "$@" $(sizes_of "$1" 1)
	note "$1: $6 $7 $8 $9 objects of 8, 16, 32 and 64 bytes"
	echo "$*" | awk '{
		sum = $6 + $7 + $8 + $9
		for (i = 2; i <= 5; i++)
			if ($(i + 4) < sum * ($i - 6) / 100 ||
			    $(i + 4) > sum * ($i + 6) / 100)
				exit 1
		exit !sum
	}'
}

sizes() {
	shares sh6bench 40 30 20 10 && shares glibc-thread 50 25 12 12 &&
		shares alloc-test 50 25 12 12
}

# What is drawn follows from the seed.
seeds() {
	for workload in glibc-thread alloc-test; do
		one=$(sizes_of $workload 1)
		expect "$workload: the same again" "$(sizes_of $workload 1)" = "$one" &&
			expect "$workload: another seed" \
				"$(sizes_of $workload 2)" != "$one" || return 1
	done
}

# left_by BACKEND: bytes, of the 17 lives of a turn and the one that is looked at.
left_by() {
	magslab-bench --backend "$1" --workload mleak:200 --cpus 4 --turns 2 \
		--blocks 32 --quiet --json $JSON >$TABLE 2>/tmp/messages ||
		note "$(cat /tmp/messages)"
	grep -o '"held_returned": *[0-9]*' $JSON | head -n 1 | sed 's/.*[ :]//'
}

lives() {
	expect "left by magslab" "$(left_by magslab)" -lt $((36 * 4096)) &&
		expect "left by what leaves nothing" \
			"$(left_by crossing)" -lt $((36 * 4096)) || return 1
	set_param magslab_crossing leave 4
	bytes=$(left_by crossing)
	set_param magslab_crossing leave 0
	expect "left by what leaves 4 pages a life" "$bytes" -gt $((54 * 4096))
}

# refused BACKEND WORKLOAD WORDS: the row says why it has no figures.
refused() {
	magslab-bench --backend "$1" --workload "$2" --blocks 2 --turns 1 \
		>$TABLE 2>/tmp/messages && grep -q "^- $2.*, $1: .*$3" $TABLE && return
	note "$2 of $1 is not refused: $(cat /tmp/messages)"
	return 1
}

cannot() {
	refused pages cache-thrash "no such calls" &&
		refused pages cache-scratch "no such calls" &&
		refused kmalloc prefill "no such calls" &&
		refused mempool prefill "no such calls" &&
		refused crossing sh6bench "of this size" &&
		refused crossing glibc-thread "of this size"
}

# Every row of every workload has a figure of magslab's.
every_row() {
	magslab-bench --profile workloads --backend magslab --blocks 2 --turns 1 \
		--cpus 2 >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	rows=$(grep -c '^[a-z][a-z0-9-]* *[0-9]' $TABLE)
	note "$rows rows"
	[ "$rows" -ge 32 ]
}

# told WORKLOAD CPUS SHARES: of so many shares of CPUs, each does one in the mean time.
told() {
	magslab-bench --backend magslab --workload "$1" --cpus "$2" --quiet \
		--blocks 8 --json - >$TABLE 2>/tmp/messages || return 1
	awk -v workload="$1" -v shares="$3" '
		/"backend":/ { ours = /"magslab"/ }
		ours && /"mean":/ && !mean { gsub(/[^0-9.]/, ""); mean = $0 }
		ours && /"mops_per_second":/ { gsub(/[^0-9.]/, ""); mops = $0 }
		END {
			print "#", workload ": mean", mean, "ns,", mops, "Mops/s"
			exit !mops || mops * mean > shares * 1030 ||
				mops * mean < shares * 970
		}' $TABLE
}

# An object through a ring is one operation of two CPUs.
throughput() {
	told burst:256 1 1 && told burst:256 4 4 && told producer-consumer 4 2
}

# Each call by itself: those of magslab by the layer that served them, which add up.
each_call() {
	magslab-bench --profile smoke --backend magslab --latency --detail \
		--cpus 2 >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	awk '$2 == "magslab" && $3 == "all" { if (left) exit; left = $4; n++ }
		$2 == "magslab" && $3 != "all" { left -= $4; by[$1 " " $3]++ }
		END {
			print "#", n, "kinds of call,", left, "without a path"
			for (path in by)
				print "# " path ": in " by[path]
			exit left || n < 14 || !by["alloc loaded"] ||
				!by["alloc depot"] || !by["alloc grow"] ||
				!by["free loaded"] || !by["free previous"]
		}' $TABLE
}

no_calls() {
	refuses "--latency: 'bulk'" --latency --workload bulk &&
		refuses "--latency and --timeline" --latency --timeline &&
		refuses "latency" duel --latency && refuses "timeline" sweep --timeline &&
		refuses "--context: not for 'sh6bench'" --context softirq \
			--workload sh6bench &&
		refuses "--touch: not for 'mleak'" --touch write --workload mleak &&
		refuses "--timeline: not for 'prefill'" --timeline --workload prefill &&
		refuses "--lines: not for 'holes'" --lines --workload holes &&
		refuses "--context: softirq goes without --latency" \
			--context softirq --latency
}

# One CPU alone: nothing to cross to, and nothing to wait for.
alone() {
	for workload in steady:100 mstress:100 rptest:100 larson:100 remote-free:100 \
		one-alloc-n-free:100 cache-scratch sh6bench:1 sh8bench:7 \
		alloc-test:1 glibc-thread:1 glibc-simple:1 mleak:1 prefill:1; do
		magslab-bench --backend magslab --workload $workload \
			--blocks 4 --turns 1 >$TABLE 2>/tmp/messages ||
			{ note "$workload: $(cat /tmp/messages)" && return 1; }
	done
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
[ "$(nproc)" -ge 4 ] || skip_all "needs four CPUs"
begin 17 magslab_crossing
load magslab_crossing || ktap_exit_fail_msg "magslab_crossing.ko does not load"
run "objects that stay on their CPU" stay
run "a share of them goes to the next" share
run "all of them do" all
run "from one CPU to all" fan_out
run "through rings" rings
run "what a round keeps goes to the next, or stays" rounds
run "slots are of one CPU" own_slots
run "objects are written to" lines
run "sizes are as often as they should be" sizes
run "the seed decides" seeds
run "what lives leave behind is seen" lives
run "what a back-end cannot do is refused" cannot
run "every workload has figures" every_row
run "throughput is of all CPUs" throughput
run "every workload's calls, one by one" each_call
run "but for those that have none" no_calls
run "one CPU is enough where it can be" alone
ktap_finished
