#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Objects and caches: the cases are in modules/magslab_object.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

begin 13 magslab_object
load magslab_object || ktap_exit_fail_msg "magslab_object.ko does not load"
report_of magslab_object
ktap_finished
