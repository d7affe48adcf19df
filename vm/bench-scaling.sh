# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# One processor core and two: the module's code in userspace, natively, and the module
# itself in an emulated machine with two processors.

# scaling_processors: one of each of two cores
scaling_processors() {
	lscpu -p=cpu,core | awk -F , '
		/^[0-9]/ && !seen[$2]++ { cpus[++n] = $1 }
		END {
			if (n < 2) exit 1
			print cpus[1], cpus[2]
		}'
}

scaling_build() {
	local source
	source=$(source_dir)
	# shellcheck disable=SC2046  # a list of words
	packages_need "the scaling benchmarks" $(make -s -C "$TOP/benchmarks" packages-scaling)
	make -s -C "$TOP/selftests/core" "KSRC=$source" "OUTPUT=$BUILD/core" -j"$(nproc)" timed >&2
	bench_make "CORE=$BUILD/core" scaling
}

# scaling_native ENTRIES MILLISECONDS: a process each, which has its processors for itself
# and what it does in the background
scaling_native() {
	local one two round peer cpus
	read -r one two < <(scaling_processors) || {
		say "scaling: this machine has one core only"
		return 1
	}
	for round in $(seq "$BENCH_ROUNDS"); do
		for peer in ttlmap ttlmap_apart lfht mutex_lru; do
			for cpus in "$one" "$one,$two"; do
				taskset -c "$cpus" "$BUILD/benchmarks/bin/scaling" native \
					"$round" "$1" "$2" "$peer"
			done
		done
	done
}

# shellcheck disable=SC2034  # for guest_run
scaling_guest() {
	local series=6.12
	guest_prepare "$series" >&2
	QEMU_MEMORY=2G
	qemu_choose "$GUEST_BASE" "$GUEST_DIR"
	bench_note "$series" "$(kernel_release "$GUEST_DIR") in QEMU with $QEMU_ACCEL, two processors"
	GUEST_BARE=yes guest_run "$GUEST_BASE" "$GUEST_DIR" bench-runner /lib/modules \
		"$series" 0 "$BENCH_ROUNDS" measure=scaling "entries=$1" "ops=$2"
}

bench_scaling() {
	local entries=1000000 milliseconds=500 guest_entries=100000 guest_ops=200000
	[ -z "$BENCH_QUICK" ] || entries=100000 milliseconds=100 guest_entries=10000 guest_ops=20000
	scaling_build
	scaling_native "$entries" "$milliseconds"
	scaling_guest "$guest_entries" "$guest_ops"
}
