# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The examples of Documentation/tracing.rst, typed in a virtual machine that has Debian's
# perf, trace-cmd and bpftrace.

TRACE_DIR=$BUILD/tracing

# trace_stage TOOL...: the tools, and the libraries that they need
trace_stage() {
	local tool
	mkdir -p "$TRACE_DIR/stage/usr/bin"
	for tool; do
		cp -L "$(command -v "$tool")" "$TRACE_DIR/stage/usr/bin/"
		initramfs_libraries "$TRACE_DIR/stage" "$(command -v "$tool")"
	done
}

# Map 4 is busy: what it is asked for is evicted, or expires, before it is asked for again.
# Turning events on and off patches code that runs; QEMU before 8.1 has been seen to keep
# what another processor had translated before, and to trap there for ever.  There is one.
trace_script() {
	local block
	cat <<-'END'
		exec 2>&1
		echo 0 >/sys/devices/system/cpu/cpu1/online
		mount -t tracefs tracefs /sys/kernel/tracing
		for map in a b c busy; do
			ttlmap create "$map" --capacity 400 --ttl 500ms
		done
		ttlmap replay busy /data/licences.txt --repeat 10000 >/dev/null &
		set -e
	END
	for block in "$TRACE_DIR"/sh/*; do
		printf 'cd /tmp; echo "@example"; (set -x\n%s\n)\n' "$(cat "$block")"
	done
	echo 'kill $!'
}

# trace_says NUMBER PATTERN...: the output of that example has a line for each
trace_says() {
	local number=$1 pattern output
	shift
	output=$(awk -v number="$number" '/^@example$/ { n++ } n == number' "$TRACE_DIR/out")
	for pattern; do
		grep -qE "$pattern" <<<"$output" || { echo "example $number: no $pattern"; return 1; }
	done
}

check_trace_tools() {
	packages_need "tracing" linux-perf trace-cmd bpftrace
	rm -rf "$TRACE_DIR"
	mkdir -p "$TRACE_DIR/sh"
	awk -v language=sh -v "prefix=$TRACE_DIR/sh/" -f "$TOP/vm/code-blocks.awk" "$TOP/Documentation/tracing.rst"
	trace_stage perf trace-cmd bpftrace
	guest_prepare "$(kernel_default)"
	guest_add "$TRACE_DIR/stage"
	# shellcheck disable=SC2034  # for qemu_command
	QEMU_MEMORY=2G
	guest_run "$GUEST_BASE" "$GUEST_DIR" sh -c "$(trace_script)" | tee "$TRACE_DIR/out"
	trace_says 1 '^ +[0-9]+ hash=[0-9a-f]{16}$'
	trace_says 2 'hitcount: +[1-9]' 'Hits: [1-9]'
	trace_says 3 '[0-9]% +ttlmap'
	trace_says 4 '^ +[0-9.]+ +[1-9][0-9,]* +ttlmap:ttlmap_hit' 'ttlmap:ttlmap_miss'
	trace_says 5 'ttlmap_evict: +map=4 hash='
	trace_says 6 '@late_us:' '\|@+'
}
