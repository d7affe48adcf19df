# SPDX-License-Identifier: GPL-2.0
# Wrong usage is told from failure, and help is there, without any module.
set -eu

ttlmap="$OUT/ttlmap"

expect() {
	wanted=$1
	shift
	status=0
	timeout 20 "$ttlmap" "$@" > /dev/null 2>&1 || status=$?
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
expect 2 create name --capacity 1 --counters --value-max 16
expect 2 create name --capacity 1 --counters --versions
expect 2 create name --capacity 1 --reclaim --no-evict
expect 2 create name --capacity 1 --jitter soon
expect 2 create name --capacity 1 --min-ttl 2s --max-ttl 1s --ttl 1s
expect 2 ls --names --json
expect 2 get name
expect 2 get name key more
expect 2 get name key --raw --json
expect 2 get name key --version --ttl
expect 2 get name key --peek --refresh
expect 2 get name key --extend-ttl
expect 2 get name key --refresh=0
expect 2 pop name
expect 2 pop name key --raw --json
expect 2 touch name
expect 2 touch name key --ttl 0
expect 2 incr name
expect 2 incr name key 1K
expect 2 incr name key 1 2
expect 2 cas name key old
expect 2 cas name key old new --if-version 1
expect 2 cas name key new --if-version -1
expect 2 cas name key old new --keep-ttl --extend-ttl
expect 2 clear
expect 2 clear name more
expect 2 tune name
expect 2 tune name --capacity 0
expect 2 tune name --evict --no-evict
expect 2 tune name --require-ttl --no-require-ttl
expect 2 tune name --max-bytes 8E
expect 2 tune name --alarm growth
expect 2 tune name --alarm shrinking=1
expect 2 tune name --alarm unread=101
expect 2 tune name --alarm-hits 0
expect 2 freeze
expect 2 dump
expect 2 events
expect 2 events name more
expect 2 events name --only expired,born
expect 2 events name --count 0
expect 2 events name --bytes 17M
expect 2 watch
expect 2 watch name key more
expect 2 watch name --interval 2d
expect 2 watch name --count 0
expect 2 completion
expect 2 completion csh
expect 2 set name key
expect 2 set name key value --new --existing
expect 2 set name key value --keep-ttl --extend-ttl
expect 2 set name key value --ttl 0
expect 2 set name key value --new --if-version 1
expect 2 del name
expect 2 del name key --if-expired --if-value 1
expect 2 del name key --if-version one
expect 2 rm
expect 2 scan
expect 2 stat name --id 3
expect 2 stat name 0
expect 2 stat name 1s many
expect 2 stat name other
expect 2 stat 1s 1 1
expect 2 stat 1s --json
expect 2 dump name --larger some
expect 2 dump name --ttl-below 0
expect 2 dump name --ttl-above never
expect 2 top --interval 0
expect 2 why
expect 2 why name more
expect 2 profile
expect 2 profile name more
expect 2 export
expect 2 export --once --textfile /tmp
expect 2 export --text --textfile /tmp
expect 2 export --listen nowhere
expect 2 export --listen 9797
expect 2 export --listen localhost:9797
expect 2 export --listen 127.0.0.1:
expect 2 export --listen 127.0.0.1:99999
expect 2 export --once more
expect 2 record --interval 0
expect 2 record --keep 0
expect 2 record --count 0
expect 2 record one two
expect 2 report --span 0
expect 2 report --json --html
expect 2 report --baseline 1d --baseline-file file
expect 2 report one two
expect 3 report /nonexistent/file
expect 3 record /nonexistent/file
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
expect 0 completion bash
echo "ok: usage"

if "$ttlmap" help > /dev/full 2> /dev/null; then
	echo "output that did not arrive was not noticed"
	exit 1
fi
echo "ok: a full disk is noticed"
