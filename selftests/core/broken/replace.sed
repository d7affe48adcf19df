# SPDX-License-Identifier: GPL-2.0
# segment.c interleave replace
# For a moment neither the old entry is there nor the new one.
s/^	rcu_assign_pointer(bucket->slot\[pos->slot\], entry);$/	RCU_INIT_POINTER(bucket->slot[pos->slot], NULL);\n&/
