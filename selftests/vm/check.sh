#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every test there is. The last line is the verdict.
. "$(dirname "$0")/env.sh"
. "$VM/machine.sh"
. "$VM/tally.sh"
. "$VM/static.sh"
. "$VM/client.sh"
. "$VM/kunit.sh"
. "$VM/kselftest.sh"
. "$VM/debug.sh"
. "$VM/dropin.sh"
. "$VM/stats.sh"
. "$VM/tracing.sh"
. "$VM/dump.sh"
. "$VM/report.sh"

# The last line is a verdict also when something fetched or built fails.
finish() {
	debug_not_ahead
	if [[ ! -e $OUT/verdict ]]; then
		tally "not ok" "check: ended early"
		tally_verdict || true
	fi
	clean_up
}
trap finish EXIT

CLOCK=wall
ACCEL=${ACCEL:-tcg}
CMDLINE=${CMDLINE:-}

build_client
PARTS=${PARTS:-static client kunit kselftest smoke tracing dump dropin kasan}
[[ $PARTS != *kselftest*kasan* ]] || AHEAD_OF=kselftest
for part in $PARTS; do
	say CHECK "$part"
	start=$SECONDS
	[[ $part != "${AHEAD_OF:-}" ]] || debug_ahead kasan
	"${part}_run"
	say TOOK "$part: $((SECONDS - start)) s"
done
tally_verdict
