# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every script needs: where things are, and how to speak.
# shellcheck disable=SC2034  # used by those who read this file

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
BUILD=$TOP/build
CACHE=${XDG_CACHE_HOME:-~/.cache}/ttlmap

# What goes on is shown to the user even where a command's output is kept.
if [ -z "${PROGRESS_FD-}" ] || ! { : >&"$PROGRESS_FD"; } 2>/dev/null; then
	exec {PROGRESS_FD}>&2
	export PROGRESS_FD
fi

progress() {
	printf '%s\n' "$*" >&"$PROGRESS_FD"
}

# Standard output belongs to the result; complaints go here.
say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "${0##*/}: $*"
	exit 125
}

# The code name of the release that this machine runs.
host_suite() {
	local suite
	# shellcheck source=/dev/null
	suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME-}")
	case $suite in
	bookworm | trixie) printf '%s\n' "$suite" ;;
	*) die "this needs Debian 12 (bookworm) or 13 (trixie), not '${suite:-something unknown}'" ;;
	esac
}

# with_lock FILE COMMAND...: one process at a time
with_lock() {
	local file=$1
	shift
	mkdir -p "$(dirname "$file")"
	(
		flock -n 9 || { progress "waiting for another run to finish its part"; flock 9; }
		"$@" 9>&-
	) 9>"$file"
}

# quote WORD...: the words as a POSIX shell reads them back
quote() {
	local word
	for word; do
		printf " '%s'" "${word//\'/\'\\\'\'}"
	done
}

# younger_than_a_day FILE
younger_than_a_day() {
	[ -n "$(find "$1" -maxdepth 0 -mmin -1440 2>/dev/null)" ]
}
