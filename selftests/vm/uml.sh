# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# User Mode Linux from Debian's source: KUnit is in no stock kernel, and native
# speed is in no emulated one.
# shellcheck disable=SC2034 # UML is for the scripts that source this

OPTIMIZE=${OPTIMIZE:-size}

# uml_get: sets UML, a build tree with the kernel in it and ready for modules.
uml_get() {
	[[ -e $VM/uml-$OPTIMIZE.config ]] ||
		die "OPTIMIZE is size or speed, not '$OPTIMIZE'"
	tree_get uml ARCH=um "$VM/uml.config" "$VM/uml-$OPTIMIZE.config"
	UML=$TREE
}
