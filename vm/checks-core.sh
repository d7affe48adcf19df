# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The module's code in userspace: selftests/core/.

CORE=$BUILD/core
CORE_CORPUS=$TOP/selftests/core/corpus.hex

core_make() {
	packages_need "the module's code in userspace" \
		gcc libc6-dev make liburcu-dev libsodium-dev libxxhash-dev
	make -s -C "$TOP/selftests/core" "KSRC=$(source_dir)" "OUTPUT=$CORE" -j"$(nproc)" "$@"
}

# core_run PROGRAM ARGUMENT...: ThreadSanitizer wants addresses where it expects them.
core_run() {
	local program=$1
	shift
	setarch -R "$CORE/$program/$program" "$@"
}

check_core_corpus() {
	core_make replay
	core_run replay -l "$CORE_CORPUS"
}

check_core_threads() {
	core_make threads
	TSAN_OPTIONS=halt_on_error=0 core_run threads 10
}

check_core_interleave() {
	core_make interleave
	core_run interleave
}

# What it learns stays in build/core/corpus, on top of what is kept in the repository.
check_fuzz_core() {
	local seconds=${TTLMAP_FUZZ_SECONDS:-60} corpus=$CORE/corpus finds=$CORE/finds
	packages_need "fuzzing" clang libclang-rt-dev
	core_make replay fuzz
	mkdir -p "$corpus" "$finds"
	core_run replay -u "$CORE_CORPUS" "$corpus"
	progress "fuzzing for $seconds seconds; what fails is kept in ${finds#"$TOP"/}"
	core_run fuzz -max_total_time="$seconds" -max_len=600 -len_control=0 \
		-artifact_prefix="$finds/" -print_final_stats=1 -verbosity=0 "$corpus"
}

# core_break NAME: a build of the program that is to catch it, with one file broken
core_break() {
	local script=$TOP/selftests/core/broken/$1.sed dir=$CORE/broken/$1 file=$2 program=$3
	rm -rf "$dir"
	mkdir -p "$dir"
	cp -a "$CORE/$program" "$TOP/kmod" "$dir"
	sed -i -f "$script" "$dir/kmod/$file"
	if cmp -s "$TOP/kmod/$file" "$dir/kmod/$file"; then
		say "$1: does not break $file any more"
		return 1
	fi
	make -s -C "$TOP/selftests/core" "KSRC=$(source_dir)" "OUTPUT=$dir" "KMOD=$dir/kmod" "$program"
}

# core_control NAME: what is broken must be caught.  Its second line says where it
# belongs: FILE PROGRAM ARGUMENT...
core_control() {
	local name=$1 words program log=$CORE/broken/$1.log
	read -ra words < <(sed -n '2s/^# //p' "$TOP/selftests/core/broken/$name.sed")
	program=${words[1]}
	[ "$program" != replay ] || words+=(-l "$CORE_CORPUS")
	core_break "$name" "${words[@]:0:2}"
	if setarch -R "$CORE/broken/$name/$program/$program" "${words[@]:2}" >"$log" 2>&1; then
		say "$name: broken, and $program does not notice"
		return 1
	fi
}

check_core_controls() {
	local script failed=0
	core_make replay threads interleave
	for script in "$TOP"/selftests/core/broken/*.sed; do
		"$TOP/vm/check" core_control "$(basename "$script" .sed)" || failed=1
	done
	return "$failed"
}
