# SPDX-License-Identifier: GPL-2.0
# capacity.c replay
# One too many.
s/if (old + n > limit)/if (old + n > limit + 1)/
