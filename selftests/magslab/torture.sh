#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# All CPUs and contexts at once, see modules/magslab_torture.c, alone and with
# the rest of the system disturbing them.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

SECONDS_EACH=${MAGSLAB_TORTURE_SECONDS:-6}
SEED=${MAGSLAB_TORTURE_SEED:-$(date +%s)}

over() {
	[ "$(param magslab_torture verdict)" != running ]
}

running() {
	[ ! -e /tmp/torture-over ]
}

# Disturbances: each goes on while "running".

benching() {
	while running; do
		magslab-bench -q -p smoke 2>/dev/null
	done
}

plugging() {
	while running; do
		for cpu in $(seq 1 $(($(nproc --all) - 1))); do
			echo 0 >"/sys/devices/system/cpu/cpu$cpu/online"
			echo 1 >"/sys/devices/system/cpu/cpu$cpu/online"
		done
	done 2>/dev/null
}

dropping() {
	while running; do
		echo 2 >/proc/sys/vm/drop_caches
		usleep 20000
	done
}

failing() {
	while running; do
		echo 3 >"$DEBUGFS/fail_pages"
		echo 2 >"$DEBUGFS/fail_magazines"
		usleep 20000
		echo 0 >"$DEBUGFS/fail_pages"
		echo 0 >"$DEBUGFS/fail_magazines"
		usleep 20000
	done
}

reading() {
	while running; do
		cat "$DEBUGFS/summary" "$DEBUGFS"/caches/*/* >/dev/null 2>&1
	done
}

everything() {
	benching &
	plugging &
	dropping &
	failing &
	reading &
	wait
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

# torture DISTURBANCE
torture() {
	rm -f /tmp/torture-over
	load magslab_torture seconds="$SECONDS_EACH" seed="$SEED" || return 1
	"$1" &
	disturbance=$!
	wait_for $((SECONDS_EACH * 10 + 60)) over
	touch /tmp/torture-over
	wait $disturbance
	rm /tmp/torture-over
	# shellcheck disable=SC2046 # lines become words
	note $(param magslab_torture report)
	expect "verdict" "$(param magslab_torture verdict)" = passed &&
		figures_agree
	status=$?
	unload magslab_torture && return $status
}

alone() {
	torture nothing
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
	torture everything
}

begin 6 magslab_torture
note "seed: $SEED"
run "all CPUs and contexts" alone
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
ktap_finished
