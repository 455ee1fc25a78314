#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What magslab-top prints for scripts: from samples in files, whose figures are
# known, and from the module. The live view has a test of its own, screen.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

FIRST=$here/top-first.json
SECOND=$here/top-second.json
OUT=/tmp/top.out
ERR=/tmp/top.err

# top ARGUMENT...: its status; what it printed is in OUT and ERR.
top() {
	magslab-top "$@" >$OUT 2>$ERR </dev/null
}

# both ARGUMENT...: from two samples, which are 2 seconds apart.
both() {
	top "$@" --from "$FIRST" --from "$SECOND"
}

# column_of NAME TITLE: out of the table in OUT.
column_of() {
	NAME=$1 awk -v title="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 1 && $NF == ENVIRON["NAME"] { print $at[title] }' $OUT
}

# is NAME TITLE VALUE...
is() {
	name=$1
	shift
	while [ $# -gt 0 ]; do
		expect "$1 of $name" "$(column_of "$name" "$1")" = "$2" || return 1
		shift 2
	done
}

# refuses CODE WORDS ARGUMENT...: with a message that has the words in it.
refuses() {
	code=$1
	words=$2
	shift 2
	top "$@"
	expect "status of magslab-top $*" $? -eq "$code" || return 1
	grep -qF -- "$words" $ERR && [ ! -s $OUT ] && return
	note "magslab-top $*: no '$words' on stderr, or something on stdout:"
	sed 's/^/# /' $ERR
	return 1
}

once_figures() {
	both --once &&
		is hold LIVE 1200 OBJS 1600 USE 75% SIZE 256 SLABS 100 KIB 400 \
			HIT 94% ALLOC/S 1000 FREE/S 800 MISS/S 100 &&
		is born LIVE 64 ALLOC/S - FREE/S - MISS/S - &&
		is 'quo"ted\name' LIVE 0 USE 0% HIT - ALLOC/S 0 &&
		expect "lines" "$(wc -l <$OUT)" -eq 5 &&
		expect "lines about a cache that is gone" "$(grep -c gone $OUT)" -eq 0
}

once_without_rates() {
	top --once --delay 0 --from "$SECOND" &&
		is hold LIVE 1200 ALLOC/S - FREE/S - MISS/S -
}

# Its counters began anew, so nothing is known of what it did in between.
made_anew() {
	sed 's/"time_ns":1000000000/"time_ns":9000000000/' "$FIRST" >/tmp/sample
	top --once --from "$SECOND" --from /tmp/sample &&
		is hold LIVE 800 ALLOC/S - FREE/S - MISS/S - &&
		is 'quo"ted\name' ALLOC/S 0
}

# order KEY NAME...: the caches in the order of a key, by their first letters.
order() {
	key=$1
	shift
	both --once --sort "$key" &&
		expect "order by $key" "$(awk 'NR > 1 { printf "%s ", substr($NF, 1, 4) }' \
			$OUT)" = "$* "
}

# What is not known comes last; names decide between equals.
sorting() {
	order live larg hold born quo\" &&
		order objects larg hold born quo\" &&
		order use hold larg born quo\" &&
		order size larg hold quo\" born &&
		order slabs larg hold born quo\" &&
		order kib larg hold born quo\" &&
		order hit larg born hold quo\" &&
		order allocs larg hold quo\" born &&
		order frees larg hold quo\" born &&
		order misses hold larg quo\" born &&
		order name born hold larg quo\"
}

lines() {
	both --once --lines 2 && expect "lines" "$(wc -l <$OUT)" -eq 3 &&
		both --json --lines 1 &&
		expect "caches" "$(grep -c '"name":' $OUT)" -eq 1 &&
		grep -q '"caches":4' $OUT
}

no_caches() {
	top --once --from "$here/top-empty.json" &&
		expect "lines" "$(wc -l <$OUT)" -eq 1 &&
		top --json --from "$here/top-empty.json" &&
		grep -q '"caches":\[' $OUT
}

cpus() {
	both --once --cpus hold && expect "lines" "$(wc -l <$OUT)" -eq 3 &&
		expect "CPU 0" "$(awk 'NR == 2' $OUT | tr -s ' ')" = \
			" 0 yes 0 0 3000 1800 94% 1000 800 100" &&
		expect "CPU 1" "$(awk 'NR == 3' $OUT | tr -s ' ')" = \
			" 1 no 0 0 0 0 - 0 0 0" &&
		both --json --cpus hold && grep -q '"cache":"hold"' $OUT &&
		expect "rates of CPUs" "$(sed -n '/"cpus"/,$p' $OUT |
			grep -c '"allocs_per_second":1000.000')" -eq 1
}

