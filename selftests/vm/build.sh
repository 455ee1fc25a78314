# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Builds out of place, one tree of objects for every kernel, so that they do
# not fight and the next run builds only what changed.
# shellcheck disable=SC2034 # BUILD, CLIENT and TOP are for the scripts that source this

# Two checkouts share a cache, but not their objects.
BUILDS=$CACHE/build/$(basename "$ROOT")-$(sha256sum <<<"$ROOT" | cut -c1-8)

# build_modules NAME KERNELTREE [MAKE ARGUMENT]...: sets BUILD. Contents decide
# what is new, not times: a file restored from history is older than the object
# built from its successor.
build_modules() {
	BUILD=$BUILDS/$1
	need gcc make rsync libc6-dev
	mkdir -p "$BUILD"
	(cd "$ROOT" && rsync -rlpcR --delete \
		--exclude='*.o' --exclude='*.ko' --exclude='*.mod' \
		--exclude='*.mod.c' --exclude='.*' --exclude=modules.order \
		--exclude=Module.symvers \
		Kbuild include module selftests/dropin/compile selftests/modules "$BUILD/")
	build_folder "$OUT/build-$1.log" "$2" "$BUILD" "${@:3}"
}

# build_test_modules NAME KERNELTREE [MAKE ARGUMENT]...: after build_modules. Left
# alone, Kbuild does not notice new versions of the symbols they import.
build_test_modules() {
	rm -f "$BUILD/selftests/modules/Module.symvers"
	build_folder "$OUT/build-$1-tests.log" "$2" "$BUILD/selftests/modules" \
		MAGSLAB="$BUILD" KBUILD_EXTRA_SYMBOLS="$BUILD/Module.symvers" "${@:3}"
}

# build_backends NAME KERNELTREE [MAKE ARGUMENT]...: after build_modules, the back-ends
# that are no part of magslab.
build_backends() {
	build_folder "$OUT/build-$1-backends.log" "$2" \
		"$BUILD/selftests/modules/bench" MAGSLAB="$BUILD" \
		KBUILD_EXTRA_SYMBOLS="$BUILD/Module.symvers" "${@:3}"
}

# build_folder LOG KERNELTREE FOLDER [MAKE ARGUMENT]...: a warning is an error
# here: as a mere message it would show only the first time.
build_folder() {
	logged "$1" make -C "$2" M="$3" -j"$(nproc)" W=1 KCFLAGS=-Werror \
		"${@:4}" modules && ! build_complaints "$1" >&2 && return
	# An object that came with a complaint must not be taken for good.
	rm -rf "$BUILD"
	return 1
}

# gcc stops at a warning; sparse and modpost only talk. What the kernel's own
# headers earn is not ours.
build_complaints() {
	awk -v ours="$BUILD/" '
		/^(WARNING|ERROR): modpost:/ ||
		index($0, ours) == 1 && /:[0-9]+: (warning|error):/ { print; found = 1 }
		END { exit !found }' "$1"
}

# build_for KERNEL: for one of Debian's, by its short name.
build_for() {
	kernel_get "$1"
	say BUILD "magslab for $RELEASE"
	build_modules "$RELEASE" "$HEADERS"
}

# build_client: sets CLIENT, the benchmark's, and TOP.
build_client() {
	need gcc make pkg-config libc6-dev libsmartcols-dev libjson-c-dev zlib1g-dev libncurses-dev
	CLIENT=$BUILDS/client/magslab-bench
	mkdir -p "$BUILDS/client"
	logged "$OUT/build-client.log" \
		make -C "$ROOT/selftests/bench" OUT="$BUILDS/client" ||
		die "cannot build magslab-bench"
	TOP=$BUILDS/client/magslab-top
	logged "$OUT/build-top.log" \
		make -C "$ROOT/selftests/top" OUT="$BUILDS/client" ||
		die "cannot build magslab-top"
}
