#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Commands of the client, and duels: what they refuse, what they say of equals,
# and what is left of one that is interrupted.
# shellcheck source=client.sh
. "$(dirname "$0")/client.sh"

JSON=/tmp/duel.json

bad_arguments() {
	refuses frobnicate frobnicate &&
		refuses cpus list --cpus 2 &&
		refuses extra list extra &&
		refuses strict run --strict &&
		refuses --time duel --time 0 &&
		refuses --level duel --level 100 &&
		refuses --level duel --level x &&
		refuses --backend duel --backend magslab &&
		refuses nobody duel --backend magslab,nobody &&
		refuses nothing duel --workload nothing &&
		refuses --cpus duel --cpus 100000 &&
		refuses profile duel --profile quick &&
		refuses extra duel extra
}

same_list() {
	magslab-bench --list >/tmp/old && magslab-bench list >/tmp/new &&
		cmp -s /tmp/old /tmp/new
}

helps() {
	for command in run list duel; do
		magslab-bench $command --help | grep -q "^Usage: magslab-bench" ||
			return 1
	done
	magslab-bench help | grep -q "^  duel "
}

# A wide interval, so that a busy host does not make equals look different.
equals() {
	magslab-bench duel --backend magslab,magslab --time 2 --level 99.99 \
		--json $JSON >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	sed 's/^/# /' $TABLE
	grep -q "reference" $TABLE && grep -q "floor" $TABLE &&
		grep -q "cannot tell" $TABLE &&
		grep -q '"verdict":"cannot tell"' $JSON &&
		grep -q '"partial":false' $JSON
}

# The loops around nothing are faster than an allocator, on any machine.
different() {
	magslab-bench duel --backend magslab,empty --time 3 --json - \
		>$JSON 2>/tmp/messages || return 1
	grep -q '"verdict":"floor"' $JSON || return 1
	magslab-bench duel --backend empty,magslab --time 3 >$TABLE 2>/tmp/messages &&
		grep -q "magslab .* slower" $TABLE
}

interrupted() {
	magslab-bench duel --time 60 --json $JSON >$TABLE 2>/tmp/messages &
	pid=$!
	sleep 5
	kill -INT $pid
	wait $pid
	expect "exit status" $? -eq 130 && grep -q '"partial":true' $JSON &&
		grep -q "partial" $TABLE
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
begin 6
run "bad arguments are named" bad_arguments
run "list is --list" same_list
run "each command has help" helps
run "equals cannot be told apart" equals
run "a floor is below an allocator" different
run "an interruption leaves the rounds before it" interrupted
ktap_finished
