# SPDX-License-Identifier: GPL-2.0
# What a program sees of the library once it is installed: symbols, pkg-config,
# a header for C and C++, and nothing left behind by uninstall.
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

$MAKE -s install O="$OUT" DESTDIR="$root" PREFIX=/usr LIBDIR=/usr/lib
export PKG_CONFIG_LIBDIR="$root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
# pkg-config leaves out what is in /usr/include, wherever its root is.
flags="-I$root/usr/include $(pkg-config --cflags ttlmap)"
libs="-L$root/usr/lib $(pkg-config --libs ttlmap)"

sed -n 's/^\t\(ttlmap_[a-z_]*\);$/\1/p' lib/libttlmap.map | sort > "$root/promised"
nm -D --defined-only "$root/usr/lib/libttlmap.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
	sort > "$root/exported"
sed -n 's/^.*[ *]\(ttlmap_[a-z_]*\)(.*$/\1/p' lib/ttlmap.h | grep -v '^\* ' | sort -u > "$root/declared"
test -s "$root/promised"
diff "$root/promised" "$root/exported"
diff "$root/promised" "$root/declared"
echo "ok: exactly what the header declares is exported"

cat > "$root/use.c" <<'END'
#include <ttlmap.h>

int main(void)
{
	struct ttlmap_create create = { 0 };
	struct ttlmap_tune tune = { 0 };
	struct ttlmap_stat stat;
	uint64_t version = 0, left, sum;
	char value[16];
	size_t len = sizeof(value);
	int fd = ttlmap_map_create(&create);

	return fd >= 0 && !ttlmap_map_stat(fd, &stat) && !ttlmap_map_tune(fd, &tune) &&
	       !ttlmap_update(fd, "key", 3, "value", 5, 0, TTLMAP_NEW | TTLMAP_OWNED, NULL) &&
	       !ttlmap_lookup(fd, "key", 3, value, &len, &left, &version) &&
	       !ttlmap_peek(fd, "key", 3, value, &len, NULL, NULL) &&
	       !ttlmap_lookup_refresh(fd, "key", 3, value, &len, 0, TTLMAP_TTL_EXTEND, &left, NULL) &&
	       !ttlmap_cas_value(fd, "key", 3, "value", 5, "other", 5, 0, 0, &version) &&
	       !ttlmap_cas_version(fd, "key", 3, &version, "value", 5, 0, TTLMAP_TTL_KEEP) &&
	       !ttlmap_add(fd, "key", 3, 1, 0, TTLMAP_EXISTING, &sum) &&
	       !ttlmap_touch(fd, "key", 3, TTLMAP_TTL_NEVER, 0, &left, &version) &&
	       !ttlmap_pop(fd, "key", 3, value, &len, NULL, NULL) &&
	       !ttlmap_delete_if_value(fd, "key", 3, "value", 5, &version) &&
	       !ttlmap_delete_if_version(fd, "key", 3, &version) &&
	       !ttlmap_delete_if_expired(fd, "key", 3) &&
	       !ttlmap_map_freeze(fd) && !ttlmap_map_clear(fd);
}
END
cp "$root/use.c" "$root/use.cc"
sed -i 's/{ 0 }/{}/; s/struct //' "$root/use.cc"
sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' man/libttlmap.3 | sed '/^\.[A-Z]/d; s/\\en/\\n/' > "$root/example.c"

# shellcheck disable=SC2086
{
	$CC -std=c99 -Wall -Wextra -Werror -pedantic $flags -o "$root/use" "$root/use.c" $libs
	$CXX -std=c++11 -Wall -Wextra -Werror -pedantic $flags -o "$root/use++" "$root/use.cc" $libs
	$CC -Wall -Wextra -Werror $flags -o "$root/example" "$root/example.c" $libs
	$CC $flags -o "$root/use-static" "$root/use.c" "$root/usr/lib/libttlmap.a"
}
LD_LIBRARY_PATH="$root/usr/lib" ldd "$root/use++" | grep -q "$root/usr/lib/libttlmap.so.1"
echo "ok: C99 and C++11 programs and the manual's example build and link, shared and static"

$MAKE -s uninstall O="$OUT" DESTDIR="$root" PREFIX=/usr LIBDIR=/usr/lib
left=$(find "$root/usr" ! -type d)
test -z "$left" || { echo "left behind: $left"; exit 1; }
echo "ok: uninstall removes all that install brought"
