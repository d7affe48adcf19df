# SPDX-License-Identifier: GPL-2.0
# table.c interleave split
# The halves are published before they are filled.
/^	tm_segment_copy(\(low\|high\), seg);$/d
s/^		unpublish(table, seg);$/&\n		tm_segment_copy(low, seg);\n		tm_segment_copy(high, seg);/
