# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Packages of this machine that the build needs.  Tests run two at a time, and apt-get does not wait for
# itself: one installs at a time.

package_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "installing packages needs root, or sudo: $*"
	fi
}

# What else installs packages on this machine is waited for.
packages_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
		-o DPkg::Lock::Timeout=600 "$@" </dev/null
}

# The lists may be absent or stale; a source that has nothing to do with this
# may be broken.  What counts is whether the packages come.
packages_install_fresh() {
	local log=$BUILD/log/apt.log
	mkdir -p "$BUILD/log"
	packages_install "$@" >"$log" 2>&1 && return
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >>"$log" 2>&1 ||
		say "apt-get update had errors, see build/log/apt.log; trying with what it got"
	packages_install "$@" >>"$log" 2>&1 && return
	tail -n 20 "$log" >&2
	die "cannot install: $*"
}

# packages_need REASON PACKAGE...
packages_need() {
	local reason=$1 package missing=()
	shift
	for package; do
		package_installed "$package" || missing+=("$package")
	done
	[ "${#missing[@]}" = 0 ] && return
	progress "installing packages for $reason: ${missing[*]}"
	with_lock "$CACHE/lock-packages" packages_install_fresh "${missing[@]}" || exit
}

# What userspace/Makefile says that it needs; selftests/ need no more.
packages_need_userspace() {
	packages_need "building" make
	# shellcheck disable=SC2046  # a list of words
	packages_need "building the library and the tool" \
		$(make -s -C "$TOP/userspace" packages PACKAGES_CHECK=)
}
