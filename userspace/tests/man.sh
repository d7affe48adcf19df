# SPDX-License-Identifier: GPL-2.0
# Manual pages are well formed and speak of everything that is there.
set -eu

out=$(mktemp)
trap 'rm -f "$out"' EXIT

# A line that cannot be adjusted is for the formatter to know, not for the page.
for page in man/*.[1-9]; do
	mandoc -T lint -W warning "$page"
	LC_ALL=C.UTF-8 MANROFFSEQ='' MANROFFOPT=-Wbreak MANWIDTH=80 man --warnings -E UTF-8 -l "$page" 2> "$out" > /dev/null
	cat "$out"
	test ! -s "$out"
	echo "ok: $page is well formed"
done

for command in $("$OUT/ttlmap" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	grep -q "^\.Ss $command\$" man/ttlmap.1 || { echo "ttlmap(1) lacks $command"; exit 1; }
	for option in $("$OUT/ttlmap" help "$command" | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p' | grep -v -e '--help' -e '--usage'); do
		sed -n "/^\.Ss $command\$/,/^\.S[sh] /p" man/ttlmap.1 | grep -q -e "Fl -${option#--}" ||
			{ echo "ttlmap(1) lacks $option of $command"; exit 1; }
	done
done
echo "ok: ttlmap(1) has all commands and options"

for function in $(sed -n 's/^\t\(ttlmap_[a-z_]*\);$/\1/p' lib/libttlmap.map); do
	grep -q "^\.Fo $function\$\|^\.Fn $function\|Fn $function" man/libttlmap.3 || { echo "libttlmap(3) lacks $function"; exit 1; }
done
echo "ok: libttlmap(3) has all functions"
