# SPDX-License-Identifier: GPL-2.0
# Wrong usage is told from failure, and help is there, without any module.
set -eu

ttlmap="$OUT/ttlmap"

expect() {
	wanted=$1
	shift
	status=0
	"$ttlmap" "$@" > /dev/null 2>&1 || status=$?
	test "$status" = "$wanted" || { echo "ttlmap $*: exit status $status, not $wanted"; exit 1; }
}

expect 2
expect 2 nonsense
expect 2 create
expect 2 create name
expect 2 create name --capacity 0
expect 2 create name --capacity -1
expect 2 create name --capacity 1Q
expect 2 create .name --capacity 1
expect 2 create a/b --capacity 1
expect 2 create name --capacity 1 --ttl 1.5s
expect 2 create name --capacity 1 --mode 999
expect 2 create name --capacity 1 --key-max 513
expect 2 create name --capacity 1 --require-ttl
expect 2 create one two --capacity 1
expect 2 get name
expect 2 get name key more
expect 2 get name key --raw --json
expect 2 set name key
expect 2 set name key value --new --existing
expect 2 set name key value --keep-ttl --extend-ttl
expect 2 set name key value --ttl 0
expect 2 del name
expect 2 rm
expect 2 scan
expect 2 stat name --id 3
expect 2 top --interval 0
expect 2 replay name
expect 2 replay name file --capacity 0%
expect 2 replay name file --processes 0
expect 2 help nonsense
expect 0 --version
expect 0 --help
expect 0 help
for command in $("$ttlmap" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	expect 0 help "$command"
	expect 0 "$command" --help
done
echo "ok: usage"

if "$ttlmap" help > /dev/full 2> /dev/null; then
	echo "output that did not arrive was not noticed"
	exit 1
fi
echo "ok: a full disk is noticed"
