# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The kselftest programs: lists, builds, runs them in a guest, counts their TAP.

SELFTESTS=$BUILD/selftests
SELFTESTS_GUEST=

# selftests_names VARIABLE...: what lib.mk would be told, asked without lib.mk
selftests_names() {
	packages_need "building" make
	# shellcheck disable=SC2016  # make expands it
	make -s -C "$TOP/selftests" KSRC=none \
		--eval 'none/tools/testing/selftests/lib.mk: ;' \
		--eval "list: ; @printf '%s\n' $(printf '$(%s) ' "$@")" list
}

# selftests_list SERIES: some need what only the debug kernel has
selftests_list() {
	# shellcheck disable=SC2016  # make expands it
	case $1 in
	debug) selftests_names TEST_PROGS TEST_GEN_PROGS ;;
	*) selftests_names TEST_PROGS 'filter-out $(TEST_GEN_PROGS_DEBUG),$(TEST_GEN_PROGS)' ;;
	esac
}

selftests_build() {
	mkdir -p "$SELFTESTS"
	packages_need_userspace
	packages_need "building the samples" g++
	make -C "$TOP/selftests" "KSRC=$(source_dir)" "OUTPUT=$SELFTESTS" -j"$(nproc)"
}

# selftests_run SERIES PROGRAM...: in one boot; if the guest dies of one of
# them, or its kernel is spent, the others get another boot
selftests_run() {
	local series=$1 files
	# Where all takes a multiple of its time, as much as usual is long.
	[ "$(kernel_patience "$series")" = 1 ] || local -x TTLMAP_LONG=
	shift
	selftests_limits "$series" "$#"
	readarray -t files < <(selftests_names TEST_GEN_FILES)
	guest_prepare "$series" "${@/#/$SELFTESTS/}" "${files[@]/#/$SELFTESTS/}"
	qemu_choose "$GUEST_BASE" "$GUEST_DIR"
	while [ "$#" -gt 0 ]; do
		TAP_ENDED=() TAP_BOOT=''
		selftests_boot "$series" "$@"
		shift "${#TAP_ENDED[@]}"
	done
}

# Appends to TAP_ENDED; a program that the guest died of has ended as well.
selftests_boot() {
	local output series=$1 log=$BUILD/log/selftests-$1.err status=$BUILD/log/selftests-$1.status
	shift
	exec {output}< <(
		set +e
		GUEST_BARE=yes guest_run "$GUEST_BASE" "$GUEST_DIR" \
			selftests-runner "$SELFTESTS_SECONDS" "$@" 2>"$log"
		echo "$?" >"$status"
	)
	SELFTESTS_GUEST=$!
	tap_count "$series" <&"$output"
	wait "$SELFTESTS_GUEST"
	SELFTESTS_GUEST=
	exec {output}<&-
	[ -z "$TAP_BOOT" ] || return 0
	if [ "${#TAP_ENDED[@]}" -lt "$#" ]; then
		shift "${#TAP_ENDED[@]}"
		report_fail "$series/$1: the guest lives through it" "$log"
		TAP_ENDED+=("$1")
	elif [ "$(cat "$status")" != 0 ]; then
		report_fail "$series: the guest ends well" "$log"
	fi
}

# An interrupt ends us, but not what writes to us.
selftests_stop() {
	[ -z "$SELFTESTS_GUEST" ] || kill "$SELFTESTS_GUEST" 2>/dev/null || true
}

# selftests_limits SERIES PROGRAMS: a program's time, as kselftest's own settings
# file has it; every program prints a line at its start and at its end
# shellcheck disable=SC2034  # for guest_run
selftests_limits() {
	local settings=$TOP/selftests/settings
	SELFTESTS_SECONDS=300
	[ ! -e "$settings" ] || SELFTESTS_SECONDS=$(sed -n 's/^timeout=//p' "$settings")
	[ -z "${TTLMAP_LONG-}" ] || SELFTESTS_SECONDS=$((SELFTESTS_SECONDS * 12))
	TTLMAP_SLOWNESS=$(kernel_patience "$1")
	export TTLMAP_SLOWNESS
	SELFTESTS_SECONDS=$((SELFTESTS_SECONDS * TTLMAP_SLOWNESS))
	SELFTESTS_SECONDS=$((SELFTESTS_SECONDS + ${TTLMAP_TORTURE_SECONDS:-0}))
	GUEST_SILENCE=$((SELFTESTS_SECONDS + 60))
	GUEST_TIMEOUT=$((SELFTESTS_SECONDS * $2 + 120))
}
