# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counts and shows results as they come.

PASSED=0 FAILED=0 SKIPPED=0 FAILURES=()

report_pass() {
	PASSED=$((PASSED + 1))
	echo "ok    $*"
}

report_skip() {
	SKIPPED=$((SKIPPED + 1))
	echo "skip  $*"
}

report_fail() {
	FAILED=$((FAILED + 1))
	FAILURES+=("$*")
	echo "FAIL  $*"
}

report_start() {
	echo "run   $*"
}

# Detail belongs to the result above it.
report_detail() {
	sed 's/^/      | /'
}

# report_end: the last line, and whether all is well
report_end() {
	if [ "$FAILED" -gt 0 ]; then
		echo "failed:"
		printf '      %s\n' "${FAILURES[@]}"
	fi
	echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
	[ "$FAILED" = 0 ]
}
