# SPDX-License-Identifier: GPL-2.0
# The samples build with what pkg-config says of an installed library, and nothing else.
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# A package has LIBDIR elsewhere.
$MAKE -s install O="$OUT" DESTDIR="$root" PREFIX=/usr/local LIBDIR=/usr/local/lib
PKG_CONFIG_LIBDIR="$root/usr/local/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" \
	$MAKE -s -C ../samples O="$root/samples"
export LD_LIBRARY_PATH="$root/usr/local/lib"
for program in dns_cache login_limit sessions memo; do
	ldd "$root/samples/$program" | grep -q "$LD_LIBRARY_PATH/libttlmap.so.1"
done
for program in dns_cache login_limit memo; do
	"$root/samples/$program" 2>&1 | grep -q '^usage: '
done
echo "ok: the samples build, link and run"
