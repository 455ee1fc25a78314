#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug_ahead.sh NAME: the kernel that debug.sh would build later, see there.
. "$(dirname "$0")/env.sh"
. "$VM/source.sh"
. "$VM/tree.sh"
. "$VM/kselftest.sh"
. "$VM/debug.sh"

debug_get "$1"
