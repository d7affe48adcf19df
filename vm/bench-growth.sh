# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Maps that are filled, emptied and filled again, and what they hold meanwhile.

# The newest Go that Debian has, unpacked; its programs are static.
go_suites() {
	kernel_suites 7.3
}

go_packages() {
	local go
	go=$(apt_newest 'golang-1\.[0-9]*-go')
	apt_exact download "$go" "${go%-go}-src"
}

go_finish() {
	[ -x "$(echo "$1"/usr/lib/go-*/bin/go)" ]
}

# growth_build_go FILE
growth_build_go() {
	local dir root
	dir=$(cache_get go go)
	root=$(echo "$dir"/usr/lib/go-*)
	(
		cd "$TOP/benchmarks/go" || exit
		env GOROOT="$root" GOCACHE="$BUILD/go" GOTOOLCHAIN=local GOFLAGS= GO111MODULE=off \
			CGO_ENABLED=0 "$root/bin/go" build -o "$1" growth.go
	) >&2
	bench_note Go "$(head -n 1 "$root/VERSION")"
}

# growth_plan: for bench-runner, as many entries as Go's map gets
growth_plan() {
	native_touch measure=growth "entries=$GROWTH_NATIVE"
	echo "1 $BENCH_ROUNDS measure=growth entries=$GROWTH_NATIVE"
}

# The newest kernel, as only that has BPF's resizable map.  Go's also on this machine
# itself, where times are as they are, as they are inside User-Mode Linux.
bench_growth() {
	local stage=$BENCH/stage-growth series=7.3 entries=250000 round
	GROWTH_NATIVE=4000000
	[ -z "$BENCH_QUICK" ] || entries=50000 GROWTH_NATIVE=1000000
	bench_stage "$stage" growth
	growth_build_go "$stage/usr/local/bin/gogrowth"
	for round in $(seq "$BENCH_ROUNDS"); do
		"$stage/usr/local/bin/gogrowth" native "$round" "$GROWTH_NATIVE"
	done
	native_run growth_plan
	bench_guest "$series" "$stage" growth-guest "$series" "$BENCH_ROUNDS" "$entries" \
		ttlmap bpf_hash_no_prealloc bpf_rhash
}
