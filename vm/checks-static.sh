# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Tests of the sources by programs that only read them.  Each such program is
# tried on a file of vm/defects as well, so that its silence means something.

DEFECTS=$TOP/vm/defects
# What cppcheck 2.17 believes of lifetimes, and of what is initialised, is wrong as
# often as not (an argument of munmap() is "used after it is deallocated");
# compilers, clang-tidy and the sanitizers know better.  A test without memory may
# die.  The last one is about cppcheck itself.
CPPCHECK_WRONG="deallocuse deallocret memleak uninitvar legacyUninitvar autoVariables
	nullPointerOutOfMemory nullPointerOutOfResources nullPointerArithmeticOutOfMemory
	normalCheckLevelMaxBranches"
SPARSE_FLAGS="-D__CHECK_ENDIAN__ -Wcontext"

# static_expected FILE: what is marked there, as "LINE NAME"
static_expected() {
	sed -n '=; s,.*/\* expect: \([^ ]*\) \*/.*,\1,p' "$1" |
		awk '/^[0-9]+$/ { line = $0; next } { print line, $0 }'
}

# static_found FILE: of the complaints "PATH:LINE:... [NAME]" on standard input,
# those about FILE, as "LINE NAME"
static_found() {
	sed -nE "s,^(.*/)?${1##*/}:([0-9]+):.*\[([^],]+)[^]]*\]\$,\2 \3,p"
}

# static_control FILE: the complaints on standard input are those that are marked
static_control() {
	diff --label "marked in ${1#"$TOP/"}" --label "found there" -u \
		<(static_expected "$1" | sort) <(static_found "$1" | sort -u)
}

# static_silent: nothing is on standard input
static_silent() {
	! grep .
}

