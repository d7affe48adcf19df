# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Servers that are measured beside the module.  Unpacked only, as packages they would
# start on this machine.

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

# servers_stage STAGE: the servers and their own clients, into a root file system
servers_stage() {
	local dir redis
	dir=$(cache_get servers servers)
	redis=$(servers_redis)
	LD_LIBRARY_PATH=$dir/usr/lib/x86_64-linux-gnu:$dir/lib/x86_64-linux-gnu \
		bench_install "$1" "$dir/usr/bin"/{memcached,memcslap,"$redis-server","$redis-benchmark"}
}
