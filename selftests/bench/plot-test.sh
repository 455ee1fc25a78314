#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# plot-test.sh CLIENT: what plot draws, and what it refuses. Needs no device.
# shellcheck source=native.sh
. "$(dirname "$0")/native.sh"

make_documents() {
	document run '"results":[
		{"workload":"pair","backend":"one","size":64,"unit":"ns","per_op":{"median":5.5}},
		{"workload":"pair","backend":"two","size":64,"unit":"ns","per_op":{"median":50}},
		{"workload":"pair","backend":"two","size":256,"unit":"ns","per_op":{"median":70}}]'
	document sweep '"kind":"sweep","axis":"count","unit":"ns","values":[16,64,256],
		"rows":[{"workload":"burst","backends":[
		{"backend":"flat","costs":[10,10,10]},{"backend":"list","costs":[10,null,160]}]}]'
	document duel '"kind":"duel","level":98,"duels":[{"rows":[{"workload":"pair",
		"backends":[{"backend":"one","verdict":"reference"},
		{"backend":"two","verdict":"slower","log_ratio":{"estimate":0.03,"low":0.02,"high":0.04}},
		{"backend":"empty","verdict":"floor"}]}]}]'
	document tail '"results":[],"latencies":[
		{"workload":"pair","backend":"one","size":64,"unit":"ns","call":"alloc","path":"all",
		"samples":1000,"p50":20,"p90":20,"p99":30,"p99_9":30,"p99_99":9000,"max":9000,
		"switched":1,"buckets":[[20,20,900],[30,30,99],[8960,9023,1]]},
		{"workload":"pair","backend":"two","size":64,"unit":"ns","call":"alloc","path":"slab",
		"buckets":[]},
		{"workload":"pair","backend":"clock","size":64,"unit":"ns","call":"nothing","path":"all",
		"buckets":[]},
		{"workload":"pair","backend":"two","size":64,"unit":"ns","call":"free","path":"all",
		"buckets":[[0,0,5]]}]'
	document memory '"results":[],"timelines":[
		{"workload":"steady","backend":"one","size":64,"moments":[
		{"ns":0,"live":0,"held":0},{"ns":1000000000,"live":1048576,"held":2097152},
		{"ns":2000000000,"live":0,"held":2097152},{"ns":12000000000,"live":0,"held":0}]},
		{"workload":"steady","backend":"two","size":64,"moments":[
		{"ns":0,"live":0},{"ns":1000000000,"live":1048576}]}]'
	# Neither a quote nor a newline gets a name out of a script's string.
	document evil '"kind":"sweep","axis":"count","unit":"ns","values":[1,2],
		"rows":[{"workload":"x'"'"'\n!touch '"$work"'/owned\n","backends":[
		{"backend":"y'"'"', system('"'"'touch '"$work"'/owned'"'"')","costs":[1,2]}]}]'
}

# draws NAME WORD...: as text, with each word in it.
draws() {
	"$client" plot "$work/$1.json" >"$work/text" || return 1
	shift
	for word; do
		grep -q -e "$word" "$work/text" || return 1
	done
}

# A curve is a path with a point for each value that was measured.
draws_svg() {
	"$client" plot -o "$work/out.svg" "$work/sweep.json" &&
		grep -q '^<svg' "$work/out.svg" && grep -q '</svg>' "$work/out.svg" &&
		grep -q '>flat<' "$work/out.svg" && grep -q '>list<' "$work/out.svg"
}

# A chart for each kind of call, of all paths together, and none of the clock.
draws_tails() {
	draws tail "bytes: alloc" "bytes: free" one two &&
		[ "$(grep -c 'bytes:' "$work/text")" -eq 2 ] &&
		! grep -q -e clock -e nothing "$work/text"
}

draws_memory() {
	draws memory one two live held seconds MiB
}

# A chart for each size of object.
draws_each() {
	"$client" plot -o "$work/size.svg" "$work/run.json" &&
		grep -q 'of 64 bytes' "$work/size.svg" &&
		grep -q 'of 256 bytes' "$work/size-2.svg" &&
		[ ! -e "$work/size-3.svg" ]
}

names_are_text() {
	draws evil '!touch' && [ ! -e "$work/owned" ]
}

# refuses_text WORD TEXT: of a file.
refuses_text() {
	printf '%s' "$2" >"$work/bad.json"
	refuses "$1" plot "$work/bad.json"
}

bad_arguments() {
	refuses "1 file" plot && refuses /none plot "$work/none" &&
		refuses "$work" plot "$work" &&
		refuses frobnicate plot "$work/run.json" frobnicate &&
		refuses --output plot -o "$work/x.png" "$work/run.json" &&
		refuses --output plot -o "" "$work/run.json"
}

# refuses_buckets BUCKETS: of the only latency of a file.
refuses_buckets() {
	refuses_text "buckets" '{"schema":1,"fingerprint":{},"results":[],"latencies":[
		{"workload":"a","backend":"b","size":1,"unit":"ns","call":"free","path":"all",
		"buckets":'"$1"'}]}'
}

bad_files() {
	refuses_text "byte 0" "" && refuses_text "byte 0" "PK" &&
		refuses_text "not a result" "[]" &&
		refuses_text "schema" "{}" &&
		refuses_text "schema" '{"schema":2}' &&
		refuses_text "schema" '{"schema":"1"}' &&
		refuses_text "fingerprint" '{"schema":1}' &&
		refuses_text "kind" '{"schema":1,"kind":"sonata"}' &&
		refuses_text "results" '{"schema":1,"fingerprint":{}}' &&
		refuses_text "nothing to draw" '{"schema":1,"fingerprint":{},"results":[]}' &&
		refuses_text "size" '{"schema":1,"fingerprint":{},"results":[7]}' &&
		refuses_text "latencies" '{"schema":1,"fingerprint":{},"results":[],"latencies":7}' &&
		refuses_text "timelines" '{"schema":1,"fingerprint":{},"results":[],"timelines":7}' &&
		refuses_text "moments" '{"schema":1,"fingerprint":{},"results":[],"timelines":[7]}' &&
		refuses_text "path" '{"schema":1,"fingerprint":{},"results":[],"latencies":[7]}' &&
		refuses_buckets '[]' && refuses_buckets '[7]' &&
		refuses_buckets '[[1,2]]' && refuses_buckets '[[1,2,-3]]'
}

# Wherever a file is cut off, it is no result any more.
cut_files() {
	for file in run sweep duel tail memory; do
		size=$(wc -c <"$work/$file.json")
		at=0
		while [ $((at += 7)) -lt $((size - 3)) ]; do
			head -c "$at" "$work/$file.json" >"$work/cut.json"
			refuses "cut.json" plot "$work/cut.json" || return 1
		done
	done
}

make_documents
begin 11
run "bars of a run" draws run pair one two "64 bytes" "256 bytes"
run "curves of a sweep" draws sweep burst flat list count
run "intervals of a duel, without the floor" draws duel pair two "98 %"
run "tails of calls" draws_tails
run "memory over time" draws_memory
run "SVG" draws_svg
run "a chart for each size" draws_each
run "names are text and nothing else" names_are_text
run "bad arguments are named" bad_arguments
run "bad files are named" bad_files
run "files that were cut off" cut_files
finished
