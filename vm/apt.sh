# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A private apt: reads any suite of Debian's archive, from the mirror that the
# machine itself uses, without touching the machine's configuration or state.

# Release and address of every "main" that the machine's own apt knows.
apt_machine_sources() {
	# shellcheck disable=SC2016  # apt expands these
	env -u APT_CONFIG apt-get indextargets \
		--format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
		awk '$2 == "main" && $3 !~ /^cdrom:/ { print $1, $3 }'
}

# apt_repo RELEASE: where this machine gets RELEASE ("bookworm",
# "bookworm-security"), however its sources spell it.  Other repositories may
# use a release's name as well; Debian's has its own name in the address.
apt_repo() {
	apt_machine_sources | awk -v release="$1" -v codename="$(host_suite)" '
		{ sub(/^(old)*stable/, codename, $1) }
		$1 == release && (!repo || (repo !~ /debian/ && $2 ~ /debian/)) { repo = $2 }
		END { print repo }'
}

# apt_sources SUITE...: lines of a sources.list
apt_sources() {
	local suite keyring repo own
	own=$(host_suite)
	for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[ -e "$keyring" ] && break
	done
	for suite; do
		case $suite in
		*-security) repo=$(apt_repo "$own-security") ;;
		*) repo=$(apt_repo "$own") ;;
		esac
		[ -z "$repo" ] || echo "deb [signed-by=$keyring] $repo $suite main"
	done
}

# The machine's proxies and limits hold for this apt as well; its hooks do not.
apt_config() {
	local dir=$1
	env -u APT_CONFIG apt-config dump Acquire | grep -v -e '^Acquire "' -e '::IndexTargets'
	cat <<-END
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Sandbox::User "";
		APT::Install-Recommends "false";
		Acquire::GzipIndexes "true";
		Acquire::Languages "none";
		Debug::NoLocking "true";
		Dir::State "$dir/state";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir/cache";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "$dir/none";
		Dir::Etc::parts "$dir/none";
		Dir::Etc::preferencesparts "$dir/none";
		Dir::Etc::main "$dir/none/apt.conf";
		Dir::Etc::preferences "$dir/none/preferences";
	END
}

# apt_open SUITE...: make apt's commands in this (sub)shell see these suites,
# with lists that are at most a day old where the network allows.
apt_open() {
	local dir
	dir=$CACHE/apt/$(IFS=+ && echo "$*")
	mkdir -p "$dir"/{state/lists/partial,cache/archives/partial,none}
	: >"$dir/status"
	apt_sources "$@" >"$dir/sources.list"
	[ -s "$dir/sources.list" ] || die "apt's sources on this machine name no Debian archive"
	apt_config "$dir" >"$dir/apt.conf"
	export APT_CONFIG=$dir/apt.conf
	younger_than_a_day "$dir/updated" && return
	progress "reading package lists: $*"
	if apt-get update -q -o APT::Update::Error-Mode=any >"$dir/update.log" 2>&1; then
		touch "$dir/updated"
	else
		grep -E '^[EW]:' "$dir/update.log" >&2 || true
	fi
}

# apt_newest REGEX: the newest package by that name, where names hold versions
apt_newest() {
	apt-cache search --names-only "^$1\$" | cut -d' ' -f1 | sort -V | tail -n 1
}

# apt_depends PACKAGE REGEX: the dependency of PACKAGE that matches
apt_depends() {
	apt-cache depends "$1" | awk -v re="^$2\$" '$1 == "Depends:" && $2 ~ re { print $2; exit }'
}

# apt_exact APT-GET-ARGUMENT...: what apt-get would fetch, as NAME=VERSION
apt_exact() {
	local file
	apt-get -qq --print-uris "$@" | while read -r _ file _; do
		file=${file%_*}
		printf '%b\n' "${file/_/=}" | sed 's/%3a/:/g; s/%7e/~/g; s/%2b/+/g'
	done
}

# apt_unpack DIR NAME=VERSION...
apt_unpack() {
	local dir=$1 deb debs
	shift
	debs=$(mktemp -d "$dir/debs.XXXXXX") || return
	(cd "$debs" && apt-get -q download "$@") >"$debs/log" 2>&1 || {
		cat "$debs/log" >&2
		return 1
	}
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir" || return
	done
	rm -r "$debs"
}
