# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Tests of the documents: that they parse, that what they refer to is there, and
# that what they show to type can be typed.

DOC_DIR=$BUILD/documentation

# doc_tree DIR: what the kernel's extensions to Sphinx take for a kernel's source: its
# own programs, and what else is put there
doc_tree() {
	local kernel
	kernel=$(linux_dir)
	rm -rf "$1"
	mkdir -p "$1/Documentation" "$1/tools/lib"
	ln -s "$kernel/tools/lib/python" "$1/tools/lib/"
	ln -s "$kernel/Documentation/sphinx" "$TOP/Documentation/ABI" "$1/Documentation/"
}

# doc_sphinx TREE SOURCE OUTPUT: as HTML; a warning is a failure
doc_sphinx() {
	packages_need "building the documents" python3-sphinx graphviz
	srctree=$1 /usr/bin/sphinx-build -q -W --keep-going -j auto -c "$TOP/Documentation" \
		-d "$3.doctrees" -b html "$2" "$3"
}

# Each kind of mistake in it is found.
doc_control() {
	local log=$BUILD/log/defects.log
	mkdir -p "$DOC_DIR/defects"
	cp "$DEFECTS/document.rst" "$DOC_DIR/defects/index.rst"
	! doc_sphinx "$1" "$DOC_DIR/defects" "$DOC_DIR/defects.html" >"$log" 2>&1 || return
	expect "warnings" "$(grep -c expect: "$DEFECTS/document.rst")" "$(grep -c WARNING: "$log")"
}

# doc_but NAME: all documents but one
doc_but() {
	find "$TOP/README.md" "$TOP/Documentation" -name '*.rst' -not -name "$1" -o -name README.md | LC_ALL=C sort
}

# doc_paths FILE...: what they name as files of ours, in backquotes
doc_paths() {
	# shellcheck disable=SC2016  # backquotes are what it looks for
	grep -ohE '`[a-zA-Z0-9./_-]+`' "$@" | tr -d '`' |
		grep -E '^(Documentation|benchmarks|coccinelle|examples|in-tree|kmod|packaging|samples|selftests|uapi|userspace)/|^vm/.*\.sh' | grep -v '\.\.\.$'
}

# doc_links FILE...: where Markdown links to
doc_links() {
	grep -ohE '\]\([^)#]+' "$@" | sed 's/^](//' | grep -v '^https\?://'
}

