# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The report of a real measurement, as a real browser shows it. The browser has no
# network, and says on stderr what a page's console would.

REPORT=$OUT/report.html
SHOWN=$OUT/report-shown.txt
WIDTH=1000

# report_offline: sets OFFLINE, which runs a command without a network.
report_offline() {
	if unshare -n true 2>/dev/null; then
		OFFLINE=(unshare -n)
	else
		OFFLINE=(unshare -rn)
	fi
	"${OFFLINE[@]}" true 2>/dev/null || OFFLINE=()
}

# report_browse LOG URL ARGUMENT...: what it says goes to LOG.
report_browse() {
	timeout -k 5 180 "${OFFLINE[@]}" chromium --headless --no-sandbox \
		--disable-gpu --disable-dev-shm-usage --hide-scrollbars \
		--no-first-run --disable-background-networking \
		--host-resolver-rules="MAP * ~NOTFOUND" --enable-logging=stderr \
		--user-data-dir="$SCRATCH/chromium" "${@:3}" "$2" 2>"$1"
}

# What the guest wrote one after the other, each from a brace to a brace.
report_split() {
	awk -v out="$OUT" 'BEGIN { split("run duel sweep", names, " ") }
		/^{/ { file = out "/report-" names[++nr] ".json"; printf "" >file }
		file { print >file }
		END { exit nr != 3 }' "$OUT/report.data"
}

report_make() {
	rm -f "$REPORT"
	report_split && "$CLIENT" report -o "$REPORT" \
		"$OUT"/report-{run,duel,sweep}.json
}

# report_quiet PAGE: opened, it has nothing to complain about.
report_quiet() {
	report_browse "$OUT/report-browser.log" "file://$1" --dump-dom \
		>"$OUT/report-dom.html" || return 1
	grep -q '</svg>' "$OUT/report-dom.html" &&
		! grep 'CONSOLE' "$OUT/report-browser.log"
}

# A page that does load something is found out, or the case above is worth nothing.
report_catches() {
	sed 's,</body>,<script src="https://magslab.invalid/x.js"></script>&,' \
		"$REPORT" >"$SCRATCH/loads.html"
	! report_quiet "$SCRATCH/loads.html" >/dev/null
}

# report_look PAGE: writes to SHOWN the boxes of what is on it. In the copy that is
# asked, a script may run, and opens what is folded after it has seen the plots.
report_look() {
	local copy=$SCRATCH/asked.html

	sed -e '/Content-Security-Policy/,/>/d' -e '/<\/body>/d' -e '/<\/html>/d' \
		"$1" >"$copy"
	cat >>"$copy" <<-'END'
		<script>
		const lines = [];
		function ask(kind, query) {
			for (const one of document.querySelectorAll(query)) {
				const box = one.getBoundingClientRect();
				const seen = one.checkVisibility({ opacityProperty: true,
					visibilityProperty: true, contentVisibilityAuto: true });
				lines.push(["shown", kind, seen, Math.round(box.left),
					Math.round(box.top), Math.round(box.width),
					Math.round(box.height)].join(" "));
			}
		}
		const whole = document.documentElement;
		lines.push(["shown page", whole.scrollWidth <= window.innerWidth, 0, 0,
			whole.scrollWidth, whole.scrollHeight].join(" "));
		ask("svg", "svg");
		ask("curve", 'g[id*="gnuplot_plot"]');
		for (const one of document.querySelectorAll("details"))
			one.open = true;
		ask("table", "table");
		document.body.append(lines.join("\n"));
		</script>
		</body>
		</html>
	END
	report_browse "$OUT/report-browser.log" "file://$copy" --dump-dom \
		--window-size=$WIDTH,800 | grep '^\(.*>\)\?shown ' |
		sed 's/.*>//' >"$SHOWN"
}

# report_all_seen KIND MARK: as many as the page has, each with a width and height.
report_all_seen() {
	local nr

	nr=$(grep -o "$2" "$REPORT" | wc -l)
	awk -v kind="$1" -v nr="$nr" '$2 != kind { next }
		$3 != "true" || $6 <= 0 || $7 <= 0 { print "not seen: " $0; bad = 1 }
		{ seen++ }
		END { exit bad || !nr || seen != nr }' "$SHOWN"
}

report_fits() {
	grep -q '^shown page true ' "$SHOWN"
}

report_photograph() {
	local height

	height=$(awk '$2 == "page" { print $7 + 200 }' "$SHOWN")
	report_browse "$OUT/report-browser.log" "file://$REPORT" \
		--window-size="$WIDTH,$height" --screenshot="$OUT/report.png"
}

# report_colours LEFT TOP WIDTH HEIGHT: how many there are in that part of the picture.
report_colours() {
	pngtopam "$OUT/report.png" |
		pamcut -left "$1" -top "$2" -width "$3" -height "$4" |
		ppmhist -noheader | wc -l
}

# White, black and the grid's grey are not yet a curve; edges are of many shades.
report_painted() {
	local kind left top width height

	rm -f "$OUT/report.png"
	report_photograph && [[ -s $OUT/report.png ]] || return 1
	while read -r _ kind _ left top width height; do
		[[ $kind == svg ]] || continue
		(($(report_colours "$left" "$top" "$width" "$height") > 20)) ||
			return 1
	done <"$SHOWN"
}

# What it takes to do it again is that which was done.
report_commands() {
	local command

	for command in "run --profile quick" "duel --backend" "sweep --over"; do
		grep -q "<code>magslab-bench $command" "$REPORT" || return 1
	done
	grep -q "<th scope=\"row\">kernel</th><td>$(awk -F'"' \
		'/"kernel":/ { print $4 }' "$OUT/report-run.json")</td>" "$REPORT"
}

report_measure() {
	uml_get
	say BUILD "magslab for UML"
	if ! build_modules uml "$UML" ARCH=um; then
		tally "not ok" "report: build for UML"
		return 1
	fi
	initramfs_pack "$SCRATCH/initramfs"
	say BOOT "UML $SOURCE_VERSION"
	tally_command "report: UML measures" \
		guest_run_uml report "$SCRATCH/initramfs" report
}

report_run() {
	need chromium gnuplot-nox libxml2-utils netpbm util-linux
	report_offline
	report_measure || return 0
	tally_command "report: a page of run, duel and sweep" report_make
	[[ -e $REPORT ]] || return 0
	tally_command "report: well-formed" xmllint --nonet --noout "$REPORT"
	tally_command "report: the commands and the kernel" report_commands
	tally_command "report: opened without a network, nothing to complain about" \
		report_quiet "$REPORT"
	tally_command "report: a page that loads a script is found out" report_catches
	tally_command "report: the browser lays it out" report_look "$REPORT"
	tally_command "report: every plot is seen" report_all_seen svg '<svg '
	tally_command "report: every curve is seen" \
		report_all_seen curve 'id="[^"]*gnuplot_plot'
	tally_command "report: every table is seen" report_all_seen table '<table>'
	tally_command "report: nothing is wider than the page" report_fits
	tally_command "report: every plot is painted" report_painted
}
