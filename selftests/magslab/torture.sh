#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# All CPUs and contexts at once, see modules/magslab_torture.c, alone and with
# the rest of the system disturbing them.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

SECONDS_EACH=${MAGSLAB_TORTURE_SECONDS:-6}
SECONDS_ALL=${MAGSLAB_TORTURE_SECONDS_ALL:-$SECONDS_EACH}
NMI=${MAGSLAB_TORTURE_NMI:-1}
SEED=${MAGSLAB_TORTURE_SEED:-$(date +%s)}

over() {
	[ "$(param magslab_torture verdict)" != running ]
}

running() {
	[ ! -e /tmp/torture-over ]
}

# Disturbances: each goes on while "running", and fails if it did not disturb.

bench_runs() {
	runs=0
	refused=0
	while running; do
		magslab-bench -q -p smoke >/dev/null 2>&1 ||
			refused=$((refused + 1))
		runs=$((runs + 1))
	done
	note "bench runs: $runs, failed: $refused"
	expect "bench runs" $runs -gt 0
}

benching() {
	bench_runs && expect "bench runs that failed" $refused -eq 0
}

# Where memory cannot be had, some of them fail.
benching_in_need() {
	bench_runs
}

# Off may be refused, while somebody is bound to that CPU.
plugging() {
	cycles=0
	while running; do
		for cpu in $(seq 1 $(($(nproc --all) - 1))); do
			switch="/sys/devices/system/cpu/cpu$cpu/online"
			echo 0 >"$switch" && echo 1 >"$switch" &&
				cycles=$((cycles + 1))
		done
	done 2>/dev/null
	note "hotplug cycles: $cycles"
	expect "hotplug cycles" $cycles -gt 0
}

dropping() {
	drops=0
	while running; do
		echo 2 >/proc/sys/vm/drop_caches && drops=$((drops + 1))
		usleep 20000
	done
	note "caches dropped: $drops"
	expect "caches dropped" $drops -gt 0
}

failed_on_demand() {
	echo $(($(cat "$DEBUGFS/failed_pages") + \
		$(cat "$DEBUGFS/failed_magazines")))
}

failing_on_demand() {
	before=$(failed_on_demand)
	while running; do
		echo 3 >"$DEBUGFS/fail_pages"
		echo 2 >"$DEBUGFS/fail_magazines"
		usleep 20000
		echo 0 >"$DEBUGFS/fail_pages"
		echo 0 >"$DEBUGFS/fail_magazines"
		usleep 20000
	done
	failed=$(($(failed_on_demand) - before))
	note "failed on demand: $failed"
	expect "failed on demand" $failed -gt 0
}

# The kernel's own fault injection, for the module's tasks alone: the shell's must
# live. It counts down what it may still do.
FAULTS=/sys/kernel/debug
BUDGET=1000000000

fault_begin() {
	echo 0 >"$FAULTS/$1/verbose"
	echo Y >"$FAULTS/$1/task-filter"
	echo N >"$FAULTS/$1/ignore-gfp-wait"
	echo $BUDGET >"$FAULTS/$1/times"
	echo 20 >"$FAULTS/$1/probability"
}

fault_end() {
	echo 0 >"$FAULTS/$1/probability"
	failed=$((BUDGET - $(cat "$FAULTS/$1/times")))
	note "$1: $failed"
	expect "$1" $failed -gt 0
}

failing_in_kernel() {
	echo 0 >"$FAULTS/fail_page_alloc/min-order"
	fault_begin fail_page_alloc
	fault_begin failslab
	while running; do
		usleep 100000
	done
	fault_end fail_page_alloc
	status=$?
	fault_end failslab && return $status
}

failing() {
	if [ -e $FAULTS/fail_page_alloc ]; then
		together failing_on_demand failing_in_kernel
	else
		failing_on_demand
	fi
}

