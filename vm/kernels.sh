# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Debian's kernels, their headers and their source, unpacked under the cache.

# shellcheck disable=SC2034  # used by those who read this file
KERNELS_BOOT="6.1 6.12"
KERNELS_BUILD="6.1 6.12 7.3"

# kernel_suites SERIES: where Debian has it; the first is the one to name it by
kernel_suites() {
	case $1:$(host_suite) in
	6.1:*) echo bookworm bookworm-security ;;
	6.12:bookworm) echo bookworm-backports ;;
	6.12:trixie) echo trixie trixie-security ;;
	7.3:*) echo trixie-backports trixie trixie-security ;;
	*) die "no such kernel: $1 (there are: $KERNELS_BUILD)" ;;
	esac
}

# kernel_default: the series of the distribution's own kernel
kernel_default() {
	case $(host_suite) in
	bookworm) echo 6.1 ;;
	trixie) echo 6.12 ;;
	esac
}

# kernel_headers SERIES: the packages that a module is built against
kernel_headers() {
	local headers
	headers=$(apt_newest "linux-headers-${1//./\\.}[.+].*-cloud-amd64")
	[ -n "$headers" ] || return
	echo "$headers"
	apt_depends "$headers" 'linux-headers-.*-common'
	apt_depends "$headers" 'linux-kbuild-.*'
}

# Newer ones have their image and their modules in packages of their own.
kernel_packages() {
	local headers name image
	headers=$(kernel_headers "$1") || return
	name=$(kernel_name "$headers")
	image=linux-image-$name
	if apt-cache show "linux-binary-$name" >/dev/null 2>&1; then
		image="linux-binary-$name linux-modules-$name"
	fi
	# shellcheck disable=SC2086  # a list of words
	apt_exact download $headers $image
}

# kernel_name PACKAGES: the release that the first one, linux-headers-*, is for
kernel_name() {
	local first=${1%%$'\n'*}
	echo "${first#linux-headers-}"
}

# The packages expect to be under /usr/src, and name each other so.
kernel_finish() {
	local tmp=$1 dir=$2
	sed -E -i "s,^(include |KBUILD_OUTPUT=)/usr/src/,\1$dir/usr/src/," \
		"$tmp"/usr/src/linux-headers-*-cloud-amd64/Makefile
}

# kernel_dir SERIES: a folder with what boots, its modules and usr/src/; SERIES may be
# the name of a build of our own, which has no modules
kernel_dir() {
	local suites
	case $1 in
	[a-z]*) builds_dir "$1" && return ;;
	esac
	suites=$(kernel_suites "$1") || exit
	cache_get "kernel-$1-${suites%% *}" kernel "$1"
}

# kernel_release DIR: as uname -r says it
kernel_release() {
	local headers
	for headers in "$1"/usr/src/linux-headers-*; do
		case $headers in *-common) ;; *) echo "${headers##*/linux-headers-}" ;; esac
	done
}

# kernel_image DIR: what boots; newer packages keep it with the modules
kernel_image() {
	local image
	for image in "$1"/boot/vmlinuz-* "$1"/usr/lib/modules/*/vmlinuz; do
		[ -e "$image" ] && echo "$image" && return
	done
	say "no kernel to boot in $1"
	return 1
}

# kernel_compiler DIR: the gcc that the headers ask for, if they ask for one
kernel_compiler() {
	sed -n 's/.*\(gcc-[0-9][0-9]*\).*/\1/p' "$1"/usr/src/linux-headers-*/.kernelvariables \
		2>/dev/null | head -n 1 | grep . || echo gcc
}

# kernel_memory SERIES: what its guest needs; detectors keep books of all memory,
# and of the long tests one holds ten million entries
kernel_memory() {
	case $1 in
	debug | kcsan) echo 2G ;;
	*) if [ -n "${TTLMAP_LONG-}" ]; then echo 4G; else echo 1G; fi ;;
	esac
}

# kernel_options SERIES: for its command line.  With the detectors on, ACPI takes so
# long over the routing of interrupts that it gives up.  Where SLUB checks itself it
# keeps no free objects at hand, in lists that go on pointing to what they gave out:
# kmemleak would take that for in use.
kernel_options() {
	case $1 in
	debug | kcsan | rt) echo pci=noacpi kasan_multi_shot slab_debug=FZ ;;
	esac
}

# kernel_patience SERIES: how many times as long as stock kernels it may take
kernel_patience() {
	case $1 in
	debug | kcsan) echo 10 ;;
	coverage | rt) echo 4 ;;
	*) echo 1 ;;
	esac
}

# Headers whose build tools need a newer libc than this machine's come with a
# whole toolchain of their release, to chroot into.
toolchain_suites() {
	kernel_suites "$1"
}

toolchain_packages() {
	local headers
	headers=$(kernel_headers "$1") || return
	# shellcheck disable=SC2086  # a list of words
	apt_exact install -y $headers make binutils dash bash coreutils sed grep gawk findutils diffutils \
		base-files pahole kmod libelf1t64 libssl3t64
}

toolchain_finish() {
	local tmp=$1
	ln -sf dash "$tmp/usr/bin/sh" &&
		ln -sf gawk "$tmp/usr/bin/awk" &&
		mkdir -p "$tmp"/{dev,proc,tmp,ttlmap}
}

toolchain_dir() {
	cache_get "toolchain-$1" toolchain "$1"
}

# Debian's source of 6.12, less what only a kernel's own build needs.
source_suites() {
	kernel_suites 6.12
}

source_packages() {
	apt_exact download linux-source-6.12
}

source_finish() {
	local tmp=$1 top=linux-source-6.12
	tar -C "$tmp" --strip-components=1 -xf "$tmp/usr/src/$top.tar.xz" \
		"$top/Makefile" "$top/scripts" "$top/tools" "$top/include" \
		"$top/arch/x86/include" "$top/Documentation/dev-tools" || return
	rm -r "${tmp:?}/usr"
}

source_dir() {
	cache_get source-6.12 source
}

# busybox-static as a package would replace a machine's busybox.
busybox_suites() {
	host_suite
}

busybox_packages() {
	apt_exact download busybox-static
}

busybox_finish() {
	[ -x "$1/bin/busybox" ] || ln -s usr/bin "$1/bin"
}

busybox() {
	echo "$(cache_get busybox busybox)/bin/busybox"
}
