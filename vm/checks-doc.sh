# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Tests of the documents: that they parse, that what they refer to is there, and
# that what they show to type can be typed.

DOC_DIR=$BUILD/documentation

# What the documents name as files of ours, in backquotes or as links.
doc_paths() {
	# shellcheck disable=SC2016  # backquotes are what it looks for
	grep -ohE '`[a-zA-Z./_-]+`|\]\([a-zA-Z./_-]+\)' "$@" | tr -d '`]()' |
		grep -E '^(Documentation|kmod|packaging|samples|selftests|uapi|userspace)/' | sort -u
}

# What the sources say at their heads.
doc_blocks() {
	grep -rh '^ \* DOC: ' kmod uapi | sed 's/^.*DOC: //'
}

# doc_names DOCUMENT NAME...: it has each of them in its tables
doc_names() {
	local document=$1 name missing=0
	shift
	for name; do
		grep -qF "\`\`$name\`\`" "Documentation/$document" || { echo "$document has no $name"; missing=1; }
	done
	return "$missing"
}

# Headers have no line of their own where there is a .c beside them.
doc_parts() {
	local file
	for file in kmod/*.[ch]; do
		case $file in
		kmod/debugfs_*.c) ;;
		*.c) echo "${file#kmod/}" ;;
		*) [ -e "${file%h}c" ] || echo "${file#kmod/}" ;;
		esac
	done
}

check_documentation() {
	local source path failed=0
	packages_need "checking the documents" perl python3-docutils
	source=$(source_dir)
	cd "$TOP" || return
	python3 Documentation/check.py "$source/scripts/kernel-doc" Documentation/*.rst
	"$source/scripts/get_abi.pl" --dir Documentation/ABI validate 2>&1 | tee "$BUILD/log/abi.log"
	[ ! -s "$BUILD/log/abi.log" ] || failed=1
	for path in $(doc_paths README.md Documentation/*.rst); do
		[ -e "$path" ] || { echo "$path: no such file"; failed=1; }
	done
	doc_blocks | while read -r title; do
		grep -qxF "   :doc: $title" Documentation/*.rst || { echo "no document has \"$title\""; exit 1; }
	done || failed=1
	# shellcheck disable=SC2046  # lists of words
	doc_names design.rst $(doc_parts) || failed=1
	# shellcheck disable=SC2046
	doc_names testing.rst $(selftests_names TEST_GEN_PROGS) || failed=1
	return "$failed"
}

# The commands of transcripts, each after "$ " and continued after "> ".
doc_commands() {
	local block
	for block in "$DOC_DIR"/console/*; do
		sed -n 's/^[$>] //p' "$block"
	done
}

doc_programs() {
	local block
	packages_need_userspace
	make -C "$TOP/userspace" "O=$BUILD/userspace" -j"$(nproc)"
	for block in "$DOC_DIR"/c/*; do
		cc -Wall -Wextra -Werror -static "-I$TOP/uapi" "-I$TOP/userspace/lib" -o "$DOC_DIR/example-${block##*/}" \
			-x c "$block" -x none "$BUILD/userspace/libttlmap.a"
	done
}

doc_extract() {
	mkdir -p "$DOC_DIR/$1"
	awk -v "language=$1" -v "prefix=$DOC_DIR/$1/" -f "$TOP/vm/code-blocks.awk" \
		"$TOP/README.md" "$TOP"/Documentation/*.rst
}

# Every transcript, then every program, stopping at the first that fails.
check_vm_documentation() {
	rm -rf "$DOC_DIR"
	doc_extract console
	doc_extract c
	doc_programs
	guest_prepare "$(kernel_default)" "$DOC_DIR"/example-*
	guest_run "$GUEST_BASE" "$GUEST_DIR" sh -exc \
		"$(doc_commands)"$'\nfor program in /selftests/example-*; do "$program"; done'
}
