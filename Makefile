# SPDX-License-Identifier: GPL-2.0

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

KRELEASE := $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)

# kbuild puts objects beside sources, so it is given a copy of them: one for
# each kernel, kept up to date file by file.
TREE ?= build/kmod/$(KRELEASE)
SOURCES := Kbuild $(shell find kmod uapi samples selftests/modules benchmarks/kernel -name '*.[ch]' -o -name Kbuild)
COPIES := $(SOURCES:%=$(TREE)/%)
STALE = $(filter-out $(COPIES) %.mod.c,$(shell find $(TREE) -name '*.[ch]' 2>/dev/null))

USERSPACE = $(MAKE) -C userspace O=$(CURDIR)/build/userspace PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
MODULE_DIR = $(DESTDIR)/lib/modules/$(KRELEASE)/updates

# What DKMS builds from: the module without its tests.
DKMS_DIR = $(DESTDIR)/usr/src/ttlmap-$(VERSION)
DKMS_SOURCES = dkms.conf $(filter-out kmod/tests/%,$(filter Kbuild kmod/% uapi/%,$(SOURCES)))

all: modules userspace

modules: $(COPIES) | kdir
	$(if $(STALE),rm -f $(STALE))
	$(MAKE) -C $(KDIR) M=$(abspath $(TREE)) modules

# Modules that use ttlmap, built as anybody's would be.
samples selftests/modules benchmarks/kernel: modules
	$(MAKE) -C $(KDIR) M=$(abspath $(TREE))/$@ \
		KBUILD_EXTRA_SYMBOLS=$(abspath $(TREE))/Module.symvers modules

$(COPIES): $(TREE)/%: % | kdir
	@mkdir -p $(@D)
	@cp $< $@

kdir:
	@test -n "$(KRELEASE)" || { \
		echo "$(KDIR) holds no kernel to build against: install the headers of" \
			"the running kernel, or say KDIR=" >&2; exit 1; }

userspace:
	$(USERSPACE) all

check:
	./test

install: all
	$(MAKE) -C $(KDIR) M=$(abspath $(TREE)) INSTALL_MOD_DIR=updates \
		INSTALL_MOD_PATH=$(abspath $(DESTDIR)) modules_install
	$(USERSPACE) install
	$(if $(DESTDIR),,depmod $(KRELEASE))

install-dkms:
	$(foreach f,$(DKMS_SOURCES),install -D -m 644 $(f) $(DKMS_DIR)/$(f) &&) true

uninstall: | kdir
	rm -f $(MODULE_DIR)/ttlmap.ko*
	$(USERSPACE) uninstall
	$(if $(DESTDIR),,depmod $(KRELEASE))

# Who lays it into a kernel's tree is its maintainer there.
MAINTAINER ?= $(shell git -C "$(KSRC)" var GIT_AUTHOR_IDENT 2>/dev/null | sed 's/ [0-9]* [-+][0-9]*$$//')

in-tree:
	@test -f "$(KSRC)/MAINTAINERS" || { \
		echo "'$(KSRC)' is no kernel source: say KSRC=" >&2; exit 1; }
	@test -n "$(MAINTAINER)" || { \
		echo "git does not know who you are: say MAINTAINER='NAME <ADDRESS>'" >&2; exit 1; }
	in-tree/lay "$(KSRC)" "$(MAINTAINER)"

clean:
	rm -rf build

help:
	@echo 'make             build the module, the library and the tool'
	@echo 'make modules     build the module only'
	@echo 'make userspace   build the library and the tool only'
	@echo 'make samples     build the modules in samples/ as well'
	@echo 'make check       run every test in virtual machines (the same as ./test)'
	@echo 'make install     install module, headers, library, tool, manual pages, units for systemd'
	@echo 'make uninstall   remove them'
	@echo 'make in-tree     lay ttlmap into the kernel source that KSRC= names, as a part of it'
	@echo 'make install-dkms'
	@echo "                 put the module's source where DKMS builds it for each kernel"
	@echo 'make clean       remove what was built'
	@echo
	@echo 'KDIR=DIR         build against this kernel ($(KDIR))'
	@echo 'PREFIX=DIR       where userspace goes ($(PREFIX))'
	@echo 'DESTDIR=DIR      install under DIR, for packaging'
	@echo 'W=1 C=1 V=1      as in the kernel: more warnings, sparse, full commands'

.PHONY: all modules samples selftests/modules benchmarks/kernel kdir userspace check install install-dkms uninstall in-tree clean help
