# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2016  # what hooks say is for their own shell
# Debian machines made by mmdebstrap: a clean one in which packages are built, and one
# on which they are installed, which boots.  Where user namespaces work no root is
# needed for that.
#
# A root file system is an archive in the cache, named by all that it was made of.

# debian_make SUITE... -- MMDEBSTRAP-ARGUMENT...: from the mirror of this machine
debian_make() {
	local suites=()
	while [ "$1" != -- ]; do
		suites+=("$1")
		shift
	done
	shift
	packages_need "making a Debian" mmdebstrap e2fsprogs uidmap
	apt_sources "${suites[@]}" | env -u APT_CONFIG TMPDIR=/var/tmp mmdebstrap --quiet "$@" -
}

# debian_work ROOT HOOK...: unpacks ROOT for these hooks
debian_work() {
	local root=$1 hook hooks=()
	shift
	packages_need "making a Debian" mmdebstrap e2fsprogs uidmap
	for hook; do
		hooks+=("--customize-hook=$hook")
	done
	env -u APT_CONFIG TMPDIR=/var/tmp ROOT="$root" mmdebstrap --quiet --variant=custom \
		--skip=update,chroot/policy-rc.d,chroot/start-stop-daemon,cleanup --setup-hook='tar -C "$1" -xf "$ROOT"' \
		"${hooks[@]}" '' /dev/null - </dev/null
}

# Nothing but what is essential, what builds any package, and what debian/control asks
# for.
debian_root_build() {
	local suite
	suite=$(host_suite)
	debian_make "$suite" "$suite-security" -- --variant=buildd \
		--customize-hook='mkdir -p "$1/tmp/source"' \
		--customize-hook="copy-in $TOP/debian /tmp/source" \
		--customize-hook='chroot "$1" apt-get -y -q build-dep /tmp/source' \
		--customize-hook='chroot "$1" useradd --create-home builder' \
		"$suite" "$1"
}

# As it is after installation, with the distribution's own kernel, its headers, and
# libraries; the next kernel lies ready in apt's cache.
debian_root_machine() {
	local suite libraries
	suite=$(host_suite)
	libraries=$(make -s -C "$TOP/userspace" packages PACKAGES_CHECK=)
	debian_make "$suite" "$suite-security" "$suite-backports" -- --variant=debootstrap \
		--skip=cleanup/apt \
		--include="systemd-sysv udev kmod initramfs-tools adduser dkms openssl" \
		--include="linux-image-cloud-amd64 linux-headers-cloud-amd64 $libraries" \
		--customize-hook="chroot \"\$1\" apt-get -y -q --download-only install -t $suite-backports \
			linux-image-cloud-amd64 linux-headers-cloud-amd64" \
		"$suite" "$1"
}

debian_root_key() {
	{
		declare -f debian_make "debian_root_$1"
		host_suite
		[ "$1" = machine ] || cat "$TOP/debian/control"
		make -s -C "$TOP/userspace" packages PACKAGES_CHECK=
	} | sha256sum | cut -c1-16
}

debian_root_locked() {
	local name=$1 tar=$2
	[ ! -e "$tar" ] || return 0
	progress "making a Debian ($name): this takes minutes, and is kept"
	rm -f "$CACHE/debian-$name".*
	mkdir -p "$BUILD/log"
	if ! "debian_root_$name" "$tar.new.tar" >"$BUILD/log/debian-$name.log" 2>&1; then
		tail -n 40 "$BUILD/log/debian-$name.log"
		return 1
	fi
	mv "$tar.new.tar" "$tar"
}

# debian_root NAME: prints the archive
debian_root() {
	local tar
	tar=$CACHE/debian-$1.$(debian_root_key "$1").tar
	mkdir -p "$CACHE"
	with_lock "$CACHE/lock-debian-$1" debian_root_locked "$1" "$tar" >&2 || exit
	echo "$tar"
}

# debian_typed DIR: the blocks of Documentation/installing.rst that have a name, as root
# of that machine types them
debian_typed() {
	mkdir -p "$1"
	awk -v "dir=$1" '
		/^   :name: / { out = dir "/" $2; next }
		/^[^ ]/ { out = "" }
		out { print >out }' "$TOP/Documentation/installing.rst"
	sed -i -E "s/^   //; s/\<sudo //; s/\<bookworm\>/$(host_suite)/; s/(apt-get (install|purge))/\1 -y/;
		s/linux-(image|headers)-amd64/linux-\1-cloud-amd64/g" "$1"/*
}

# debian_job DIR SCRIPT: all that SCRIPT of vm/debian/ needs
debian_job() {
	mkdir -p "$1"
	cp "$TOP/vm/debian/common" "$TOP/vm/kernel-log" "$TOP/debian/tests/smoke" "$1/"
	cp "$TOP/vm/debian/$2" "$1/run"
	debian_typed "$1/typed"
}

# debian_image ROOT SOURCE PACKAGES-DIR DIR: leaves in DIR the disk of a machine that has the
# packages, and what boots it: RELEASE/boot/ for each of its kernels
debian_image() {
	local root=$1 source=$2 packages=$3 dir=$4 kernel release
	rm -rf "$dir"
	mkdir -p "$dir"
	debian_job "$dir/job" install
	sed -n '/^```c$/,/^```$/p' "$TOP/README.md" | sed '/^```/d' >"$dir/job/example.c"
	debian_work "$root" \
		'mkdir -p "$1/packages/checkout"' \
		"tar-in $source /packages/checkout" "sync-in $packages /packages" "copy-in $dir/job /run" \
		'chroot "$1" sh -c "cd /packages/checkout && exec /run/job/run"' \
		"upload $TOP/vm/debian/guest-job /usr/local/sbin/guest-job" \
		"upload $TOP/vm/debian/guest-job.service /etc/systemd/system/guest-job.service" \
		'rm -r "$1/packages"; chmod 755 "$1/usr/local/sbin/guest-job"' \
		'chroot "$1" systemctl enable guest-job' \
		'echo /dev/vda / ext4 defaults 0 1 >"$1/etc/fstab"' \
		"copy-out /boot $dir" \
		"mkdir $dir/root && mount --bind \"\$1\" $dir/root && mke2fs -q -t ext4 -d $dir/root $dir/disk 8G &&
			umount $dir/root && rmdir $dir/root"
	rm -r "$dir/job"
	for kernel in "$dir"/boot/vmlinuz-*; do
		release=${kernel##*/vmlinuz-}
		mkdir -p "$dir/$release/boot"
		mv "$kernel" "$dir/boot/initrd.img-$release" "$dir/$release/boot/"
	done
	rm -r "${dir:?}/boot"
}

# debian_boot DIR RELEASE SCRIPT: boots that kernel for one job; what is written to the disk
# is gone after that
# shellcheck disable=SC2034  # the QEMU_ ones are for qemu_command
debian_boot() {
	local dir=$1 release=$2 script=$3 run status=0
	run=$(guest_run_dir "debian-$release")
	debian_job "$run/job" "$script"
	tar -C "$run/job" -cf "$run/job.tar" .
	cp "$dir/$release/boot/initrd.img-$release" "$run/initrd"
	QEMU_DISKS=("$dir/disk" "$run/job.tar")
	QEMU_OPTIONS="root=/dev/vda rootfstype=ext4" QEMU_MEMORY=1G QEMU_PATIENCE=600 GUEST_TIMEOUT=3600
	progress "booting Debian with Linux $release in QEMU ($QEMU_ACCEL)"
	guest_batch "$run" "$dir/$release" || status=$?
	guest_verdict "$run" "$status" "$GUEST_TIMEOUT"
}
