# SPDX-License-Identifier: GPL-2.0
# systemd takes the units of packaging/ as they are.
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

for unit in ../packaging/*.service; do
	sed "s,/usr/local/bin/ttlmap,$OUT/ttlmap," "$unit" > "$root/${unit##*/}"
	systemd-analyze verify --man=no "$root/${unit##*/}" 2> "$root/errors" || { cat "$root/errors"; exit 1; }
	cat "$root/errors"
	test ! -s "$root/errors"
done
echo "ok: units"
