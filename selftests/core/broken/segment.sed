# SPDX-License-Identifier: GPL-2.0
# table.c interleave split
# A segment is freed while readers are in it.
s/^	call_rcu(&seg->rcu, segment_free_rcu);$/	segment_free_rcu(\&seg->rcu);/
