# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Plots, of the data that the report leaves.

# plot_labels NAME: title, label of x, label of y, and which axes are logarithmic
plot_labels() {
	case $1 in
	*-lookup_hit-*) echo "Lookups of keys that are there|entries|ns a lookup|xy" ;;
	*-lookup_miss-*) echo "Lookups of keys that are not there|entries|ns a lookup|xy" ;;
	*-scale-*) echo "Throughput: ${1##*-scale-}|processors|operations a second|" ;;
	*-growth-wait_percentile) echo "No operation, but as long a wait: the machine's own doing|percentile|ns|y" ;;
	*-growth-insert_percentile) echo "Inserts while a map grows|percentile|ns an insert|y" ;;
	*-growth-delete_percentile) echo "Deletes while a map shrinks|percentile|ns a delete|y" ;;
	*-growth-memory) echo "Memory: fill (to 4), delete (to 8), wait, fill again|step|bytes|" ;;
	*-growth-table_*) echo "The table, ${1##*-table_}|entries|bytes|" ;;
	*-bytes-*) echo "Keys and values of ${1##*-bytes-} bytes|entries|bytes an entry|x" ;;
	*-expire-stale) echo "Stale entries|seconds|percent of all entries|" ;;
	*-lag_percentile) echo "From the deadline to the removal|percentile|ns|" ;;
	*-missratio-*) echo "Misses: ${1#*-missratio-}|capacity, percent of the keys|miss ratio|x" ;;
	*) echo "$1|||" ;;
	esac
}

# plots_draw: each as SVG and PNG
plots_draw() {
	local data name title x y log
	for data in "$BENCH"/plots/*.tsv; do
		[ -e "$data" ] || continue
		name=$(basename "$data" .tsv)
		IFS='|' read -r title x y log < <(plot_labels "$name")
		gnuplot -c "$TOP/benchmarks/plot.gp" "$data" "$BENCH/plots/$name" \
			"$title" "$x" "$y" "$log"
	done
}
