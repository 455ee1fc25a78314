# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced after env.sh by whoever boots a guest: its kernel, what is built to run
# in it, and the machine.
. "$VM/kernel.sh"
. "$VM/source.sh"
. "$VM/tree.sh"
. "$VM/uml.sh"
. "$VM/build.sh"
. "$VM/initramfs.sh"
. "$VM/guest.sh"
