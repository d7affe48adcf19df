# SPDX-License-Identifier: GPL-2.0
# update.c replay
# Two go where one has to.
s/^	tm_evict_for(map, TM_EVICTED, at->place);$/&\n&/