nodes() {
	both --once --nodes hold &&
		expect "titles" "$(awk 'NR == 1' $OUT | tr -s ' ')" = \
			"FIGURE NODE-0 NODE-1" &&
		expect "slabs_partial" \
			"$(grep '^slabs_partial ' $OUT | tr -s ' ')" = \
			"slabs_partial 60 0" &&
		both --json --nodes hold &&
		expect "nodes" "$(sed -n '/"nodes"/,$p' $OUT |
			grep -c '"node":')" -eq 2
}

# member NAME: values of a member of the document in OUT.
member() {
	sed -n "s/^ *\"$1\":\(.*[^,]\),\{0,1\}$/\1/p" $OUT | tr '\n' ' '
}

document() {
	both --json --sort name &&
		expect "schema" "$(member schema)" = "1 " &&
		expect "names" "$(member name | cut -c1-14)" = '"born" "hold" ' &&
		grep -qF '"name":"quo\"ted\\name"' $OUT &&
		expect "seconds" "$(member seconds)" = "2.000 " &&
		expect "use_percent" "$(member use_percent)" = \
			"50.000 75.000 75.000 0.000 " &&
		expect "rates" "$(member misses_per_second)" = \
			"100.000 null 100.000 0.000 0.000 "
}

# A document about the kernel's caches has the sizes of ours, and no other.
slub() {
	both --once --slub &&
		expect "our caches" "$(grep -c ' magslab ' $OUT)" -eq 4 &&
		expect "theirs of 64 bytes" "$(awk '$2 == "SLUB" && $1 == 64' $OUT |
			wc -l)" -ge 1 &&
		expect "sizes that we do not have" "$(awk '$2 == "SLUB"' $OUT |
			awk '$1 != 64 && $1 != 256 && $1 != 4096' |
			wc -l)" -eq 0 || return 1
	awk '$2 == "SLUB" && ($3 > $5 || $4 != "-" && $4 > $3) {
			print "# impossible: " $0
			bad = 1
		}
		END { exit bad }' $OUT || return 1
	grep -q 'ACTIVE counts all objects' $OUT &&
		both --json --slub && grep -q '"slub":\[' $OUT
}

heatmap() {
	top --heatmap hold --from "$here/top-heatmap.txt" &&
		expect "node 0" "$(awk '$1 == 0 { print $3 }' $OUT)" = "#905." &&
		expect "node 1" "$(awk '$1 == 1 { print $2, $3 }' $OUT)" = "5 Q#" &&
		grep -q '^7 slabs, 60 of 112 objects' $OUT || return 1

	# A thousand slabs, of which only some lines are wanted.
	awk 'BEGIN { for (i = 0; i < 1000; i++) print i, 0, "partial", 1, 2 }' \
		>/tmp/map
	top --heatmap hold --from /tmp/map &&
		expect "lines of slabs" "$(grep -c ' 55*$' $OUT)" -eq 16 &&
		top --heatmap hold --from /tmp/map --lines 2 &&
		expect "lines of slabs" "$(grep -c ' 55*$' $OUT)" -eq 2
}

bad_heatmaps() {
	for line in "0 0 full 17 16" "0 0 full 1" "0 0 full 1 2 3" "x 0 full 1 2" \
		"0 0 full 1 0" "0 0 full -1 2"; do
		echo "$line" >/tmp/map
		magslab-top --heatmap hold --from /tmp/map >/dev/null 2>$ERR
		expect "status for '$line'" $? -eq 1 && grep -qF "'$line'" $ERR ||
			return 1
	done
}

bad_arguments() {
	refuses 2 "'x' is not an option" x &&
		refuses 2 "--no-such" --no-such &&
		refuses 2 "'--sort' requires an argument" --sort &&
		refuses 2 "--sort: 'colour'" --sort colour &&
		refuses 2 "--sort: ''" --sort "" &&
		refuses 2 "--lines: 'many'" --lines many &&
		refuses 2 "--lines: 0 is not from 1" --lines 0 &&
		refuses 2 "--lines: '-1'" --lines -1 &&
		refuses 2 "--lines: 99999999999999999999" \
			--lines 99999999999999999999 &&
		refuses 2 "--delay: 'soon'" --delay soon &&
		refuses 2 "--delay: ''" --delay "" &&
		refuses 2 "--delay: '.'" --delay . &&
		refuses 2 "--delay: '1.2.3'" --delay 1.2.3 &&
		refuses 2 "--delay: '-1'" --delay -1 &&
		refuses 2 "--delay: 'nan'" --delay nan &&
		refuses 2 "--delay: 86401 is more" --delay 86401 &&
		refuses 2 "--delay: less than 0.1" --delay 0 &&
		refuses 2 "--from: ''" --from "" &&
		refuses 2 "cannot read '/no/file'" --once --from /no/file &&
		refuses 2 "cannot read '/'" --once --from / &&
		refuses 2 "--cpus: ''" --cpus "" &&
		refuses 2 "--nodes: 'a/b'" --nodes a/b &&
		refuses 2 "--heatmap: '..'" --heatmap .. &&
		refuses 2 "only one of" --cpus a --nodes b &&
		refuses 2 "only one of" --slub --heatmap b &&
		refuses 2 "--once and --json" --once --json &&
		refuses 2 "--json and --heatmap" --json --heatmap hold &&
		refuses 1 "there is no cache 'nil'" --once --cpus nil --from "$FIRST" &&
		refuses 1 "there is no cache 'nil'" --json --nodes nil --from "$FIRST" &&
		refuses 1 "not on a terminal" --from "$FIRST"
}

