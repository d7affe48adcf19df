# SPDX-License-Identifier: GPL-2.0
# Manual pages are well formed, speak of everything that is there and of nothing else.
set -eu

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
	echo "$*"
	exit 1
}

# page_names PAGE: those that its NAME section gives it, as NAME SECTION
page_names() {
	sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([a-z_-]*\).*/\1/p' "$1" | sed "s/\$/ ${1##*.}/"
}

# A line that cannot be adjusted is for the formatter to know, not for the page.
for page in man/*.[1-9]; do
	mandoc -T lint -W warning "$page"
	LC_ALL=C.UTF-8 MANROFFSEQ='' MANROFFOPT=-Wbreak MANWIDTH=80 man --warnings -E UTF-8 -l "$page" 2> "$out/log" > /dev/null
	cat "$out/log"
	test ! -s "$out/log"
	page_names "$page" >> "$out/names"
	echo "ok: $page is well formed"
done

sed -n 's/.*\.*Xr \(ttlmap[a-z_-]*\|libttlmap\) \([1-9]\).*/\1 \2/p' man/*.[1-9] | sort -u > "$out/named"
sort "$out/names" | uniq -d > "$out/twice"
sort "$out/names" | comm -13 - "$out/named" | cat - "$out/twice" > "$out/wrong"
cat "$out/wrong"
test ! -s "$out/wrong" || fail "pages that are named and not there, or there twice"
echo "ok: every page that a page names is there"

# command_options COMMAND: as its help has them
command_options() {
	"$OUT/ttlmap" help "$1" | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p' | grep -v -e '^--help$' -e '^--usage$' | sort
}

# page_options PAGE: those that it explains, in its lists
page_options() {
	sed -n 's/^\.It Fl \(-[a-z-]*\).*/-\1/p' "$1" | sort
}

"$OUT/ttlmap" help | sed -n 's/^  \([a-z]*\)  *\(.*\)/\1 \2/p' > "$out/commands"
while read -r command summary; do
	page=man/ttlmap-$command.1
	test -e "$page" || fail "there is no $page"
	grep -qx "\.Nd $summary" "$page" || fail "$page is not about: $summary"
	grep -qx "\.It Xr ttlmap-$command 1" man/ttlmap.1 || fail "ttlmap(1) does not list $command"
	command_options "$command" > "$out/help" || true
	page_options "$page" | diff -u --label help --label "$page" "$out/help" - ||
		fail "$page and \`ttlmap help $command' have other options"
done < "$out/commands"
for page in man/ttlmap-*.1; do
	command=${page#man/ttlmap-}
	grep -q "^${command%.1} " "$out/commands" || test "$command" = lint.1 || fail "$page: no such command"
done
echo "ok: each command has a page with all of its options, and no others"

# Options that examples use are there.
grep -ho 'ttlmap [a-z]* [^|;&)]*' man/*.[17] | sed 's/^ttlmap //' | grep -e ' --' > "$out/used"
while read -r command arguments; do
	for option in $(printf '%s\n' "$arguments" | grep -o -e '--[a-z-]*'); do
		"$OUT/ttlmap" help "$command" | grep -qw -e "$option" || fail "an example has $option of $command"
	done
done < "$out/used"
echo "ok: the options in examples are there"

for function in $(sed -n 's/^\t\(ttlmap_[a-z_]*\);$/\1/p' lib/libttlmap.map); do
	grep -qx "$function 3" "$out/names" || fail "no page explains $function"
	grep -lx "\.F[no] $function\( .*\)\?" man/*.3 > /dev/null || fail "no page declares $function"
done
echo "ok: each function of the library has a page"

# What is shown compiles, as a part of a function if it is none.
for page in man/*.3; do
	awk '/^\.Bd -literal/ { inside = 1; next } /^\.Ed/ { inside = 0 } inside' "$page" | sed 's/\\e/\\/g; s/\\(aq/'"'"'/g' > "$out/shown"
	if test ! -s "$out/shown"; then
		continue
	elif grep -q '^int main' "$out/shown"; then
		cp "$out/shown" "$out/example.c"
	else
		cat > "$out/example.c" <<- END
			#include <err.h>
			#include <errno.h>
			#include <stdio.h>
			#include <string.h>
			#include <ttlmap.h>
			int example(int map, const char *address, int (*refuse)(const char *));
			int example(int map, const char *address, int (*refuse)(const char *))
			{
			(void)refuse(address); (void)map;
			{
			$(cat "$out/shown")
			}
			return 0;
			}
		END
	fi
	"$CC" -Wall -Wextra -Werror -Wno-declaration-after-statement -I../uapi -Ilib -fsyntax-only "$out/example.c" || fail "$page: its example does not compile"
done
echo "ok: the examples of the library's pages compile"
