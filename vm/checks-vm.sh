# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Tests of ./run itself, as a user calls it.

# expect WHAT WANTED GOT
expect() {
	[ "$2" = "$3" ] || {
		printf '%s: expected %q, got %q\n' "$1" "$2" "$3"
		return 1
	}
}

# status_of COMMAND...: its exit status, its output in OUT and ERR
status_of() {
	STATUS=0
	OUT=$BUILD/log/run.out ERR=$BUILD/log/run.err
	env -u PROGRESS_FD "$@" >"$OUT" 2>"$ERR" </dev/null || STATUS=$?
	cat "$ERR"
}

check_vm_status() {
	status_of "$TOP/run" -- sh -c 'exit 7'
	expect "exit status" 7 "$STATUS"
}

check_vm_quoting() {
	# shellcheck disable=SC2016,SC1003  # that is the point
	local words=('a  b' "it's" '$HOME *' '' $'new\nline' '"\' ';' '-n' 'ü')
	status_of "$TOP/run" -- printf '<%s>\n' "${words[@]}"
	expect "exit status" 0 "$STATUS"
	expect "words" "$(printf '<%s>\n' "${words[@]}")" "$(cat "$OUT")"
}

# Every byte of a program comes back, and nothing else does.
check_vm_stdout() {
	local busybox
	busybox=$(busybox)
	status_of "$TOP/run" -- sh -c 'cat /bin/busybox; echo complaint >&2'
	expect "exit status" 0 "$STATUS"
	cmp "$busybox" "$OUT"
	expect "lines of standard error" 1 "$(grep -cx complaint "$ERR")"
}

# The proof that a complaint of the kernel's is seen.
check_vm_kernel_log() {
	status_of "$TOP/run" -- sh -c 'echo "WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg'
	expect "exit status" 125 "$STATUS"
	grep -q 'WARNING: CPU: 0 PID: 1 at nowhere' "$ERR"
}

check_vm_death() {
	status_of "$TOP/run" -- sh -c 'echo c >/proc/sysrq-trigger'
	expect "exit status" 125 "$STATUS"
	grep -q 'Kernel panic' "$ERR"
}

check_vm_timeout() {
	status_of "$TOP/run" --timeout 20 -- sleep 1000
	expect "exit status" 125 "$STATUS"
	grep -q 'did not end within 20 seconds' "$ERR"
}

# A terminal of a size of its own, and somebody who types.
check_vm_shell() {
	local out=$BUILD/log/shell.out
	# shellcheck disable=SC2094  # what it prints tells when to type on
	{
		checks_wait_for "$out" 'exit" powers off'
		printf 'stty size\nsleep 1000\n'
		checks_wait_for "$out" 'sleep 1000'
		sleep 2
		printf '\032'
		checks_wait_for "$out" Stopped
		printf 'kill %%1; ls /sys/module/ttlmap/refcnt; command -v ttlmap; exit 5\n'
		sleep 2
		printf 'exit 5\n'
	} | script -qec "stty rows 33 cols 111; $(quote "$TOP/run") --shell" /dev/null >"$out" 2>&1 ||
		STATUS=$?
	tr -d '\r' <"$out" | tee "$out.text"
	expect "exit status" 5 "${STATUS-0}"
	grep -x '33 111' "$out.text"
	grep -x /sys/module/ttlmap/refcnt "$out.text"
	grep -x /usr/local/bin/ttlmap "$out.text"
}

# checks_wait_for FILE TEXT: until it is there, or something is wrong anyway
checks_wait_for() {
	local tries=0
	until grep -qF "$2" "$1" 2>/dev/null || [ $((tries += 1)) -gt 300 ]; do
		sleep 0.2
	done
}

# The main job: every step of it has left its mark.
check_vm_run() {
	status_of "$TOP/run" --kernel "$1"
	cat "$OUT"
	expect "exit status" 0 "$STATUS"
	grep -q '^\$ ttlmap replay ' "$OUT"
	grep -q '^\$ ttlmap stat ' "$OUT"
	grep -q '^\$ ttlmap top ' "$OUT"
	grep -qE '^hits +[0-9.]+%; an exact LRU of the same capacity has [0-9.]+%' "$OUT"
}
