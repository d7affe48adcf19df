# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The guest's root file system: busybox, the module, the library and the tool.

TERMINALS="linux vt100 vt220 xterm xterm-256color screen screen-256color tmux tmux-256color ansi dumb"
TEXT_BYTES=4000000
TRACES=$TOP/../shared/traces

# initramfs_libraries STAGE PROGRAM: the shared libraries that it needs
initramfs_libraries() {
	ldd "$2" | grep -o ' /[^ ]*\|^	/[^ ]*' | tr -d ' \t' |
		while read -r library; do
			mkdir -p "$1${library%/*}"
			cp -L "$library" "$1$library"
		done
}

# kernel_module_file DIR NAME: a module of the kernel's own
kernel_module_file() {
	find "$1" -path "*/lib/modules/*" -name "${2//[-_]/[-_]}.ko*" -print -quit
}

# initramfs_kernel_module STAGE DIR NAME: after those that it depends on, and
# not at all if the kernel has it built in
initramfs_kernel_module() {
	local stage=$1 dir=$2 file needs other count
	file=$(kernel_module_file "$dir" "$3")
	[ -n "$file" ] || return 0
	needs=$(/sbin/modinfo -F depends "$file")
	for other in ${needs//,/ }; do
		initramfs_kernel_module "$stage" "$dir" "$other"
	done
	for other in "$stage"/lib/boot/*-"$3".ko; do
		[ ! -e "$other" ] || return 0
	done
	count=$(find "$stage/lib/boot" -name '*.ko' | wc -l)
	other=$(printf '%s/lib/boot/%02d-%s.ko' "$stage" "$count" "$3")
	case $file in
	*.xz) xz -dc "$file" >"$other" ;;
	*) cp "$file" "$other" ;;
	esac
}

initramfs_modules() {
	local stage=$1 dir=$2 name tree needs
	tree=$BUILD/kmod/$(module_name "$dir")
	needs=$(/sbin/modinfo -F depends "$tree/ttlmap.ko")
	mkdir -p "$stage"/lib/{boot,modules}
	for name in virtio_pci virtio_console virtio_net ${needs//,/ }; do
		initramfs_kernel_module "$stage" "$dir" "$name"
	done
	cp "$tree/ttlmap.ko" "$tree"/{samples,selftests/modules,benchmarks/kernel}/*.ko "$stage/lib/modules/"
}

initramfs_base() {
	local stage=$1
	mkdir -p "$stage"/{bin,etc,root,usr/bin,data}
	cp "$(busybox)" "$stage/bin/busybox"
	cp "$TOP/vm/init" "$stage/init"
	cp "$TOP"/vm/{kernel-log,selftests-runner,bench-runner,demo} "$stage/usr/bin/"
	chmod 755 "$stage/init" "$stage"/usr/bin/*
	cp "$TOP/vm/profile" "$stage/etc/profile"
	printf '%s\n' root:x:0:0:root:/root:/bin/sh user:x:1000:1000:user:/tmp:/bin/sh \
		nobody:x:65534:65534:nobody:/tmp:/bin/sh >"$stage/etc/passwd"
	printf '%s\n' root:x:0: user:x:1000: nogroup:x:65534: >"$stage/etc/group"
}

initramfs_userspace() {
	local stage=$1
	make -C "$TOP/userspace" "O=$BUILD/userspace" "DESTDIR=$stage" -j"$(nproc)" install
	rm -r "$stage"/usr/local/{include,share,lib/{pkgconfig,systemd,sysusers.d,udev}} "$stage"/usr/local/lib/*.a
	initramfs_libraries "$stage" "$stage/usr/local/bin/ttlmap"
}

initramfs_terminals() {
	local stage=$1 name file
	for name in $TERMINALS "${TERM:-dumb}"; do
		for file in {/etc,/lib,/usr/share}/terminfo/"${name:0:1}/$name"; do
			[ -e "$file" ] || continue
			mkdir -p "$stage/lib/terminfo/${name:0:1}"
			cp -L "$file" "$stage/lib/terminfo/${name:0:1}/$name"
		done
	done
}

# Real text that every Debian machine has.
initramfs_text() {
	local stage=$1
	find /usr/share/common-licenses -type f -exec cat {} + >"$stage/data/licences.txt"
	{ cat /var/lib/dpkg/info/*.list || true; } | head -c "$TEXT_BYTES" | sed '$d' >"$stage/data/packages.txt"
}

initramfs_selftests() {
	local stage=$1
	shift
	mkdir -p "$stage/selftests"
	cp "$@" "$stage/selftests/"
	if [ -d "$TRACES" ]; then
		mkdir -p "$stage/traces"
		cp "$TRACES"/*.bin.xz "$stage/traces/"
	fi
}

# initramfs_pack STAGE FILE
initramfs_pack() {
	local busybox
	busybox=$(busybox)
	(cd "$1" && find . | LC_ALL=C sort | "$busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$2"
}
