# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The fuzzer of selftests/fuzz/ in the debug kernel, with a module that says what
# of it ran.  What it leaves is in build/fuzz: corpus.txt, with which the next run
# begins; blocks, the offsets in the module that were reached; and crash.txt, the
# program that ran, or those that ran last, when something went wrong.

FUZZ=$BUILD/fuzz
FUZZ_SOURCE=$TOP/selftests/fuzz
# A guest does not live longer, so that what it keeps of its last words stays small.
FUZZ_ROUND=900

# The fuzzer, and a guest whose module is built for KCOV.
fuzz_prepare() {
	mkdir -p "$FUZZ"
	packages_need_userspace
	make -C "$FUZZ_SOURCE" "KSRC=$(source_dir)" "OUTPUT=$FUZZ"
	export MODULE_VARIANT=kcov MODULE_ARGUMENTS=KCOV_INSTRUMENT=y
	guest_prepare debug "$FUZZ/ioctl_fuzz"
}

# fuzz_guest SECONDS FILE ARGUMENT...: the programs in FILE, then others.  Its
# remarks are shown as they come; its output is in out, and in err the programs that
# it was about to run, and what is said of the guest.
fuzz_guest() {
	local seconds=$1 file=$2 status=0
	shift 2
	mkdir -p "$FUZZ/stage"
	cp "$file" "$FUZZ/stage/programs"
	initramfs_pack "$FUZZ/stage" "$FUZZ/programs.cpio"
	cat "$GUEST_BASE" "$FUZZ/programs.cpio" >"$FUZZ/base.cpio"
	GUEST_TIMEOUT=$((seconds * 2 + 900)) \
		guest_run "$FUZZ/base.cpio" "$GUEST_DIR" sh -c '/selftests/ioctl_fuzz "$@" && rmmod ttlmap' sh \
		--seconds "$seconds" --seed "${TTLMAP_SEED-0}" "$@" /programs 2>"$FUZZ/err" |
		tee "$FUZZ/out" | fuzz_remarks || status=$?
	sed -n 's/^@block //p' "$FUZZ/out" >"$FUZZ/blocks"
	progress "fuzz: $(wc -l <"$FUZZ/blocks") of the module's $(fuzz_blocks) blocks were reached"
	return "$status"
}

# How many calls of KCOV's there are in the module.
fuzz_blocks() {
	objdump -r "$BUILD/kmod/$(module_name "$GUEST_DIR")/ttlmap.ko" | grep -c __sanitizer_cov_trace_pc
}

fuzz_remarks() {
	local line
	while IFS= read -r line; do
		case $line in '#'*) progress "fuzz: ${line#\# }" ;; esac
	done
}

# Lines of programs, and the empty ones between these.
FUZZ_CALL='^([0-9] [a-z]+( .*)?)?$'

# The programs that were about to be run last.
fuzz_last() {
	grep -aE "$FUZZ_CALL" "$FUZZ/err" | awk -v RS= '{ last[NR % 8] = $0 }
		END { for (i = NR > 8 ? NR - 7 : 1; i <= NR; i++) printf "%s\n\n", last[i % 8] }'
}

# fuzz_after HEAD: of the fuzzer's output, the programs after lines that begin so
fuzz_after() {
	awk -v "head=$1" '/^@/ { on = index($0, head) == 1; next } on && !/^#/' "$FUZZ/out"
}

fuzz_explain() {
	grep -avE "$FUZZ_CALL" "$FUZZ/err" | tail -n 80 || true
	grep -a '^@wrong' "$FUZZ/out" || echo "the guest came to a bad end"
	fuzz_after @wrong >"$FUZZ/crash.txt"
	[ -s "$FUZZ/crash.txt" ] || fuzz_last >"$FUZZ/crash.txt"
	echo "In build/fuzz/crash.txt, to be run again by"
	echo "TTLMAP_FUZZ_PROGRAM=build/fuzz/crash.txt ./test fuzz/ioctl"
	cat "$FUZZ/crash.txt"
}

# fuzz_replay FILE ARGUMENT...: nothing but these programs
fuzz_replay() {
	fuzz_guest 0 "$@" || {
		fuzz_explain
		return 1
	}
}

# What the next round begins with is all that reached something in this one.
fuzz_round() {
	local seconds=$1 status=0
	touch "$FUZZ/corpus.txt"
	cat "$FUZZ_SOURCE"/seeds/*.txt "$FUZZ/corpus.txt" >"$FUZZ/begin.txt"
	fuzz_guest "$seconds" "$FUZZ/begin.txt" || status=$?
	! grep -q '^# replayed' "$FUZZ/out" || fuzz_after @keep >"$FUZZ/corpus.txt"
	[ "$status" = 0 ] || fuzz_explain
	return "$status"
}

# For TTLMAP_FUZZ_SECONDS, or what is in TTLMAP_FUZZ_PROGRAM again and again.
check_fuzz_ioctl() {
	local left=${TTLMAP_FUZZ_SECONDS:-300} round
	fuzz_prepare
	if [ -n "${TTLMAP_FUZZ_PROGRAM-}" ]; then
		fuzz_replay "$TTLMAP_FUZZ_PROGRAM" --repeat 100
		return
	fi
	while [ "$left" -gt 0 ]; do
		round=$((left < FUZZ_ROUND ? left : FUZZ_ROUND))
		fuzz_round "$round"
		left=$((left - round))
	done
}

# The seeds meet nothing wrong, and still reach a good part of the module.
check_fuzz_ioctl_seeds() {
	fuzz_prepare
	cat "$FUZZ_SOURCE"/seeds/*.txt >"$FUZZ/begin.txt"
	fuzz_replay "$FUZZ/begin.txt"
	[ "$(wc -l <"$FUZZ/blocks")" -gt $(($(fuzz_blocks) / 3)) ]
}

# The description for syzkaller says what the header says.
check_fuzz_syzkaller() {
	packages_need "checking the description for syzkaller" python3 gcc libc6-dev
	mkdir -p "$FUZZ"
	cd "$FUZZ_SOURCE" || return
	python3 syzkaller/check.py syzkaller/dev_ttlmap.txt ../../uapi/linux/ttlmap.h >"$FUZZ/syzkaller.c"
	gcc -Wall -Wextra -Werror "-I$TOP/uapi" -fsyntax-only "$FUZZ/syzkaller.c"
}
