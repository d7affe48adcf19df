# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Tests of the kernels that check themselves: each detector is shown a bug that is
# there on purpose, and has to be heard.

# Runs in the guest: a name and a pattern for each bug.  The one named "none" is
# none, about which there must be no complaint.
# shellcheck disable=SC2016  # that shell expands these
CONTROLS_COMMIT='
	noticed() {
		if [ "$1" = none ]; then [ ! -s /tmp/complaint ]; else grep -qE "$2" /tmp/complaint; fi
	}
	while [ "$#" -gt 0 ]; do
		insmod /lib/modules/controls.ko "bug=$1"
		scans=0
		[ "$1" != leak ] || scans=2
		LEAK_SCANS=$scans kernel-log >/tmp/complaint
		rmmod controls
		if noticed "$1" "$2"; then
			echo "$1: noticed"
		else
			echo "$1: not noticed:"
			cat /tmp/complaint
		fi
		shift 2
	done'

# controls_boot NAME PATTERN...: in one boot; the machine itself ends in complaint,
# where a detector falls silent with what it has reported
controls_boot() {
	local out=$BUILD/log/controls.out bugs=$(($# / 2))
	GUEST_BARE=yes guest_run "$GUEST_BASE" "$GUEST_DIR" sh -c "$CONTROLS_COMMIT" sh "$@" >"$out" || true
	cat "$out"
	expect "bugs that were noticed" "$bugs" "$(grep -c ': noticed$' "$out")"
}

# Lock debugging hears of one bug in a boot, and of that before the others.
check_debug_controls() {
	guest_prepare debug
	controls_boot none silence \
		lock-inversion 'possible circular locking dependency' \
		use-after-free 'KASAN: slab-use-after-free' \
		out-of-bounds 'KASAN: slab-out-of-bounds' \
		list-corruption 'list_del corruption' \
		shift 'UBSAN: shift-out-of-bounds' \
		array-index 'UBSAN: array-index-out-of-bounds'
	controls_boot none silence \
		rcu-outside 'suspicious rcu_dereference|suspicious RCU usage' \
		sleep-in-atomic 'BUG: sleeping function called' \
		double-call-rcu 'ODEBUG: activate active' \
		leak 'unreferenced object'
}

check_kcsan_controls() {
	guest_prepare kcsan
	controls_boot none silence \
		lock-inversion 'possible circular locking dependency' \
		data-race 'KCSAN: data-race in .*racer'
}
