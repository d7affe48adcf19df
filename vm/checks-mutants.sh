# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Deliberate bugs, each a patch of selftests/mutants/ that says which test is to
# catch it: in a copy of the tree, that test passes without the bug and fails with it.

MUTANTS=$BUILD/mutants
MUTANTS_TREE=$MUTANTS/tree
MUTANTS_PATCHES=$TOP/selftests/mutants
# For one that makes a test hang.
MUTANTS_SECONDS=900

mutant_test() {
	sed -n 's/^Caught-by: //p' "$MUTANTS_PATCHES/$1.patch"
}

mutants_files() {
	(cd "$1" && find . \( -path ./build -o -path ./.git \) -prune -o -type f -print | LC_ALL=C sort)
}

# What has not changed keeps its time, so that little is compiled anew.
mutants_refresh() {
	local file
	mkdir -p "$MUTANTS_TREE" "$MUTANTS/passed"
	comm -13 <(mutants_files "$TOP") <(mutants_files "$MUTANTS_TREE") | while read -r file; do
		rm "$MUTANTS_TREE/$file"
	done
	mutants_files "$TOP" | while read -r file; do
		cmp -s "$TOP/$file" "$MUTANTS_TREE/$file" || {
			mkdir -p "$(dirname "$MUTANTS_TREE/$file")"
			cp --preserve=mode "$TOP/$file" "$MUTANTS_TREE/$file"
		}
	done
}

mutants_checksum() {
	(cd "$MUTANTS_TREE" && mutants_files . | xargs -d '\n' cat | sha256sum)
}

# mutants_run TEST LOG: leaves MUTANTS_VERDICT: passes, fails, or broken where it
# was not compiled
mutants_run() {
	local status=0
	env -u TTLMAP_LONG timeout -k 10 "$MUTANTS_SECONDS" "$MUTANTS_TREE/test" "$1" </dev/null >"$2" 2>&1 || status=$?
	case $status in
	0) MUTANTS_VERDICT=passes ;;
	1 | 124 | 137) MUTANTS_VERDICT=fails ;;
	*) MUTANTS_VERDICT=broken ;;
	esac
	! grep -qE 'make.*\*\*\* |the build failed|cannot install' "$2" || MUTANTS_VERDICT=broken
}

# mutants_sound TEST: it passes without any bug; asked once for each state of the tree
mutants_sound() {
	local stamp=$MUTANTS/passed/${1//\//-} sum
	sum=$(mutants_checksum)
	[ "$(cat "$stamp" 2>/dev/null)" != "$sum" ] || return 0
	mutants_run "$1" "$stamp.log"
	[ "$MUTANTS_VERDICT" = passes ] || {
		echo "$1 $MUTANTS_VERDICT without any bug:"
		cat "$stamp.log"
		return 1
	}
	echo "$sum" >"$stamp"
}

check_mutant() {
	local name=$1 wanted log=$MUTANTS/$1.log
	packages_need "deliberate bugs" patch
	wanted=$(mutant_test "$name")
	mutants_refresh
	mutants_sound "$wanted"
	patch -s -F 0 -d "$MUTANTS_TREE" -p1 <"$MUTANTS_PATCHES/$name.patch"
	mutants_run "$wanted" "$log"
	mutants_refresh
	[ "$MUTANTS_VERDICT" != fails ] || { echo "caught by $wanted"; return 0; }
	echo "$wanted: $MUTANTS_VERDICT: $([ "$MUTANTS_VERDICT" = broken ] || echo "survived")"
	cat "$log"
	return 1
}

# Each of them still is a bug in today's code, and names a test that exists.
check_mutants_apply() {
	local patch name failed=0 names
	packages_need "deliberate bugs" patch
	names=$("$TOP/test" --list)
	for patch in "$MUTANTS_PATCHES"/*.patch; do
		name=$(basename "$patch" .patch)
		patch -s -F 0 --dry-run -d "$TOP" -p1 <"$patch" || { echo "$name: does not apply"; failed=1; }
		grep -qE "^$(mutant_test "$name")(/|\$)" <<<"$names" || { echo "$name: no such test"; failed=1; }
	done
	return "$failed"
}
