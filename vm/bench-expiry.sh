# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Entries that expire: when they go, here and from servers, and that nobody is woken up
# when there is nothing to go.

bench_expiry() {
	local stage=$BENCH/stage-expiry series=6.12
	local entries=1000000 seconds=60 server_entries=30000 server_seconds=20 idle=5
	[ -z "$BENCH_QUICK" ] ||
		entries=100000 seconds=5 server_entries=5000 server_seconds=5 idle=3
	bench_stage "$stage" expire
	bench_install "$stage" "$BUILD/benchmarks/bin/stale"
	servers_stage "$stage"
	bench_guest "$series" "$stage" expire-guest "$series" "$BENCH_ROUNDS" "$entries" \
		"$seconds" "$server_entries" "$server_seconds" "$idle" "$(servers_redis)"
}
