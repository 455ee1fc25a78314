# SPDX-License-Identifier: GPL-2.0-only
# Where the kernel's own helpers for tests come from. To be included; then
# $(KSELFTEST_DIR) is where headers are, and $(KTAP) is there once it is made.

KERNEL_SOURCE ?= /usr/src/linux-source-6.12.tar.xz
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/magslab

# The kernel's own headers are not copied into this repository. They come from
# a kernel tree, KSELFTEST_DIR=linux/tools/testing/selftests, or from Debian's
# package linux-source-6.12.
ifeq ($(KSELFTEST_DIR),)
KSELFTEST_DIR := $(CACHE)/kselftest-6.12
KSELFTEST_FILES := kselftest.h kselftest_harness.h kselftest/ktap_helpers.sh
endif
KTAP := $(KSELFTEST_DIR)/kselftest/ktap_helpers.sh

# In one step, so that an interrupted extraction leaves nothing that counts.
ifneq ($(KSELFTEST_FILES),)
$(KTAP):
	@test -e $(KERNEL_SOURCE) || { echo "$(KERNEL_SOURCE) is missing:" \
		"install linux-source-6.12, or give KSELFTEST_DIR=" >&2; exit 1; }
	mkdir -p $(CACHE)
	scratch=$$(mktemp -d $(CACHE)/kselftest.XXXXXX) && \
	tar -xJf $(KERNEL_SOURCE) -C $$scratch --strip-components=4 \
		$(KSELFTEST_FILES:%=linux-source-6.12/tools/testing/selftests/%) && \
	rm -rf $(KSELFTEST_DIR) && mv $$scratch $(KSELFTEST_DIR)
endif
