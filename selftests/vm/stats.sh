# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The long form of balance.sh: minutes of load on each kernel, and then as many
# caches and slabs as a large machine has.
# shellcheck disable=SC2034 # the variables are for what this calls

# stats_boot NAME KERNEL
stats_boot() {
	echo balance.sh >"$TESTS/list"
	echo timeout=2400 >"$TESTS/settings"
	stock_run "$1" "$2" check "$TESTS"
}

stats_run() {
	local CPUS=4 TIMEOUT=3000 kernel plain="$PATIENT $CMDLINE" CMDLINE

	source_get
	if ! logged "$OUT/build-kselftest.log" kselftest_build; then
		tally "not ok" "kselftest: build"
		return
	fi
	CMDLINE="$plain MAGSLAB_STATS_SECONDS=${STATS_SECONDS:-300}"
	for kernel in 6.1-cloud 6.12-cloud 6.12-rt; do
		stats_boot "stats-$kernel" "$kernel"
	done
	# A page each, for the slabs, and what the files of a cache take.
	CMDLINE="$plain MAGSLAB_STATS_CACHES=10000 MAGSLAB_STATS_SLABS=1000000"
	MEMORY=7168 stats_boot stats-many 6.12-cloud
}
