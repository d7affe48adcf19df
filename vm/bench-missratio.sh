# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How much more than an exact LRU the module misses, and BPF's LRU map.

MISSRATIO_KERNEL=6.12

# missratio_traces STAGE: puts what there is into the guest, and names it
missratio_traces() {
	local stage=$1 trace
	# shellcheck disable=SC2153  # of initramfs.sh
	if [ ! -d "$TRACES" ]; then
		progress "missratio: there are no traces in ${TRACES##*/../}: made-up streams instead"
		bench_note traces "not here; streams of Zipf's distribution instead" >&3
		printf 'zipf:%s\n' 0.7 0.9 1.1
		return
	fi
	mkdir -p "$stage/traces"
	for trace in "$TRACES"/*.bin.xz; do
		cp "$trace" "$stage/traces/"
		echo "/traces/${trace##*/}"
	done
}

# missratio_reference: what other policies miss, as was simulated once and for all
missratio_reference() {
	awk -F '\t' -v OFS='\t' -v rig="$MISSRATIO_KERNEL" '
		$5 == "off" && sub("%", "", $6) {
			print rig, "missratio/" $1 "/" $6, $2, 1, $4, "ratio"
		}' "$TRACES/reference.tsv"
}

# missratio_check FILE: that both simulations of an exact LRU agree, where there are two:
# not all capacities of a small trace are in both
missratio_check() {
	awk -F '\t' '
		$3 == "exact_lru" { ours[$2] = $5 }
		$3 == "lru" { theirs[$2] = $5 }
		END {
			for (name in ours) {
				if (!(name in theirs))
					continue
				compared++
				apart = ours[name] - theirs[name]
				if (apart * apart > 1e-11) {
					print name ": an exact LRU misses " ours[name] ", or " theirs[name]
					failed = 1
				}
			}
			exit failed || !compared
		}' "$@" >&2
}

bench_missratio() {
	local stage=$BENCH/stage-missratio samples=$BENCH/missratio.samples requests=0 traces
	[ -z "$BENCH_QUICK" ] || requests=30000
	bench_stage "$stage" missratio
	{ traces=$(missratio_traces "$stage"); } 3>&1
	# shellcheck disable=SC2086  # a list of words
	bench_guest "$MISSRATIO_KERNEL" "$stage" missratio-guest "$MISSRATIO_KERNEL" "$BENCH_ROUNDS" \
		"$requests" $traces | tee "$samples"
	[ -n "$BENCH_QUICK" ] || [ ! -d "$TRACES" ] || {
		missratio_reference >>"$samples"
		missratio_check "$samples"
		missratio_reference | grep -vw lru
	}
	rm "$samples"
}
