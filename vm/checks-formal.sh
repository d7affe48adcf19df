# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The models of selftests/formal/: searched exhaustively by SPIN, tied to the
# sources by the file "barriers", and each of them shown to be able to fail.

FORMAL=$BUILD/formal
FORMAL_MODELS=$TOP/selftests/formal
FORMAL_MEGABYTES=4000

# What a model's checker is compiled with: where hundreds are made tcc saves more
# than gcc's code would gain.
formal_compile() {
	local with="tcc"
	[ -z "${TTLMAP_LONG-}" ] || with="gcc -O2"
	# shellcheck disable=SC2086  # a list of words
	$with -w -DSAFETY -DCOLLAPSE -DNOFAIR "-DMEMLIM=$FORMAL_MEGABYTES" -o pan pan.c
}

# formal_search NAME SCENARIO SPIN-ARGUMENT...: leaves what was found in FORMAL_FOUND:
# nothing, error, or neither if the search did not come to an end
formal_search() {
	local name=$1 scenario=$2 model=lookup log=$FORMAL/$1/pan.log
	shift 2
	[ "$scenario" != retire ] || model=retire
	rm -rf "${FORMAL:?}/$name"
	mkdir -p "$FORMAL/$name"
	cd "$FORMAL/$name" || exit
	spin "-DSCENARIO=$scenario" "$@" -a "$FORMAL_MODELS/$model.pml"
	formal_compile
	./pan -b -m1000000 >"$log" 2>&1 || true
	FORMAL_FOUND=neither
	if grep -q 'errors: [1-9]' "$log" && ! grep -q 'max search depth' "$log"; then
		FORMAL_FOUND=error
	elif grep -q 'errors: 0$' "$log" && ! grep -q 'Search not completed' "$log"; then
		FORMAL_FOUND=nothing
	fi
	echo "$name: $FORMAL_FOUND, $(grep -o '[0-9.e+]* states, stored' "$log" || cat "$log")"
}

# formal_model SCENARIO SPIN-ARGUMENT...: no error in any state
formal_model() {
	formal_search "$1" "$@"
	[ "$FORMAL_FOUND" = nothing ]
}

# formal_control CONTROL SCENARIO: without that step there is one
formal_control() {
	formal_search "no-$1-in-$2" "$2" "-DNO_$1" -DSTORES=4
	[ "$FORMAL_FOUND" = error ]
}

formal_packages() {
	packages_need "model checking" spin gcc tcc libc6-dev
}

# formal_each FUNCTION [ARGUMENT...]: for each line of the input, as many at once
# as there are processors
formal_each() {
	xargs -P "$(nproc)" -I LINE sh -c "exec $(quote "$TOP/vm/check" "$1") LINE $(quote "${@:2}")"
}

formal_scenarios() {
	sed -n '/^\/\* Who does what at once/,/^$/s/^#define \([A-Z_]*\).*/\1/p' "$FORMAL_MODELS/lookup.pml"
	echo retire
}

formal_controls() {
	awk '/^[a-z_]+[ \t]+([A-Z_]+|retire)[ \t]/ { print $1, $2 }' "$FORMAL_MODELS/barriers" | sort -u
}

# The statements that the models stand for are in the sources; and all that can be
# taken out of a model is named there.
check_formal_barriers() {
	awk -v "top=$TOP" -f "$FORMAL_MODELS/statements.awk" "$FORMAL_MODELS/barriers"
	diff <(formal_controls | cut -d' ' -f1 | sort -u) \
		<(cat "$FORMAL_MODELS"/*.pml | grep -oE '\bNO_[a-z_]+' | sed 's/^NO_//' | grep -vx name | sort -u)
}

check_formal_models() {
	local bounds="-DSTORES=4"
	formal_packages
	[ -z "${TTLMAP_LONG-}" ] || bounds="-DSTORES=5 -DLOOKUPS=2 -DCROWD"
	# shellcheck disable=SC2086  # a list of words
	formal_scenarios | formal_each formal_model $bounds
}

check_formal_controls() {
	formal_packages
	formal_controls | TTLMAP_LONG='' formal_each formal_control
}
