#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What debugfs tells programs: that it can be parsed whatever happens meanwhile,
# that it is what the other files say, and that its form changes with its number.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

JSON=$DEBUGFS/stats.json
HOLD=$DEBUGFS/caches/hold
FLAT=/tmp/json-flat

# Caches there are besides, when there are many.
CACHES=${MAGSLAB_STATS_CACHES:-300}

# flatten FILE: as "place<tab>value" lines, if it is JSON.
flatten() {
	"$here/flatten" <"$1" >$FLAT || {
		note "$1 is not JSON"
		return 1
	}
}

# value PLACE: out of what was flattened.
value() {
	awk -F '\t' -v place="$1" '$1 == place { print $2 }' $FLAT
}

# names: of the caches in what was flattened, as they were written.
names() {
	sed -n 's/^caches\[[0-9]*\]\.name\t"\(.*\)"$/\1/p' $FLAT
}

file_modes() {
	for file in "$JSON" "$DEBUGFS/stats" "$HOLD/nodes"; do
		expect "mode of $file" "$(stat -c %a "$file")" = 400 || return 1
		if (echo 1 >"$file") 2>/dev/null; then
			note "$file could be written"
			return 1
		fi
	done
}

# All places there are, and what kind of value is there.
schema() {
	awk -F '\t' '{
		gsub(/\[[0-9]+\]/, "[]", $1)
		kind = $2 ~ /^"/ ? "string" : $2 ~ /^[tf]/ ? "boolean" : "number"
		print $1, kind
	}' $FLAT | sort -u
}

same_schema() {
	flatten "$JSON" || return 1
	golden=$here/stats-schema-$(value schema).txt
	[ -e "$golden" ] || {
		note "there is no $golden"
		return 1
	}
	schema >/tmp/json-schema
	sort -u "$golden" | diff - /tmp/json-schema >/tmp/json-diff && return
	note "schema $(value schema) is another one, so it needs another number:"
	sed 's/^/# /' /tmp/json-diff
	return 1
}

machine() {
	flatten "$JSON" &&
		expect "kernel" "$(value kernel)" = "\"$(uname -r)\"" &&
		expect "magslab" "$(value magslab)" = \
			"\"$(cat /sys/module/magslab/version)\"" &&
		expect "cpus" "$(value cpus)" -ge "$(nproc)" &&
		expect "nodes" "$(value nodes)" -eq \
			"$(find /sys/devices/system/node/ -name 'node[0-9]*' \
				-maxdepth 1 | wc -l)" || return 1
	before=$(value time_ns)
	flatten "$JSON" && expect "time_ns" "$(value time_ns)" -gt "$before"
}

# switch_counting 0|1 false|true: what is written, and what is told.
switch_counting() {
	echo "$1" >"$DEBUGFS/counting" && flatten "$JSON" &&
		expect "counting" "$(value counting)" = "$2"
}

counting() {
	switch_counting 0 false
	status=$?
	switch_counting 1 true && return $status
}

# "NAME.FIGURE value" lines, of both.
told_by_files() {
	for cache in $(caches_all); do
		sed "s|^|$cache.|; s|: | |" "$DEBUGFS/caches/$cache/stats"
	done
}