# altered SED-SCRIPT: a sample in /tmp/sample that is not as it should be.
altered() {
	sed "$1" "$FIRST" >/tmp/sample
}

bad_samples() {
	: >/tmp/sample
	refuses 1 "not a JSON document" --once --from /tmp/sample || return 1
	head -c 1000 "$FIRST" >/tmp/sample
	refuses 1 "not a JSON document" --once --from /tmp/sample || return 1
	altered 's/"schema":1/"schema":2/'
	refuses 1 "is of schema 2" --once --from /tmp/sample || return 1
	altered 's/"live_objects"/"life_objects"/'
	refuses 1 "no int 'live_objects'" --once --from /tmp/sample || return 1
	altered 's/"counting":true/"counting":1/'
	refuses 1 "no boolean 'counting'" --once --from /tmp/sample || return 1
	altered 's/"name":"hold"/"name":7/'
	refuses 1 "no string 'name'" --once --from /tmp/sample || return 1
	echo '[]' >/tmp/sample
	refuses 1 "no int 'schema'" --once --from /tmp/sample || return 1
	# A name cannot command a terminal.
	altered 's/"name":"hold"/"name":"\\u001b[2Jhold"/'
	top --once --delay 0 --from /tmp/sample &&
		expect "escape characters" "$(grep -c "$(printf '\033')" $OUT)" -eq 0 &&
		grep -q ' ?\[2Jhold$' $OUT
}

told() {
	top --help && grep -q '^Usage: magslab-top' $OUT &&
		grep -q 'Exit codes' $OUT && top --version &&
		grep -qE '^magslab-top [0-9.]+$' $OUT
}

# A full disk is not a success.
write_errors() {
	for how in --once --json --help; do
		magslab-top $how --from "$FIRST" --delay 0 >/dev/full 2>/dev/null
		expect "status of $how on a full disk" $? -eq 1 || return 1
	done
}

agrees_with_module() {
	load magslab_hold || return 1
	set_param magslab_hold objects 1234
	top --once --delay 0.2 && is hold LIVE 1234 SIZE "$(stat_of hold object_size)" \
		OBJS "$(stat_of hold capacity_objects)" \
		KIB $(($(stat_of hold pages) * 4)) ALLOC/S 0 FREE/S 0 &&
		top --once --delay 0 --nodes hold &&
		expect "nodes" "$(awk 'NR == 1 { print NF - 1 }' $OUT)" -ge 1 &&
		top --once --delay 0 --cpus hold &&
		expect "allocations of CPUs" \
			"$(awk 'NR > 1 { sum += $5 } END { print sum }' $OUT)" -eq \
			"$(stat_of hold allocs)"
	status=$?
	unload magslab_hold
	return $status
}

goes_away() {
	unload magslab || return 1
	refuses 3 "is magslab loaded?" --once && refuses 3 "is magslab loaded?" --json &&
		refuses 3 "is magslab loaded?" --heatmap hold
	status=$?
	load magslab
	return $status
}

begin 18 magslab_hold
command -v magslab-top >/dev/null || ktap_exit_fail_msg "no magslab-top"
run "figures and rates of a table" once_figures
run "no rates without a delay" once_without_rates
run "no rates of a cache that was made anew" made_anew
run "every sort key" sorting
run "no more lines than asked for" lines
run "a sample without caches" no_caches
run "CPUs of a cache" cpus
run "nodes of a cache" nodes
run "JSON document" document
if [ -r /proc/slabinfo ]; then
	run "SLUB beside us" slub
else
	skip "SLUB beside us" "no /proc/slabinfo"
fi
run "heat map" heatmap
run "a heat map that is none" bad_heatmaps
run "every bad argument is refused, and named" bad_arguments
run "a sample that is none" bad_samples
run "help and version" told
run "what cannot be written is an error" write_errors
if [ -e "$DEBUGFS/stats.json" ]; then
	run "figures agree with the module's" agrees_with_module
else
	skip "figures agree with the module's" "no $DEBUGFS/stats.json"
fi
run "without the module, it says so" goes_away
rm -f /tmp/map /tmp/sample $OUT $ERR
ktap_finished
