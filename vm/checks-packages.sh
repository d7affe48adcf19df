# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Tests of what is installed: by make, by DKMS, as Debian's packages.

PACKAGES=$BUILD/packages
# What the packages are made of.
PACKAGES_SOURCES="Kbuild LICENSE Makefile coccinelle debian dkms.conf kmod packaging ttlmap-lint uapi userspace"

packages_version() {
	sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$TOP/dkms.conf"
}

# packages_parameters MODULE: the names of those that say what they do, and of what type
# they are
packages_parameters() {
	/sbin/modinfo -F parm "$1" | sed -nE 's/^([a-z_]+):.{20,} \((bool|uint|ulong)\)$/\1/p' | sort
}

packages_documents() {
	grep -qx "\`\`$1\`\`" "$TOP/Documentation/installing.rst"
	grep -qx "\.It Va $1" "$TOP/userspace/man/ttlmap.4"
}

# packages_modinfo MODULE: all that there is to say about it is said, and documented
packages_modinfo() {
	local field parameters
	for field in description author license vermagic srcversion; do
		[ -n "$(/sbin/modinfo -F "$field" "$1")" ] || { echo "$1: no $field"; return 1; }
	done
	expect "version" "$(packages_version)" "$(/sbin/modinfo -F version "$1")"
	parameters=$(packages_parameters "$1")
	expect "parameters" "$(sed -n 's/^module_param[a-z_]*(\([a-z_]*\),.*/\1/p' "$TOP"/kmod/*.c | sort)" "$parameters"
	for field in $parameters; do
		echo "parameter $field"
		packages_documents "$field"
	done
}

dkms_suites() {
	host_suite
}

dkms_packages() {
	apt_exact download dkms
}

dkms_finish() {
	[ -x "$1/usr/sbin/dkms" ]
}

# packages_dkms_build SERIES FOLDER HEADERS-ROOT COMMAND...: as DKMS does it; COMMAND runs
# what follows as root of the machine that it is done on, where the checkout is FOLDER
packages_dkms_build() {
	local series=$1 top=$2 headers=$3 release
	shift 3
	release=$(kernel_release "$headers")
	"$@" "$top/build/packages/dkms" build "ttlmap/$(packages_version)" -k "$release" -a x86_64 \
		--sourcetree "$top/build/packages/dkms-source/usr/src" \
		--dkmstree "$top/build/packages/dkms-tree-$series" \
		--kernelsourcedir "${DKMS_HEADERS-$headers}/usr/src/linux-headers-$release"
}

# dkms.conf is one that DKMS builds from, and what comes out is complete.
check_packages_dkms() {
	local series dir module
	packages_need "building kernel modules" make gcc pahole kmod xz-utils
	rm -rf "$PACKAGES"/dkms*
	mkdir -p "$PACKAGES"
	make -s -C "$TOP" install-dkms "DESTDIR=$PACKAGES/dkms-source"
	cp "$(cache_get dkms dkms)/usr/sbin/dkms" "$PACKAGES/"
	for series in $KERNELS_BUILD; do
		mkdir "$PACKAGES/dkms-tree-$series"
		if module_needs_toolchain "$series"; then
			dir=$(toolchain_dir "$series")
			DKMS_HEADERS='' packages_dkms_build "$series" /ttlmap "$dir" module_inside "$dir"
		else
			dir=$(kernel_dir "$series")
			# shellcheck disable=SC2046  # a list of words
			packages_dkms_build "$series" "$TOP" "$dir" $(module_unshare)
		fi
		module=$(find "$PACKAGES/dkms-tree-$series" -name 'ttlmap.ko*')
		packages_modinfo "$module"
	done
}

