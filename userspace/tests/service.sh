# SPDX-License-Identifier: GPL-2.0
# systemd takes the units as they are installed. As a user's, so that it needs no systemd
# that runs.
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
export HOME="$root" XDG_RUNTIME_DIR="$root"

$MAKE -s install O="$OUT" DESTDIR="$root" PREFIX="$root/opt"
for unit in "$root$root"/opt/lib/systemd/system/*.service; do
	sed "s,=$root/opt/bin/,=$OUT/," "$unit" > "$root/${unit##*/}"
	systemd-analyze --user verify --man=no "$root/${unit##*/}" 2> "$root/errors" || { cat "$root/errors"; exit 1; }
	cat "$root/errors"
	test ! -s "$root/errors"
done
echo "ok: units"
