# SPDX-License-Identifier: GPL-2.0
# evict.c replay
# Small maps are no more exact than large ones.
s/return READ_ONCE(map->limits.max_entries) <= TM_LRU_EXACT;/return READ_ONCE(map->limits.max_entries) < 2;/