# The version is the same wherever it stands, what the library exports is what its symbols
# file says, and dkms.conf takes the kernels that ttlmap is for.
check_packages_metadata() {
	local version release
	version=$(packages_version)
	expect "version of the module" "$version" \
		"$(sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' "$TOP/kmod/main.c")"
	expect "version of the packages" "$version" \
		"$(sed -nE '1s/^ttlmap \(([^)]*)\).*/\1/p' "$TOP/debian/changelog")"
	grep -qx "   sudo dkms install ttlmap/$version" "$TOP/Documentation/installing.rst"
	expect "symbols" "$(sed -n 's/^\t\(ttlmap_.*\);$/\1/p' "$TOP/userspace/lib/libttlmap.map" | sort)" \
		"$(sed -n 's/^ \(ttlmap_.*\)@.*/\1/p' "$TOP/debian/libttlmap1.symbols" | sort)"
	# shellcheck source=dkms.conf
	. "$TOP/dkms.conf"
	for release in 6.1.0-57-amd64 6.12.117+deb12-amd64 7.3.4-1-amd64 10.0.0; do
		[[ $release =~ $BUILD_EXCLUSIVE_KERNEL ]] || { echo "dkms.conf refuses $release"; return 1; }
	done
	for release in 5.10.0-30-amd64 6.0.12-1-amd64; do
		! [[ $release =~ $BUILD_EXCLUSIVE_KERNEL ]] || { echo "dkms.conf takes $release"; return 1; }
	done
}

# packages_signed MODULE CERTIFICATE: that this is what signed it
packages_signed() {
	local dir=$PACKAGES/signature size length
	mkdir -p "$dir"
	size=$(stat -c %s "$1")
	length=$(tail -c 32 "$1" | head -c 4 | od -An -tu4 --endian=big | tr -d ' ')
	head -c $((size - 40 - length)) "$1" >"$dir/content"
	tail -c $((length + 40)) "$1" | head -c "$length" >"$dir/signature"
	openssl x509 -inform DER -in "$2" -out "$dir/certificate"
	openssl cms -verify -noverify -binary -inform DER -in "$dir/signature" \
		-content "$dir/content" -certfile "$dir/certificate" -out /dev/null
}

# packages_sign MODULE HEADERS: as Documentation/installing.rst shows
packages_sign() {
	debian_typed "$PACKAGES/job"
	sed -i -e "s,/lib/modules/.*/build,$2," -e "s,/lib/modules/.*/updates/ttlmap.ko,$1," \
		"$PACKAGES/job/installing-sign"
	cd "$PACKAGES" || return
	sh -ex "$PACKAGES/job/installing-sign"
	expect "signer" "my modules" "$(/sbin/modinfo -F signer "$1")"
	packages_signed "$1" my.der
	printf x | dd of="$1" bs=1 seek=4096 conv=notrunc status=none
	! packages_signed "$1" my.der
}

# packages_make TARGET HEADERS: as somebody who makes packages calls it
packages_make() {
	make -C "$TOP" "$1" "KDIR=$2" "DESTDIR=$PACKAGES/root" PREFIX=/opt/ttlmap-trial -j"$(nproc)"
}

# All that is installed goes where PREFIX and DESTDIR say and nowhere else, knows where it
# is, and is removed again.
check_packages_make() {
	local prefix=$PACKAGES/root/opt/ttlmap-trial headers module
	packages_need "building kernel modules" make gcc pahole kmod xz-utils openssl
	packages_need_userspace
	rm -rf "$PACKAGES/root"
	headers=$(kernel_dir "$(kernel_default)")
	headers=$headers/usr/src/linux-headers-$(kernel_release "$headers")
	packages_make install "$headers"
	module=$(find "$PACKAGES/root/lib/modules" -path '*/updates/ttlmap.ko*')
	packages_modinfo "$module"
	packages_sign "$module" "$headers"
	expect "version of the tool" "ttlmap $(packages_version)" "$("$prefix/bin/ttlmap" --version)"
	ls "$prefix"/{include/{ttlmap,linux/ttlmap}.h,lib/{libttlmap.{a,so,so.1},pkgconfig/ttlmap.pc}} \
		"$prefix"/lib/{systemd/system/ttlmap-{record,export}.service,udev/rules.d/60-ttlmap.rules,sysusers.d/ttlmap.conf} \
		"$prefix"/share/{man/man{1/ttlmap.1,3/libttlmap.3,4/ttlmap.4},bash-completion/completions/ttlmap}
	grep -qx 'ExecStart=/opt/ttlmap-trial/bin/ttlmap record' "$prefix/lib/systemd/system/ttlmap-record.service"
	grep -qx 'prefix=/opt/ttlmap-trial' "$prefix/lib/pkgconfig/ttlmap.pc"
	"$prefix/bin/ttlmap-lint" --list | grep -x unbounded
	[ ! -e /opt/ttlmap-trial ]
	packages_make uninstall "$headers"
	find "$PACKAGES/root" ! -type d ! -path '*/modules.*' | static_silent
}

