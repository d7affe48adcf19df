# SPDX-License-Identifier: GPL-2.0
# table.c interleave merge-shrink
# What two buddies become is published before it is filled.
/^	tm_segment_copy(both, \(low\|high\));$/d
s/^	unpublish(table, high);$/&\n	tm_segment_copy(both, low);\n	tm_segment_copy(both, high);/
