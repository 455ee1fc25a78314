#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# report-test.sh CLIENT: what report makes of results, and what it refuses.
# shellcheck source=native.sh
. "$(dirname "$0")/native.sh"

PAGE=$work/page.html

# What a back-end must not get into a page; its name is from somebody's module.
EVIL='<b>&\"'

make_documents() {
	document run '"command":["magslab-bench","run","-w","it'"'"'s & <b>"],"results":[
		{"workload":"pair","backend":"one","size":64,"unit":"ns","blocks":10,"dropped":3,
		"per_op":{"min":5,"median":5.5,"p99":7}},
		{"workload":"pair","backend":"'"$EVIL"'","size":64,"unit":"ns","held_peak":10240,
		"per_op":{"median":50},"locks":3,"calls":7},
		{"workload":"pair","backend":"one","size":256,"unit":"ns","per_op":{"median":70.25}}],
		"skipped":[{"workload":"bulk","backend":"pages","size":64,"reason":"it has no such calls"}]'
	document sweep '"kind":"sweep","command":["magslab-bench","sweep","--over","count=16..256"],
		"axis":"count","unit":"ns","values":[16,64,256],"partial":true,
		"rows":[{"workload":"burst","backends":[
		{"backend":"flat","costs":[10,10,10],"growth":{"exponent":0.002}},
		{"backend":"'"$EVIL"'","costs":[10,null,160],"growth":{}}]}]'
	document duel '"kind":"duel","level":98,"duels":[{"unit":"ns","conditions":["fewer than 20 rounds"],
		"rows":[{"workload":"pair","backends":[{"backend":"base","verdict":"reference","median":9.125},
		{"backend":"'"$EVIL"'","verdict":"slower","median":9.5,"difference":{"estimate":0.375},
		"log_ratio":{"estimate":0.03,"low":0.02,"high":0.04}},
		{"backend":"empty","verdict":"floor"}]}]}]'
	for clock in insn emulated lost; do
		cp "$work/sweep.json" "$work/$clock.json"
	done
	sed -i 's/"clock":"wall"/"clock":"insn","kasan":true,"init_on_alloc":true/' \
		"$work/insn.json"
	sed -i 's/"clock":"wall"/&,"cpu":"QEMU TCG CPU version 2.5+","kernel":"6.12 <\&>"/' \
		"$work/emulated.json"
	# A control character, a byte that is no UTF-8, and some that are.
	printf '{"schema":1,"fingerprint":{"clock":"wall","cpu":"a\\u0007b\377c\303\251"},
		"results":[{"workload":"pair","backend":"one","size":64,"unit":"ns",
		"per_op":{"median":5}}]}' >"$work/lost.json"
}

# page FILE...: of these documents, which has to be XML.
page() {
	rm -f "$PAGE"
	for file; do
		shift
		set -- "$@" "$work/$file.json"
	done
	"$client" report -o "$PAGE" "$@" && xmllint --nonet --noout "$PAGE"
}

# shows STRING...: in the page as it is.
shows() {
	for string; do
		grep -q -F -e "$string" "$PAGE" && continue
		echo "# no '$string'"
		return 1
	done
}

# counts NUMBER STRING
counts() {
	[ "$(grep -o -F -e "$2" "$PAGE" | wc -l)" -eq "$1" ] && return
	echo "# not $1 times '$2'"
	return 1
}

# A chart and a table of each size, and all results; a list of memory and of locks.
of_runs() {
	page run && counts 2 '<svg ' && counts 6 '<table>' &&
		shows '<caption>ns per operation, median of block means' \
			'<td class="figure">5.5</td>' '<td class="figure">70.2</td>' \
			'<caption>Memory' '<td class="figure">10.0</td>' '<caption>Locks' \
			'aria-label="Bars: Objects of 64 bytes; ns per operation; one' \
			'<th scope="row">pair</th>' 'viewBox="0 0 900 420" role="img"'
}

of_sweeps() {
	page sweep && counts 1 '<svg ' && counts 3 '<table>' &&
		shows '<th scope="row">256</th>' '<td class="figure">160.0</td>' \
			'<td class="figure">+0.002</td>' 'cut short'
}

of_duels() {
	page duel && counts 1 '<svg ' && counts 2 '<table>' &&
		shows '<td class="figure">+3.05 %</td>' '<td class="figure">+0.375</td>' \
			'<td class="figure">9.125</td>' '<td>slower</td>' \
			'98 % interval' 'fewer than 20 rounds'
}

# One fingerprint for all, as they are of one machine.
of_all() {
	page run sweep duel && counts 4 '<svg ' && counts 9 '<table>' &&
		counts 1 '<caption>Fingerprint' && counts 3 '<section' &&
		shows 'href="#file-3"' 'id="file-3"' &&
		page run insn && counts 2 '<caption>Fingerprint'
}

