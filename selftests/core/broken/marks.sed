# SPDX-License-Identifier: GPL-2.0
# segment.c threads 3
# Readers see a word as it is being written.
s/WRITE_ONCE(seg->bucket\[bucket\].tags, tags + by);/seg->bucket[bucket].tags = tags + by;/
