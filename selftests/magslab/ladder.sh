#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The ladder: what it refuses, that each rung works on several CPUs, whose objects are
# freed by others, and that its first rung is magslab.
# shellcheck source=client.sh
. "$(dirname "$0")/client.sh"

SUBCOMMAND=ladder
JSON=/tmp/ladder.json

bad_arguments() {
	refuses kmem_cache --backend kmem_cache &&
		refuses "no rung" --backend ladder-base,nobody &&
		refuses "more than 23" --backend "$(yes ladder-irq | head -n 24 |
			paste -s -d ,)" &&
		refuses "not a name" --backend ladder-irq, &&
		refuses nothing --workload nothing &&
		refuses "takes no number" --workload pair:2 &&
		refuses --size --size 100000000 &&
		refuses --cpus --cpus 100000 &&
		refuses --gfp --gfp dma &&
		refuses --time --time 0 &&
		refuses --level --level 100 &&
		refuses --blocks --blocks x &&
		refuses turns --turns 2 &&
		refuses profile --profile quick &&
		refuses threshold --threshold 2 &&
		refuses extra extra
}

# As they are listed, with commas.
rungs() {
	magslab-bench list | awk '$1 ~ /^(ladder-|magslab-sheaf$)/ {
		list = list sep $1; sep = "," } END { print list }'
}

# Every rung has a figure in every row of a workload that moves objects about.
everywhere() {
	rungs=$(rungs)
	number=$(echo "$rungs" | tr , '\n' | wc -l)
	note "$number rungs"
	[ "$number" -ge 16 ] || return 1
	for workload in remote-free larson one-alloc-n-free producer-consumer; do
		magslab-bench run --backend "$rungs" --workload $workload:2000 \
			--cpus 4 --turns 1 --blocks 8 --json $JSON >$TABLE \
			2>/tmp/messages ||
			{ note "$workload: $(cat /tmp/messages)" && return 1; }
		! grep -q '"reason"' $JSON || { note "$workload: $(cat $TABLE)" && return 1; }
	done
}

# All of them, in one duel, with a verdict each.
climbs() {
	magslab-bench ladder --time 6 --blocks 4 --json $JSON >$TABLE 2>/tmp/messages ||
		{ note "$(cat /tmp/messages)" && return 1; }
	sed 's/^/# /' $TABLE
	grep -q '"kind":"duel"' $JSON &&
		[ "$(grep -c '^pair .*\(slower\|faster\|cannot tell\)$' $TABLE)" -ge 18 ] &&
		grep -q '^pair *ladder-base .*reference$' $TABLE &&
		! grep -q '^pair *empty' $TABLE
}

# The ladder's own code, with nothing changed, is magslab: to the instruction, where
# these are counted.
believable() {
	magslab-bench ladder --backend magslab,ladder-irq --time 2 >$TABLE \
		2>/tmp/messages || return 1
	sed 's/^/# /' $TABLE
	[ "${MAGSLAB_CLOCK:-wall}" = insn ] || return 0
	awk '$2 == "magslab" { for (i = 3; i < NF; i++) if ($i ~ /^[+-][0-9]/) {
			found = 1
			exit !($i > -0.5 && $i < 0.5) } }
		END { if (!found) exit 1 }' $TABLE
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
begin 4
run "bad arguments are named" bad_arguments
if [ "$(nproc)" -ge 4 ]; then
	run "every rung works on four CPUs" everywhere
else
	skip "every rung works on four CPUs" "fewer than four CPUs"
fi
run "all rungs are climbed" climbs
run "the first rung is magslab" believable
ktap_finished
