# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Inside the kernel, beside its other maps: timed in User-Mode Linux, where the
# kernel's code runs at native speed, and counted in instructions on Debian's own.

# However slow the machine, it has hung by then.
NATIVE_SECONDS=7200
# COMPILER OPERATION PEER INSTRUCTIONS, with 16-byte keys and 8-byte values in maps of
# 1000 entries.
INSTRUCTIONS=$TOP/benchmarks/instructions.tsv
INSTRUCTIONS_ROUNDS=5

# instructions_prepare: the stock kernel, on one processor whose clock counts instructions
# shellcheck disable=SC2034  # for guest_run
instructions_prepare() {
	QEMU_ACCEL=icount
	guest_prepare 6.12
}

# instructions_run MODULES ROUNDS PARAMETER...: samples of the benchmarks
instructions_run() {
	local modules=$1
	shift
	GUEST_BARE=yes guest_run "$GUEST_BASE" "$GUEST_DIR" bench-runner "/lib/$modules" \
		instructions 0 "$@" after_ms=40 | sed 's/\tns$/\tinstructions/'
}

# instructions_count MODULES PEER: what operations cost those whose names begin so
instructions_count() {
	instructions_run "$1" "$INSTRUCTIONS_ROUNDS" entries=1000 ops=10000 "peer=$2"
}

# instructions_least: of samples, lines OPERATION PEER INSTRUCTIONS.  What comes on top in
# some rounds is other work that the kernel had to do then.
instructions_least() {
	sort -t $'\t' -k 2,3 -k 5,5n | awk -F '\t' -v OFS='\t' '
		$6 == "instructions" && $2 OFS $3 != at {
			at = $2 OFS $3
			sub("/.*", "", $2)
			print $2, $3, int($5 + 0.5)
		}'
}

# instructions_calls: what programs pay for system calls, and for ones that do nothing.
# How fast its clock goes the kernel knows exactly some seconds after it has booted.
# shellcheck disable=SC2016,SC2034  # the guest's shell expands it; for qemu_command
instructions_calls() {
	local stage=$BENCH/stage-instructions
	QEMU_ACCEL=icount
	bench_stage "$stage" calls
	bench_guest_prepare 6.12 "$stage" >&2
	guest_run "$GUEST_BASE" "$GUEST_DIR" sh -ec 'sleep 5; for round in $(seq "$0"); do
			calls instructions "$round" 10000 20 ttlmap bpf_hash bpf_lru_hash null_syscall null_ioctl
		done' "$BENCH_ROUNDS" | sed 's/\tns$/\tinstructions/'
}

# no_stats_make HEADERS: the module that counts nothing
no_stats_make() {
	make -C "$TOP" "KDIR=$1" TREE=build/bench-no-stats -j"$(nproc)" modules \
		"KCFLAGS=-I$TOP -I$TOP/kmod/include -include$TOP/benchmarks/kernel/no_stats.h" >&2
}

# instructions_variants STAGE: for the guest, that module beside the usual ones
instructions_variants() {
	local stage=$1
	with_lock "$BUILD/lock" no_stats_make \
		"$GUEST_DIR/usr/src/linux-headers-$(kernel_release "$GUEST_DIR")"
	rm -rf "$stage"
	mkdir -p "$stage/lib/variants"
	ln -s ../modules/{ttlmap,ttlmap_bench}.ko "$stage/lib/variants/"
	cp "$BUILD/bench-no-stats/ttlmap.ko" "$stage/lib/variants/ttlmap-no-stats.ko"
	guest_add "$stage"
}

bench_instructions() {
	local entries=100000
	[ -z "$BENCH_QUICK" ] || entries=20000
	instructions_prepare
	instructions_variants "$BENCH/stage-no-stats"
	instructions_count variants ''
	instructions_run modules "$BENCH_ROUNDS" measure=growth "entries=$entries"
	instructions_calls
	bench_note instructions "$(kernel_release "$GUEST_DIR") in QEMU, with a clock that counts"
}

# instructions_compiler: each has a table of its own
instructions_compiler() {
	local dir
	dir=$(kernel_dir 6.12)
	kernel_compiler "$dir"
}

# instructions_table COMPILER: lines OPERATION PEER INSTRUCTIONS
instructions_table() {
	sed -n "s/^$1\t//p" "$INSTRUCTIONS"
}

# instructions_update: counts anew for this machine's compiler, after a change that was
# meant
instructions_update() {
	local compiler counted=$BUILD/log/instructions.tsv
	compiler=$(instructions_compiler)
	instructions_prepare
	instructions_count modules '' >"$counted"
	touch "$INSTRUCTIONS"
	{
		sed "/^$compiler\t/d" "$INSTRUCTIONS"
		instructions_least <"$counted" | sed "s/^/$compiler\t/"
	} | LC_ALL=C sort >"$INSTRUCTIONS.new"
	mv "$INSTRUCTIONS.new" "$INSTRUCTIONS"
}

