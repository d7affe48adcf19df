# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counts each case of the module's KUnit suites as a test.

# kunit_parts: the parts of the module that have a suite
kunit_parts() {
	basename -s _test.c "$TOP"/kmod/tests/*_test.c
}

# kunit_run NAME FUNCTION <PARTS: the suites of these parts, by a function of
# checks-kunit.sh.  One that is not run is seen by nobody else.
kunit_run() {
	local name=$1 log=$BUILD/log/check-${1//\//-}.log parts ran status=0
	local out=${log%.log}.out
	# shellcheck disable=SC2034  # for tap_count
	TAP_ENDED=()
	readarray -t parts
	report_start "$name"
	"$TOP/vm/check" "$2" "${parts[@]}" </dev/null >"$out" 2>"$log" || status=$?
	awk -f "$TOP/vm/ktap.awk" "$out" >"$out.tap"
	tap_count "$name" <"$out.tap"
	ran=$(grep -c '^@start ' "$out.tap" || true)
	[ "$ran" = "${#parts[@]}" ] || report_fail "$name: $ran of ${#parts[@]} suites ran" <(tail -n 40 "$out")
	[ "$status" = 0 ] || report_fail "$name: the kernel ends well" "$log"
}
