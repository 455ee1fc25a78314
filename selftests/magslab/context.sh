#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Calling contexts: the cases are in modules/magslab_context.c.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

begin 17 magslab_context
load magslab_context || ktap_exit_fail_msg "magslab_context.ko does not load"
report_of magslab_context
ktap_finished
