# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
"""Shared, bounded, expiring maps in the Linux kernel.

create() makes a map, open() opens one by its name, and shared() does whichever it takes;
see Map for what can be done with it. maps() lists those that have a name, and unlink()
removes a name.

Keys and values are bytes; a str is taken as UTF-8. In a map of counters values are
integers. A TTL is in seconds, or a timedelta; None stands for the map's own, and NEVER
for an entry that does not expire.
"""
from ._map import NEVER, Entry, Map, create, maps, open, shared, unlink

__all__ = ["NEVER", "Entry", "Map", "create", "maps", "open", "shared", "unlink"]
