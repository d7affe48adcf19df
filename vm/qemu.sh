# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Boots a kernel in QEMU.

QEMU_DISKS=()

# Without cx16: QEMU 7.2's parallel TCG has been seen to break SLUB's
# cmpxchg16b.  Without la57: emulating five levels of tables only takes time.
# The clock of "icount" goes on by a nanosecond with each instruction.
qemu_accel() {
	case $1 in
	kvm) echo -accel kvm -cpu host -smp 2 ;;
	tcg) echo -accel tcg,thread=multi -cpu max,-cx16,-la57 -smp 2 ;;
	icount) echo -accel tcg -icount shift=0,sleep=off -cpu max,-cx16,-la57 -smp 1 ;;
	esac
}

# Output goes to ports that are files on the host: what the guest has written
# is there when its write returns (no ioeventfd), and a slow reader of ours
# cannot hold up the guest.
qemu_ports() {
	local run=$1 port
	echo -device virtio-serial-pci,ioeventfd=off
	for port in out err dirt status; do
		echo -chardev "file,id=$port,path=$run/$port,append=on"
		echo -device "virtserialport,chardev=$port,name=$port"
	done
}

# Those of QEMU_FORWARD, each OURS-ITS, are all that it has to do with our network.
qemu_network() {
	local ports netdev=user,id=net,restrict=on
	[ -n "${QEMU_FORWARD-}" ] || return 0
	for ports in $QEMU_FORWARD; do
		netdev+=,hostfwd=tcp:127.0.0.1:${ports%-*}-:${ports#*-}
	done
	printf '%s\n' -netdev "$netdev" -device virtio-net-pci,netdev=net,romfile=
}

# Disks that nothing is written to for good.
qemu_disks() {
	local disk
	for disk in "${QEMU_DISKS[@]}"; do
		printf '%s\n' -drive "file=$disk,format=raw,if=virtio,snapshot=on"
	done
}

# qemu_command RUN DIR ACCEL SECOND-SERIAL: one word a line.  That timer interrupts
# come is not for a guest to check that has to wait for a processor; and the module's
# caches are only seen in slabinfo where none is merged with others.
qemu_command() {
	local run=$1 dir=$2 kernel
	kernel=$(kernel_image "$dir")
	# Words without spaces, but for what holds the path of the checkout.
	printf '%s\n' qemu-system-x86_64 -M pc,usb=off,vmport=off -nodefaults -display none \
		-monitor none -no-reboot -m "$QEMU_MEMORY"
	qemu_accel "$3" | tr ' ' '\n'
	printf '%s\n' -chardev "file,id=console,path=$run/console" -serial chardev:console \
		-chardev "$4" -serial chardev:tty
	qemu_ports "$run" | sed 's/ /\n/'
	qemu_network
	qemu_disks
	printf '%s\n' -kernel "$kernel" -initrd "$run/initrd" -append \
		"console=ttyS0 loglevel=5 panic=-1 oops=panic log_buf_len=4M random.trust_cpu=on no_timer_check slab_nomerge $QEMU_OPTIONS"
}

# qemu_heard RUN: when the guest wrote something last
qemu_heard() {
	stat -c %Y "$1/out" "$1/err" | sort -n | tail -n 1
}

# qemu_watch PID RUN: ends a guest that does not come up, or that has written
# nothing for too long
qemu_watch() {
	local begin=$SECONDS
	while sleep 2 && kill -0 "$1" 2>/dev/null; do
		if ! grep -qx up "$2/status"; then
			[ $((SECONDS - begin)) -lt "$QEMU_PATIENCE" ] || kill "$1"
		elif [ -n "${GUEST_SILENCE-}" ]; then
			[ $(($(date +%s) - $(qemu_heard "$2"))) -lt "$GUEST_SILENCE" ] || kill "$1"
		fi
	done
}

# qemu_batch RUN DIR ACCEL SECONDS: the guest's output is ours as it comes.
# Fails if QEMU did, or did not end in time.  However we end, QEMU goes with us.
qemu_batch() {
	local run=$1 seconds=$4 command qemu tails=() status=0
	readarray -t command < <(qemu_command "$1" "$2" "$3" null,id=tty)
	setpriv --pdeathsig TERM timeout -k 5 "$seconds" "${command[@]}" \
		</dev/null >"$run/qemu" 2>&1 &
	qemu=$!
	qemu_watch "$qemu" "$run" &
	tail -f -n +1 -s 0.1 --pid "$qemu" "$run/out" &
	tails+=($!)
	tail -f -n +1 -s 0.1 --pid "$qemu" "$run/err" >&2 &
	tails+=($!)
	wait "$qemu" || status=$?
	wait "${tails[@]}" || true
	return "$status"
}

# qemu_terminal RUN DIR ACCEL: the guest's second serial line is our terminal
qemu_terminal() {
	local command saved status=0
	readarray -t command < <(qemu_command "$1" "$2" "$3" stdio,id=tty,signal=off)
	saved=$(stty -g)
	"${command[@]}" 2>"$1/qemu" || status=$?
	stty "$saved"
	return "$status"
}

# A /dev/kvm may be there and not work, or hang: only a boot can tell.
qemu_kvm_works() {
	local run
	grep -qwE 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ] || return
	run=$(guest_run_dir probe)
	guest_initrd "$run" "$1" true
	qemu_batch "$run" "$2" kvm 20 >/dev/null 2>&1
	grep -qx 'exit 0' "$run/status"
}

# qemu_choose BASE DIR: sets QEMU_ACCEL, once
qemu_choose() {
	[ -z "${QEMU_ACCEL-}" ] || return 0
	if qemu_kvm_works "$@"; then QEMU_ACCEL=kvm; else QEMU_ACCEL=tcg; fi
}
