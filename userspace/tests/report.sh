# SPDX-License-Identifier: GPL-2.0
# Reports of a recording whose growth is known, in all their forms.
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
ttlmap="$OUT/ttlmap"
export TZ=UTC

"$OUT/tests/report_test" "$root/record.db"
"$ttlmap" report "$root/record.db" > "$root/text"

says() {
	grep -qF -- "$1" "$root/text" || { cat "$root/text"; echo "the report does not say: $1"; exit 1; }
}

says 'span      2026-11-19 11:06 to 2026-11-20 11:06 (144 looks)'
says '1 of 5 maps grows:'
says '  leaky: +2.35M a day, +16.4M a week; holds 4.70M; full in 3d at that pace'
says '  leaky: growth, 1 time, on since 2026-11-19 23:06 (53%, threshold 10%); 91% held by leaky<client> (pid 77)'
says '  tuned: capacity 50,000, was 5,000'
says '  tuned: default TTL never, was 10m'
says '  warms-up: came'
says '  went: went'

"$ttlmap" report "$root/record.db" --ago 1d > "$root/text"
says 'No map grows.'
says 'No alarm rose.'
says 'baseline  none: nothing was recorded then'
"$ttlmap" report "$root/record.db" --ago 1d --baseline-file "$root/record.db" > "$root/text"
says '  tuned: capacity 5,000, was 50,000'
says '  warms-up: went'
"$ttlmap" report "$root/record.db" --span 1h --baseline 1d > "$root/text"
says 'span      2026-11-20 10:06 to 2026-11-20 11:06 (6 looks)'
says 'baseline  2026-11-19 10:06 to 2026-11-19 11:06 (6 looks)'
echo "ok: text"

"$ttlmap" report "$root/record.db" --json | /usr/bin/python3 -c '
import json, sys
report = json.load(sys.stdin)
leaky = report["maps"][0]
assert leaky["map"] == "leaky" and leaky["grows"]
assert abs(leaky["bytes_a_week"] / (7 * 20000 * 123) - 1) < 0.01, leaky
assert leaky["alarms"][0]["command"] == "leaky<client>"
assert [m["map"] for m in report["maps"] if m["went"]] == ["went"]
assert [m["map"] for m in report["maps"] if m["came"]] == ["warms-up"]
'
echo "ok: JSON"

# Well formed as XML and valid as HTML, and nothing in it is fetched or run.
"$ttlmap" report "$root/record.db" --html > "$root/page.html"
xmllint --noout "$root/page.html"
tidy -q -e --drop-empty-elements no "$root/page.html"
test "$(grep -c '<svg ' "$root/page.html")" = 15
grep -qF 'leaky&lt;client&gt;' "$root/page.html"
if grep -niE '<script|<link|<img|<iframe|url\(|@import|href=|src=' "$root/page.html"; then
	exit 1
fi
if grep -o 'https\?://[^"]*' "$root/page.html" | grep -v '^http://www\.w3\.org/'; then
	exit 1
fi
"$ttlmap" report "$root/record.db" --ago 5d --html > "$root/page.html"
xmllint --noout "$root/page.html"
tidy -q -e --drop-empty-elements no "$root/page.html"
echo "ok: HTML"
