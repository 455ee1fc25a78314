#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The tracepoints by way of the tools that people have: each looks on at load.sh,
# and its answer is compared with the counters.
# shellcheck source=../magslab/common.sh
. "$(dirname "$0")/common.sh"

ANSWER=/tmp/answer

remember() {
	cp "$DEBUGFS/caches/hold/stats" /tmp/before
}

# more COUNTER: by how much it rose since.
more() {
	echo $(($(stat_of hold "$1") - $(sed -n "s/^$1: //p" /tmp/before)))
}

# ask SCRIPT: sets ANSWER.
ask() {
	remember
	./bpftrace "$1" -c "/bin/sh $PWD/load.sh" >$ANSWER 2>&1 && return
	sed 's/^/# /' $ANSWER
	return 1
}

# answered REGEX: with all of the answer if it is not there.
answered() {
	grep -qE -- "$1" $ANSWER && return
	note "no '$1' in:"
	sed 's/^/# /' $ANSWER
	return 1
}

# value MAP KEY: as bpftrace prints it.
value() {
	sed -n "s/^@$1\[$2\]: //p" $ANSWER
}

# Magazines taken are visits, and each took the lock.
depot() {
	ask depot.bt && answered '^@full\[hold\]: [1-9]' &&
		answered '^@empty\[hold\]: [1-9]' &&
		answered '^ *magslab_magazine_make_|^ *free_to_magazines' &&
		answered '^ *hold_objects_set' &&
		expect "objects had that way" "$(value objects hold)" -gt \
			"$(value full hold)" &&
		expect "locks taken" "$(more depot_locks)" -ge \
			"$(($(value full hold) + $(value empty hold)))"
}

# It is tee who writes the number of objects, and so who makes all the slabs.
growth() {
	ask growth.bt && answered '^ *hold_objects_set' &&
		expect "pages" "$(value pages 'hold, tee')" -eq \
			$(($(more slabs_created) * $(stat_of hold pages_per_slab)))
}

# It gets so many pages, and is told so.
refusals() {
	echo 100 >"$DEBUGFS/fail_pages"
	ask growth.bt
	status=$?
	echo 0 >"$DEBUGFS/fail_pages"
	[ $status -eq 0 ] && answered '^@refused_for_want_of_pages\[hold, tee\]: [1-9]' &&
		expect "refusals" \
			"$(value refused_for_want_of_pages 'hold, tee')" -eq \
			"$(more page_failures)"
}

# Lives in a histogram, of at least a second: "[1K, 2K)  12 |@@@   |".
lives() {
	sed -n '/^@life_ms\[hold\]/,/^$/p' $ANSWER | grep '^\[' |
		awk -v least="$1" '
		{ low = substr($1, 2); gsub(/[,)]/, "", low) }
		low ~ /K$/ && low + 0 >= least { n += $3 }
		END { print n + 0 }'
}

# All slabs of the load live for as long as it sleeps; those that were there
# before it have no beginning.
lifetime() {
	ask lifetime.bt && expect "lives" "$(more slabs_destroyed)" -gt 100 &&
		expect "lives of a second and more" "$(lives 1)" -eq \
			"$(more slabs_destroyed)"
}

# quietly COMMAND...: with what it said if it fails.
quietly() {
	"$@" 2>/tmp/messages && return
	sed 's/^/# /' /tmp/messages
	return 1
}

# counted [PREFIX]: in the report of a tool are as many events as counters tell.
counted() {
	for pair in refill:refills drain:drains grow:slabs_created \
		slab_destroy:slabs_destroyed; do
		expect "${pair%:*} events" \
			"$(grep -c "${1:- }${pair%:*}: *cache=hold " $ANSWER)" \
			-eq "$(more "${pair#*:}")" || return 1
	done
}

# The whole way: recorded by one command, read by another.
trace_cmd() {
	remember
	quietly ./trace-cmd record -q -e magslab -o /tmp/trace.dat sh load.sh \
		>/dev/null &&
		quietly ./trace-cmd report -q -i /tmp/trace.dat >$ANSWER &&
		answered 'tee-.* grow: +cache=hold .* gfp=GFP_KERNEL' && counted
}

# With the stack of each, which begins where the event is.
perf() {
	remember
	quietly ./perf record -q -a -g -e 'magslab:*' -o /tmp/perf.data \
		sh load.sh &&
		quietly ./perf script -i /tmp/perf.data >$ANSWER &&
		counted magslab: && answered '^tee .* magslab:grow: .*cache=hold' &&
		answered '^\s+[0-9a-f]+ hold_objects_set'
}

[ -d /sys/module/magslab ] || load magslab
[ -d /sys/kernel/tracing/events/magslab ] || skip_all "needs tracefs"
begin 6 magslab_hold
load magslab_hold || ktap_exit_fail_msg "magslab_hold.ko does not load"
run "bpftrace: which caches go to the depot" depot
run "bpftrace: who makes caches grow" growth
run "bpftrace: who is refused" refusals
run "bpftrace: how long slabs live" lifetime
run "trace-cmd: record and report" trace_cmd
run "perf: record and script" perf
ktap_finished
