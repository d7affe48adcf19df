# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counts and shows results as they come, from several processes at once.

report_begin() {
	REPORT=$(mktemp "$BUILD/log/results.XXXXXX")
}

# report_show: what is one block stays one
report_show() {
	flock "$REPORT" cat
}

# report_result WORD NAME
report_result() {
	printf '%-5s %s\n' "$@" | tee -a "$REPORT"
}

report_pass() {
	report_result ok "$1" | report_show
}

report_skip() {
	report_result skip "$1" | report_show
}

# report_fail NAME [FILE]: with what there is to say about it
report_fail() {
	{
		report_result FAIL "$1"
		sed 's/^/      | /' "${2-/dev/null}"
	} | report_show
}

report_start() {
	echo "run   $1" | report_show
}

report_note() {
	echo "      $1" | report_show
}

report_count() {
	grep -c "^$1 " "$REPORT" || true
}

# report_end: the last line, and whether all is well
report_end() {
	local failed
	failed=$(report_count FAIL)
	if [ "$failed" -gt 0 ]; then
		echo "failed:"
		sed -n 's/^FAIL /     /p' "$REPORT"
	fi
	echo "$(report_count ok) passed, $failed failed, $(report_count skip) skipped"
	[ "$failed" = 0 ]
}
