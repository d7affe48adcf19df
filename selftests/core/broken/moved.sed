# SPDX-License-Identifier: GPL-2.0
# table.c interleave writers
# A writer does not care whether its segment has moved.
s/if (likely(!seg->moved))/if (true)/
