# SPDX-License-Identifier: GPL-2.0
# The screens of `ttlmap top', of a map that is made up, in a real terminal: at several
# sizes, resized, with colours and without.
set -eu

root=$(mktemp -d)
socket="$root/tmux"
trap 'tmux -S "$socket" kill-server 2> /dev/null || true; rm -rf "$root"' EXIT

tm() {
	tmux -S "$socket" -f /dev/null "$@"
}

# wait_for TEXT: until it is on the screen
wait_for() {
	for _ in $(seq 100); do
		tm capture-pane -p > "$root/screen"
		grep -qF -- "$1" "$root/screen" && return
		sleep 0.1
	done
	cat "$root/screen"
	echo "not on the screen: $1"
	exit 1
}

# begin TERM WIDTH HEIGHT
begin() {
	tm new-session -d -x "$2" -y "$3" "env TERM=$1 '$OUT/tests/detail_test' screen"
	wait_for 'last line'
}

end() {
	tm send-keys q
	for _ in $(seq 100); do
		tm has-session 2> /dev/null || return 0
		sleep 0.1
	done
	echo "it does not end"
	exit 1
}

# fits WIDTH HEIGHT: the last line is the last one
fits() {
	tm capture-pane -p > "$root/screen"
	test "$(wc -l < "$root/screen")" = "$2"
	test "$(tail -n 1 "$root/screen")" = 'last line'
	test "$(wc -L < "$root/screen")" -le "$1"
}

for size in '80 24' '132 50' '60 16' '200 60'; do
	begin screen-256color "${size% *}" "${size#* }"
	wait_for 'MAP'
	fits "${size% *}" "${size#* }"
	tm send-keys Enter
	wait_for 'sessions: 9,000 of 10,000 entries [##################  ]'
	fits "${size% *}" "${size#* }"
	if test "${size#* }" -ge 24; then
		grep -q '^leaky  *77   1000   8.00K   1000K  88.9% 100.0% 100.0%  live *$' "$root/screen"
		grep -q '^never  *88.9% #* *$\|  never  *88.9% #*' "$root/screen"
	fi
	tm send-keys d
	wait_for 'ENTRIES LIMIT'
	end
done
echo "ok: sizes"

begin screen-256color 80 24
tm send-keys Enter
wait_for 'OWNER'
tm resize-window -x 60 -y 12
sleep 1.5
fits 60 12
tm resize-window -x 120 -y 40
wait_for 'leaky'
sleep 1.5
fits 120 40
end
echo "ok: resizing"

begin screen-256color 80 24
tm send-keys Enter
wait_for 'OWNER'
tm capture-pane -e -p > "$root/screen"
esc=$(printf '\033')
grep -q "$esc\[[0-9;]*31m.*alarms   unread for 12m" "$root/screen" || { cat -v "$root/screen"; exit 1; }
end
begin vt100 80 24
tm send-keys Enter
wait_for 'OWNER'
tm capture-pane -e -p > "$root/screen"
if grep -qE "$esc\[([0-9]+;)*[34][0-7](;|m)" "$root/screen"; then
	cat -v "$root/screen"
	echo "colours on a terminal that has none"
	exit 1
fi
end
echo "ok: colours"
