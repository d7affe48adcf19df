# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# That no operation costs more instructions than it did.

# So many percent above what the table says may be chance; or another compiler's doing,
# where the table has nothing for this one.
INSTRUCTIONS_SLACK=3
INSTRUCTIONS_SLACK_OTHER=20
INSTRUCTIONS_OTHER=gcc-12

# instructions_compare TABLE COUNTED SLACK: prints what ttlmap's operations cost, and fails if
# any costs more than the table says, is not in it, or was not counted
instructions_compare() {
	awk -F '\t' -v slack="$3" '
		NR == FNR {
			if ($2 ~ /^ttlmap/)
				table[$1 " " $2] = $3
			next
		}
		!(($1 " " $2) in table) { print $1 " " $2 ": not in the table"; bad = 1; next }
		{
			name = $1 " " $2
			change = ($3 / table[name] - 1) * 100
			printf "%-28s %6d, in the table %6d: %+5.1f%%%s\n", name, $3, table[name], change,
				(change > slack) ? ", too much" : ""
			bad = bad || (change > slack)
			delete table[name]
		}
		END {
			for (name in table) {
				print name ": not counted"
				bad = 1
			}
			exit bad
		}' "$1" "$2"
}

check_instructions() {
	local compiler slack=$INSTRUCTIONS_SLACK
	local table=$BUILD/log/instructions.table counted=$BUILD/log/instructions.counted
	compiler=$(instructions_compiler)
	instructions_table "$compiler" >"$table"
	[ -s "$table" ] || {
		echo "nothing for $compiler in the table: compared with $INSTRUCTIONS_OTHER"
		instructions_table "$INSTRUCTIONS_OTHER" >"$table"
		slack=$INSTRUCTIONS_SLACK_OTHER
	}
	instructions_prepare
	instructions_count modules ttlmap | instructions_least >"$counted"
	instructions_compare "$table" "$counted" "$slack" || {
		echo "a change that was meant to cost this rewrites the table: vm/check instructions_update"
		return 1
	}
}
