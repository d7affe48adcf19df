# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What `ttlmap export' writes, in the hands of Prometheus and node_exporter themselves.

EXPORT=$BUILD/export

prometheus_suites() {
	host_suite
}

prometheus_packages() {
	apt_exact download prometheus prometheus-node-exporter
}

prometheus_finish() {
	[ -x "$1/usr/bin/promtool" ] && [ -x "$1/usr/bin/prometheus-node-exporter" ]
}

# export_rules TOOLS: each alert rises where it should, and for no healthy map
export_rules() {
	"$1/promtool" check rules "$TOP/userspace/prometheus/ttlmap.rules.yml"
	"$1/promtool" test rules "$TOP/userspace/prometheus/ttlmap.rules.test.yml"
}

# Ports of this machine that nobody listens on.
export_ports() {
	/usr/bin/python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(5)]
print(*(s.getsockname()[1] for s in sockets))'
}

# export_config MADE-UP-PORT HTTP-PORT NODE-PORT
export_config() {
	cat <<-END
		global: { scrape_interval: 1s, evaluation_interval: 1s }
		rule_files: [ $TOP/userspace/prometheus/ttlmap.rules.yml ]
		scrape_configs:
		- { job_name: made-up, static_configs: [ { targets: [ "127.0.0.1:$1" ] } ] }
		- { job_name: http, static_configs: [ { targets: [ "127.0.0.1:$2" ] } ] }
		- { job_name: textfile, static_configs: [ { targets: [ "127.0.0.1:$3" ] } ] }
	END
}

export_stop() {
	local pid
	for pid in "${EXPORT_PIDS[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
}

# In the virtual machine: a map, both ways of exporting it, until somebody calls at port 3.
export_in_guest() {
	cat <<-'END'
		set -e
		ip addr add 10.0.2.15/24 dev eth0
		ip link set eth0 up
		ttlmap create exported --capacity 5
		ttlmap set exported key value
		ttlmap get exported key
		ttlmap export --textfile /tmp
		cat /tmp/ttlmap.prom >&2
		ttlmap export --listen 0.0.0.0:1 &
		prometheus-node-exporter --collector.disable-defaults --collector.textfile \
			--collector.textfile.directory=/tmp --web.listen-address=0.0.0.0:2 2>/tmp/log &
		nc -l -p 3
	END
}

# export_guest TOOLS HTTP-PORT NODE-PORT END-PORT
export_guest() {
	mkdir -p "$EXPORT/stage/usr/bin"
	cp "$1/prometheus-node-exporter" "$EXPORT/stage/usr/bin/"
	guest_prepare "$(kernel_default)"
	guest_add "$EXPORT/stage"
	QEMU_FORWARD="$2-1 $3-2 $4-3" guest_run "$GUEST_BASE" "$GUEST_DIR" \
		sh -c "$(export_in_guest)" >"$EXPORT/guest.log" 2>"$EXPORT/ttlmap.prom" &
	EXPORT_GUEST=$!
	EXPORT_PIDS+=("$EXPORT_GUEST")
}

# export_end_guest END-PORT: and hear how it was
export_end_guest() {
	: >"/dev/tcp/127.0.0.1/$1"
	wait "$EXPORT_GUEST"
}

# export_start TOOLS MADE-UP-PORT HTTP-PORT NODE-PORT SERVER-PORT
export_start() {
	local tools=$1 server=$5
	export_config "$2" "$3" "$4" >"$EXPORT/prometheus.yml"
	"$BUILD/userspace-export/tests/metrics_test" 127.0.0.1 "$2" &
	EXPORT_PIDS+=("$!")
	"$tools/prometheus" "--config.file=$EXPORT/prometheus.yml" "--storage.tsdb.path=$EXPORT/data" \
		"--web.listen-address=127.0.0.1:$server" >"$EXPORT/prometheus.log" 2>&1 &
	EXPORT_PIDS+=("$!")
}

# export_wait_for TOOLS PORT QUERY WANTED: until the answer has it, or a minute has passed
export_wait_for() {
	local answer='' i
	for ((i = 0; i < 60; i++)); do
		answer=$("$1/promtool" query instant "http://127.0.0.1:$2" "$3" 2>&1) &&
			grep -qF -- "$4" <<<"$answer" && return
		sleep 1
	done
	printf '%s: no "%s" in: %s\n' "$3" "$4" "$answer"
	cat "$EXPORT/prometheus.log"
	return 1
}

# They store what both ways of exporting give them, and an alert rises.
export_scrape() {
	local tools=$1 made_up http node server end way
	EXPORT_PIDS=()
	trap export_stop EXIT
	read -r made_up http node server end <<<"$(export_ports)"
	export_guest "$tools" "$http" "$node" "$end"
	export_start "$tools" "$made_up" "$http" "$node" "$server"
	for way in http textfile; do
		export_wait_for "$tools" "$server" "ttlmap_entries{job=\"$way\"}" 'map="exported"} => 1'
		export_wait_for "$tools" "$server" "ttlmap_hits_total{job=\"$way\",map=\"exported\"}" '=> 1'
	done
	export_wait_for "$tools" "$server" 'ALERTS{alertname="TtlmapAlarm"}' 'rule="growth"'
	export_end_guest "$end"
	"$tools/promtool" check metrics <"$EXPORT/ttlmap.prom"
}

check_export_prometheus() {
	local tools
	packages_need_userspace
	# shellcheck disable=SC2046  # a list of words
	packages_need "reading metrics" $(make -s -C "$TOP/userspace" packages)
	tools=$(cache_get prometheus prometheus)/usr/bin
	rm -rf "$EXPORT"
	mkdir -p "$EXPORT"
	export_rules "$tools"
	make -C "$TOP/userspace" "O=$BUILD/userspace-export" "$BUILD/userspace-export/tests/metrics_test"
	"$BUILD/userspace-export/tests/metrics_test" text | "$tools/promtool" check metrics
	export_scrape "$tools"
}

# Go's own pprof opens what `ttlmap profile' writes.
check_export_pprof() {
	local dir root
	packages_need_userspace
	# shellcheck disable=SC2046  # a list of words
	packages_need "reading profiles" $(make -s -C "$TOP/userspace" packages)
	dir=$(cache_get go go)
	root=$(echo "$dir"/usr/lib/go-*)
	mkdir -p "$EXPORT"
	make -C "$TOP/userspace" "O=$BUILD/userspace-export" "$BUILD/userspace-export/tests/profile_test"
	"$BUILD/userspace-export/tests/profile_test" "$EXPORT/profile.pb.gz"
	env GOROOT="$root" GOCACHE="$BUILD/go" GOTOOLCHAIN=local GOFLAGS= \
		"$root/bin/go" tool pprof -traces "$EXPORT/profile.pb.gz" | tee "$EXPORT/traces"
	grep -qE '^ *10kB +up to 128 bytes$' "$EXPORT/traces"
	grep -q '^ *leaky,client 77$' "$EXPORT/traces"
}
