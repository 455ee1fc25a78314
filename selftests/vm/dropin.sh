# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Other people's modules on magslab, by linux/magslab_kmem.h: what must not
# compile, and what runs.

# What only the kernel's allocator exports.
DROPIN_KERNELS='^(k[vmz]?m?alloc|__k[vm]*alloc|kmem|krealloc|k[vz]*free|ksize|kmemdup|kstrn?dup|mempool_(alloc_slab|free_slab|k))'

# With what the modules below are compiled beside the header: they free their
# memory themselves, all of it.
DROPIN_FLAGS=-DMAGSLAB_KMEM_KMALLOC

# dropin_compile LOG FOLDER HEADERS: each source file for itself, and what the
# compiler says of it in one piece.
dropin_compile() {
	(cd "$2" && printf '%s\n' ./*.c | sed 's|^\./||; s|c$|o|') |
		xargs make -C "$3" M="$2" -k -j"$(nproc)" -Otarget \
			KCFLAGS="-I$BUILD/include -include linux/magslab_kmem.h" \
			>"$1" 2>&1 </dev/null
}

# dropin_said FILE LOG: what the compiler said of one of them.
dropin_said() {
	awk -v object="${1%c}o" '
		$1 == "CC" { ours = $NF == object }
		ours' "$2"
}

# A refused file says in a comment what the error is, in the line where it is.
dropin_refused() {
	local file=$1 log=$2 said=$SCRATCH/said line text

	line=$(grep -n '/\* .* \*/$' "$file" | sed '1d' | cut -d: -f1)
	text=$(sed -n "${line}s|.*/\* \(.*\) \*/|\1|p" "$file")
	dropin_said "$file" "$log" >"$said"
	[[ ! -e ${file%c}o && -n $text ]] && grep -q "^$file:$line:" "$said" &&
		grep -m1 'error:' "$said" | grep -q "$text" && return
	echo "${file##*/}: not refused in line $line with \"$text\""
	return 1
}

# Headers of subsystems that own the caches they speak of, and of allocators.
DROPIN_OWNERS='/(9p|ceph|sctp)/|/(aclinux|kvm_types|mhi_ep|slab_def|slub_def)\.h$'

# dropin_headers OBJECT: the headers that speak of caches and were not read for an
# object, though magslab_kmem_headers.h should have all of them.
dropin_headers() {
	local read=${1%/*}/.${1##*/}.cmd tree

	tree=$(grep -om1 '/[^ ]*/include/linux/slab\.h' "$read")
	tree=${tree%/include/linux/slab.h}
	comm -23 \
		<(grep -rlw 'struct kmem_cache' "$tree/include" --include='*.h' |
			grep -vE "$DROPIN_OWNERS" | sort) \
		<(grep -o "$tree/include/[^ )]*\.h" "$read" | sort -u) |
		{ ! grep .; }
}

# dropin_static: after build_modules.
dropin_static() {
	local folder=$BUILD/selftests/dropin/compile log=$SCRATCH/dropin.log status=0 file

	rm -f "$folder"/*.o
	dropin_compile "$log" "$folder" "$HEADERS" || true
	for file in "$folder"/refused_*.c; do
		dropin_refused "$file" "$log" || status=1
	done
	for file in "$folder"/{control,control_kmalloc,kernel_cache}.c; do
		[[ -e ${file%c}o ]] && continue
		echo "${file##*/} does not compile"
		status=1
	done
	if nm -u "$folder"/control*.o | awk '{ print $2 }' | grep -E "$DROPIN_KERNELS"; then
		echo "is the kernel's, in $folder/control*.o"
		status=1
	fi
	if ! dropin_headers "$folder/control.o"; then
		echo "should be in magslab_kmem_headers.h"
		status=1
	fi
	((status == 0)) || cat "$log"
	return "$status"
}

# dropin_sources FOLDER: other people's modules, out of the kernel's source. Each
# file of scsi_debug has a pr_fmt() of its own.
dropin_sources() {
	rm -rf "$1"
	mkdir -p "$1/scsi_debug"
	cp -r "$SOURCE"/fs/{ext2,minix} "$1"
	cp "$SOURCE"/drivers/scsi/{scsi_debug.c,sd.h,scsi_logging.h} "$1/scsi_debug"
	cat >"$1/scsi_debug/Kbuild" <<-'END'
		obj-m := scsi_debug.o
		ccflags-y := -DMAGSLAB_KMEM_OWN_PR_FMT
	END
	echo "obj-m := ext2/ minix/ scsi_debug/" >"$1/Kbuild"
}

