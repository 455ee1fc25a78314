#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Sweeps of the client: what they refuse, and that they find a growth.
# shellcheck source=client.sh
. "$(dirname "$0")/client.sh"

SUBCOMMAND=sweep
JSON=/tmp/sweep.json

bad_arguments() {
	refuses --over &&
		refuses colour --over colour=1..2 &&
		refuses "no values" --over count &&
		refuses "not above" --over count=5..5 &&
		refuses "not above" --over count=5,4 &&
		refuses "two values" --over count=5 &&
		refuses "not a number" --over count=1,,2 &&
		refuses "takes one" --over size=8..16 -w pair -w burst &&
		refuses "takes no number" --over count=1..2 -w pair &&
		refuses --size --over size=64..100000000 &&
		refuses --cpus --over cpus=1..100000 &&
		refuses "even number" --over cpus=1,2 -w producer-consumer &&
		refuses nobody --over size=8..16 -b nobody &&
		refuses turns --over size=8..16 --turns 2 &&
		refuses extra --over size=8..16 extra
}

# figure BACKEND NAME: from the table of growth.
figure() {
	awk -v name="$1" '$1 == name && NF == 4 { print $2 }' $TABLE
}

# The loop costs the same for any number; objects that are zeroed do not.
finds_growth() {
	magslab-bench sweep --over count=64..4096 -b empty --json $JSON \
		>$TABLE 2>/tmp/messages || return 1
	note "empty: $(figure empty)"
	grep -q '"kind":"sweep"' $JSON && grep -q '"partial":false' $JSON &&
		grep -q '"axis":"count"' $JSON &&
		grep -q 4096 $TABLE &&
		awk -v growth="$(figure empty)" \
			'BEGIN { exit !(growth > -0.3 && growth < 0.3) }'
}

each_axis() {
	for over in size=64,128,256 cpus=1,2; do
		magslab-bench sweep --over $over --json $JSON >$TABLE \
			2>/tmp/messages || return 1
		grep -q "^ *${over%%=*} .*magslab.*kmem_cache" $TABLE || return 1
	done
}

interrupted() {
	magslab-bench sweep --over count=1024..1048576 --json $JSON \
		>$TABLE 2>/tmp/messages &
	pid=$!
	sleep 2
	kill -INT $pid
	wait $pid
	expect "exit status" $? -eq 130 && grep -q '"partial":true' $JSON
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
begin 4
run "bad arguments are named" bad_arguments
run "a flat cost is found flat" finds_growth
run "each axis" each_axis
run "an interruption leaves the values before it" interrupted
ktap_finished
