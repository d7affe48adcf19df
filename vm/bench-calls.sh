# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# By system call, beside BPF's maps, servers behind a Unix socket, and SQLite.

bench_calls() {
	local stage=$BENCH/stage-calls series kernels="6.12 7.3" entries=50000 milliseconds=150
	[ -z "$BENCH_QUICK" ] || kernels=6.12 entries=10000 milliseconds=100
	bench_stage "$stage" calls
	servers_stage "$stage"
	for series in $kernels; do
		bench_guest "$series" "$stage" calls-guest "$series" "$BENCH_ROUNDS" "$entries" \
			"$milliseconds" "$(servers_redis)"
	done
}
