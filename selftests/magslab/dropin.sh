#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's names for magslab: the cases are in modules/magslab_dropin.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

begin 18 magslab_dropin
load magslab_dropin || ktap_exit_fail_msg "magslab_dropin.ko does not load"
report_of magslab_dropin
ktap_finished
