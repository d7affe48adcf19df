# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# By system call, beside BPF's maps, servers behind a Unix socket, and SQLite.

# Unpacked only, as packages they would start their servers on this machine.
servers_suites() {
	echo "$(host_suite) $(host_suite)-security"
}

# What Debian has of the two that speak the same protocol.
servers_redis() {
	case $(host_suite) in
	bookworm) echo redis ;;
	trixie) echo valkey ;;
	esac
}

servers_packages() {
	local redis
	redis=$(servers_redis)
	apt_exact install -y memcached libmemcached-tools "$redis-server" "$redis-tools"
}

servers_finish() {
	[ -x "$1/usr/bin/memcached" ]
}

# calls_stage STAGE: everything that runs in the guest beside the module
calls_stage() {
	local stage=$1 servers redis
	servers=$(cache_get servers servers)
	redis=$(servers_redis)
	bench_install "$stage" "$BUILD/benchmarks/bin/calls"
	LD_LIBRARY_PATH=$servers/usr/lib/x86_64-linux-gnu:$servers/lib/x86_64-linux-gnu \
		bench_install "$stage" "$servers/usr/bin"/{memcached,memcslap,"$redis-server","$redis-benchmark"}
	install -m 755 "$TOP/benchmarks/calls/guest" "$stage/usr/local/bin/calls-guest"
}

bench_calls() {
	local stage=$BENCH/stage series kernels="6.12 7.3" entries=100000 milliseconds=500
	[ -z "$BENCH_QUICK" ] || kernels=6.12 entries=10000 milliseconds=200
	bench_build_programs
	rm -rf "$stage"
	calls_stage "$stage"
	for series in $kernels; do
		bench_guest "$series" "$stage" calls-guest "$series" "$BENCH_ROUNDS" "$entries" \
			"$milliseconds" "$(servers_redis)"
	done
}
