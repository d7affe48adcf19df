# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How much of the module the programs of selftests/ and the KUnit suites run, by line
# and by branch.

COVERAGE=$BUILD/coverage
COVERAGE_LINES=95

# A command, then what was counted, as an archive.
# shellcheck disable=SC2016  # the guest's shell expands these
COVERAGE_GUEST='
	"$@" >&2
	mkdir /tmp/gcov
	find /sys/kernel/debug/gcov -path "*/kmod/*.gcda" ! -path "*/tests/*" | while read -r file; do
		cat "$file" >"/tmp/gcov/${file##*/}"
	done
	tar -C /tmp/gcov -cf - .'

# coverage_count NAME COMMAND...: runs that in the guest that is prepared, leaves what it
# printed in NAME.log, and what it made run in NAME.json
coverage_count() {
	local name=$1 tree
	shift
	GUEST_BARE=yes guest_run "$GUEST_BASE" "$GUEST_DIR" sh -c "$COVERAGE_GUEST" sh "$@" \
		>"$COVERAGE/$name.tar" 2>"$COVERAGE/$name.log" || { tail -n 40 "$COVERAGE/$name.log"; return 1; }
	tree=$BUILD/kmod/$(module_name "$GUEST_DIR")
	rm -f "$tree"/kmod/*.gcda
	tar -C "$tree/kmod" -xf "$COVERAGE/$name.tar"
	(cd "$tree" && gcovr --root . --object-directory kmod --filter kmod/ \
		--exclude-directories '.*tests' --exclude kmod/tests/ --json "$COVERAGE/$name.json" kmod)
}

# coverage_clean <OUTPUT: of what runs tests; prints their failures, if there are any
coverage_clean() {
	! grep -E '^(not ok|@end [^ ]+ [1-35-9]|@unload [^ ]+ [^o]|@log [^ ]+ dirty)'
}

coverage_selftests() {
	local programs files
	readarray -t programs < <(selftests_list debug)
	readarray -t files < <(selftests_names TEST_GEN_FILES)
	selftests_build
	selftests_limits coverage "${#programs[@]}"
	export MODULE_VARIANT=gcov MODULE_ARGUMENTS=GCOV_PROFILE=y
	guest_prepare coverage "${programs[@]/#/$SELFTESTS/}" "${files[@]/#/$SELFTESTS/}"
	coverage_count selftests selftests-runner "$SELFTESTS_SECONDS" "${programs[@]}"
}

coverage_kunit() {
	export MODULE_VARIANT=gcov-kunit MODULE_ARGUMENTS="GCOV_PROFILE=y TTLMAP_KUNIT=y"
	guest_prepare coverage
	coverage_count kunit sh -c "$(cat "$TOP/vm/kunit-runner")" kunit-runner /lib/modules/ttlmap.ko
}

# coverage_report: a table, lines that never ran, and pages with all of it; fails
# where less ran than has to, in percent of lines
coverage_report() {
	local failed=0
	(
		cd "$TOP" || exit
		gcovr --root . -a "$COVERAGE/selftests.json" -a "$COVERAGE/kunit.json" \
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
	packages_need coverage gcovr
	mkdir -p "$COVERAGE"
	coverage_kunit
	coverage_selftests
	coverage_report
	coverage_clean <"$COVERAGE/selftests.log"
	awk -f "$TOP/vm/ktap.awk" "$COVERAGE/kunit.log" | coverage_clean
}
