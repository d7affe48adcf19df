# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
"""Maps as Python has them."""
import ctypes
import errno
import math
import os
import sys
from collections import namedtuple
from collections.abc import ItemsView, MutableMapping, ValuesView
from ctypes import byref, c_size_t, c_uint64
from datetime import timedelta

from . import _library
from ._library import call

NEVER = math.inf
"""A TTL without an end."""

Entry = namedtuple("Entry", "key value ttl version")
"""What a map holds: the TTL is what is left of it, in seconds."""

_TTL_NEVER = 2**64 - 1
_COUNTER_BYTES = 8
_ROOM = 256

_MAP_FLAGS = {
    name: 1 << bit for bit, name in enumerate(
        "no_evict require_ttl siphash sliding counters versions owners reclaim prealloc "
        "private".split())
}
_NEW, _EXISTING, _TTL_KEEP, _TTL_EXTEND = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_OWNED = 1 << 8
_OPEN_READ, _OPEN_WRITE = 1 << 0, 1 << 1
_TUNABLE = ("max_entries", "max_bytes", "default_ttl_ns", "min_ttl_ns", "max_ttl_ns", "jitter_ns")


def _bytes(data):
    return data.encode() if isinstance(data, str) else bytes(data)


def _ns(ttl):
    """A TTL as the kernel takes it; 0 is the default of the map."""
    if ttl is None:
        return 0
    seconds = ttl.total_seconds() if isinstance(ttl, timedelta) else ttl
    if seconds == NEVER:
        return _TTL_NEVER
    ns = round(seconds * 10**9)
    if ns <= 0:
        raise ValueError("a TTL must be longer than nothing")
    return ns


def _limit(ttl):
    """The same for a limit that may be None, which leaves it, or 0, which removes it."""
    return ttl if not ttl else _ns(ttl)


def _seconds(ns):
    return NEVER if ns == _TTL_NEVER else ns / 10**9


def _text(name):
    return bytes(name).rstrip(b"\0").decode()


def create(name=None, *, capacity, key_max=64, value_max=4096, max_bytes=0, mode=0o600,
           ttl=None, min_ttl=None, max_ttl=None, jitter=None, **flags):
    """Make a map, with a name by which others open it or without one.

    capacity is in entries, max_bytes in bytes of them, 0 for no limit. ttl is for entries
    that are written without one. Flags are True or False: no_evict (a full map raises
    OSError ENOSPC), require_ttl, siphash, sliding (a use starts the TTL anew), counters,
    versions, owners, reclaim, prealloc, private. ttlmap(4) has more on each.
    """
    limits = _library.Create(
        key_max=key_max, value_max=_COUNTER_BYTES if flags.get("counters") else value_max,
        max_entries=capacity, max_bytes=max_bytes, default_ttl_ns=_ns(ttl),
        min_ttl_ns=_ns(min_ttl), max_ttl_ns=_ns(max_ttl), jitter_ns=_ns(jitter))
    for flag, wanted in flags.items():
        if flag not in _MAP_FLAGS:
            raise TypeError(f"create() got an unexpected keyword argument '{flag}'")
        limits.flags |= _MAP_FLAGS[flag] if wanted else 0
    if name is not None:
        encoded = _bytes(name)
        if len(encoded) > _library.NAME_SIZE:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)
        limits.name[:len(encoded)] = encoded
        limits.mode = mode
    return Map(call("map_create", byref(limits)))


def open(name, *, read=True, write=True):
    """Open the map of that name, as its mode permits."""
    return Map(call("map_open", _bytes(name),
                    (_OPEN_READ if read else 0) | (_OPEN_WRITE if write else 0)))


def shared(name, **limits):
    """The map of that name, made as for create() by whoever comes first."""
    while True:
        try:
            return create(name, **limits)
        except FileExistsError:
            pass
        try:
            return open(name)
        except FileNotFoundError:
            pass


def unlink(name):
    """Remove a name; the map goes when nobody has it open any more."""
    call("map_unlink", _bytes(name))