# native_touch PARAMETER...: has User-Mode Linux use all the memory that it will need once,
# as the machine gives it a page only when it is used for the first time
native_touch() {
	echo 0 0 peer=rhashtable "$@"
}

# native_plan: lines for bench-runner, FIRST-ROUND LAST-ROUND PARAMETER...
native_plan() {
	local rounds=$BENCH_ROUNDS keys round peer
	if [ -n "${BENCH_QUICK-}" ]; then
		native_touch entries=1000000 writes=0
		echo "1 $rounds entries=1000 ops=100000"
		echo "1 $rounds entries=1000000 ops=1000000"
		return
	fi
	native_touch entries=16000000 writes=0
	echo "1 $rounds entries=1000 ops=100000"
	echo "1 $rounds entries=100000 ops=200000"
	echo "1 $rounds entries=1000000 ops=1000000"
	for keys in 8 64; do
		echo "1 $rounds key_len=$keys entries=1000 ops=100000"
		echo "1 $rounds key_len=$keys entries=100000 ops=200000"
		echo "1 $rounds key_len=$keys entries=1000000 ops=1000000 writes=0"
	done
	# What 2 GiB hold of the peer that takes most, and of those that the goals name.
	for round in $(seq "$rounds"); do
		for peer in ttlmap rhashtable bpf_lru_hash; do
			echo "$round $round peer=$peer entries=16000000 ops=1000000 writes=0"
		done
	done
}

# native_make HEADERS TARGET
native_make() {
	make -C "$TOP" "KDIR=$1" TREE=build/bench-native ARCH=um -j"$(nproc)" "$2" \
		"KCFLAGS=-include$TOP/benchmarks/kernel/um_percpu.h" >&2
}

# native_stage STAGE PLAN: a root file system, in which the plan is carried out
native_stage() {
	local stage=$1 plan=$2
	mkdir -p "$stage"/{bin,usr/bin,lib/modules}
	cp "$(busybox)" "$stage/bin/busybox"
	cp "$TOP/vm/bench-init" "$stage/init"
	cp "$TOP"/vm/{bench-runner,kernel-log} "$stage/usr/bin/"
	cp "$BUILD"/bench-native/{ttlmap.ko,benchmarks/kernel/ttlmap_bench.ko} "$stage/lib/modules/"
	"$plan" >"$stage/runs"
}

# native_build HEADERS PLAN
native_build() {
	local headers=$1 plan=$2 stage=$BUILD/vm/bench-native
	native_make "$headers" benchmarks/kernel
	rm -rf "$stage"
	mkdir -p "$BUILD/vm"
	native_stage "$stage" "$plan"
	initramfs_pack "$stage" "$stage.cpio"
}

# in_huge_pages COMMAND...: with temporary files in huge pages, which only the command sees.
# User-Mode Linux has its memory in such a file; a kernel has its own mapped in huge pages.
# shellcheck disable=SC2016  # the other shell expands it
in_huge_pages() {
	local unshare
	unshare=$(module_unshare) || return
	mkdir -p "$BUILD/vm/memory"
	$unshare sh -ec '
		mount -t tmpfs -o huge=always,size=5G tmpfs "$0"
		TMPDIR=$0 exec "$@"' "$BUILD/vm/memory" "$@"
}

# native_boot KERNEL [COMMAND...]: all that it says, started by that command
native_boot() {
	"${@:2}" timeout -k 10 "$NATIVE_SECONDS" "$1" mem=4G seccomp=on "initrd=$BUILD/vm/bench-native.cpio" console=tty0 con=null \
		con0=null,fd:1 ssl=null quiet log_buf_len=4M </dev/null | sed -u 's/\r$//'
}

# native_run PLAN: samples of all that the function PLAN prints
native_run() {
	local plan=$1 dir release log=$BUILD/log/native.log memory=(in_huge_pages)
	dir=$(kernel_dir native)
	release=$(kernel_release "$dir")
	packages_need "building kernel modules" make gcc kmod
	with_lock "$BUILD/lock" native_build "$dir/usr/src/linux-headers-$release" "$plan"
	bench_note native "$release in User-Mode Linux, one processor"
	in_huge_pages true || {
		bench_note memory "in small pages, as there are no huge ones for it here"
		memory=()
	}
	native_boot "$dir/boot/vmlinuz-$release" "${memory[@]}" | tee "$log" | awk '/^native\t/ { print; fflush() }'
	grep -qx 'exit 0' "$log" || {
		grep -v '^native	' "$log" | tail -n 40 >&2
		return 1
	}
}

bench_native() {
	native_run native_plan
}
