# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the module, and modules that use it, against one of Debian's kernels.

MODULE_TARGETS="modules samples selftests/modules benchmarks/kernel"

# A module that is built in another way than usual has a name for it, and what is
# said to make: MODULE_VARIANT=kcov MODULE_ARGUMENTS=KCOV_INSTRUMENT=y, say.
: "${MODULE_VARIANT=}" "${MODULE_ARGUMENTS=}"
export MODULE_VARIANT MODULE_ARGUMENTS

# module_name DIR: of what is built for this kernel, in this way
module_name() {
	echo "$(kernel_release "$1")${MODULE_VARIANT:+-$MODULE_VARIANT}"
}

# module_make DIR MAKE-ARGUMENT...: with this machine's own compiler
module_make() {
	local dir=$1 release
	shift
	release=$(kernel_release "$dir")
	packages_need "building kernel modules" make "$(kernel_compiler "$dir")" pahole kmod xz-utils
	# shellcheck disable=SC2086  # a list of words
	make -C "$TOP" $MODULE_TARGETS KDIR="$dir/usr/src/linux-headers-$release" \
		${MODULE_VARIANT:+"TREE=build/kmod/$release-$MODULE_VARIANT"} $MODULE_ARGUMENTS "$@"
}

# What is mounted there is seen nowhere else: a user namespace sees to that, and
# root can do without one where they are switched off.
module_unshare() {
	local unshare
	for unshare in "unshare -Urm --propagation unchanged" "unshare -m"; do
		if $unshare true 2>/dev/null; then
			echo "$unshare"
			return
		fi
	done
	say "this needs a mount namespace: user namespaces, or root that may unshare"
	return 1
}

# shellcheck disable=SC2016  # the inner shell expands these
TOOLCHAIN_ENTER='
	root=$1 top=$2
	shift 2
	mount --bind "$top" "$root/ttlmap"
	mount --rbind /dev "$root/dev"
	mount --rbind /proc "$root/proc"
	exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/tmp TMPDIR=/tmp "$@"'

# module_inside DIR COMMAND...: as root of the toolchain unpacked there
module_inside() {
	local dir=$1 unshare
	shift
	unshare=$(module_unshare) || return
	$unshare sh -ec "$TOOLCHAIN_ENTER" sh "$dir" "$TOP" "$@"
}

# module_make_inside DIR MAKE-ARGUMENT...
module_make_inside() {
	local dir=$1
	shift
	# shellcheck disable=SC2086  # a list of words
	module_inside "$dir" make -C /ttlmap $MODULE_TARGETS \
		KDIR="/usr/src/linux-headers-$(kernel_release "$dir")" "$@"
}

# Headers made for a newer release than this machine's run in a root of that.
module_needs_toolchain() {
	[ "$1" = 7.3 ] && [ "$(host_suite)" = bookworm ]
}

module_build_locked() {
	local series=$1 dir make
	shift
	if module_needs_toolchain "$series"; then
		dir=$(toolchain_dir "$series") || return
		make=module_make_inside
	else
		dir=$(kernel_dir "$series") || return
		make=module_make
	fi
	"$make" "$dir" "$@"
}

# module_build SERIES MAKE-ARGUMENT...
module_build() {
	with_lock "$BUILD/lock" module_build_locked "$@"
}

# module_warnings LOG: what the compiler and kbuild complained about.  That
# there is no vmlinux to take BTF from, or that the compiler is a minor version
# apart from the kernel's, is true of Debian's headers and not of the module.
module_warnings() {
	grep -iE 'warning|error:' "$1" | grep -v -e 'the compiler differs from the one' \
		-e 'Skipping BTF generation'
}
