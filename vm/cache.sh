# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Folders of unpacked packages under the cache.  A folder is named by the exact
# packages and steps that it was made of, appears whole or not at all, and is good
# without a network; once a day the archive is asked for newer packages, and an
# hour after it did not answer.
#
# A thing NAME is described by functions, each given the same arguments:
#   NAME_suites	the suites that its packages come from
#   NAME_packages	prints them as NAME=VERSION
#   NAME_finish DIR	what is left to do after unpacking; DIR will be renamed

# cache_make LABEL THING ARGUMENT...
cache_make() {
	local label=$1 thing=$2 packages key dir tmp
	shift 2
	# shellcheck disable=SC2046  # a list of words
	apt_open $("${thing}_suites" "$@") || return
	packages=$("${thing}_packages" "$@") && [ -n "$packages" ] || return
	key=$({ sort <<<"$packages"; cache_steps "$thing"; } | sha256sum | cut -c1-16)
	dir=$CACHE/$label.$key
	if [ ! -d "$dir" ]; then
		progress "fetching $label: $(cache_summary "$packages")"
		tmp=$(mktemp -d "$CACHE/tmp.XXXXXX") || return
		chmod 755 "$tmp"
		# shellcheck disable=SC2086  # a list of words
		apt_unpack "$tmp" $packages && "${thing}_finish" "$tmp" "$dir" "$@" &&
			mv "$tmp" "$dir" || return
	fi
	cache_point "$label" "$dir"
	cache_steps "$thing" >"$CACHE/$label.checked"
}

# What is done to the packages after unpacking.
cache_steps() {
	declare -f "$1_finish"
}

cache_summary() {
	local first rest
	{ read -r first; rest=$(wc -l); } <<<"$1"
	if [ "$rest" -gt 0 ]; then
		echo "$first and $rest more packages"
	else
		echo "$first"
	fi
}

# Others may still work with the version before: that one stays.
cache_point() {
	local label=$1 dir=$2 before old
	before=$(readlink "$CACHE/$label" || true)
	ln -sfn "${dir##*/}" "$CACHE/$label"
	[ "$before" != "${dir##*/}" ] || return 0
	for old in "$CACHE/$label".????????????????; do
		case ${old##*/} in "${dir##*/}" | "$before") ;; *) rm -rf "$old" ;; esac
	done
}

cache_get_locked() {
	local link=$CACHE/$1
	if [ -d "$link/" ] && younger_than_a_day "$link.checked" &&
		[ "$(cat "$link.checked")" = "$(cache_steps "$2")" ]; then
		return
	fi
	rm -rf "$CACHE"/tmp.??????
	cache_make "$@" && return
	[ -d "$link/" ] || die "cannot get $1 from Debian's archive, and it is not in the cache"
	say "cannot ask Debian's archive for a newer $1: using the one in the cache"
	touch -d '23 hours ago' "$link.checked"
}

# cache_get LABEL THING ARGUMENT...: prints the folder
cache_get() {
	with_lock "$CACHE/lock" cache_get_locked "$@" >&2 || exit
	readlink -f "$CACHE/$1"
}
