#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The workloads: that each can be run, and that those which say that objects cross
# CPUs let as many do so as they say.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

TABLE=/tmp/table
CROSSINGS=/sys/module/magslab_crossing/parameters/crossings

# crosses WORKLOAD LEAST MOST: how many in a hundred frees are on another CPU than
# the object's allocation.
crosses() {
	echo 0 >$CROSSINGS
	magslab-bench --backend crossing --workload "$1:1000" --cpus 4 \
		--turns 1 --blocks 32 >$TABLE 2>/tmp/messages ||
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

# Every row of every workload has a figure of magslab's.
every_row() {
	magslab-bench --profile workloads --backend magslab --blocks 2 --turns 1 \
		--cpus 2 >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	rows=$(grep -c '^[a-z][a-z0-9-]* *[0-9]' $TABLE)
	note "$rows rows"
	[ "$rows" -ge 20 ]
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

# refuses WORDS OPTION...: what is said names them, and nothing is run.
refuses() {
	words=$1
	shift
	magslab-bench "$@" >$TABLE 2>/tmp/messages
	expect "exit status" $? -eq 2 && expect "output" "$(cat $TABLE)" = "" &&
		grep -q -e "$words" /tmp/messages
}

no_calls() {
	refuses "--latency: 'bulk'" --latency --workload bulk &&
		refuses "--latency and --timeline" --latency --timeline &&
		refuses "latency" duel --latency && refuses "timeline" sweep --timeline
}

# One CPU alone: nothing to cross to, and nothing to wait for.
alone() {
	for workload in steady mstress rptest larson remote-free one-alloc-n-free; do
		magslab-bench --backend magslab --workload $workload:100 \
			--blocks 4 --turns 1 >$TABLE 2>/tmp/messages ||
			{ note "$workload: $(cat /tmp/messages)" && return 1; }
	done
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
[ "$(nproc)" -ge 4 ] || skip_all "needs four CPUs"
begin 10 magslab_crossing
load magslab_crossing || ktap_exit_fail_msg "magslab_crossing.ko does not load"
run "objects that stay on their CPU" stay
run "a share of them goes to the next" share
run "all of them do" all
run "from one CPU to all" fan_out
run "through rings" rings
run "every workload has figures" every_row
run "throughput is of all CPUs" throughput
run "every workload's calls, one by one" each_call
run "but for those that have none" no_calls
run "one CPU is enough where it can be" alone
ktap_finished
