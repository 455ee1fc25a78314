# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What can be said of the sources without running them.

# What we do on purpose though checkpatch minds: one type a line, with the reason.
CHECKPATCH_IGNORE=(
	# Macros of one family have one shape, whichever arguments each needs.
	MACRO_ARG_UNUSED
	# Tables of members name each once, for all that is to be known of it.
	MACRO_ARG_REUSE
	# Where the handlers of NMIs are declared; <linux/nmi.h> need not include it.
	INCLUDE_LINUX
	CAMELCASE # _Generic
)

# The same for programs: user space has C's names, not the kernel's.
CHECKPATCH_IGNORE_USER=(
	ARRAY_SIZE
	CAMELCASE # _Static_assert
	PREFER_DEFINED_ATTRIBUTE_MACRO
	PREFER_KERNEL_TYPES
	STRCPY
	VOLATILE # sig_atomic_t
)

# The same for trace.h, whose tables are written as the kernel's own are.
CHECKPATCH_IGNORE_TRACE=(
	OPEN_ENDED_LINE
	PARENTHESIS_ALIGNMENT
)

# static_c_files FOLDER...: ours, not what a build in place generates. The names
# are relative, because checkpatch has rules for include/uapi.
static_c_files() {
	find "$@" -name '*.[ch]' ! -name '*.mod.c'
}

static_shell_files() {
	grep -rlE --exclude-dir=out --exclude-dir=.git \
		'^(#!/bin/(ba)?sh|# shellcheck shell=)' .
}

# static_checkpatch_of "IGNORED TYPE..." FOLDER... Where it sees no repository it leaves
# licences alone, whose check takes a second for each file and packages of Python.
static_checkpatch_of() {
	static_c_files "${@:2}" | GIT_DIR=none xargs -n 25 -P "$(nproc)" \
		"$SOURCE/scripts/checkpatch.pl" \
		--root="$SOURCE" --strict --terse --no-summary --show-types \
		--quiet --ignore "${1// /,}" -f
}

static_checkpatch() {
	local status=0

	static_checkpatch_of "${CHECKPATCH_IGNORE[*]}" \
		include module selftests/modules selftests/dropin/compile \
		! -name trace.h || status=1
	static_checkpatch_of "${CHECKPATCH_IGNORE[*]} ${CHECKPATCH_IGNORE_TRACE[*]}" \
		module/alloc/trace.h || status=1
	static_checkpatch_of "${CHECKPATCH_IGNORE[*]} ${CHECKPATCH_IGNORE_USER[*]}" \
		selftests/bench selftests/common selftests/dropin/fswork.c \
		selftests/magslab selftests/top || status=1
	return "$status"
}

static_clang_format() {
	static_c_files include module selftests | xargs clang-format --dry-run --Werror
}

static_shellcheck() {
	static_shell_files | xargs shellcheck -x -P SCRIPTDIR
}

static_kernel_doc() {
	"$SOURCE/scripts/kernel-doc" -none -Wall -Werror \
		include/linux/*.h include/uapi/linux/*.h module/*/*.[ch]
}

# static_uapi COMPILER...: the header needs nothing but what user space has.
static_uapi() {
	"$@" -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
		-idirafter /usr/include/x86_64-linux-gnu \
		include/uapi/linux/magslab.h
}

# The allocator's objects, linked alone, may ask the kernel for symbols but not
# the rooms above. The .mod file lists what the module is made of.
static_walls() {
	local alloc others upwards

	mapfile -t alloc < <(grep '/alloc/' "$BUILD/module/magslab.mod")
	mapfile -t others < <(grep -v '/alloc/' "$BUILD/module/magslab.mod")
	((${#alloc[@]} && ${#others[@]})) || return 1
	cd "$BUILD" && ld -r -o "$SCRATCH/alloc.o" "${alloc[@]}" || return 1
	upwards=$(comm -12 \
		<(nm -u --format=just-symbols "$SCRATCH/alloc.o" | sort -u) \
		<(nm -g --defined-only --format=just-symbols "${others[@]}" | sort -u))
	[[ -z $upwards ]] || echo "module/alloc needs from above: $upwards"
	[[ -z $upwards ]]
}

static_check() {
	cd "$ROOT" && logged "$OUT/static.log" "$@"
}

static_build() {
	build_modules "$RELEASE" "$HEADERS" "$@" &&
		build_test_modules "$RELEASE" "$HEADERS" "$@"
}

# Leaves BUILD on the last kernel's objects, where the walls are looked at.
static_run() {
	local kernel

	need sparse clang-format shellcheck perl g++
	source_get
	for kernel in "${KERNELS[@]}"; do
		kernel_get "$kernel"
		# shellcheck disable=SC2153 # BUILDS is the folder of them all
		BUILD=$BUILDS/$RELEASE
		tally_command "static: $RELEASE builds without a warning (W=1, sparse)" \
			static_build C=2
		tally_command "static: $RELEASE: what linux/magslab_kmem.h refuses does not compile" \
			static_check dropin_static
	done
	tally_command "static: module/alloc calls no other room" static_check static_walls
	tally_command "static: uapi header in C11" \
		static_check static_uapi gcc -std=c11 -x c
	tally_command "static: uapi header in 32-bit C11" \
		static_check static_uapi gcc -m32 -std=c11 -x c
	tally_command "static: uapi header in C++" \
		static_check static_uapi g++ -std=c++11 -x c++
	tally_command "static: checkpatch --strict" static_check static_checkpatch
	tally_command "static: clang-format" static_check static_clang_format
	tally_command "static: shellcheck" static_check static_shellcheck
	tally_command "static: kernel-doc" static_check static_kernel_doc
}
