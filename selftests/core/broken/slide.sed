# SPDX-License-Identifier: GPL-2.0
# lookup.c interleave slide
# A use undoes the TTL that a touch has given meanwhile.
s/\<cmpxchg(&entry->expires, old, expires)/WRITE_ONCE(entry->expires, expires)/