# doc_missing_files FILE...
doc_missing_files() {
	{ doc_paths "$@" && doc_links ./*.md; } | LC_ALL=C sort -u | while read -r path; do
		[ -e "$path" ] || echo "$path: no such file"
	done
}

# doc_taken: what documents take out of sources: file, and a line that is there
doc_taken() {
	awk '
		/^\.\. kernel-doc::/ { file = $3 }
		sub(/^   :doc: /, "") { print file, "^ \\* DOC: " $0 "$" }
		sub(/^   :identifiers: /, "") {
			for (i = 1; i <= NF; i++)
				print file, "^ \\* (struct |enum )?" $i "(\\(\\))? - "
		}' Documentation/*.rst
}

# The kernel's extension has nothing to say of a title or name that is not there.
doc_missing_lines() {
	doc_taken | while read -r path line; do
		grep -qE -- "$line" "$path" || echo "$path has no line $line"
	done
}

# What the sources say at their heads belongs into a document.
doc_missing_blocks() {
	grep -rh '^ \* DOC: ' kmod uapi | sed 's/^.*DOC: //' | while read -r title; do
		grep -qxF "   :doc: $title" Documentation/*.rst || echo "no document has \"$title\""
	done
}

# Nor does another of them where it finds no file of the ABI.
doc_missing_abi() {
	sed -n 's/^What:\t*//p' Documentation/ABI/testing/* | while read -r what; do
		grep -qF "${what//[<>]/*}" <(sed 's/&[lg]t;/*/g' "$DOC_DIR/html/abi-files.html") || echo "abi-files.rst has no $what"
	done
}

# doc_missing_tests FILE...: that they show to type
doc_missing_tests() {
	local names
	names=$(./test --list)
	sed -n 's,^ *\./test \([^#]*\).*,\1,p' "$@" | tr ' ' '\n' | grep '^[a-z0-9]' | while read -r name; do
		grep -qE "^(kunit/)?$name" <<<"$names" || echo "$name: no such test"
	done
}

# Each program of selftests/ has a line on what it is about.
doc_missing_programs() {
	selftests_names TEST_GEN_PROGS | while read -r name; do
		grep -qF "\`\`$name\`\`" Documentation/testing.rst || echo "testing.rst has no $name"
	done
}

check_documentation() {
	local tree=$DOC_DIR/tree documents
	doc_tree "$tree"
	ln -s "$TOP"/Documentation/*.* "$tree/Documentation/"
	ln -s "$TOP"/{kmod,samples,uapi} "$tree/"
	doc_control "$tree"
	doc_sphinx "$tree" "$tree/Documentation" "$DOC_DIR/html"
	cd "$TOP" || return
	diff -u Documentation/architecture.dot \
		<(/usr/bin/python3 -B Documentation/picture.py Documentation/architecture.rst kmod)
	# in-tree.rst speaks of another tree.
	readarray -t documents < <(doc_but in-tree.rst)
	documents+=(CONTRIBUTING.md)
	{
		doc_missing_files "${documents[@]}"
		doc_missing_tests "${documents[@]}"
		doc_missing_programs
		doc_missing_lines
		doc_missing_blocks
		doc_missing_abi
	} | static_silent
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

# doc_extract LANGUAGE FILE...: each block of code in a file of its own
doc_extract() {
	local language=$1
	shift
	rm -rf "${DOC_DIR:?}/$language"
	mkdir -p "$DOC_DIR/$language"
	awk -v "language=$language" -v "prefix=$DOC_DIR/$language/" -f "$TOP/vm/code-blocks.awk" "$@"
}

# Every transcript, then every program, stopping at the first that fails.  The tutorial
# is typed by itself.
check_vm_documentation() {
	local documents
	readarray -t documents < <(doc_but tutorial.rst)
	doc_extract console "${documents[@]}"
	doc_extract c "${documents[@]}" "$TOP/Documentation/tutorial.rst"
	rm -f "$DOC_DIR"/example-*
	doc_programs
	guest_prepare "$(kernel_default)" "$DOC_DIR"/example-*
	guest_run "$GUEST_BASE" "$GUEST_DIR" sh -exc \
		"$(doc_commands)"$'\nfor program in /selftests/example-*; do "$program"; done'
}

# doc_transcript: the shell's part in one, each command with what it prints
doc_transcript() {
	local command
	while IFS= read -r command; do
		printf "printf '%%s\\\\n'%s\n%s\n" "$(quote "\$ $command")" "$command"
	done < <(doc_commands)
}

# doc_figures: numbers are not the same twice, nor is how wide they are; those in names
# are, and exit statuses
doc_figures() {
	sed -E 's/(exit status) /\1_/; s/\b([0-9]+([.,][0-9]+)*(ns|us|ms|[smhdwKMG%])?)+\b/N/g; s/#+/#/g; s/ +/ /g; s/ $//'
}

# What the tutorial shows is what is printed, but for figures.
check_vm_tutorial() {
	local shown=$DOC_DIR/tutorial.shown printed=$DOC_DIR/tutorial.printed
	mkdir -p "$DOC_DIR"
	doc_extract console "$TOP/Documentation/tutorial.rst"
	cat "$DOC_DIR"/console/* | sed '/^$/d' >"$shown"
	guest_prepare "$(kernel_default)"
	guest_run "$GUEST_BASE" "$GUEST_DIR" sh -ec "exec 2>&1; $(doc_transcript)" | sed '/^$/d' >"$printed"
	diff -u <(doc_figures <"$shown") <(doc_figures <"$printed")
}

# How many bytes a million entries take.
check_vm_design() {
	doc_extract sh "$TOP/Documentation/design.rst"
	guest_prepare "$(kernel_default)"
	guest_run "$GUEST_BASE" "$GUEST_DIR" sh -exc "$(cat "$DOC_DIR"/sh/*)"
}
