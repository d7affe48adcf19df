# SPDX-License-Identifier: GPL-2.0
# A kernel's log with the results of KUnit, as selftests-runner would have printed
# them: a suite is a program, and each of its cases a result.  What is outside of
# suites passes if it is the runner's own.

{
	sub(/\r$/, "")
	sub(/^\[ *[0-9]+\.[0-9]+\] /, "")
}

/^@/ {
	log_follows = $1 == "@log"
	print
	next
}

/^ *# Subtest: / && match($0, /[^ ]/) == 5 {
	suite = $3
	print "@start " suite
	next
}

suite != "" && /^    (not )?ok / {
	print substr($0, 5)
	next
}

suite != "" && /^    1\.\./ {
	print substr($0, 5)
	next
}

suite != "" && /^(not )?ok / {
	print "@end " suite " " ($1 == "not")
	suite = ""
	next
}

suite != "" || log_follows
