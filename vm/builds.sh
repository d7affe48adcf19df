# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Kernels of our own, from Debian's source with the configurations in vm/configs/,
# for what Debian's own kernels cannot do: check themselves, fail on purpose, count
# what ran.  Each is built once and has the form of Debian's packages, unpacked.
#
# A build is named by all that it was made of, appears whole or not at all, and stays
# until another takes its place.

# Those that tests run in, all that boot in QEMU, and those that are programs.
BUILDS_TEST="debug kcsan rt"
BUILDS_BOOT="$BUILDS_TEST coverage"
BUILDS_UML="uml native"

# Debian's newest source, whole.
linux_suites() {
	kernel_suites 7.3
}

linux_packages() {
	apt_exact download linux-source-7.3
}

linux_finish() {
	local tmp=$1 top=linux-source-7.3
	tar -C "$tmp" --strip-components=1 -xf "$tmp/usr/src/$top.tar.xz" || return
	rm "$tmp/usr/src/$top.tar.xz"
}

linux_dir() {
	packages_need "unpacking the kernel's source" xz-utils
	cache_get linux-7.3 linux
}

# builds_fragments FLAVOUR: what its configuration is made of, in this order
builds_fragments() {
	case $1 in
	debug | kcsan | rt) printf "$TOP/vm/configs/%s.config\n" x86 checks "$1" ;;
	coverage) printf "$TOP/vm/configs/%s.config\n" x86 coverage ;;
	uml) printf "$TOP/vm/configs/%s.config\n" uml kunit ;;
	native) printf "$TOP/vm/configs/%s.config\n" uml native ;;
	*) die "no such build of the kernel: $1 (there are: $BUILDS_BOOT $BUILDS_UML)" ;;
	esac
}

builds_arch() {
	if [[ " $BUILDS_UML " = *" $1 "* ]]; then echo um; else echo x86_64; fi
}

# builds_image FLAVOUR: what boots, in the tree that it was built in
builds_image() {
	if [ "$(builds_arch "$1")" = um ]; then echo linux; else echo arch/x86/boot/bzImage; fi
}

# builds_fragments_read FLAVOUR: without what only people read
builds_fragments_read() {
	local fragments
	fragments=$(builds_fragments "$1") || exit
	# shellcheck disable=SC2086  # a list of words
	grep -hE '^CONFIG_|^# CONFIG_.* is not set' $fragments
}

# builds_key FLAVOUR SOURCE
builds_key() {
	{
		builds_fragments_read "$1"
		echo "${2##*/}"
		gcc --version | head -n 1
		declare -f builds_make builds_configure builds_compile builds_finish
	} | sha256sum | cut -c1-16
}

builds_kbuild() {
	local flavour=$1 source=$2 tree=$3
	shift 3
	make -C "$source" ARCH="$(builds_arch "$flavour")" O="$tree" -j"$(nproc)" "$@" 2>&1
}

# An option that another one switches off, or that has a new name, would be
# missed by nobody else.
builds_configure() {
	local flavour=$1 tree=$3 lost
	builds_kbuild "$@" tinyconfig &&
		builds_fragments_read "$flavour" >>"$tree/.config" &&
		builds_kbuild "$@" olddefconfig || return
	lost=$(builds_fragments_read "$flavour" | grep -vxF -f "$tree/.config") || return 0
	say "the $flavour kernel cannot have:"
	say "$lost"
	return 1
}

# A line now and then, as this takes minutes.
builds_compile() {
	local log=$4 compiler status=0
	set -- "$1" "$2" "$3"
	builds_kbuild "$@" all >"$log" 2>&1 &
	compiler=$!
	while sleep 1 && kill -0 "$compiler" 2>/dev/null; do
		[ $((SECONDS % 30)) != 0 ] ||
			progress "compiling the $1 kernel: $(grep -cE '^  (CC|AS|LD)' "$log" || true) files so far"
	done
	wait "$compiler" || status=$?
	[ "$status" = 0 ] || grep -B 2 -A 8 -iE 'error|\*\*\*' "$log" | tail -n 40 >&2
	return "$status"
}

# What was linked into the kernel has served; what builds modules stays, and
# expects to be where it was built.
builds_finish() {
	local flavour=$1 tree=$3 tmp=$4 dir=$5 release
	release=$(cat "$tree/include/config/kernel.release")
	mkdir -p "$tmp/boot" "$tmp/usr/src"
	cp "$tree/$(builds_image "$flavour")" "$tmp/boot/vmlinuz-$release"
	find "$tree" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) -not -path '*/scripts/*' \
		-not -path '*/tools/*' -delete
	sed -i "s,$tree,$dir/usr/src/linux-headers-$release," "$tree/Makefile"
	mv "$tree" "$tmp/usr/src/linux-headers-$release"
}

# builds_make FLAVOUR SOURCE DIR
builds_make() {
	local flavour=$1 source=$2 dir=$3 tmp
	tmp=$CACHE/building-$flavour
	rm -rf "$tmp"
	mkdir -p "$tmp/tree" "$BUILD/log"
	progress "compiling the $flavour kernel, once: this takes ten minutes or so on two processors"
	builds_configure "$flavour" "$source" "$tmp/tree" >"$BUILD/log/configure-$flavour.log" &&
		builds_compile "$flavour" "$source" "$tmp/tree" "$BUILD/log/kernel-$flavour.log" &&
		builds_finish "$flavour" "$source" "$tmp/tree" "$tmp" "$dir" &&
		mv "$tmp" "$dir"
}

builds_get_locked() {
	local flavour=$1 source dir
	packages_need "compiling a kernel" make gcc libc6-dev flex bison bc libelf-dev perl
	source=$(linux_dir) || exit
	dir=$CACHE/build-$flavour.$(builds_key "$flavour" "$source")
	[ -d "$dir" ] || builds_make "$flavour" "$source" "$dir" ||
		die "cannot compile the $flavour kernel; all that was said is in build/log/kernel-$flavour.log"
	cache_point "build-$flavour" "$dir"
}

# builds_dir FLAVOUR: prints a folder with boot/ and usr/src/
builds_dir() {
	builds_fragments "$1" >/dev/null
	with_lock "$CACHE/lock-build-$1" builds_get_locked "$1" >&2 || exit
	readlink -f "$CACHE/build-$1"
}
