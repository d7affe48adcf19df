# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Runs the module's KUnit suites, and prints the kernel's log with their results:
# in User-Mode Linux, where they take a second, and in the debug kernel.

KUNIT_SECONDS=100

kunit_stage() {
	local stage=$1
	mkdir -p "$stage"/{bin,usr/bin}
	cp "$(busybox)" "$stage/bin/busybox"
	cp "$TOP/vm/kunit-init" "$stage/init"
	cp "$TOP"/vm/{kunit-runner,kernel-log} "$stage/usr/bin/"
	cp "$BUILD/kunit/ttlmap.ko" "$stage/"
}

kunit_uml_build() {
	local stage=$BUILD/vm/kunit headers=$1
	make -C "$TOP" modules "KDIR=$headers" TREE=build/kunit ARCH=um TTLMAP_KUNIT=y -j"$(nproc)"
	rm -rf "$stage"
	mkdir -p "$BUILD/vm"
	kunit_stage "$stage"
	initramfs_pack "$stage" "$stage.cpio"
}

# kunit_globs PART...: the suites of all parts, or of each of some
kunit_globs() {
	if [ "$#" = "$(find "$TOP/kmod/tests" -name '*_test.c' | wc -l)" ]; then
		echo '*'
	else
		printf 'ttlmap_%s\n' "$@"
	fi
}

# kunit_uml PART...: all that is said while building belongs to a failure
kunit_uml() {
	local dir release glob
	dir=$(kernel_dir uml)
	release=$(kernel_release "$dir")
	packages_need "building kernel modules" make gcc kmod
	with_lock "$BUILD/lock" kunit_uml_build "$dir/usr/src/linux-headers-$release" >&2
	kunit_globs "$@" | while read -r glob; do
		timeout -k 10 "$KUNIT_SECONDS" "$dir/boot/vmlinuz-$release" mem=512M seccomp=on \
			"initrd=$BUILD/vm/kunit.cpio" "kunit.filter_glob=$glob" \
			console=tty0 con=null con0=null,fd:1 quiet </dev/null
	done
}

kunit_debug() {
	export MODULE_VARIANT=kunit MODULE_ARGUMENTS=TTLMAP_KUNIT=y
	guest_prepare debug
	GUEST_BARE=yes GUEST_TIMEOUT=$((KUNIT_SECONDS * 12)) guest_run "$GUEST_BASE" "$GUEST_DIR" \
		sh -c "$(cat "$TOP/vm/kunit-runner")" kunit-runner /lib/modules/ttlmap.ko
}
