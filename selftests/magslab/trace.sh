#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The tracepoints: each is made to fire, and tells what the counters tell. One
# that no case here asks for is a failure.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

TRACEFS=/sys/kernel/tracing
EVENTS=$TRACEFS/events/magslab
# A buffer of our own, whoever else is tracing.
BUFFER=$TRACEFS/instances/magslab-selftest
CAUGHT=/tmp/caught
ALL=/tmp/all-caught
ASKED=/tmp/asked
SANITIZERS=/sys/module/magslab/parameters/sanitizers

# catch COMMAND...: sets CAUGHT to what was traced meanwhile.
catch() {
	echo 0 >$BUFFER/tracing_on
	echo >$BUFFER/trace
	echo 1 >$BUFFER/tracing_on
	"$@"
	caught=$?
	echo 0 >$BUFFER/tracing_on
	sed '/^#/d' $BUFFER/trace >$CAUGHT
	cat $CAUGHT >>$ALL
	expect "events lost" "$(lost)" -eq 0 &&
		expect "status of $1" $caught -eq 0
}

lost() {
	cat $BUFFER/per_cpu/cpu*/stats |
		awk '$1 == "overrun:" || $1 == "dropped" { n += $NF } END { print n + 0 }'
}

# of EVENT CACHE [FIELD=VALUE]: the lines of it, without what is before.
of() {
	echo "$1" >>$ASKED
	sed -n "s/^.*: $1: //p" $CAUGHT | grep "^cache=$2 " |
		grep -F -- "${3:-=}"
}

# nr EVENT CACHE [FIELD=VALUE]
nr() {
	of "$@" | wc -l
}

# values EVENT CACHE FIELD
values() {
	of "$1" "$2" | sed "s/.* $3=\([^ ]*\).*/\1/"
}

sum() {
	values "$@" | awk '{ n += $1 } END { print n + 0 }'
}

# within EVENT CACHE FIELD LOW HIGH: there are some, and none is anything else.
within() {
	values "$1" "$2" "$3" | awk -v low="$4" -v high="$5" '
		$1 !~ /^[0-9]+$/ || $1 < low || $1 > high { bad++ }
		END { exit !NR || bad }' ||
		{
			note "$1: $3 not within $4 to $5:" \
				"$(values "$1" "$2" "$3" | sort | uniq -c | head -n 5)"
			return 1
		}
}

# remember CACHE: its counters, for "more".
remember() {
	cp "$DEBUGFS/caches/$1/stats" /tmp/before
}

# more CACHE COUNTER: by how much it rose since.
more() {
	echo $(($(stat_of "$1" "$2") - $(sed -n "s/^$2: //p" /tmp/before)))
}

# as_counted EVENT CACHE COUNTER [FIELD=VALUE]: and at least once.
as_counted() {
	expect "$1 $4" "$(nr "$1" "$2" "$4")" -gt 0 &&
		expect "$1 $4, counted as $3" \
			"$(nr "$1" "$2" "$4")" -eq "$(more "$2" "$3")"
}

hold() {
	set_param magslab_hold objects "$1"
}

shrink() {
	set_param magslab_hold shrink 1
}

nodes_are_nodes() {
	within "$1" hold node 0 "$(sed 's/.*[-,]//' \
		/sys/devices/system/node/possible 2>/dev/null || echo 0)"
}