def maps():
    """The named maps of this network namespace: a dict for each."""
    lister = call("lister_new")
    item = _library.ListItem()
    try:
        while call("lister_next", lister, byref(item)):
            yield {field: _text(item.name) if field == "name" else getattr(item, field)
                   for field, _ in item._fields_}
    finally:
        call("lister_free", lister)


class _Items(ItemsView):
    def __iter__(self):
        return ((entry.key, entry.value) for entry in self._mapping.scan())


class _Values(ValuesView):
    def __iter__(self):
        return (entry.value for entry in self._mapping.scan())


class Map(MutableMapping):
    """A map, by a descriptor of it, which closes with this object.

    It is a mapping, but for two things: others may change it at any time, and its order is
    none. What it yields was there at some moment of the iteration, and each entry that is
    there throughout is yielded exactly once.
    """

    def __init__(self, descriptor):
        """Take over a descriptor, such as one that was passed on by another process."""
        self._descriptor = descriptor
        self._counters = False
        try:
            self._counters = bool(self._stat().flags & _MAP_FLAGS["counters"])
        except OSError as error:
            # One that is open for writing only does not say.
            if error.errno != errno.EBADF:
                self.close()
                raise

    def fileno(self):
        """The descriptor."""
        if self._descriptor is None:
            raise ValueError("the map is closed")
        return self._descriptor

    def close(self):
        """Close the descriptor; entries that are bound to it go."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def __del__(self):
        if getattr(self, "_descriptor", None) is not None:
            self.close()

    # Values.

    def _encoded(self, value):
        if self._counters:
            return value.to_bytes(_COUNTER_BYTES, sys.byteorder)
        return _bytes(value)

    def _decoded(self, value):
        return int.from_bytes(value, sys.byteorder) if self._counters else value

    def _on_key(self, function, key, *arguments):
        """Call it for a key; KeyError if that is not there."""
        encoded = _bytes(key)
        try:
            return call(function, self.fileno(), encoded, len(encoded), *arguments)
        except FileNotFoundError:
            raise KeyError(key) from None

    def _read(self, function, key, *arguments):
        """The entry, with as much room for its value as that turns out to need."""
        size, left, version = _ROOM, c_uint64(), c_uint64()
        while True:
            room, length = ctypes.create_string_buffer(size), c_size_t(size)
            try:
                self._on_key(function, key, room, byref(length), *arguments, byref(left),
                             byref(version))
            except OSError as error:
                if error.errno != errno.EMSGSIZE:
                    raise
                size = length.value
                continue
            value = ctypes.string_at(room, length.value)
            return Entry(_bytes(key), self._decoded(value), _seconds(left.value), version.value)

    # Reading.

    def entry(self, key):
        """The entry of a key, which counts as a use."""
        return self._read("lookup", key)

    def peek(self, key):
        """The entry of a key, without using it."""
        return self._read("peek", key)

    def refresh(self, key, ttl=None, *, extend=False):
        """The entry of a key, whose TTL starts anew; or only if that makes it longer."""
        return self._read("lookup_refresh", key, _ns(ttl), _TTL_EXTEND if extend else 0)

    def __getitem__(self, key):
        return self.entry(key).value

    def __contains__(self, key):
        try:
            self.peek(key)
        except KeyError:
            return False
        return True

    def __len__(self):
        stat = self._stat()
        return stat.entries - stat.stale_entries

    def scan(self):
        """All entries, without using them."""
        scanner = call("scanner_new", self.fileno(), 0)
        found = _library.Entry()
        try:
            while call("scanner_next", scanner, byref(found)):
                yield Entry(ctypes.string_at(found.key, found.key_len),
                            self._decoded(ctypes.string_at(found.value, found.value_len)),
                            _seconds(found.ttl_ns), found.version)
        finally:
            call("scanner_free", scanner)

    def __iter__(self):
        return (entry.key for entry in self.scan())

    def items(self):
        return _Items(self)

    def values(self):
        return _Values(self)

    # Writing.

    def set(self, key, value, ttl=None, *, new=False, existing=False, keep_ttl=False,
            extend_ttl=False, owned=False):
        """Insert or replace an entry, and return its version.

        new raises FileExistsError if the key is there, existing KeyError if it is not. An
        entry that is owned goes when this map is closed, however that happens.
        """
        flags = ((_NEW if new else 0) | (_EXISTING if existing else 0) |
                 (_TTL_KEEP if keep_ttl else 0) | (_TTL_EXTEND if extend_ttl else 0) |
                 (_OWNED if owned else 0))
        encoded, version = self._encoded(value), c_uint64()
        self._on_key("update", key, encoded, len(encoded), _ns(ttl), flags, byref(version))
        return version.value

    def __setitem__(self, key, value):
        self.set(key, value)

    def setdefault(self, key, default=b"", ttl=None):
        """The value of a key, which is @default from now on if it was not there."""
        while True:
            try:
                return self[key]
            except KeyError:
                pass
            try:
                self.set(key, default, ttl, new=True)
            except FileExistsError:
                continue
            return default

    def swap(self, key, expected, value, ttl=None):
        """Replace a value if it is the one expected; is it?"""
        old, encoded = self._encoded(expected), self._encoded(value)
        return self._if_so("cas_value", key, old, len(old), encoded, len(encoded), _ns(ttl), 0,
                           None)

    def swap_version(self, key, version, value, ttl=None):
        """Replace a value if its version is the one expected; is it?"""
        encoded = self._encoded(value)
        return self._if_so("cas_version", key, byref(c_uint64(version)), encoded, len(encoded),
                           _ns(ttl), 0)

    def _if_so(self, function, key, *arguments):
        try:
            self._on_key(function, key, *arguments)
        except OSError as error:
            if error.errno != errno.ECANCELED:
                raise
            return False
        return True

    def add(self, key, by=1, ttl=None, *, existing=False, owned=False):
        """Add to a counter, and return the sum; ttl is for one that is not there yet."""
        total = c_uint64()
        self._on_key("add", key, by % 2**64, _ns(ttl),
                     (_EXISTING if existing else 0) | (_OWNED if owned else 0), byref(total))
        return total.value

    def touch(self, key, ttl=None, *, extend=False):
        """Give an entry a new TTL, or only if that makes it longer; what is left then."""
        left = c_uint64()
        self._on_key("touch", key, _ns(ttl), _TTL_EXTEND if extend else 0, byref(left), None)
        return _seconds(left.value)

    def __delitem__(self, key):
        self._on_key("delete", key)

    def delete_if(self, key, expected):
        """Delete an entry if its value is the one expected; was it?"""
        encoded = self._encoded(expected)
        return self._if_so("delete_if_value", key, encoded, len(encoded), None)

    def pop(self, key, *default):
        """The value of a key, which is deleted: of all who pop it, one gets it."""
        try:
            return self._read("pop", key).value
        except KeyError:
            if default:
                return default[0]
            raise

    def clear(self):
        """Remove all entries that are there."""
        call("map_clear", self.fileno())

    # The map itself.

    def _stat(self):
        stat = _library.Stat()
        call("map_stat", self.fileno(), byref(stat))
        return stat

    def stat(self):
        """What the map is, holds and did: the fields of struct ttlmap_stat, as a dict."""
        stat = self._stat()
        return {field: _text(stat.name) if field == "name" else getattr(stat, field)
                for field, _ in stat._fields_}

    def tune(self, *, capacity=None, max_bytes=None, ttl=None, min_ttl=None, max_ttl=None,
             jitter=None):
        """Change limits of the live map; those that are not given stay. 0 removes one."""
        wanted = [capacity, max_bytes] + [_limit(limit) for limit in (ttl, min_ttl, max_ttl, jitter)]
        tune = _library.Tune()
        for bit, (field, limit) in enumerate(zip(_TUNABLE, wanted)):
            if limit is not None:
                setattr(tune, field, limit)
                tune.what |= 1 << bit
        call("map_tune", self.fileno(), byref(tune))

    def freeze(self):
        """Fix the set of keys for good: values and TTLs change, but no key comes or goes."""
        call("map_freeze", self.fileno())
