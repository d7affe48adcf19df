# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counts each case of the module's KUnit suites as a test.

# A suite that is not run is seen by nobody else.
kunit_expect_suites() {
	local suites ran
	suites=$(find "$TOP/kmod/tests" -name '*_test.c' | wc -l)
	ran=$(grep -c '^@start ' "$2" || true)
	[ "$ran" = "$suites" ] || report_fail "$1: $ran of $suites suites ran" <(tail -n 40 "$3")
}

# kunit_run NAME FUNCTION: of checks-kunit.sh
kunit_run() {
	local name=$1 log=$BUILD/log/check-${1//\//-}.log status=0
	local out=${log%.log}.out
	# shellcheck disable=SC2034  # for tap_count
	TAP_ENDED=()
	report_start "$name"
	"$TOP/vm/check" "$2" </dev/null >"$out" 2>"$log" || status=$?
	awk -f "$TOP/vm/ktap.awk" "$out" >"$out.tap"
	tap_count "$name" <"$out.tap"
	kunit_expect_suites "$name" "$out.tap" "$out"
	[ "$status" = 0 ] || report_fail "$name: the kernel ends well" "$log"
}
