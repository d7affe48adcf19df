# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A virtual machine for one job: made, booted, judged, and gone.
#
# Status 125 is the machine's own: it did not boot, died, took too long, or its
# kernel complained.  Everything else is the job's.

GUEST_TIMEOUT=900

# guest_run_dir NAME: a folder for one boot; earlier boots' go when their
# process is gone
guest_run_dir() {
	local run
	mkdir -p "$BUILD/vm/boot"
	for run in "$BUILD"/vm/boot/*; do
		[ ! -e "$run" ] || [ -e "/proc/${run##*.}" ] || rm -rf "$run"
	done
	run=$(mktemp -d --suffix ".$$" "$BUILD/vm/boot/$1.XXXXXX")
	mkdir "$run/job"
	touch "$run"/{out,err,dirt,status}
	echo "$run"
}

# guest_environment: what the guest should know of our terminal, if it is one
guest_environment() {
	local rows=24 columns=80 name
	if [ -t 0 ]; then
		read -r rows columns < <(stty size)
	fi
	cat <<-END
		export TERM='${TERM:-dumb}'
		ROWS=$rows COLUMNS=$columns
	END
	for name in TTLMAP_LONG TTLMAP_SLOWNESS TTLMAP_SEED TTLMAP_TORTURE_SECONDS; do
		[ -z "${!name-}" ] || echo "export $name='${!name}'"
	done
}

# guest_initrd RUN BASE [WORD...]: BASE with the job added: a command, or a
# shell if there is none
guest_initrd() {
	local run=$1 base=$2 job=$1/job
	shift 2
	mkdir -p "$run/stage"
	mv "$job" "$run/stage/job"
	job=$run/stage/job
	guest_environment >"$job/env"
	[ "$#" = 0 ] || echo "exec$(quote "$@")" >"$job/run"
	initramfs_pack "$run/stage" "$run/job.cpio"
	cat "$base" "$run/job.cpio" >"$run/initrd"
}

# guest_verdict RUN QEMU-STATUS SECONDS: returns the job's status, or says what
# went wrong and returns 125
guest_verdict() {
	local run=$1 status
	status=$(sed -n 's/^exit //p' "$run/status")
	if [ -z "$status" ]; then
		guest_obituary "$@"
		return 125
	fi
	cp "$run/console" "$BUILD/vm/console.log"
	if [ -s "$run/dirt" ]; then
		say "the guest's kernel complains:"
		cat "$run/dirt" >&2
		return 125
	fi
	return "$status"
}

guest_obituary() {
	local run=$1
	case $2 in
	124 | 137) say "the guest did not end within $3 seconds" ;;
	*) say "the guest died before its job had ended" ;;
	esac
	[ ! -s "$run/qemu" ] || tail -n 5 "$run/qemu" >&2
	say "from its console, the whole of which is build/vm/console.log:"
	cp "$run/console" "$BUILD/vm/console.log" 2>/dev/null || return 0
	guest_last_words "$run/console" | tr -d '\r' >&2
}

# guest_last_words CONSOLE: from the first complaint on, or the end of it
guest_last_words() {
	grep -m 1 -A 60 -E 'BUG:|Oops|general protection fault|Kernel panic' "$1" || tail -n 40 "$1"
}

# guest_batch RUN DIR: an emulated machine that has to wait for processors may miss
# its own timers, and hang or give up before there is anything of ours in it: then
# it is tried again, but not for ever
guest_batch() {
	local run=$1 tries=1 status=0
	qemu_batch "$run" "$2" "$QEMU_ACCEL" "$GUEST_TIMEOUT" || status=$?
	until grep -qx up "$run/status" || [ "$status" = 124 ] || [ "$tries" = 3 ]; do
		tries=$((tries + 1)) status=0
		progress "the guest did not come up: try $tries of 3"
		truncate -s 0 "$run"/{out,err,dirt,status}
		qemu_batch "$run" "$2" "$QEMU_ACCEL" "$GUEST_TIMEOUT" || status=$?
	done
	return "$status"
}

# guest_run BASE DIR [WORD...]: boots the kernel in DIR with the root file
# system BASE for one command
guest_run() {
	local base=$1 dir=$2 run status=0
	shift 2
	qemu_choose "$base" "$dir"
	run=$(guest_run_dir "$(kernel_release "$dir")")
	[ -z "${GUEST_BARE-}" ] || touch "$run/job/bare"
	guest_initrd "$run" "$base" "$@"
	guest_announce "$dir"
	guest_batch "$run" "$dir" || status=$?
	guest_verdict "$run" "$status" "$GUEST_TIMEOUT"
}

guest_shell() {
	local base=$1 dir=$2 run status=0
	qemu_choose "$base" "$dir"
	run=$(guest_run_dir "$(kernel_release "$dir")")
	guest_initrd "$run" "$base"
	guest_announce "$dir"
	qemu_terminal "$run" "$dir" "$QEMU_ACCEL" || status=$?
	guest_verdict "$run" "$status" 0
}

guest_announce() {
	case $QEMU_ACCEL in
	kvm) progress "booting Linux $(kernel_release "$1") in QEMU with KVM" ;;
	tcg) progress "booting Linux $(kernel_release "$1") in QEMU, emulated (TCG): KVM does not work here" ;;
	icount) progress "booting Linux $(kernel_release "$1") in QEMU, emulated, with a clock that counts instructions" ;;
	esac
}

# guest_add STAGE: more files for the root file system that guest_prepare has made
guest_add() {
	initramfs_pack "$1" "$1.cpio"
	cat "$1.cpio" >>"$GUEST_BASE"
	rm "$1.cpio"
}

# guest_prepare SERIES [PROGRAM...]: builds what boots, with these selftests in
# it; leaves GUEST_DIR, the kernel, and GUEST_BASE, the root file system
# shellcheck disable=SC2034  # the QEMU_ ones are for qemu_command
guest_prepare() {
	local log=$BUILD/log/image.log
	packages_need "the virtual machine" qemu-system-x86
	GUEST_DIR=$(kernel_dir "$1")
	GUEST_BASE=$(guest_run_dir "base-$(kernel_release "$GUEST_DIR")")/cpio
	QEMU_MEMORY=$(kernel_memory "$1")
	QEMU_OPTIONS=$(kernel_options "$1")
	QEMU_PATIENCE=$((120 + 30 * $(kernel_patience "$1")))
	progress "building the module for Linux $(kernel_release "$GUEST_DIR"), the library and the tool"
	mkdir -p "$BUILD/log"
	"$TOP/vm/image" "$GUEST_BASE" "$@" >"$log" 2>&1 && return
	tail -n 40 "$log" >&2
	die "the build failed; the whole of it is in build/log/image.log"
}