told_by_json() {
	awk -F '\t' '
		/^caches\[[0-9]+\]\.name/ { gsub(/"/, "", $2); name = $2 }
		/^caches\[[0-9]+\]\.(is|has|did)\./ {
			sub(/.*\./, "", $1)
			print name "." $1, $2
		}' $FLAT
}

caches_all() {
	ls "$DEBUGFS/caches"
}

agree() {
	told_by_files | sort >/tmp/json-files
	told_by_json | sort >/tmp/json-json
	diff /tmp/json-files /tmp/json-json >/tmp/json-diff && return
	note "stats.json does not say what the other files do:"
	head -n 20 /tmp/json-diff | sed 's/^/# /'
	return 1
}

agrees_at_rest() {
	for nr in 0 1 1000 3000; do
		set_param magslab_hold objects $nr
		flatten "$JSON" && agree || return 1
	done
	expect "lines compared" "$(wc -l </tmp/json-json)" -gt 1000
}

# sums ARRAY PART: what the ARRAY of each cache has under a name that PART has
# too is in sum what PART has. Prints how many sums were right.
sums() {
	awk -F '\t' -v array="$1" -v part="$2" '
		{ split($1, step, ".") }
		step[2] == part { whole[step[1] "." step[3]] = $2 }
		index(step[2], array "[") == 1 { sum[step[1] "." step[3]] += $2 }
		END {
			for (name in sum)
				if (name in whole && sum[name] == whole[name])
					right++
				else if (name in whole)
					print "# " name, sum[name], whole[name]
			print right + 0
		}' $FLAT
}

# 23 counters of CPUs, 9 figures of nodes and 9 counters of theirs.
parts_add_up() {
	set_param magslab_hold objects 2000 && flatten "$JSON" || return 1
	nr=$(caches_all | wc -l)
	expect "sums over CPUs" "$(sums cpus did)" = $((23 * nr)) &&
		expect "figures of nodes" "$(sums nodes has)" = $((9 * nr)) &&
		expect "counters of nodes" "$(sums nodes did)" = $((9 * nr))
}

# totals: those of the caches in the same document. What was found wrong is of
# all caches there ever were.
totals() {
	awk -F '\t' '
		$1 == "totals.caches" { caches = $2 }
		/\.name\t/ { names++ }
		$1 ~ /\.corruption/ { next }
		/^caches\[[0-9]+\]\.(has|did)\./ {
			sub(/^caches\[[0-9]+\]\./, "", $1); sum[$1] += $2
		}
		/^totals\.(has|did)\./ { sub(/totals\./, "", $1); total[$1] = $2 }
		END {
			bad = caches != names
			for (name in total) {
				checked++
				if (total[name] == sum[name] + 0)
					continue
				print "# " name, total[name], sum[name]
				bad = 1
			}
			exit bad || checked < 40
		}' $FLAT
}

totals_add_up() {
	set_param magslab_hold objects 1500 && flatten "$JSON" && totals || return 1
	cp $FLAT /tmp/json-first
	sed 's/: /\t/' "$DEBUGFS/stats" | sort >/tmp/json-files
	sed -nE 's/^totals\.((has|did)\.)?//p' $FLAT | sort |
		diff /tmp/json-files - >/tmp/json-diff && return
	note "magslab/stats and the totals differ:"
	sed 's/^/# /' /tmp/json-diff
	return 1
}

# table_agrees FILE ARRAY: the columns have the names and values of the members.
table_agrees() {
	awk 'NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i }
		NR > 1 {
			for (i = 1; i <= NF; i++)
				print NR - 2 "." name[i], $i
		}' "$HOLD/$1" | sort >/tmp/json-files
	awk -F '\t' -v array="$2" '
		/^caches\[[0-9]+\]\.name/ { ours = $2 == "\"hold\"" }
		ours && index($1, "." array "[") {
			sub(/.*\[/, "", $1); sub(/\]/, "", $1)
			sub(/true/, 1, $2); sub(/false/, 0, $2)
			print $1, $2
		}' $FLAT | sort | diff /tmp/json-files - >/tmp/json-diff &&
		[ -s /tmp/json-files ] && return
	note "$1 and $2 of stats.json differ:"
	sed 's/^/# /' /tmp/json-diff
	return 1
}

tables_agree() {
	set_param magslab_hold objects 700 && flatten "$JSON" &&
		table_agrees cpus cpus && table_agrees nodes nodes
}

# The time is another one in each.
timeless() {
	sed 's/"time_ns":[0-9]*/"time_ns":0/' "$1"
}

odd_reads() {
	timeless "$JSON" >/tmp/json-whole
	for size in 1 7 4095 4097 1000000; do
		dd if="$JSON" bs=$size 2>/dev/null >/tmp/json-pieces
		timeless /tmp/json-pieces | cmp -s - /tmp/json-whole || {
			note "it is another one by $size bytes"
			return 1
		}
	done
	# From somewhere in it the rest is the same.
	for skip in 500 5000 50000; do
		dd if="$JSON" bs=$skip skip=1 2>/dev/null |
			tail -c 2000 >/tmp/json-pieces
		tail -c 2000 /tmp/json-whole | cmp -s - /tmp/json-pieces || {
			note "from byte $skip it has another end"
			return 1
		}
	done
	expect "bytes past the end" \
		"$(dd if="$JSON" bs=16M skip=1 2>/dev/null | wc -c)" -eq 0
}

# With two quotes, as one would make insmod take the rest for a string.
name_is_escaped() {
	odd='odd"name"\with{all}[of],it:'
	unload magslab_hold && load magslab_hold "name=$odd" &&
		expect "name" "$(caches)" = "$odd" && flatten "$JSON" &&
		names | grep -qxF 'odd\"name\"\\with{all}[of],it:'
	status=$?
	unload magslab_hold
	load magslab_hold && return $status
}

# A document under way when its caches come and go: each that was there all the
# time is in it, and nothing is twice.
whole() {
	flatten "$1" && totals || return 1
	expect "names that come twice" "$(names | sort | uniq -d)" = "" &&
		expect "caches that stay" "$(names | grep -vc '^storm-')" -eq "$stay"
}

# read_documents BYTES: several, each piece asked for by itself.
read_documents() {
	FLAT=/tmp/json-flat-$1 status=0
	for _ in 1 2 3 4 5 6; do
		dd if="$JSON" bs="$1" >/tmp/json-document-"$1" 2>/dev/null
		whole /tmp/json-document-"$1" || status=1
	done
	echo $status >/tmp/json-status-"$1"
}

# Caches come and go as long as somebody reads.
weather() {
	while [ ! -e /tmp/json-status-300 ] ||
		[ ! -e /tmp/json-status-65536 ]; do
		set_param magslab_hold storm 100 || return 1
	done
}

storm() {
	rm -f /tmp/json-status-*
	flatten "$JSON"
	stay=$(names | wc -l)
	read_documents 300 &
	read_documents 65536 &
	weather
	status=$?
	wait
	expect "status of the storm" $status -eq 0 &&
		expect "status of a reader" "$(cat /tmp/json-status-300)" -eq 0 &&
		expect "status of another" "$(cat /tmp/json-status-65536)" -eq 0
}

# An open document has come to some of them, when the caches of a module go.
goes_while_open() {
	load magslab_many caches=50 slabs=0 || return 1
	bytes=$(awk '/"many-30"/ { exit } { n += length($0) + 1 }
		END { print n }' "$JSON")
	exec 9<"$JSON"
	dd bs=1000 count=$((bytes / 1000)) <&9 >/tmp/json-document 2>/dev/null
	unload magslab_many
	cat <&9 >>/tmp/json-document
	exec 9<&-
	flatten /tmp/json-document && totals &&
		expect "caches before" "$(names | grep -cx 'many-0')" -eq 1 &&
		expect "caches after" "$(names | grep -cx 'many-4.')" -eq 0
}

many() {
	load magslab_many "caches=$CACHES" slabs=0 || return 1
	flatten "$JSON" && totals &&
		expect "caches" "$(names | grep -c '^many-[0-9]*$')" -eq "$CACHES"
	status=$?
	unload magslab_many && return $status
}

begin 13 magslab_hold magslab_many
load magslab_hold || ktap_exit_fail_msg "magslab_hold.ko does not load"
run "modes are 0400, and writing is refused" file_modes
run "the schema is the one that its number says" same_schema
run "it tells of the machine" machine
run "it tells whether all is counted" counting
run "it agrees with the other files at rest" agrees_at_rest
run "it agrees with the tables of CPUs and nodes" tables_agree
run "CPUs and nodes add up" parts_add_up
run "caches add up to the totals" totals_add_up
run "it can be read in odd pieces" odd_reads
run "an odd name is escaped" name_is_escaped
run "it is whole when caches come and go" storm
run "it is whole when those go that it has come to" goes_while_open
run "it is whole with $CACHES caches more" many
rm -f /tmp/json-*
ktap_finished
