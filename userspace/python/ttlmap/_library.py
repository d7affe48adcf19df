# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
"""libttlmap as ctypes sees it, and the structures of <linux/ttlmap.h> that it takes."""
import ctypes
import os
from ctypes import POINTER, c_char_p, c_int, c_size_t, c_uint, c_uint8, c_uint32, c_uint64, c_void_p

NAME_SIZE = 64
ALARMS = 7


class Create(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32), ("key_max", c_uint32), ("value_max", c_uint32), ("mode", c_uint32),
        ("max_entries", c_uint64), ("max_bytes", c_uint64), ("default_ttl_ns", c_uint64),
        ("min_ttl_ns", c_uint64), ("max_ttl_ns", c_uint64), ("jitter_ns", c_uint64),
        ("name", c_uint8 * NAME_SIZE),
    ]


class ListItem(ctypes.Structure):
    _fields_ = [
        ("id", c_uint64), ("entries", c_uint64), ("max_entries", c_uint64), ("uid", c_uint32),
        ("gid", c_uint32), ("mode", c_uint32), ("flags", c_uint32), ("name", c_uint8 * NAME_SIZE),
    ]


class Alarms(ctypes.Structure):
    _fields_ = [
        ("hits_percent", c_uint64), ("window_ns", c_uint64), ("threshold", c_uint64 * ALARMS),
    ]


class Tune(ctypes.Structure):
    _fields_ = [
        ("what", c_uint32), ("flags", c_uint32), ("max_entries", c_uint64), ("max_bytes", c_uint64),
        ("default_ttl_ns", c_uint64), ("min_ttl_ns", c_uint64), ("max_ttl_ns", c_uint64),
        ("jitter_ns", c_uint64), ("alarms", Alarms),
    ]


class Stat(ctypes.Structure):
    _fields_ = [
        ("id", c_uint64), ("flags", c_uint32), ("key_max", c_uint32), ("value_max", c_uint32),
        ("mode", c_uint32), ("uid", c_uint32), ("gid", c_uint32), ("max_entries", c_uint64),
        ("max_bytes", c_uint64), ("default_ttl_ns", c_uint64), ("min_ttl_ns", c_uint64),
        ("max_ttl_ns", c_uint64), ("jitter_ns", c_uint64), ("frozen", c_uint64),
        ("name", c_uint8 * NAME_SIZE),
    ] + [(name, c_uint64) for name in (
        "entries resident_bytes live_bytes stale_entries stale_bytes oldest_stale_ns "
        "retired_entries retired_bytes table_bytes owned_entries my_entries my_bytes hits misses "
        "inserts replaces deletes popped cleared evicted reclaimed expired owner_gone "
        "collision_evicted touches adds canceled refused no_memory segments directory_slots "
        "splits merges directory_resizes retire_waits expire_lag_max_ns unread_bytes alarms "
        "alarms_raised").split()]


class Entry(ctypes.Structure):
    """struct ttlmap_entry of <ttlmap.h>."""

    _fields_ = [
        ("key", c_void_p), ("key_len", c_size_t), ("value", c_void_p), ("value_len", c_size_t),
        ("ttl_ns", c_uint64), ("version", c_uint64), ("idle_ns", c_uint64), ("owner", c_uint32),
        ("flags", c_uint32),
    ]


_READ = [c_int, c_char_p, c_size_t, c_void_p, POINTER(c_size_t)]
_LEFT = [POINTER(c_uint64), POINTER(c_uint64)]
_KEY = [c_int, c_char_p, c_size_t]
_BYTES = [c_char_p, c_size_t]

FUNCTIONS = {
    "map_create": [POINTER(Create)],
    "map_open": [c_char_p, c_uint],
    "map_unlink": [c_char_p],
    "map_stat": [c_int, POINTER(Stat)],
    "map_tune": [c_int, POINTER(Tune)],
    "map_freeze": [c_int],
    "map_clear": [c_int],
    "lookup": _READ + _LEFT,
    "peek": _READ + _LEFT,
    "lookup_refresh": _READ + [c_uint64, c_uint] + _LEFT,
    "pop": _READ + _LEFT,
    "update": _KEY + _BYTES + [c_uint64, c_uint, POINTER(c_uint64)],
    "cas_value": _KEY + _BYTES + _BYTES + [c_uint64, c_uint, POINTER(c_uint64)],
    "cas_version": _KEY + [POINTER(c_uint64)] + _BYTES + [c_uint64, c_uint],
    "add": _KEY + [c_uint64, c_uint64, c_uint, POINTER(c_uint64)],
    "touch": _KEY + [c_uint64, c_uint] + _LEFT,
    "delete": _KEY,
    "delete_if_value": _KEY + _BYTES + [POINTER(c_uint64)],
    "scanner_new": [c_int, c_uint],
    "scanner_next": [c_void_p, POINTER(Entry)],
    "scanner_free": [c_void_p],
    "lister_new": [],
    "lister_next": [c_void_p, POINTER(ListItem)],
    "lister_free": [c_void_p],
}

_library = ctypes.CDLL(os.environ.get("TTLMAP_LIBRARY", "libttlmap.so.1"), use_errno=True)


def _declare():
    for name, arguments in FUNCTIONS.items():
        function = getattr(_library, "ttlmap_" + name)
        function.argtypes = arguments
        if name.endswith("_new"):
            function.restype = c_void_p
        elif name.endswith("_free"):
            function.restype = None


def call(name, *arguments):
    """What a function returns, or the OSError of the errno that it has set."""
    function = getattr(_library, "ttlmap_" + name)
    result = function(*arguments)
    if (result is None and function.restype is not None) or (
            function.restype is c_int and result < 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


_declare()