# A cache may be gone before its files are read.
reading() {
	reads=0
	while running; do
		cat "$DEBUGFS"/caches/*/* >/dev/null 2>&1
		cat "$DEBUGFS/summary" >/dev/null && reads=$((reads + 1))
	done
	note "statistics read: $reads"
	expect "statistics read" $reads -gt 0
}

# together DISTURBANCE...
together() {
	pids=
	for disturbance; do
		"$disturbance" &
		pids="$pids $!"
	done
	status=0
	for pid in $pids; do
		wait "$pid" || status=1
	done
	return $status
}

everything() {
	together benching_in_need plugging dropping failing reading
}

nothing() {
	:
}

# Magslab's own figures, from which the module's verdict knows nothing.
figures_agree() {
	for cache in "$DEBUGFS"/caches/torture-*; do
		cache=${cache##*/}
		expect "$cache: live objects" \
			"$(stat_of "$cache" live_objects)" -eq 0 &&
			expect "$cache: pages" "$(stat_of "$cache" pages)" \
				-eq 0 &&
			expect "$cache: frees refused" \
				"$(stat_of "$cache" rejected_frees)" -eq 0 &&
			adds_up "$cache" || return 1
	done
}

# sum_of NAME: over all caches of the torture.
sum_of() {
	cat "$DEBUGFS"/caches/torture-*/stats |
		awk -v name="$1:" '$1 == name { n += $2 } END { print n }'
}

# torture DISTURBANCE [SECONDS [IRQS]]
torture() {
	seconds=${2:-$SECONDS_EACH}
	rm -f /tmp/torture-over
	load magslab_torture seconds="$seconds" seed="$SEED" nmi="$NMI" \
		irqs="${3:-1}" || return 1
	"$1" &
	disturbance=$!
	wait_for $((seconds * 10 + 60)) over
	touch /tmp/torture-over
	wait $disturbance
	disturbed=$?
	rm /tmp/torture-over
	# shellcheck disable=SC2046 # lines become words
	note $(param magslab_torture report)
	inside=$(sum_of interrupts)
	settled=$(sum_of settled_objects)
	note "in the middle of an operation: $inside; freed without a lock: $settled"
	expect "verdict" "$(param magslab_torture verdict)" = passed &&
		expect "status of what disturbed" $disturbed -eq 0 &&
		figures_agree
	status=$?
	unload magslab_torture && return $status
}

alone() {
	torture nothing
}

# Nobody else interrupts here: NMIs did come in the middle of operations, and
# did find locks taken that they would have needed. Without magazines now and
# then, they are taken often.
by_nmis_alone() {
	torture failing "$SECONDS_EACH" 0 &&
		expect "operations in the middle of another" "$inside" -gt 0 &&
		expect "objects freed without a lock" "$settled" -gt 0
}

with_bench() {
	torture benching
}

with_hotplug() {
	torture plugging
}

with_shrinker() {
	torture dropping
}

with_failures() {
	torture failing
}

with_everything() {
	torture everything "$SECONDS_ALL"
}

# With KASAN or kmemleak all caches are watched, which is not the common case.
SANITIZERS=/sys/module/magslab/parameters/sanitizers

on_watched_caches() {
	echo Y >$SANITIZERS && with_everything
}

begin 8 magslab_torture
note "seed: $SEED"
[ ! -e $SANITIZERS ] || echo N >$SANITIZERS
run "all CPUs and contexts" alone
if [ "$NMI" = 1 ]; then
	run "tasks and NMIs" by_nmis_alone
else
	skip "tasks and NMIs" "NMIs are not wanted"
fi
if command -v magslab-bench >/dev/null; then
	run "during bench runs" with_bench
else
	skip "during bench runs" "no magslab-bench"
fi
if [ -w /sys/devices/system/cpu/cpu1/online ]; then
	run "while CPUs go and come" with_hotplug
else
	skip "while CPUs go and come" "needs CPUs that can go offline"
fi
run "under the shrinker" with_shrinker
run "while memory cannot be had" with_failures
run "all of it together" with_everything
if [ -e $SANITIZERS ]; then
	run "the same with sanitizers" on_watched_caches
else
	skip "the same with sanitizers" "neither KASAN nor kmemleak"
fi
ktap_finished
