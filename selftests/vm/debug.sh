# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The tests on kernels that watch them, with several CPUs and nodes.
# shellcheck disable=SC2034 # the variables are for what this calls

# debug_get NAME: sets TREE, IMAGE and RELEASE. The name is what most of the
# kernel is about: kasan or kcsan.
debug_get() {
	need libelf-dev lz4
	tree_get "debug-$1" "" "$VM/debug.config" "$VM/debug-$1.config"
	IMAGE=$TREE/arch/x86/boot/bzImage
	RELEASE="$1 kernel $SOURCE_VERSION"
}

# debug_ahead NAME: build that kernel meanwhile, of what guests leave of the machine. It is
# in a session of its own, so that all of it can be ended.
debug_ahead() {
	source_get
	say AHEAD "debug-$1 kernel, in the background"
	setsid nice -n 19 "$VM/debug_ahead.sh" "$1" >"$OUT/debug-ahead.log" 2>&1 &
	AHEAD=$!
}

# What is half done by then is done to the end.
debug_wait() {
	[[ -z ${AHEAD:-} ]] || wait "$AHEAD" || true
	AHEAD=
}

debug_not_ahead() {
	[[ -z ${AHEAD:-} ]] || kill -- -"$AHEAD" 2>/dev/null || true
	AHEAD=
}

# Red zones around what lies on the stack make frames larger than the limit. The
# stack is larger too.
debug_build() {
	say BUILD "magslab for $RELEASE"
	build_modules "debug-$1" "$TREE" CONFIG_FRAME_WARN=4096 &&
		build_test_modules "debug-$1" "$TREE" CONFIG_FRAME_WARN=4096
}

# debug_boot NAME "TEST..."
debug_boot() {
	tr ' ' '\n' <<<"$2" >"$SCRATCH/list"
	mv "$SCRATCH/list" "$TESTS/list"
	# Everything takes longer here.
	echo timeout=1200 >"$TESTS/settings"
	kselftest_boot "$1" check "$TESTS"
	kselftest_tally "$1"
}

# Where there is kmemleak. It has a boot of its own, as with one lock for all
# allocations of all CPUs it leaves a twentieth of them to the others.
debug_leaks() {
	! grep -q '^CONFIG_DEBUG_KMEMLEAK=y' "$TREE/.config" ||
		debug_boot "$1-leaks" "kmemleak.sh context.sh"
}

# debug_kernel NAME "TEST...": with CMDLINE. KUnit has a boot of its own: its
# tests plant what a later one would have to live with.
debug_kernel() {
	local CPUS=4 TIMEOUT=2400 GUEST_OPTIONS=("${TWO_NODES[@]}") name=debug-$1
	local CMDLINE=$CMDLINE programs

	need python3
	debug_wait
	debug_get "$1"
	if ! debug_build "$1" ||
		! logged "$OUT/build-kselftest.log" kselftest_build; then
		tally "not ok" "$name: build"
		return
	fi
	programs=${2:-$(cat "$TESTS/list")}
	debug_leaks "$name"
	CMDLINE+=" kmemleak=off"
	kselftest_boot "$name-kunit" kunit
	kunit_tally "$name-kunit"
	debug_boot "$name" "$programs"
}

# What has an '=' and no '.' becomes a variable of the guest's first program. KASAN
# keeps what is freed in quarantine.
DEBUG_CMDLINE="$PATIENT init_on_free=1 MAGSLAB_SLACK_KIB=16384"

debug_run() {
	local CMDLINE="$DEBUG_CMDLINE MAGSLAB_TORTURE_SECONDS_ALL=120 $CMDLINE"

	debug_kernel kasan
	# Its own data races must not end it.
	CMDLINE+=" panic_on_warn=0"
	debug_kernel kcsan
}

# The short form: what matters most, for minutes.
kasan_run() {
	local CMDLINE="$DEBUG_CMDLINE $CMDLINE"

	CMDLINE+=" MAGSLAB_TORTURE_SECONDS=4 MAGSLAB_TORTURE_SECONDS_ALL=30"

	debug_kernel kasan "context.sh object.sh torture.sh"
}
