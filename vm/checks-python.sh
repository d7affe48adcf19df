# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The Python package: installed, and used in a guest.

PYTHON=$BUILD/python

# python_install DIR: as anybody would, but from a copy, since that is built in its place
python_install() {
	packages_need "the Python package" python3-pip python3-setuptools python3-wheel
	rm -rf "$PYTHON/source"
	mkdir -p "$PYTHON"
	cp -r "$TOP/userspace/python" "$PYTHON/source"
	PIP_ROOT_USER_ACTION=ignore /usr/bin/python3 -m pip install --quiet --no-index --no-deps \
		--no-build-isolation --no-compile --target "$1" "$PYTHON/source"
}

# python_stage STAGE: Debian's Python, as far as tests need it
python_stage() {
	local stage=$1 version library
	version=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
	mkdir -p "$stage"
	dpkg -L "python$version-minimal" "libpython$version-minimal" "libpython$version-stdlib" |
		grep '^/usr/\(bin\|lib\)/' >"$PYTHON/files"
	tar -C / -c --no-recursion -T "$PYTHON/files" 2>/dev/null | tar -C "$stage" -x
	ln -sf "python$version" "$stage/usr/bin/python3"
	for library in "/usr/bin/python$version" "/usr/lib/python$version"/lib-dynload/_ctypes.*.so; do
		initramfs_libraries "$stage" "$library"
	done
}

check_vm_python() {
	local stage=$PYTHON/stage
	packages_need_userspace
	rm -rf "$stage"
	python_install "$stage/python"
	cp -r "$TOP/userspace/python/"{tests,README.rst} "$stage/python/"
	make -C "$TOP/userspace" "O=$BUILD/userspace" "$BUILD/userspace/libttlmap.so"
	cd "$stage/python" || return
	CFLAGS="-I$TOP/uapi -I$TOP/userspace/lib" TTLMAP_LIBRARY=$BUILD/userspace/libttlmap.so \
		PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m unittest -v tests.test_abi
	python_stage "$stage"
	guest_prepare "$(kernel_default)"
	guest_add "$stage"
	guest_run "$GUEST_BASE" "$GUEST_DIR" sh -c 'cd /python && python3 -m unittest -v tests.test_map'
}
