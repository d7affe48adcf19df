# SPDX-License-Identifier: GPL-2.0
# Takes the code of one language out of Markdown and reStructuredText:
#
#   awk -v language=c -v prefix=DIR/ -f code-blocks.awk FILE...
#
# writes each block to a file: DIR/01, DIR/02 and so on.

function begin() {
	inside = 1
	count++
	out = sprintf("%s%02d", prefix, count)
	printf "" >out
}

FNR == 1 { inside = 0 }

# Markdown
/^```/ {
	if ($0 == "```" language)
		begin()
	else
		inside = 0
	next
}

# reStructuredText, indented by three spaces
$0 == ".. code-block:: " language { begin(); next }
FILENAME ~ /\.rst$/ && /^[^ ]/ { inside = 0 }
FILENAME ~ /\.rst$/ { sub(/^   /, "") }

inside { print >out }
