# SPDX-License-Identifier: GPL-2.0
# Reads <linux/ttlmap.h>: prints which errnos are documented beside each command
# and each operation, as rows of C, { SUBJECT, ERRNO }.  What the table at its head
# explains is printed with "any" as the subject.

function flush_errors(    i, n, words) {
	gsub(/\([^)]*\)/, "", errors)
	n = split(errors, words, /[ \t,;.]+/)
	for (i = 1; i <= n; i++) {
		if (words[i] == "as")
			copy[subject] = words[++i]
		else if (words[i] ~ /^E[0-9A-Z]+$/)
			row(subject, words[i])
	}
	errors = ""
	collecting = 0
}

function row(of, errno) {
	rows[of] = rows[of] " " errno
}

function print_rows(of, from,    i, n, words) {
	n = split(rows[from], words, " ")
	for (i = 1; i <= n; i++)
		printf "\t{ \"%s\", %s },\n", of, words[i]
}

collecting && (!/^ \*[ \t]+[A-Za-z(@]/ || /^ \* [A-Z]+$/) { flush_errors() }

/^ \* =+ =+$/ { table = !table || ++bars < 3 }
table && /^ \* E[0-9A-Z]+ / { row("any", $2) }

/^ \* struct ttlmap_[a-z_]+ - / { subject = substr($3, 8) }
/^ \* (LOOKUP|UPDATE|DELETE|TOUCH|POP|ADD|CLEAR)$/ { subject = $2 }

/^ \*[ \t]+Errors: / { collecting = 1; sub(/^.*Errors: /, "") }
collecting { errors = errors " " $0 }

END {
	for (of in rows)
		print_rows(of, of)
	for (of in copy)
		print_rows(of, copy[of])
}
