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
