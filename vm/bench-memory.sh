# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What an entry takes, all told, in the module and elsewhere.  A million of them in a server
# would take minutes each time.

# memory_guest WHO KIND...: one of two that run side by side, as each has one processor's work
memory_guest() {
	guest_run "$GUEST_BASE" "$GUEST_DIR" memory-guest "$1" 6.12 "$BENCH_ROUNDS" "${@:2}"
}

bench_memory() {
	local stage=$BENCH/stage-memory others=$BENCH/memory.samples shape maps=() processes=()
	for shape in 8/8 16/64 32/512; do
		maps+=("$shape/1000/5" "$shape/65537/5" "$shape/1000000/5")
		processes+=("$shape/1000" "$shape/65537")
	done
	[ -z "$BENCH_QUICK" ] || {
		maps=(8/8/1000000/0 16/64/1000/5 16/64/1000000/0)
		processes=(16/64/1000)
	}
	bench_stage "$stage" memory
	servers_stage "$stage"
	bench_guest_prepare 6.12 "$stage"
	memory_guest "$(servers_redis)" "${processes[@]}" >"$others" &
	memory_guest maps "${maps[@]}" || {
		wait
		return 1
	}
	wait "$!"
	cat "$others"
	rm "$others"
}
