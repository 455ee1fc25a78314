#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Memory of any size: the cases are in modules/magslab_sizes.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

large() {
	sed -n "s/^$1: //p" "$DEBUGFS/large"
}

no_large() {
	[ "$(large live_blocks)" -eq 0 ]
}

# What must not be freed in its context is freed soon.
all_freed() {
	wait_for 5 no_large || {
		note "live blocks: $(large live_blocks)"
		return 1
	}
	expect "pages" "$(large pages)" -eq 0 || return 1
	for class in "$DEBUGFS"/caches/magslab-*; do
		adds_up "${class##*/}" &&
			expect "${class##*/}" \
				"$(stat_of "${class##*/}" live_objects)" \
				-eq 0 || return 1
	done
}

# messages PATTERN: how many there are, and of any other kind none.
messages() {
	log_since_mark | grep 'magslab: ' >/tmp/log
	expect "messages" "$(wc -l </tmp/log)" -eq 1 &&
		expect "messages that say $1" "$(grep -c "$1" /tmp/log)" -eq 1
	status=$?
	rm /tmp/log
	return $status
}

refused() {
	for bad in kernel page vmalloc middle twice; do
		log_mark
		set_param magslab_sizes bad $bad &&
			messages 'bad free by bad_.*not memory of magslab' &&
			continue
		note "bad free: $bad"
		return 1
	done
	all_freed
}

# reported PATTERN
reported() {
	expect "lines that say $1" "$(log_since_mark | grep -c "$1")" -eq 1
}

left_at_unload() {
	unload magslab_sizes && log_mark &&
		load magslab_sizes leak=3 && unload magslab_sizes &&
		expect "live objects" "$(stat_of magslab-112 live_objects)" \
			-eq 3 &&
		expect "live blocks" "$(large live_blocks)" -eq 3 &&
		unload magslab &&
		reported "'magslab-112' destroyed with 3 objects live" &&
		reported "3 blocks of large memory.*leaking 24 pages" &&
		load magslab && all_freed
}

begin 13 magslab_sizes
load magslab_sizes || ktap_exit_fail_msg "magslab_sizes.ko does not load"
param magslab_sizes waste | while IFS= read -r line; do
	note "waste: $line"
done
report_of magslab_sizes
run "all of it was freed" all_freed
run "what is not of magslab is refused, and said" refused messages
run "what is left at unload is reported" left_at_unload messages
ktap_finished
