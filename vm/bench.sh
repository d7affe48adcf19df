# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What all families of measurements share.  A family NAME is a function bench_NAME that
# prints samples, fields with tabs between them: RIG CASE PEER ROUND VALUE UNIT.
# shellcheck disable=SC2034  # used by those who read this file

BENCH=$BUILD/bench
BENCH_QUICK=
BENCH_ROUNDS=5

# bench_note WHAT TEXT: a line among the samples, true of all of them
bench_note() {
	printf '#\t%s\t%s\n' "$1" "$2"
}

# bench_make TARGET...: without make's own output among the samples
bench_make() {
	make -C "$TOP/benchmarks" "O=$BUILD/benchmarks" "USERSPACE=$BUILD/userspace" \
		-j"$(nproc)" "$@" >&2
}

bench_build_report() {
	packages_need "building" make
	# shellcheck disable=SC2046  # a list of words
	packages_need "the report" gnuplot-nox $(make -s -C "$TOP/benchmarks" packages-report)
	bench_make report 2>"$BUILD/log/bench-report.log" || {
		cat "$BUILD/log/bench-report.log" >&2
		die "cannot build the report"
	}
}

bench_make_programs() {
	make -C "$TOP/userspace" "O=$BUILD/userspace" -j"$(nproc)" all >&2
	bench_make all
}

bench_build_programs() {
	# shellcheck disable=SC2046  # a list of words
	packages_need "the benchmarks" $(make -s -C "$TOP/benchmarks" packages)
	packages_need_userspace
	with_lock "$BUILD/lock" bench_make_programs
}

# bench_library_paths FILE...: the shared libraries that programs need, wherever
# LD_LIBRARY_PATH finds them
bench_library_paths() {
	ldd "$@" | sed -n 's/^.* => \(\/.*\) (0x.*$/\1/p' | sort -u
}

# bench_install STAGE FILE...: programs and what they need, into a root file system
bench_install() {
	local stage=$1 library
	shift
	mkdir -p "$stage"/usr/local/{bin,lib}
	cp "$@" "$stage/usr/local/bin/"
	bench_library_paths "$@" | while read -r library; do
		cp -L "$library" "$stage/usr/local/lib/"
	done
}

# bench_stage STAGE PROGRAM: a program of benchmarks/, and what runs it in a guest
bench_stage() {
	bench_build_programs
	rm -rf "$1"
	bench_install "$1" "$BUILD/benchmarks/bin/$2"
	install -m 755 "$TOP/benchmarks/$2/guest" "$1/usr/local/bin/$2-guest"
	cp "$TOP"/benchmarks/{module,servers} "$1/usr/local/lib/"
}

# bench_guest_prepare SERIES STAGE: a guest with what is in STAGE added to its root
bench_guest_prepare() {
	guest_prepare "$1" >&2
	QEMU_MEMORY=3G GUEST_TIMEOUT=3600
	guest_add "$2"
	qemu_choose "$GUEST_BASE" "$GUEST_DIR"
	bench_note "$1" "$(kernel_release "$GUEST_DIR") in QEMU with $QEMU_ACCEL"
}

# bench_guest SERIES STAGE COMMAND...: in such a guest
bench_guest() {
	bench_guest_prepare "$1" "$2"
	shift 2
	guest_run "$GUEST_BASE" "$GUEST_DIR" "$@"
}
