# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Tracing tools on the tracepoints of a stock kernel.

# tracing_tests: sets TESTS. The tools and their libraries are large, so they are
# in this guest alone.
tracing_tests() {
	need bpftrace trace-cmd linux-perf
	TESTS=$BUILD/tracing/installed
	rm -rf "$TESTS"
	mkdir -p "$TESTS"
	install /usr/bin/{bpftrace,trace-cmd,perf} "$ROOT"/selftests/trace/*.{sh,bt} \
		"$ROOT/selftests/magslab/common.sh" \
		"$SOURCE/tools/testing/selftests/kselftest/ktap_helpers.sh" "$TESTS"
	echo timeout=900 >"$TESTS/settings"
	echo tools.sh >"$TESTS/list"
}

tracing_tools() {
	# shellcheck disable=SC2034 # for guest_wait
	local CPUS=2 CMDLINE="$PATIENT $CMDLINE" TIMEOUT=1200 TESTS

	if ! build_for 6.12-cloud || ! build_test_modules "$RELEASE" "$HEADERS" ||
		! tracing_tests; then
		tally "not ok" "tracing: build"
		return
	fi
	kselftest_boot tracing check "$TESTS"
	kselftest_tally tracing
}

tracing_run() {
	source_get
	tracing_tools
}
