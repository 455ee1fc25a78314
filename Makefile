# SPDX-License-Identifier: GPL-2.0-only
# For people: Kbuild says what is built. Both names choose the kernel; DKMS
# passes them.
KERNELRELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KERNELRELEASE)/build
PREFIX ?= /usr/local
INSTALL_MOD_PATH ?= $(DESTDIR)

.PHONY: all modules tools install modules_install tools_install clean help
.PHONY: bench bench-uml bench-honesty bench-memory bench-pipeline
.PHONY: traces
.PHONY: check check-debug check-dropin check-report check-stats vm

all: modules tools

modules modules_install: headers-present
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(INSTALL_MOD_PATH) $@

tools: libraries-present
	$(MAKE) -C selftests/bench
	$(MAKE) -C selftests/top

install: modules_install tools_install

tools_install: tools
	install -D -t $(DESTDIR)$(PREFIX)/sbin selftests/bench/magslab-bench \
		selftests/top/magslab-top
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 \
		selftests/bench/magslab-bench.8 selftests/top/magslab-top.8

# Works without headers too: not all machines that build keep them.
clean:
	$(if $(wildcard $(KDIR)/Makefile),$(MAKE) -C $(KDIR) M=$(CURDIR) clean)
	$(MAKE) -C selftests/bench clean
	$(MAKE) -C selftests/top clean
	$(RM) -r out

.PHONY: headers-present libraries-present
headers-present:
	@test -e $(KDIR)/Makefile || { \
		echo "No kernel headers in $(KDIR):" \
		"apt-get install linux-headers-$(KERNELRELEASE)," \
		"or set KDIR= or KERNELRELEASE=" >&2; exit 1; }

libraries-present:
	@command -v pkg-config >/dev/null && pkg-config smartcols json-c zlib ncursesw || { \
		echo "The programs need libraries: apt-get install pkg-config" \
		"libsmartcols-dev libjson-c-dev zlib1g-dev libncurses-dev" >&2; exit 1; }

# The rest builds out of place, for kernels of its own choice. Variables given on
# make's command line reach the scripts through the environment.
bench:
	@selftests/vm/bench.sh qemu

bench-uml:
	@selftests/vm/bench.sh uml

bench-honesty:
	@selftests/vm/bench.sh honesty

bench-memory:
	@selftests/vm/bench.sh memory

bench-pipeline:
	@selftests/vm/bench.sh pipeline

check:
	@selftests/vm/check.sh

check-debug:
	@PARTS=debug selftests/vm/check.sh

# The long form of one part of it.
check-dropin:
	@PARTS=dropin DROPIN_SECONDS=$(or $(DROPIN_SECONDS),300) selftests/vm/check.sh

# Apart, for the browser that it installs.
check-report:
	@PARTS=report selftests/vm/check.sh

check-stats:
	@PARTS=stats selftests/vm/check.sh

traces:
	@selftests/vm/traces.sh

vm:
	@selftests/vm/shell.sh

help:
	@echo 'On this machine:'
	@echo '  make                  the module and its programs'
	@echo '  make modules, tools   one of the two'
	@echo '  make install          both (DESTDIR=, PREFIX=, INSTALL_MOD_PATH=)'
	@echo '  make modules_install  the module alone'
	@echo '  make clean'
	@echo '    KERNELRELEASE=...   for this kernel, not the running one'
	@echo '    KDIR=...            from this build tree'
	@echo
	@echo 'In virtual machines, on Debian 12 (missing packages are installed):'
	@echo '  make bench            magslab beside the kernel'\''s allocators'
	@echo '  make bench-uml        the same at native speed, on User Mode Linux'
	@echo '  make bench-honesty    whether duels find what is there, and no more (DUELS=200,20)'
	@echo '  make bench-memory     what a million live objects take, of 8 to 4096 bytes'
	@echo '  make bench-pipeline   from one CPU to another: time, and locks taken'
	@echo '  make check            every test there is'
	@echo '    PARTS=...           only these: static client kunit kselftest smoke'
	@echo '                        tracing dump dropin kasan'
	@echo '  make check-debug      KUnit, kselftests and 2 minutes of torture on kernels'
	@echo '                        with KASAN, kmemleak and lockdep, and with KCSAN'
	@echo '  make check-dropin     real filesystems on magslab, DROPIN_SECONDS=300'
	@echo '  make check-report     the report of a measurement on UML, in headless Chromium'
	@echo '  make check-stats      balanced books under load, STATS_SECONDS=300 on three'
	@echo '                        kernels, with 10000 caches and a million slabs on one'
	@echo '  make traces           record the traces of selftests/traces anew'
	@echo '  make vm               a shell with the module loaded'
	@echo '    KERNEL=6.12-cloud   6.1-cloud 6.1 6.1-rt 6.12 6.12-cloud 6.12-rt'
	@echo '    CPUS=1 CLOCK=insn   or wall: the clock counts instructions or time'
	@echo '    ACCEL=tcg CMDLINE=  or kvm; kernel parameters to add'
	@echo '    OPTIMIZE=size       or speed: how UML and magslab on it are compiled'
	@echo '    BENCH_ARGS=         arguments for magslab-bench'
	@echo '    BACKENDS=           modules with back-ends of their own: magslab_sample'
