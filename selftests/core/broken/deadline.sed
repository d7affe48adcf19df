# SPDX-License-Identifier: GPL-2.0
# segment.c replay
# A bucket remembers its last deadline instead of the first.
s/if (delta < bucket->deadline)/if (delta > bucket->deadline)/
