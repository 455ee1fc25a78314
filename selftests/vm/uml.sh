# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# User Mode Linux from Debian's source: KUnit is in no stock kernel, and native
# speed is in no emulated one.
# shellcheck disable=SC2034 # UML is for the scripts that source this

OPTIMIZE=${OPTIMIZE:-size}

# uml_widen: give a task room for the registers of a host with AMX, which are 11008
# bytes. 6.12 has 2696, those of AVX-512, and sets all of a program's registers at once:
# where the host has more, that fails, and so does each program. 6.13 asks the host.
# The room is in struct thread_info, hence the larger stacks of uml.config.
uml_widen() {
	local file=$SOURCE/arch/x86/um/user-offsets.c

	sed -i 's/(HOST_FP_SIZE, 2696)/(HOST_FP_SIZE, 12288)/' "$file"
	grep -q '(HOST_FP_SIZE, 12288)' "$file" ||
		die "$file: where are the registers of the host?"
}

# uml_get: sets UML, a build tree with the kernel in it and ready for modules.
uml_get() {
	[[ -e $VM/uml-$OPTIMIZE.config ]] ||
		die "OPTIMIZE is size or speed, not '$OPTIMIZE'"
	source_get
	uml_widen
	tree_get uml ARCH=um "$VM/uml.config" "$VM/uml-$OPTIMIZE.config"
	UML=$TREE
}
