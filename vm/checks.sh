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
	packages_need "static checks" sparse
	checks_module sparse 6.12 C=2 "CF=$SPARSE_FLAGS"
	static_control_sparse
	! grep -E '/build/sparse/(kmod|uapi|samples|selftests|benchmarks)/[^:]*:[0-9]+(:[0-9]+)?: ' "$CHECKS_LOG"
}

# checkpatch IGNORED FIND-ARGUMENT...: on these files, but for some types of
# complaint, beside what .checkpatch.conf has for all of them.
checkpatch() {
	local ignored=${1:+"--ignore=$1"}
	shift
	mkdir -p "$BUILD/checkpatch"
	ln -sf ../../.checkpatch.conf "$BUILD/checkpatch/"
	checks_sources "$@" | sed "s,^,$TOP/," | (
		# It leaves a cache where it runs, of the names under its root's include.
		cd "$BUILD/checkpatch" && xargs -d '\n' -n 8 -P "$(nproc)" \
			"$(source_dir)/scripts/checkpatch.pl" "--root=$TOP/kmod" \
			--no-summary --terse --show-types ${ignored:+"$ignored"} -f
	) | sed "s,^$TOP/,,"
}

check_checkpatch() {
	local outside declaring failed=0 in_kernel=BIT_MACRO,ARRAY_SIZE,PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO
	packages_need checkpatch perl
	checkpatch '' kmod samples selftests/modules benchmarks/kernel -not -name compat.h -not -path kmod/trace.h \
		-not -path 'samples/[!t]*' || failed=1
	# Tracepoints are written as all of the kernel's are.
	checkpatch OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT kmod/trace.h || failed=1
	# The places that may look at the kernel's version.
	checkpatch LINUX_VERSION_CODE,CONSTANT_COMPARISON {kmod,benchmarks/kernel}/compat.h || failed=1
	# What it would have instead exists in the kernel only; and outside of it,
	# libraries have CamelCase, sscanf is checked by what it returns, fixtures
	# are typedefs of the harness's, and help is text in paragraphs. Macros that
	# declare something cannot stand in parentheses, nor can what they declare,
	# and an array of pointers to local strings cannot be static. An expectation
	# of the harness's with a remark is two statements, and wants its braces.
	checkpatch "$in_kernel" uapi || failed=1
	outside=CAMELCASE,NAKED_SSCANF,NEW_TYPEDEFS,SPLIT_STRING,LONG_LINE_STRING
	declaring=COMPLEX_MACRO,MACRO_ARG_PRECEDENCE,STATIC_CONST_CHAR_ARRAY,BRACES
	checkpatch "$in_kernel,$outside,$declaring" \
		userspace selftests benchmarks samples -not -path 'samples/ttlmap_*' -not -path 'selftests/modules/*' \
		-not -path 'selftests/core/include/*' -not -path 'benchmarks/kernel/*' || failed=1
	# A shim takes what only a kernel has a use for, and has macros of the kernel's.
	checkpatch "$in_kernel,$outside,$declaring,MACRO_ARG_UNUSED,MACRO_WITH_FLOW_CONTROL,SPACING,LINUX_VERSION_CODE" \
		selftests/core/include || failed=1
	return "$failed"
}

# style FILE...: what there is to say of them by .editorconfig
style() {
	/usr/bin/python3 -B "$TOP/vm/style.py" "$@"
}

# That each kind of fault is found.
style_control() {
	local faults=$BUILD/log/style.c
	printf 'int a; \n        int b;\nint c;\r\nint d;' >"$faults"
	expect "faults" 4 "$(style "$faults" | wc -l)"
}

# The loops of .clang-format are those that kmod/ has.
check_style() {
	packages_need "checking the style of files" python3-editorconfig clang-format
	style_control
	(
		cd "$TOP" || exit
		grep -rIlZ --exclude-dir=build --exclude-dir=.git '' . | xargs -0 "$TOP/vm/check" style
		diff -u <(sed -n 's/^  - //p' .clang-format | LC_ALL=C sort) \
			<(grep -rhoE '^\s+[a-z_]*for_each[a-z_]*\(.*[^;]$' kmod | tr -d '\t' | sed 's/(.*//' | LC_ALL=C sort -u)
		clang-format --dump-config >/dev/null
	)
}

check_kernel_doc() {
	local kernel_doc
	packages_need kernel-doc perl
	kernel_doc=$(source_dir)/scripts/kernel-doc
	static_control_kernel_doc "$kernel_doc"
	(cd "$TOP" && checks_sources kmod uapi samples selftests/modules benchmarks/kernel | xargs -d '\n' "$kernel_doc" -none -Werror)
}

check_shellcheck() {
	packages_need "checking the shell scripts" shellcheck
	(
		cd "$TOP" || exit
		grep -lrE --exclude-dir=build --exclude-dir=.git '^#!/bin/(ba)?sh|^# shellcheck shell=' . |
			xargs -d '\n' shellcheck -x
	)
}

check_userspace() {
	packages_need "building" make
	# shellcheck disable=SC2046  # a list of words
	packages_need "building and testing the library and the tool" \
		$(make -s -C "$TOP/userspace" packages)
	rm -rf "$BUILD/userspace-check"
	make -C "$TOP/userspace" "O=$BUILD/userspace-check" -j"$(nproc)" check
}
