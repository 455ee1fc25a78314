#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A back-end that another module brings: measured like any other, refused if it is
# not right, and there for as long as it is used.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

TABLE=/tmp/table

listed() {
	magslab-bench --list | grep -q "^  $1 "
}

is_listed() {
	magslab-bench --list | grep "^  sample " >$TABLE &&
		expect "what it is" "$(tr -s ' ' <$TABLE)" = \
			" sample objects of 8 to 4096 bytes, gives memory back, counts its locks"
}

workloads() {
	magslab-bench --list | sed '1,/^Workloads/d' | awk '!/of a trace/ { print $1 }'
}

# measure WORKLOAD [OPTION]...: sets TABLE.
measure() {
	what=$1
	shift
	magslab-bench --backend kmem_cache,sample --workload "$what" \
		--blocks 4 --turns 2 "$@" >$TABLE 2>/tmp/messages && return
	note "$what: $(cat /tmp/messages)"
	return 1
}

# numbers ROW: both columns of it have a figure.
numbers() {
	awk -v row="$1" '
		index($1, row) == 1 && $2 + 0 > 0 && $3 + 0 > 0 { found = 1 }
		END { exit !found }' $TABLE && return
	note "no figures in a row of $1:"
	sed 's/^/# /' $TABLE
	return 1
}

# The table of memory is by object size.
row_of() {
	case $1 in
	live-set) echo 64 ;;
	*) echo "$1" ;;
	esac
}

# It has no bulk calls, sets nothing aside and collects nothing; three workloads are for
# nothing else. Of objects, few will do: there are kernels on which each takes long, and
# a block that takes several ticks is never undisturbed there.
in_all_tables() {
	for workload in $(workloads); do
		case $workload in
		bulk | prefill | collect) continue ;;
		producer-consumer | xmalloc-test) measure "$workload" --cpus 2 ;;
		full-path) measure "$workload:200" --blocks 16 ;;
		live-set | mleak) measure "$workload:2000" ;;
		*) measure "$workload" ;;
		esac && numbers "$(row_of "$workload")" || return 1
	done
}

without_bulk() {
	for workload in bulk prefill; do
		measure $workload && grep -q "^$workload" $TABLE &&
			! numbers $workload >/dev/null || return 1
	done
}

json_of_two_cpus() {
	magslab-bench --backend sample --workload pair --cpus 2 --blocks 4 \
		--json $TABLE --quiet && grep -q '"sample"' $TABLE &&
		grep -q '"cpus": *2[,}]' $TABLE
}

# One for each call, and one more for what kmalloc has to give: as many as may be on their
# way from one CPU to the other, which in long runs are hardly any.
locks_are_told() {
	measure producer-consumer --cpus 2 --blocks 128 &&
		expect "locks per 100 calls" \
			"$(awk '$1 == "producer-consumer" && $2 == 64 { print int($4) }' \
				$TABLE)" -eq 100
}

# refused WHY PARAMETER...
refused() {
	why=$1
	shift
	if load magslab_sample "$@" 2>/tmp/messages; then
		unload magslab_sample
		note "$*: accepted"
		return 1
	fi
	grep -q "$why" /tmp/messages && return
	note "$*: $(cat /tmp/messages)"
	return 1
}

EXISTS='File exists'
INVALID='Invalid\|invalid'

wrong_ones() {
	unload magslab_sample && refused "$EXISTS" name=kmalloc &&
		refused "$INVALID" name= && refused "$INVALID" name=a,b &&
		refused "$INVALID" "name=$(printf '%032d' 0)" &&
		refused "$INVALID" max_size=7 && refused "$INVALID" max_size=0 &&
		load magslab_sample "name=$(printf '%031d' 0)" &&
		unload magslab_sample && load magslab_sample && listed sample
}

# A run keeps the module, and no longer than it takes.
kept_by_a_run() {
	magslab-bench -q --backend sample --workload pair --turns 64 \
		--blocks 60000 --block-ops 60000 2>/dev/null &
	run=$!
	sleep 1
	unload magslab_sample 2>/tmp/messages
	unloaded=$?
	kill -TERM $run
	wait $run
	expect "status of rmmod during the run" $unloaded -ne 0 &&
		grep -qi 'unavailable\|in use\|busy' /tmp/messages &&
		unload magslab_sample && load magslab_sample
}

gone() {
	unload magslab_sample && ! listed sample || return 1
	magslab-bench --backend sample >$TABLE 2>/tmp/messages
	expect "exit status" $? -eq 2 && expect "output" "$(cat $TABLE)" = "" &&
		grep -q "sample" /tmp/messages
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
begin 8 magslab_sample
load magslab_sample || ktap_exit_fail_msg "magslab_sample.ko does not load"
run "it is listed" is_listed
run "it has figures in every workload" in_all_tables
run "it has no bulk calls" without_bulk
run "it is in the results of two CPUs" json_of_two_cpus
run "it tells its locks" locks_are_told
run "one that is wrong is refused" wrong_ones
run "a run keeps it" kept_by_a_run
run "it goes with its module" gone
ktap_finished