# As a title, in a table and in a drawing; xmllint has seen that tags fit.
names_are_text() {
	page run sweep duel && ! grep -q -e '<b>' "$PAGE" &&
		shows '<th scope="col" class="figure">&lt;b&gt;&amp;&quot;</th>' \
			'<td>&lt;b&gt;&amp;&quot;</td>' \
			'<th scope="row">&lt;b&gt;&amp;&quot;</th>' \
			'<text>&lt;b>&amp;"</text>' &&
		page emulated && shows '6.12 &lt;&amp;&gt;' &&
		page lost && shows '<td>a&#xfffd;b&#xfffd;cé</td>'
}

# Parts of a drawing are found by name, and all drawings are on one page.
parts_are_named_once() {
	page run sweep duel &&
		[ -z "$(grep -oE "<[^>]* id=['\"][^'\"]*" "$PAGE" |
			sed "s/.* id=['\"]//" | sort | uniq -d)" ] &&
		grep -oE "href=['\"]#[^'\"]*" "$PAGE" | sed 's/.*#//' | sort -u |
		while read -r part; do
			grep -qE "id=['\"]${part}['\"]" "$PAGE" || exit 1
		done
}

commands() {
	page run duel && counts 1 'The command is not known' &&
		shows '<code>magslab-bench run -w &#39;it&#39;\&#39;&#39;s &amp; &lt;b&gt;&#39;</code>' &&
		shows " report -o "
}

conditions() {
	page run && shows 'pair, one: 3 of 13 blocks' \
		'bulk, pages: not measured: it has no such calls' &&
		page insn && shows 'debugging kernel' 'init_on_alloc, kasan'
}

clocks() {
	page sweep && shows 'The clock tells time' &&
		page insn && shows 'counts instructions' &&
		page emulated && shows "nanoseconds do not"
}

# Names of name spaces are no addresses.
loads_nothing() {
	page run sweep duel && shows "content=\"default-src 'none'; style-src" &&
		! sed 's/xmlns\(:xlink\)\?="[^"]*"//g' "$PAGE" |
		grep -iE '<script|<link|<img|<iframe|@import|src=|://|url\('
}

# refuses_text WORD TEXT: of a file. The page there was stays, and nothing beside it.
refuses_text() {
	mkdir -p "$work/there"
	echo old >"$work/there/page.html"
	printf '%s' "$2" >"$work/bad.json"
	refuses "$1" report -o "$work/there/page.html" "$work/run.json" \
		"$work/bad.json" &&
		[ "$(cat "$work/there/page.html")" = old ] &&
		[ "$(ls "$work/there")" = page.html ]
}

bad_arguments() {
	refuses "1 file or more" report -o "$PAGE" &&
		refuses --output report "$work/run.json" &&
		refuses --output report -o "" "$work/run.json" &&
		refuses --output report -o .html "$work/run.json" &&
		refuses "x.htm'" report -o "$work/x.htm" "$work/run.json" &&
		refuses /none report -o "$work/x.html" "$work/none" &&
		refuses "none/x.html" report -o "$work/none/x.html" "$work/run.json" &&
		refuses json report --json x -o "$work/x.html" "$work/run.json" &&
		mkdir -p "$work/folder.html" &&
		refuses folder.html report -o "$work/folder.html" "$work/run.json" &&
		[ ! -e "$work/x.html" ]
}

too_many() {
	set --
	while [ $# -lt 65 ]; do
		set -- "$@" "$work/run.json"
	done
	refuses "too many" report -o "$work/x.html" "$@"
}

bad_files() {
	refuses_text "byte 0" "" && refuses_text "byte 0" "PK" &&
		refuses_text "bad.json: not a result" "[]" &&
		refuses_text "schema" '{"schema":2}' &&
		refuses_text "kind" '{"schema":1,"kind":"sonata"}' &&
		refuses_text "clock" '{"schema":1,"fingerprint":{},"results":[]}' &&
		refuses_text "nothing to draw" \
			'{"schema":1,"fingerprint":{"clock":"wall"},"results":[]}' &&
		refuses_text "command" '{"schema":1,"fingerprint":{"clock":"wall"},"command":[7],
			"results":[{"workload":"a","backend":"b","size":1,"unit":"ns","per_op":{"median":1}}]}'
}

# Wherever a file is cut off: told by its name, and the byte.
cut_files() {
	size=$(wc -c <"$work/duel.json")
	at=0
	while [ $((at += 37)) -lt $((size - 3)) ]; do
		refuses_text "bad.json: not JSON, at byte" \
			"$(head -c "$at" "$work/duel.json")" || return 1
	done
}

make_documents
begin 14
run "a run: bars and tables" of_runs
run "a sweep: curves, values and growth" of_sweeps
run "a duel: intervals and verdicts" of_duels
run "several files on one page" of_all
run "names are text and nothing else" names_are_text
run "parts of drawings have names of their own" parts_are_named_once
run "commands, as a shell takes them" commands
run "conditions" conditions
run "what the clock means" clocks
run "nothing is loaded" loads_nothing
run "bad arguments are named" bad_arguments
run "too many files" too_many
run "bad files are named, and the old page stays" bad_files
run "files that were cut off" cut_files
finished
