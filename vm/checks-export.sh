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

# From a map in a virtual machine, as a user there writes it.
export_from_guest() {
	status_of "$TOP/run" -- sh -c 'ttlmap create exported --capacity 5 &&
		ttlmap set exported key value && ttlmap get exported key >&2 &&
		ttlmap export --textfile /tmp && cat /tmp/ttlmap.prom'
	expect "exit status" 0 "$STATUS"
	cp "$OUT" "$EXPORT/textfile/ttlmap.prom"
}

# Ports of this machine that nobody listens on.
export_ports() {
	/usr/bin/python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(s.getsockname()[1] for s in sockets))'
}

# export_config METRICS-PORT NODE-PORT
export_config() {
	cat <<-END
		global: { scrape_interval: 1s, evaluation_interval: 1s }
		rule_files: [ $TOP/userspace/prometheus/ttlmap.rules.yml ]
		scrape_configs:
		- { job_name: http, static_configs: [ { targets: [ "127.0.0.1:$1" ] } ] }
		- { job_name: textfile, static_configs: [ { targets: [ "127.0.0.1:$2" ] } ] }
	END
}

export_stop() {
	local pid
	for pid in "${EXPORT_PIDS[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
}

# export_start TOOLS PORT...: metrics that are made up, those of the guest, and the server
export_start() {
	local tools=$1 metrics=$2 node=$3 server=$4
	export_config "$metrics" "$node" >"$EXPORT/prometheus.yml"
	"$BUILD/userspace-export/tests/metrics_test" 127.0.0.1 "$metrics" &
	EXPORT_PIDS+=("$!")
	"$tools/prometheus-node-exporter" --collector.disable-defaults --collector.textfile \
		"--collector.textfile.directory=$EXPORT/textfile" \
		"--web.listen-address=127.0.0.1:$node" >"$EXPORT/node.log" 2>&1 &
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
	local tools=$1 ports
	EXPORT_PIDS=()
	trap export_stop EXIT
	read -ra ports <<<"$(export_ports)"
	export_start "$tools" "${ports[@]}"
	export_wait_for "$tools" "${ports[2]}" 'ttlmap_entries{job="http"}' 'map="sessions"'
	export_wait_for "$tools" "${ports[2]}" 'ttlmap_entries{job="textfile"}' 'map="exported"} => 1'
	export_wait_for "$tools" "${ports[2]}" 'ttlmap_hits_total{job="textfile",map="exported"}' '=> 1'
	export_wait_for "$tools" "${ports[2]}" 'ALERTS{alertname="TtlmapAlarm"}' 'rule="growth"'
}

check_export_prometheus() {
	local tools
	packages_need_userspace
	# shellcheck disable=SC2046  # a list of words
	packages_need "reading metrics" $(make -s -C "$TOP/userspace" packages)
	tools=$(cache_get prometheus prometheus)/usr/bin
	rm -rf "$EXPORT"
	mkdir -p "$EXPORT/textfile"
	export_rules "$tools"
	make -C "$TOP/userspace" "O=$BUILD/userspace-export" "$BUILD/userspace-export/tests/metrics_test"
	"$BUILD/userspace-export/tests/metrics_test" text | "$tools/promtool" check metrics
	export_from_guest
	"$tools/promtool" check metrics <"$EXPORT/textfile/ttlmap.prom"
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
