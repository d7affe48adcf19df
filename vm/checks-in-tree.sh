# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The form that ttlmap has in the kernel's tree: laid out in a copy of Debian's newest
# source, compiled and tested with what that tree brings along.

IN_TREE=$CACHE/in-tree
IN_TREE_BUILD=$BUILD/in-tree

in_tree_lay() {
	make -s -C "$TOP" in-tree "KSRC=$IN_TREE" MAINTAINER='A Maintainer <maintainer@example.org>'
}

# in_tree_make SOURCE: files that nobody writes to are shared with it
in_tree_make() {
	rm -rf "$IN_TREE"
	cp -al "$1" "$IN_TREE"
	in_tree_lay
}

in_tree() {
	local source
	source=$(linux_dir) || exit
	packages_need "compiling in the kernel's tree" make gcc libc6-dev flex bison bc libelf-dev \
		perl python3
	in_tree_make "$source"
}

# in_tree_kbuild FOLDER ARGUMENT...
in_tree_kbuild() {
	local folder=$IN_TREE_BUILD/$1
	shift
	mkdir -p "$folder"
	make -C "$IN_TREE" "O=$folder" -j"$(nproc)" "$@" 2>&1
}

# Laying it out once more changes nothing, and the tree knows whom to ask.
check_in_tree_lay() {
	in_tree
	rm -rf "$IN_TREE.once"
	cp -al "$IN_TREE" "$IN_TREE.once"
	in_tree_lay
	diff -r "$IN_TREE.once" "$IN_TREE"
	rm -rf "$IN_TREE.once"
	cd "$IN_TREE" || return
	scripts/get_maintainer.pl --nogit --nogit-fallback -f drivers/misc/ttlmap/table.c |
		grep -F 'maintainer@example.org'
}

# The documents without a warning, and the files that they name are there.  In a tree of
# nothing else: the kernel's own documents are not ours to check.
check_in_tree_documents() {
	local tree=$IN_TREE_BUILD/tree documents=Documentation/misc-devices/ttlmap
	in_tree
	doc_tree "$tree"
	mkdir -p "$tree/Documentation/misc-devices"
	ln -s "$IN_TREE/$documents" "$tree/$documents"
	ln -s "$IN_TREE"/{drivers,include,samples} "$tree/"
	doc_sphinx "$tree" "$tree/$documents" "$IN_TREE_BUILD/documents"
	cd "$IN_TREE" || return
	grep -ohE '(^|[ `])(Documentation|drivers|include|samples|tools)/[a-zA-Z0-9_./-]*[a-z]' $documents/*.rst |
		tr -d ' `' | LC_ALL=C sort -u | xargs ls -d
}

# Compiled as modules, with the samples; only these folders are.
check_in_tree_module() {
	in_tree
	in_tree_kbuild module tinyconfig
	(
		cd "$IN_TREE_BUILD/module" || exit
		printf 'CONFIG_%s\n' 64BIT=y MODULES=y NET=y INET=y IPV6=y NETFILTER=y DEBUG_FS=y TTLMAP=m \
			SAMPLES=y SAMPLE_TTLMAP=m >>.config
	)
	in_tree_kbuild module olddefconfig
	in_tree_kbuild module W=1 drivers/misc/ttlmap/ samples/ttlmap/ | tee "$IN_TREE_BUILD/module.log"
	! grep -i 'warning:' "$IN_TREE_BUILD/module.log"
	ls "$IN_TREE_BUILD/module/drivers/misc/ttlmap/ttlmap.o" "$IN_TREE_BUILD"/module/samples/ttlmap/*.o
}

# By kunit.py, in User-Mode Linux, linked into the kernel.  What has allocations fail
# is skipped: it needs debugfs to say so beforehand.
check_in_tree_kunit() {
	in_tree
	cd "$IN_TREE" || return
	tools/testing/kunit/kunit.py run --kunitconfig drivers/misc/ttlmap/.kunitconfig \
		"--build_dir=$IN_TREE_BUILD/kunit" "--jobs=$(nproc)" | tee "$IN_TREE_BUILD/kunit.out"
	expect "suites" "$(find "$TOP/kmod/tests" -name '*_test.c' | wc -l)" \
		"$(grep -cE '=+ \[PASSED\] ttlmap_' "$IN_TREE_BUILD/kunit.out")"
}

check_in_tree_selftests() {
	local program
	in_tree
	packages_need "the selftests" uthash-dev
	in_tree_kbuild selftests headers
	make -C "$IN_TREE/tools/testing/selftests" TARGETS=ttlmap "O=$IN_TREE_BUILD/selftests" -j"$(nproc)"
	cd "$IN_TREE/tools/testing/selftests/ttlmap" || return
	sed 1d .gitignore | while read -r program; do
		ls "$IN_TREE_BUILD/selftests/kselftest/ttlmap/$program"
	done
}
