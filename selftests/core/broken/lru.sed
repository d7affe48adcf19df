# SPDX-License-Identifier: GPL-2.0
# evict.c replay
# Small maps are no more exact than large ones.
s/tm_lru_exact(map)/false/
