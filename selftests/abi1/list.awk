# SPDX-License-Identifier: GPL-2.0
# All that a header publishes, as macros for layout.c: the fields and sizes of its
# structures, its commands and numbers. How many rules of alarms there are is none.
/^struct ttlmap_[a-z_]+ \{$/ { struct = $2; next }
struct && /^\t/ {
	if (field)
		printf "FIELD(%s, %s)\n", struct, field
	field = $NF
	# At the end, an array or a structure may get longer.
	last = /\[|\tstruct / ? "LAST" : "FIELD"
	sub(/(\[.*\])?;.*/, "", field)
}
struct && /^\};$/ {
	printf "%s(%s, %s)\nSTRUCT(%s)\n", last, struct, field, struct
	struct = field = ""
}
/^#define TTLMAP_/ && $2 != "TTLMAP_ALARMS" {
	kind = $2 ~ /^TTLMAP_IOC_[^M]/ ? "COMMAND" : $2 ~ /_MAX$/ ? "LIMIT" : "NUMBER"
	printf "%s(%s)\n", kind, $2
}
