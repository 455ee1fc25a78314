#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Where objects escape to: what is said of the callers in modules/magslab_escape.c is
# what they did, and what is said of the kernel's own adds up.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

ESCAPE=$DEBUGFS/escape
SITES=$ESCAPE/sites
TABLE=/tmp/escape
OUTPUT=/tmp/output

# work NAME: let the module do it.
work() {
	echo 1 >"/sys/module/magslab_escape/parameters/$1"
}

# column FUNCTION COLUMN [FILE]: in the line of a site.
column() {
	awk -v site="$1" -v name="$2" '
		$1 == "samples" { for (i = 1; i <= NF; i++) at[$i] = i }
		at["site"] && $at["site"] ~ "^" site "[+]" { print $at[name]; exit }' \
		"${3:-$TABLE}"
}

# all_are FUNCTION CLASS: of 200 samples, nearly all. Who interrupts, or takes the CPU,
# may change a few.
all_are() {
	samples=$(column "$1" samples)
	share=$(column "$1" "$2")
	note "$1: $samples samples, $share of 100 are $2"
	[ "${samples:-0}" = 200 ] && [ "${share:-0}" -ge 95 ] && return
	grep -e "$1" -e samples $TABLE
	return 1
}

follow_callers() {
	echo 200 >$ESCAPE/long_ms && echo 1 >$SITES && work work && cat $SITES >$TABLE
}

in_frames() {
	all_are in_frame stack% && all_are in_callee stack%
}

later() {
	all_are by_task task%
}

same_cpu() {
	all_are by_worker_here cpu%
}

other_cpu() {
	all_are by_worker_there other% && all_are by_softirq_there irq%
}

old() {
	all_are by_old_age long%
}

# A few may have come to another address.
unseen() {
	nr=$(column by_nobody unseen)
	note "$nr of $(column by_nobody samples) are allocated again without a free"
	[ "${nr:-0}" -ge 150 ]
}

places() {
	[ "$(column in_frame place)" = arena ] && [ "$(column by_task place)" = arena ] &&
		[ "$(column by_worker_here place)" = magazine ] &&
		[ "$(column by_worker_there place)" = depot ] &&
		[ "$(column by_old_age place)" = segment ]
}

# Of sites that are at rest, to the sample; others go on while it is written.
figures() {
	cat $ESCAPE/sites.json >$OUTPUT
	tr -d '\n' <$OUTPUT | grep -q '^{"schema":1,"kind":"escape".*]}$' ||
		{ note "not JSON: $(head -c 300 $OUTPUT)" && return 1; }
	grep '\[magslab_escape\]' $OUTPUT | sed 's/[{}"]//g; s/site:[^,]*,//; s/class:.*//' |
		awk -F'[,:]' '{ for (i = 1; i < NF; i += 2) v[$i] = $(i + 1)
			sum = v["stack"] + v["task"] + v["cpu"] + v["irq"] + v["other"] +
				v["long"] + v["unseen"] + v["open"]
			if (v["samples"] != sum) { print; bad = 1 } }
			END { exit bad || NR < 9 }'
}

# The kernel at work on files and with processes.
whole() {
	# shellcheck disable=SC2016 # for the other shell
	magslab-bench escape --rate 2 --time 100 -- sh -c 'i=0; mkdir /tmp/work
		mount -t tmpfs work /tmp/work; ip link set lo up
		while [ $i -lt 30 ]; do
			i=$((i + 1)); mkdir -p /tmp/work/$i; echo $i >/tmp/work/$i/file
			ln -s file /tmp/work/$i/link; mv /tmp/work/$i/file /tmp/work/$i/other
			ls -lR /tmp/work; cat /proc/self/status | cat | cat; (: | true)
			ping -c 1 127.0.0.1
		done >/dev/null; umount /tmp/work; rmdir /tmp/work' >$TABLE 2>$OUTPUT ||
		{ note "$(cat $OUTPUT)" && return 1; }
	classified=$(awk 'past && $11 != "-" { n++ } $1 == "samples" { past = 1 }
		END { print n + 0 }' $TABLE)
	note "$classified sites have a place; $(sed -n '/^samples /,$p' $TABLE | sed -n 2p)"
	[ "$classified" -ge 50 ] && [ "$(cat $SITES)" = off ]
}

ours() {
	echo 1 >$DEBUGFS/caches/escape/escape && work ours || return 1
	cat $DEBUGFS/caches/escape/escape >$TABLE
	echo 0 >$DEBUGFS/caches/escape/escape
	all_are ours_in_frame stack% && all_are ours_by_task task%
}

# refused VALUE
refused() {
	! echo "$1" 2>/dev/null >$SITES
}

bad_values() {
	refused x && refused -1 && refused 1000001 && refused 4294967296 &&
		[ "$(cat $SITES)" = off ] && [ "$(cat $ESCAPE/sites.json)" = \
		'{"schema":1,"kind":"escape"}' ]
}

bad_arguments() {
	for arguments in "--rate 0" "--rate 1000001" "--time 0" "--nonsense"; do
		status=0
		# shellcheck disable=SC2086 # they are words
		magslab-bench escape $arguments -- true >$OUTPUT 2>&1 || status=$?
		[ $status = 2 ] && grep -q -e "${arguments%% *}" $OUTPUT && continue
		note "$arguments: $status, $(cat $OUTPUT)"
		return 1
	done
	status=0
	magslab-bench escape -- /nowhere >$OUTPUT 2>&1 || status=$?
	[ $status = 2 ] && grep -q /nowhere $OUTPUT && [ "$(cat $SITES)" = off ]
}

# Nobody has to stop it before the module goes.
unload_while_on() {
	echo 1 >$SITES && unload magslab_escape && unload magslab &&
		ls -R /proc/self >/dev/null 2>&1
	load magslab && [ "$(cat $SITES)" = off ]
}

command -v magslab-bench >/dev/null || skip_all "needs magslab-bench"
[ "$(nproc)" -ge 2 ] || skip_all "needs two CPUs"
begin 14 magslab_escape
load magslab_escape || ktap_exit_fail_msg "magslab_escape.ko does not load"
run "callers are followed" follow_callers
run "freed by the frame that allocated" in_frames
run "freed by the same task, later" later
run "freed on the same CPU, by another task" same_cpu
run "freed on another CPU, by a task and in a softirq" other_cpu
run "freed after long" old
run "freed without being seen" unseen
run "where they could have lived" places
run "the figures add up" figures
echo 0 >$SITES
run "the kernel at work: fifty sites and more" whole
run "objects of one of magslab's caches" ours
run "bad values are refused" bad_values
run "bad arguments are refused by name" bad_arguments
run "the module can go meanwhile" unload_while_on
ktap_finished
