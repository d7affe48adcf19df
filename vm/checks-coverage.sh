# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How much of the module the programs of selftests/ run, by line and by branch.

COVERAGE=$BUILD/coverage
COVERAGE_LINES=90

# The programs one after the other, then what was counted, as an archive.
# shellcheck disable=SC2016  # the guest's shell expands these
COVERAGE_GUEST='
	selftests-runner "$@" >&2
	mkdir /tmp/gcov
	find /sys/kernel/debug/gcov -path "*-gcov/kmod/*.gcda" | while read -r file; do
		cat "$file" >"/tmp/gcov/${file##*/}"
	done
	tar -C /tmp/gcov -cf - .'

# coverage_run PROGRAM...: leaves the counts beside the objects in build/kmod
coverage_run() {
	local files tree
	readarray -t files < <(selftests_names TEST_GEN_FILES)
	selftests_build
	selftests_limits coverage "$#"
	guest_prepare coverage "${@/#/$SELFTESTS/}" "${files[@]/#/$SELFTESTS/}"
	tree=$BUILD/kmod/$(module_name "$GUEST_DIR")
	GUEST_BARE=yes guest_run "$GUEST_BASE" "$GUEST_DIR" \
		sh -c "$COVERAGE_GUEST" sh "$SELFTESTS_SECONDS" "$@" >"$COVERAGE/counts.tar" 2>"$COVERAGE/log"
	grep -hE '^(not ok|@end .* [1-9]|@unload .* [^o]|@log .* dirty)' "$COVERAGE/log" && return 1
	rm -f "$tree"/kmod/*.gcda
	tar -C "$tree/kmod" -xf "$COVERAGE/counts.tar"
	coverage_report "$tree"
}

# coverage_report TREE: a table, lines that never ran, and pages with all of it;
# fails where less ran than has to, in percent of lines
coverage_report() {
	local failed=0
	(
		cd "$1" || exit
		gcovr --root . --object-directory kmod --filter kmod/ --exclude kmod/tests/ \
			--txt "$COVERAGE/lines.txt" --csv "$COVERAGE/coverage.csv" \
			--html-details "$COVERAGE/index.html" --fail-under-line "$COVERAGE_LINES"
	) || failed=1
	coverage_table <"$COVERAGE/coverage.csv" | tee "$COVERAGE/table.txt"
	echo "what never ran is in build/coverage/lines.txt and build/coverage/index.html"
	return "$failed"
}

# The columns are: file, lines and those that ran, percent; the same for branches.
coverage_table() {
	awk -F, '
		function row(name, lines, ran, branches, taken) {
			printf "%-28s %6d %6d %6.1f%% %6d %6d %6.1f%%\n", name, lines, ran,
				lines ? 100 * ran / lines : 100, branches, taken,
				branches ? 100 * taken / branches : 100
		}
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			printf "%-28s %6s %6s %7s %6s %6s %7s\n", "file", "lines", "ran", "",
				"branch", "taken", ""
			next
		}
		{
			row($1, $at["line_total"], $at["line_covered"],
				$at["branch_total"], $at["branch_covered"])
			lines += $at["line_total"]
			ran += $at["line_covered"]
			branches += $at["branch_total"]
			taken += $at["branch_covered"]
		}
		END { row("all", lines, ran, branches, taken) }'
}

check_coverage() {
	local programs
	packages_need coverage gcovr
	mkdir -p "$COVERAGE"
	readarray -t programs < <(selftests_list debug)
	export MODULE_VARIANT=gcov MODULE_ARGUMENTS=GCOV_PROFILE=y
	coverage_run "${programs[@]}"
}
