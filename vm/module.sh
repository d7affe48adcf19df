# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the module against one of Debian's kernels.

MODULE_REASON="what builds kernel modules"

# module_make DIR MAKE-ARGUMENT...: with this machine's own compiler
module_make() {
	local dir=$1 release
	shift
	release=$(kernel_release "$dir")
	packages_need "$MODULE_REASON" make "$(kernel_compiler "$dir")" pahole kmod xz-utils
	make -C "$TOP" modules KDIR="$dir/usr/src/linux-headers-$release" "$@"
}

# Runs in a mount namespace of its own, which only an ordinary user needs to
# ask a user namespace for.
# shellcheck disable=SC2016  # the inner shell expands these
TOOLCHAIN_ENTER='
	root=$1 top=$2
	shift 2
	mount --bind "$top" "$root/ttlmap"
	mount --rbind /dev "$root/dev"
	mount --rbind /proc "$root/proc"
	exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/tmp TMPDIR=/tmp make -C /ttlmap modules "$@"'

# module_make_inside DIR MAKE-ARGUMENT...: with the toolchain unpacked there
module_make_inside() {
	local dir=$1 release unshare=(unshare -m)
	shift
	release=$(kernel_release "$dir")
	[ "$(id -u)" = 0 ] || unshare=(unshare -Urm)
	"${unshare[@]}" sh -ec "$TOOLCHAIN_ENTER" sh "$dir" "$TOP" \
		KDIR="/usr/src/linux-headers-$release" "$@"
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