creation() {
	catch load magslab_hold && expect "caches made" \
		"$(nr cache_create hold)" -eq 1 || return 1
	for pair in size:object_size objects_per_slab:objects_per_slab \
		pages_per_slab:pages_per_slab capacity:magazine_capacity; do
		expect "$pair" "$(values cache_create hold "${pair%:*}")" -eq \
			"$(stat_of hold "${pair#*:}")" || return 1
	done
}

fill_and_empty() {
	hold 3000 && hold 1
}

# Whoever frees many takes empty magazines; whoever allocates, full ones.
depot() {
	capacity=$(stat_of hold magazine_capacity)
	remember hold
	catch fill_and_empty && nodes_are_nodes depot_get_empty &&
		within depot_get_empty hold objects 0 "$capacity" &&
		catch hold 3000 && nodes_are_nodes depot_get_full &&
		within depot_get_full hold objects 1 "$capacity" &&
		expect "times the lock was taken" "$(more hold depot_locks)" \
			-ge "$(nr depot_get_full hold)"
}

# All that there is, and back: what is made is what is given back.
slabs() {
	hold 0 && shrink && remember hold && catch fill_and_empty &&
		as_counted slab_create hold slabs_created &&
		as_counted grow hold slabs_created &&
		nodes_are_nodes slab_create && nodes_are_nodes grow &&
		within slab_create hold objects \
			"$(stat_of hold objects_per_slab)" \
			"$(stat_of hold objects_per_slab)" &&
		within slab_create hold pages "$(stat_of hold pages_per_slab)" \
			"$(stat_of hold pages_per_slab)" &&
		within grow hold objects 1 "$(stat_of hold objects_per_slab)" &&
		expect "growth with GFP_KERNEL" \
			"$(nr grow hold gfp=GFP_KERNEL)" -eq "$(nr grow hold)" &&
		values slab_create hold pfn | sort >/tmp/made || return 1
	expect "pages twice" "$(uniq -d /tmp/made)" = "" &&
		hold 0 && remember hold && catch shrink &&
		as_counted slab_destroy hold slabs_destroyed &&
		as_counted drain hold drains &&
		within drain hold objects 1 "$(stat_of hold magazine_capacity)" &&
		expect "shrinks" "$(nr shrink hold)" -eq 1 &&
		expect "pages given back" "$(sum shrink hold pages)" -eq \
			$(($(nr slab_destroy hold) * $(stat_of hold pages_per_slab))) &&
		values slab_destroy hold pfn | sort >/tmp/gone &&
		cmp /tmp/made /tmp/gone
}

# What is freed without a magazine to put it in goes straight to the slabs.
free_to_slabs() {
	hold 3000 && shrink || return 1
	echo 1 >"$DEBUGFS/fail_magazines"
	hold 1
	echo 0 >"$DEBUGFS/fail_magazines"
}

refills() {
	free_to_slabs && remember hold && catch hold 2500 &&
		as_counted refill hold refills && nodes_are_nodes refill &&
		expect "full refills" "$(nr refill hold \
			"objects=$(stat_of hold magazine_capacity) ")" -gt 10 &&
		within refill hold objects 1 "$(stat_of hold magazine_capacity)" &&
		within refill hold capacity "$(stat_of hold magazine_capacity)" \
			"$(stat_of hold magazine_capacity)"
}

refused_pages() {
	echo 1 >"$DEBUGFS/fail_pages"
	! hold 1000000 2>/dev/null
	refused=$?
	echo 0 >"$DEBUGFS/fail_pages"
	return $refused
}

refusals() {
	remember hold && catch refused_pages &&
		as_counted grow_refused hold page_failures reason=pages &&
		hold 0 && load magslab_trace && remember trace &&
		catch set_param magslab_trace cause limit &&
		as_counted grow_refused trace limit_refusals reason=limit &&
		expect "for other reasons" "$(nr grow_refused trace)" -eq \
			"$(nr grow_refused trace reason=limit)" &&
		catch set_param magslab_trace cause context &&
		expect "context" "$(nr grow_refused trace reason=context)" \
			-gt 0
}

set_capacity() {
	echo "$1" >"$DEBUGFS/caches/hold/magazine_capacity"
}

size_of_magazines() {
	was=$(stat_of hold magazine_capacity)
	catch set_capacity 7 &&
		expect "changes" "$(nr magazine_size hold)" -eq 1 &&
		expect "old" "$(values magazine_size hold old)" -eq "$was" &&
		expect "capacity" "$(values magazine_size hold capacity)" \
			-eq 7 && set_capacity 0
}

peak() {
	hold 0 && shrink && hold 5000 && hold 0
}

few_pages() {
	[ "$(stat_of hold pages)" -lt 100 ]
}

reaped() {
	echo 100 >"$DEBUGFS/reap_interval_ms"
	wait_for 30 few_pages
	status=$?
	echo 0 >"$DEBUGFS/reap_interval_ms"
	# One that is under way comes to its end.
	sleep 1
	return $status
}

reaping() {
	peak && remember hold && catch reaped &&
		expect "reaps" "$(nr reap hold)" -gt 0 && nodes_are_nodes reap &&
		expect "work" "$(sum reap hold work)" -gt 0 &&
		expect "slabs" "$(sum reap hold slabs)" -gt 0 &&
		expect "slabs" "$(sum reap hold slabs)" -eq \
			"$(more hold slabs_destroyed)"
}

drop_caches() {
	echo 2 >/proc/sys/vm/drop_caches
}

reclaiming() {
	peak && remember hold && catch drop_caches &&
		expect "work" "$(sum reclaim hold work)" -gt 0 &&
		within reclaim hold budget 1 100000000 &&
		expect "slabs" "$(sum reclaim hold slabs)" -gt 0 &&
		expect "slabs" "$(sum reclaim hold slabs)" -eq \
			"$(more hold slabs_destroyed)"
}

reserve_without_pages() {
	set_param magslab_trace cause reserve
	echo 1 >"$DEBUGFS/fail_pages"
	set_param magslab_trace cause wait
	status=$?
	echo 0 >"$DEBUGFS/fail_pages"
	return $status
}

reserve() {
	remember trace && catch reserve_without_pages &&
		as_counted reserve_take trace reserve_allocs &&
		as_counted reserve_wait trace reserve_waits &&
		within reserve_wait trace waiters 1 1 &&
		within reserve_take trace objects 1 1 &&
		within reserve_take trace level 0 7 &&
		expect "the first one" "$(nr reserve_take trace level=7)" \
			-gt 0 &&
		within reserve_put trace objects 1 8 &&
		within reserve_put trace level 0 8 &&
		expect "objects put into it" \
			"$(sum reserve_refill trace objects)" -ge 8
}

bad_frees() {
	remember trace && catch set_param magslab_trace cause bad_free &&
		as_counted corruption trace rejected_frees &&
		expect "what" "$(nr corruption trace \
			'what="not the address of an object"')" -eq 1 &&
		catch set_param magslab_trace cause corruption &&
		expect "reports" "$(nr corruption trace-hardened)" -eq 1 &&
		expect "what" "$(nr corruption trace-hardened \
			'what="free of what is in no slab"')" -eq 1 &&
		expect "who" "$(of corruption trace-hardened \
			"caller=cause_corruption" | grep -c 'magslab_trace')" -eq 1
}

# Hashed, as no trace is to tell where the kernel lies.
no_addresses() {
	expect "addresses" "$(grep -cE '[^0-9a-f]ff[0-9a-f]{14}' $ALL)" \
		-eq 0 && expect "hashed ones" \
		"$(grep -cE ' object=0{8}[0-9a-f]{8} ' $ALL)" -gt 0
}

unload_both() {
	unload magslab_trace && unload magslab_hold
}

destruction() {
	hold 10 && catch unload_both &&
		expect "caches gone" "$(nr cache_destroy hold)" -eq 1 &&
		expect "pages left" "$(values cache_destroy hold pages)" -eq 0 &&
		expect "caches gone" "$(nr cache_destroy trace)" -eq 1
}

# fields EVENT: as its format file has them.
fields() {
	sed -n 's/^\tfield:.*[ *]\([a-z_]*\)\(\[.*\)*;\toffset.*/\1/p' \
		"$EVENTS/$1/format" | grep -v '^common_' | tr '\n' ' '
}

# printed EVENT: as a line of it has them.
printed() {
	sed -n "s/^.*: $1: /\n/p" $ALL | sed '/^$/d' | sed q |
		grep -oE '(^| )[a-z_]+=' | tr -d ' =' | tr '\n' ' '
}

all_fields() {
	for event in "$EVENTS"/*/; do
		event=$(basename "$event")
		expect "fields of $event" "$(printed "$event")" = \
			"$(fields "$event")" || return 1
	done
}

# Not only fired: asked for.
all_events() {
	for event in "$EVENTS"/*/; do
		event=$(basename "$event")
		if ! grep -q ": $event: " $ALL || ! grep -qx "$event" $ASKED; then
			note "$event: no test of it"
			return 1
		fi
	done
}

# Enabled, and with events of it in a buffer, the module can go.
reloads() {
	unload magslab && [ ! -d $EVENTS ] && load magslab && [ -d $EVENTS ]
}

# plain Y|N: whether a cache is a plain one on kernels that have KASAN, too. There it
# notices what is wrong earlier, and that is an event of another kind.
plain() {
	[ ! -e $SANITIZERS ] || echo "$1" | tr YN NY >$SANITIZERS
}

trace_cleanup() {
	[ ! -d $BUFFER ] || {
		echo 0 >$BUFFER/events/enable
		rmdir $BUFFER
	}
	cleanup
	plain N
}

[ -d /sys/module/magslab ] || load magslab
[ -d $EVENTS ] || skip_all "needs tracefs in $TRACEFS"
begin 15 magslab_hold magslab_trace
trap trace_cleanup EXIT
rm -f $ALL $ASKED
plain Y
# One CPU and its node have all that is freed, for whoever allocates next.
taskset -p 1 $$ >/dev/null || ktap_exit_fail_msg "cannot stay on one CPU"
{
	mkdir $BUFFER && echo 8192 >$BUFFER/buffer_size_kb &&
		echo 1 >$BUFFER/events/magslab/enable
} || ktap_exit_fail_msg "tracing cannot be switched on"
run "a cache that is created tells what it is" creation
run "magazines exchanged with the depot" depot
run "slabs made are slabs given back" slabs
run "refills are as many as counted" refills
run "refusals to grow have their reason" refusals
run "the size of magazines" size_of_magazines
run "the reaper" reaping
run "memory reclaim" reclaiming
run "the reserve" reserve
run "what is wrong is told" bad_frees messages
run "no event shows an address" no_addresses
run "a cache that is destroyed" destruction messages
run "fields are those of the format files" all_fields
run "each event is asked for and fired" all_events
run "the module goes with its events enabled" reloads
ktap_finished