# coccicheck SOURCE PATH...: what the kernel's semantic patches say of each file
# there by itself; each patch names the options that it is to be run with
coccicheck() {
	local source=$1 files=$BUILD/log/coccicheck.files
	shift
	find "$@" -name '*.c' | LC_ALL=C sort | sed G >"$files"
	# shellcheck disable=SC2016  # the inner shell expands these
	find "$source/scripts/coccinelle" -name '*.cocci' -print0 |
		xargs -0 -n 1 -P "$(nproc)" bash -o pipefail -c '
			name=${2##*/}
			options=$(sed -n "s,^// *Options:,,p" "$2")
			spatch -D report --very-quiet --no-show-diff --cocci-file "$2" $options \
				-I "$0/include" -I kmod/include -I . --file-groups "$1" |
				sed "s,\$, [${name%.cocci}],"
		' "$source" "$files"
}

check_coccicheck() {
	local source
	packages_need "semantic patches" coccinelle ocaml-nox
	source=$(source_dir)
	cd "$TOP" || return
	coccicheck "$source" vm/defects | static_control "$DEFECTS/coccicheck.c"
	# Deliberate bugs are what controls.c is made of.
	coccicheck "$source" kmod samples selftests/modules benchmarks/kernel |
		sed '/^selftests\/modules\/controls\.c:/d' | static_silent
}

# static_cppcheck PATH...: what it calls not portable, GNU C and glibc have, and
# what is style is for checkpatch to say
static_cppcheck() {
	local source wrong
	source=$(source_dir)
	# shellcheck disable=SC2086  # a list of words
	readarray -t wrong < <(printf -- '--suppress=%s\n' $CPPCHECK_WRONG)
	cppcheck --quiet --std=c11 --enable=warning,performance --inline-suppr -j "$(nproc)" \
		"${wrong[@]}" --library=posix --library=vm/cppcheck/posix-more.cfg -D_GNU_SOURCE \
		-Iuapi -Iuserspace/lib -Iuserspace/tool -Ivm/cppcheck \
		"-I$source/tools/testing/selftests" "-I$source/tools/testing/selftests/kselftest" \
		--template='{file}:{line}: {severity}: {message} [{id}]' "$@" 2>&1
}

check_cppcheck() {
	packages_need "static checks" cppcheck
	cd "$TOP" || return
	static_cppcheck vm/defects/cppcheck.c | static_control "$DEFECTS/cppcheck.c"
	# The kernel's headers are not ours to check.
	static_cppcheck userspace selftests samples/[!t]*.c -i selftests/modules |
		sed "\\,^$(source_dir)/,d" | static_silent
}

# static_clang_tidy FILE...: as userspace/ sees them; a process each, since one
# that reads several takes what it knows of va_list from one to the next
static_clang_tidy() {
	local flags
	# shellcheck disable=SC2016  # make expands it
	flags=$(make -s --eval 'flags: ; @echo $(tool_cflags)' flags)
	# shellcheck disable=SC2086  # a list of words
	printf '%s\n' "$@" | xargs -d '\n' -P "$(nproc)" -I '{}' \
		clang-tidy --quiet --config-file=.clang-tidy '{}' -- $flags -Itool 2>&1 |
		sed '/ warnings\? generated\.$/d'
}

check_clang_tidy() {
	local log=$BUILD/log/defects.log
	packages_need "building" make
	# shellcheck disable=SC2046  # a list of words
	packages_need "static checks" clang-tidy $(make -s -C "$TOP/userspace" packages)
	cd "$TOP/userspace" || return
	! static_clang_tidy "$DEFECTS/tidy.c" >"$log" || return
	static_control "$DEFECTS/tidy.c" <"$log"
	static_clang_tidy {lib,tool,tests}/*.c
}

# static_defects_build: the defects that need a kernel, with sparse looking on
static_defects_build() {
	local tree=$BUILD/defects dir release
	dir=$(kernel_dir 6.12)
	release=$(kernel_release "$dir")
	rm -rf "$tree"
	mkdir -p "$tree"
	cp "$DEFECTS"/{Kbuild,frame.c,imbalance.c} "$tree"
	make -C "$dir/usr/src/linux-headers-$release" "M=$tree" C=2 "CF=$SPARSE_FLAGS" modules
}

# That a lock which is taken is released, and promises about it are kept.
static_control_sparse() {
	static_defects_build 2>&1 | tee "$BUILD/log/defects.log" |
		sed "/context imbalance/s/\$/ [context]/" | static_control "$DEFECTS/imbalance.c"
}

static_control_kernel_doc() {
	"$1" -none -Werror "$DEFECTS/undocumented.c" >"$BUILD/log/defects.log" 2>&1 &&
		{ echo "kernel-doc finds nothing in undocumented.c"; return 1; }
	grep -w nubmer "$BUILD/log/defects.log"
}

# static_frames MODULE: functions of it whose frames take 512 bytes or more.  The
# script adds up what is taken from the stack pointer and what is given back: the
# latter is kept from it.
static_frames() {
	# shellcheck disable=SC2016  # a dollar sign is what it looks for
	objdump -d "$1" | grep -v 'add  *$0x[0-9a-f]\{1,7\},%rsp$' |
		perl "$(source_dir)/scripts/checkstack.pl" x86_64 511
}

check_checkstack() {
	local series module failed=0
	packages_need checkstack perl binutils
	static_defects_build
	static_frames "$BUILD/defects/frame.ko" | grep -w deep
	for series in $KERNELS_BUILD; do
		module_build "$series" "TREE=build/build-$series" W=1 -j"$(nproc)"
		module=$BUILD/build-$series/ttlmap.ko
		[ -s "$module" ]
		static_frames "$module" | static_silent || failed=1
	done
	return "$failed"
}

# lint STATUS ARGUMENT...: what ttlmap-lint prints, if it ends so
lint() {
	local wanted=$1 status=0
	shift
	./ttlmap-lint "$@" || status=$?
	[ "$status" = "$wanted" ] || {
		echo "ttlmap-lint $*: exit status $status instead of $wanted" >&2
		return 1
	}
}

# Each rule finds what is marked in its bad examples. None finds anything in the good
# ones of any, nor in what we hand out as examples ourselves.
check_coccinelle() {
	local rule file found
	packages_need "semantic patches" coccinelle
	cd "$TOP" || return
	for rule in coccinelle/*.cocci; do
		rule=$(basename "$rule" .cocci)
		echo "$rule"
		grep -qx "\.It Cm $rule" userspace/man/ttlmap-lint.1
		for file in "coccinelle/tests/$rule"-bad*.c; do
			found=$(lint 1 --rule "$rule" "$file")
			diff -u <(static_expected "$file") \
				<(sed -E 's/^.*:([0-9]+): ([a-z-]+): .*$/\1 \2/' <<<"$found")
		done
		ls "coccinelle/tests/$rule"-good*.c
	done
	lint 0 coccinelle/tests/*-good*.c
	lint 0 samples userspace
	lint 2 --rule nosuch samples 2>/dev/null
	lint 2 nosuch 2>/dev/null
}
