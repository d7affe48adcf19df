# SPDX-License-Identifier: GPL-2.0
# Are the statements that the file "barriers" names where it says, in that order?
# awk -v top=DIR -f statements.awk barriers; says what is not there, and fails

# The text of a function, without comments, and with single spaces.
function body(file, name,	line, text, inside) {
	text = ""
	inside = 0
	while ((getline line <(top "/" file)) > 0) {
		if (line ~ "^[a-z].*[ *]" name "\\(" && line !~ /;$/)
			inside = 1
		if (!inside)
			continue
		if (line ~ /^}/)
			break
		text = text " " line
	}
	close(top "/" file)
	gsub(/\/\*([^*]|\*[^\/])*\*\//, " ", text)
	gsub(/[ \t]+/, " ", text)
	return text
}

/^#/ || !NF { next }

/^kmod\// {
	where = $1 ": " $2 "()"
	rest = body($1, $2)
	if (rest == "") {
		print where ": there is no such function"
		failed = 1
	}
	next
}

{
	statement = $0
	sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]+/, "", statement)
	at = index(rest, statement)
	if (!at) {
		print where ": not there, or not in this place: " statement
		failed = 1
		next
	}
	rest = substr(rest, at + length(statement))
	statements++
}

END {
	if (!statements)
		failed = 1
	print statements + 0 " statements"
	exit failed
}