# Of all that the packages are made of, and where.
packages_key() {
	local root=$1
	{
		echo "${root##*/}"
		declare -f packages_build
		# shellcheck disable=SC2086  # a list of words
		(cd "$TOP" && find $PACKAGES_SOURCES \( -type f -o -type l \) -exec sha256sum {} + | sort)
	} | sha256sum | cut -c1-16
}

packages_source() {
	tar -C "$TOP" --exclude=./build --exclude=./.git -cf "$PACKAGES/source.tar" .
}

# packages_build ROOT DIR: the packages, as an ordinary user of a clean Debian builds them
# shellcheck disable=SC2016  # the hooks' shell expands these
packages_build() {
	local root=$1 dir=$2
	mkdir -p "$PACKAGES/job" "$dir"
	packages_source
	debian_typed "$PACKAGES/job"
	debian_work "$root" \
		'mkdir -p "$1/packages/ttlmap"' \
		"tar-in $PACKAGES/source.tar /packages/ttlmap" \
		"upload $PACKAGES/job/installing-build /tmp/build" \
		'chroot "$1" chown -R builder: /packages' \
		'chroot "$1" runuser -u builder -- env HOME=/home/builder \
			sh -exc "cd /packages/ttlmap; $(grep -v apt-get "$1/tmp/build")"' \
		'rm -r "$1/packages/ttlmap"; chown -R 0:0 "$1/packages"' \
		"sync-out /packages $dir"
}

# packages_dir: where they are, built from what the checkout is now
packages_dir() {
	local root dir
	root=$(debian_root build) || exit
	dir=$PACKAGES/debs.$(packages_key "$root")
	if [ ! -d "$dir" ]; then
		progress "building the packages in a clean Debian"
		rm -rf "$PACKAGES"/debs.* "$PACKAGES/job"
		packages_build "$root" "$dir.new" >&2
		mv "$dir.new" "$dir"
	fi
	echo "$dir"
}

# They are built by an ordinary user where nothing is but what they ask for, and lintian
# has nothing to say.
check_packages_build() {
	local dir
	packages_need "checking packages" lintian
	dir=$(packages_dir)
	ls "$dir"/{ttlmap-dkms,ttlmap,libttlmap1,libttlmap-dev}_"$(packages_version)"_*.deb
	lintian --allow-root --suppress-tags bad-distribution-in-changes-file --fail-on error,warning \
		--info --display-info "$dir"/*.changes
}

# On a Debian of their own: DKMS builds for the kernel that is there and for the one that
# comes later; both boot, and all that Documentation/installing.rst shows works there.
check_packages_install() {
	local packages root image releases
	packages=$(packages_dir)
	root=$(debian_root machine)
	image=$PACKAGES/image.$(echo "$packages" "$root" "$(cat "$TOP"/vm/debian/* "$TOP/vm/debian.sh")" | sha256sum | cut -c1-16)
	if [ ! -d "$image" ]; then
		rm -rf "$PACKAGES"/image.*
		packages_source
		debian_image "$root" "$PACKAGES/source.tar" "$packages" "$image.new"
		mv "$image.new" "$image"
	fi
	guest_prepare "$(kernel_default)"
	qemu_choose "$GUEST_BASE" "$GUEST_DIR"
	readarray -t releases < <(basename -a "$image"/*/ | sort -V)
	expect "kernels" 2 "${#releases[@]}"
	debian_boot "$image" "${releases[0]}" use
	debian_boot "$image" "${releases[1]}" upgraded
}
