# SPDX-License-Identifier: GPL-2.0
# DATA OUT TITLE X Y LOG: a table whose first line names the columns, the first of which
# is x, as OUT.svg and OUT.png; LOG names the axes that are logarithmic
set datafile separator "\t"
set datafile missing "-"
stats ARG1 using 1 skip 1 nooutput
set title ARG3 noenhanced
set xlabel ARG4 noenhanced
set ylabel ARG5 noenhanced
set key outside noenhanced
set grid
if (strlen(ARG6)) { eval "set logscale ".ARG6 }
do for [kind in "svg png"] {
	if (kind eq "svg") {
		set terminal svg size 900,500 background "white"
	} else {
		set terminal pngcairo size 900,500
	}
	set output ARG2.".".kind
	plot for [column=2:STATS_columns] ARG1 using 1:column with linespoints title columnheader(column)
}
