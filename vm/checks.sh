# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Tests that need no guest.  Each is a function that fails by its status and
# says why on its output.

# Every C file of ours, or those under the folders given.
checks_sources() {
	(cd "$TOP" && find "$@" -name '*.[ch]' -not -name '*.mod.c' | LC_ALL=C sort)
}

# checks_module TREE SERIES MAKE-ARGUMENT...: a build from nothing, as only that
# shows every warning; leaves its output in CHECKS_LOG
checks_module() {
	local tree=$1 series=$2
	shift 2
	CHECKS_LOG=$BUILD/log/$tree.log
	rm -rf "${BUILD:?}/$tree"
	module_build "$series" "TREE=build/$tree" -j"$(nproc)" "$@" >"$CHECKS_LOG" 2>&1 || {
		cat "$CHECKS_LOG"
		return 1
	}
}

check_build() {
	checks_module "build-$1" "$1" W=1
	! module_warnings "$CHECKS_LOG"
}

# Sparse also sees the kernel's headers: only complaints about our files count.
check_sparse() {
	packages_need "the static checker" sparse
	checks_module sparse 6.12 C=2 CF=-D__CHECK_ENDIAN__
	! grep -E '/build/sparse/(kmod|uapi)/[^:]*:[0-9]+(:[0-9]+)?: ' "$CHECKS_LOG"
}

# compat.h is the one place that may look at the kernel's version.
check_checkpatch() {
	local checkpatch options
	packages_need "what checkpatch is written in" perl
	checkpatch=$(source_dir)/scripts/checkpatch.pl
	options=(--strict --no-tree --no-summary --terse --show-types -f)
	(
		cd "$TOP" || exit
		checks_sources kmod uapi -not -name compat.h | xargs -d '\n' "$checkpatch" "${options[@]}"
		"$checkpatch" --ignore LINUX_VERSION_CODE "${options[@]}" kmod/compat.h
		checks_sources userspace selftests | xargs -d '\n' "$checkpatch" "${options[@]}"
	)
}

check_kernel_doc() {
	local kernel_doc
	packages_need "what kernel-doc is written in" perl
	kernel_doc=$(source_dir)/scripts/kernel-doc
	(cd "$TOP" && checks_sources kmod uapi | xargs -d '\n' "$kernel_doc" -none -Werror)
}

check_shellcheck() {
	packages_need "the checker of shell scripts" shellcheck
	(
		cd "$TOP" || exit
		grep -lrE --exclude-dir=build --exclude-dir=.git '^#!/bin/(ba)?sh|^# shellcheck shell=' . |
			xargs -d '\n' shellcheck -x
	)
}

check_userspace() {
	packages_need_userspace
	make -C "$TOP/userspace" "O=$BUILD/userspace-check" clean
	make -C "$TOP/userspace" "O=$BUILD/userspace-check" \
		CFLAGS='-O2 -g -Wall -Wextra -Werror' all check
}
