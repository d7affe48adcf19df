# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What an entry takes, all told, in the module and elsewhere.  A million of them in a server
# would take minutes each time.

bench_memory() {
	local stage=$BENCH/stage-memory series=6.12 shape kinds=()
	for shape in 8/8 16/64 32/512; do
		kinds+=("$shape/1000/5/5" "$shape/65537/5/5" "$shape/1000000/5/0")
	done
	[ -z "$BENCH_QUICK" ] || kinds=(8/8/1000000/0/0 16/64/1000/5/5 16/64/1000000/0/0)
	bench_stage "$stage" memory
	servers_stage "$stage"
	bench_guest "$series" "$stage" memory-guest "$series" "$BENCH_ROUNDS" "$(servers_redis)" \
		"${kinds[@]}"
}