# Folders that are built already.
declare -A DROPIN_BUILT=()

# dropin_build NAME FOLDER [FLAG]...: FOLDER/*.ko, of unmodified sources.
dropin_build() {
	[[ -z ${DROPIN_BUILT[$2]:-} ]] || return 0
	dropin_sources "$2"
	logged "$OUT/build-$1.log" make -C "$HEADERS" M="$2" -j"$(nproc)" \
		CONFIG_EXT2_FS=m CONFIG_MINIX_FS=m \
		KBUILD_EXTRA_SYMBOLS="$BUILD/Module.symvers" \
		KCFLAGS="-Werror ${*:3}" modules || return 1
	strip --strip-debug "$2"/*/*.ko
	mv "$2"/*/*.ko "$2"
	DROPIN_BUILT[$2]=yes
}

# dropin_tests SECONDS PROGRAM...: sets TESTS to a folder with what the guest
# runs, after build_for.
dropin_tests() {
	local magslab=$BUILD/dropin/magslab slub=$BUILD/dropin/slub

	need e2fsprogs util-linux gcc libc6-dev
	TESTS=$BUILD/dropin/installed
	rm -rf "$TESTS"
	mkdir -p "$TESTS"/{kernel,magslab,slub}
	dropin_build dropin "$magslab" -I"$BUILD/include" "$DROPIN_FLAGS" \
		-include linux/magslab_kmem.h || return 1
	install "$magslab"/*.ko "$TESTS/magslab"
	if [[ $* == *cost.sh* ]]; then
		dropin_build dropin-slub "$slub" || return 1
		install "$slub"/*.ko "$TESTS/slub"
	fi
	kernel_modules "$RELEASE" scsi_common scsi_mod sd_mod || return 1
	install "${KERNEL_MODULES[@]}" "$TESTS/kernel"
	gcc -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -static \
		-o "$TESTS/fswork" "$ROOT/selftests/dropin/fswork.c" || return 1
	install "$ROOT"/selftests/dropin/*.sh /sbin/mkfs.{ext2,minix} \
		"$ROOT/selftests/magslab/common.sh" \
		"$SOURCE/tools/testing/selftests/kselftest/ktap_helpers.sh" "$TESTS"
	echo "timeout=$(($1 + 300))" >"$TESTS/settings"
	echo "$1" >"$TESTS/seconds"
	printf '%s\n' "${@:2}" >"$TESTS/list"
}

# dropin_guest NAME KERNEL SECONDS PROGRAM...
dropin_guest() {
	# shellcheck disable=SC2034 # for guest_wait and guest_qemu
	local TIMEOUT=$(($3 + 600)) MEMORY=512

	if ! build_for "$2" || ! dropin_tests "${@:3}"; then
		tally "not ok" "$1: build"
		return
	fi
	initramfs_pack "$SCRATCH/initramfs" "$TESTS"
	guest_qemu "$SCRATCH/initramfs" check
	say BOOT "$RELEASE, $CPUS CPUs, ${*:4}"
	tally_command "$1: the guest reports and its log is clean" guest_run "$1"
	awk -v prefix="$1" -f "$VM/tap.awk" "$OUT/$1.result" | tally_lines "$1"
}

# The kernels are those on which ext4 does not take the name of ext2.
dropin_run() {
	local seconds=${DROPIN_SECONDS:-5} CPUS=4 CMDLINE="$PATIENT $CMDLINE"

	source_get
	dropin_guest dropin-6.12 6.12 "$seconds" filesystems.sh
	((seconds < 60)) ||
		dropin_guest dropin-6.12-rt 6.12-rt "$seconds" filesystems.sh
	CLOCK=insn CPUS=1 dropin_guest dropin-cost 6.12 0 cost.sh
	sed -n '/^# Per operation/,/^# Totals/s/^# \([^T]\)/\1/p' \
		"$OUT/dropin-cost.result"
}
