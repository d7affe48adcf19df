# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Reads what selftests-runner prints and counts each TAP result as a test.
# Output that is no result is shown with the failure that follows it.

# tap_count SERIES <OUTPUT: appends the programs that came to an end to TAP_ENDED
tap_count() {
	local series=$1 line
	TAP_NOTES='' TAP_PLAN='' TAP_SEEN=0 TAP_BAD=0 TAP_SKIP='' TAP_DIRT=''
	while IFS= read -r line; do
		case $line in
		@*) tap_runner "$series" "${line#@}" ;;
		'ok '* | 'not ok '*) tap_result "$series" "$line" ;;
		1..*) TAP_PLAN=${line%%#*} TAP_SKIP=$line ;;
		*) TAP_NOTES+=$line$'\n' ;;
		esac
	done
	tap_show_dirt
}

# A line of the runner's own: WHAT PROGRAM REST
# shellcheck disable=SC2034  # TAP_BOOT is for selftests_boot
tap_runner() {
	local series=$1 what program rest
	read -r what program rest <<<"$2"
	tap_show_dirt
	case $what in
	start) tap_start "$series/$program" ;;
	boot) TAP_BOOT=yes ;;
	end) tap_end "$series/$program" "$rest" ;;
	unload) tap_expect "$series/$program: the module unloads" "$rest" ;;
	log) tap_log "$series/$program: the kernel's log is clean" "$rest" ;;
	esac
}

tap_start() {
	report_start "$1"
	TAP_PROGRAM=$1 TAP_NOTES='' TAP_PLAN='' TAP_SEEN=0 TAP_BAD=0 TAP_SKIP='' TAP_SECONDS=$SECONDS
}

tap_expect() {
	if [ "$2" = ok ]; then report_pass "$1"; else report_fail "$1 ($2)"; fi
}

# The lines in question follow; then it is said.
tap_log() {
	TAP_ENDED+=("${TAP_PROGRAM#*/}")
	if [ "$2" = ok ]; then report_pass "$1"; else TAP_DIRT=$1; fi
}

# "ok 3 name # SKIP why", and what came before it as its explanation
tap_result() {
	local line=$2 name
	TAP_SEEN=$((TAP_SEEN + 1))
	name="$TAP_PROGRAM: $(sed -E 's/^(not )?ok [0-9]+ *(- )?//' <<<"$line")"
	case $line in
	*'# SKIP'*) report_skip "$name" ;;
	'ok '*) report_pass "$name" ;;
	*)
		TAP_BAD=$((TAP_BAD + 1))
		tap_fail "$name"
		;;
	esac
	TAP_NOTES=''
}

# tap_fail NAME: with the output that came before
tap_fail() {
	report_fail "$1" <(printf '%s' "$TAP_NOTES")
	TAP_NOTES=''
}

tap_show_dirt() {
	[ -z "$TAP_DIRT" ] || tap_fail "$TAP_DIRT"
	TAP_DIRT=''
}

tap_status() {
	case $1 in
	137) echo "was killed (its time is $SELFTESTS_SECONDS s)" ;;
	*) echo "exit status $1" ;;
	esac
}

# A program may end well, in failure that its results explain, or in a way that
# is a failure of its own: killed, results missing, nothing at all.
tap_end() {
	local name=$1 status=$2 planned=${TAP_PLAN#1..}
	planned=${planned%% *}
	if [[ $TAP_SKIP = '1..0 # SKIP'* ]] && [ "$status" = 4 ]; then
		report_skip "$name:${TAP_SKIP#*SKIP}"
	elif [ "${planned:-0}" != "$TAP_SEEN" ] || [ "$TAP_SEEN" = 0 ]; then
		tap_fail "$name: planned ${planned:-nothing}, gave $TAP_SEEN results, $(tap_status "$status")"
	elif [ "$status" -gt 1 ] && [ "$status" != 4 ] || { [ "$status" = 1 ] && [ "$TAP_BAD" = 0 ]; }; then
		report_fail "$name: $(tap_status "$status")"
	fi
	report_note "$name took $((SECONDS - TAP_SECONDS)) s"
	TAP_NOTES=''
}
