# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
"""Maps, with the module."""
import errno
import gc
import os
import textwrap
import time
import unittest
from datetime import timedelta

import ttlmap

NAME = "python.test"


class Limits(unittest.TestCase):
    def test_flags(self):
        with ttlmap.create(capacity=10, sliding=True, private=True, versions=False) as made:
            self.assertEqual(1 << 3 | 1 << 9, made.stat()["flags"])
        with self.assertRaises(TypeError):
            ttlmap.create(capacity=10, nonsense=True)

    def test_what_the_kernel_refuses(self):
        for error, limits in ((errno.EINVAL, {"capacity": 0}),
                              (errno.EINVAL, {"capacity": 1, "key_max": 0}),
                              (errno.EINVAL, {"capacity": 1, "name": "a/b"}),
                              (errno.EINVAL, {"capacity": 1, "name": "x" * 65}),
                              (errno.ERANGE, {"capacity": 1, "ttl": 10, "max_ttl": 5})):
            with self.subTest(limits), self.assertRaises(OSError) as raised:
                ttlmap.create(**limits)
            self.assertEqual(error, raised.exception.errno)

    def test_ttls(self):
        with ttlmap.create(capacity=10, ttl=timedelta(minutes=1), jitter=0.5) as made:
            stat = made.stat()
            self.assertEqual(60 * 10**9, stat["default_ttl_ns"])
            self.assertEqual(5 * 10**8, stat["jitter_ns"])
        for ttl in (0, -1, 1e-12, timedelta(0)):
            with self.assertRaises(ValueError):
                ttlmap.create(capacity=10, ttl=ttl)

    def test_full(self):
        with ttlmap.create(capacity=2, no_evict=True) as made:
            made.update(a=b"1", b=b"2")
            with self.assertRaises(OSError) as raised:
                made["c"] = b"3"
            self.assertEqual(errno.ENOSPC, raised.exception.errno)
        with ttlmap.create(capacity=2) as made:
            made.update(a=b"1", b=b"2", c=b"3")
            self.assertEqual([b"b", b"c"], sorted(made))


class Names(unittest.TestCase):
    def tearDown(self):
        for found in list(ttlmap.maps()):
            ttlmap.unlink(found["name"])

    def test_shared(self):
        one = ttlmap.create(NAME, capacity=10, mode=0o640)
        other = ttlmap.open(NAME)
        one["key"] = "value"
        self.assertEqual(b"value", other["key"])
        self.assertEqual(NAME, other.stat()["name"])
        with self.assertRaises(FileExistsError):
            ttlmap.create(NAME, capacity=10)
        found, = ttlmap.maps()
        self.assertEqual((NAME, 0o640, 10, 1, os.geteuid()),
                         (found["name"], found["mode"], found["max_entries"], found["entries"],
                          found["uid"]))
        ttlmap.unlink(NAME)
        self.assertEqual([], list(ttlmap.maps()))
        with self.assertRaises(FileNotFoundError):
            ttlmap.open(NAME)
        with self.assertRaises(FileNotFoundError):
            ttlmap.unlink(NAME)
        self.assertEqual("", one.stat()["name"])

    def test_whoever_comes_first(self):
        one = ttlmap.shared(NAME, capacity=10)
        other = ttlmap.shared(NAME, capacity=20)
        one["key"] = "value"
        self.assertEqual(b"value", other["key"])
        self.assertEqual(10, other.stat()["max_entries"])
        with self.assertRaises(OSError):
            ttlmap.shared("a/b", capacity=10)

    def test_readme(self):
        folder = os.path.dirname(os.path.dirname(__file__))
        with open(os.path.join(folder, "README.rst"), encoding="utf-8") as file:
            block = file.read().split("::\n\n", 1)[1].split("\n\nKeys and values", 1)[0]
        seen = {}
        exec(textwrap.dedent(block), seen)
        self.assertIn(seen["key"], (b"alice", b"bob"))
        self.assertEqual(1, ttlmap.open("visits")["192.0.2.7"])

    def test_modes(self):
        ttlmap.create(NAME, capacity=10)["key"] = "value"
        reader, writer = ttlmap.open(NAME, write=False), ttlmap.open(NAME, read=False)
        self.assertEqual(b"value", reader["key"])
        writer["key"] = "other"
        for attempt in (lambda: reader.set("key", "x"), lambda: writer["key"], writer.stat):
            with self.assertRaises(OSError) as raised:
                attempt()
            self.assertEqual(errno.EBADF, raised.exception.errno)
        self.assertEqual(b"other", reader["key"])

    def test_owned(self):
        made = ttlmap.create(NAME, capacity=10, owners=True)
        other = ttlmap.open(NAME)
        other.set("bound", "x", owned=True)
        other.set("free", "x")
        other.close()
        while len(made) > 1:
            time.sleep(0.01)
        self.assertEqual([b"free"], list(made))


class Entries(unittest.TestCase):
    def setUp(self):
        self.map = ttlmap.create(capacity=1000, versions=True)

    def tearDown(self):
        self.map.close()

    def test_mapping(self):
        self.map.update({"a": "1", b"b": b"2", "ü": bytearray(b"3")})
        self.assertEqual({b"a": b"1", b"b": b"2", "ü".encode(): b"3"}, dict(self.map))
        self.assertEqual([b"1", b"2", b"3"], sorted(self.map.values()))
        self.assertEqual(3, len(self.map))
        self.assertIn("a", self.map)
        self.assertNotIn("c", self.map)
        self.assertIsNone(self.map.get("c"))
        del self.map["a"]
        for attempt in (lambda: self.map["a"], lambda: self.map.pop("a"),
                        lambda: self.map.touch("a"), lambda: self.map.__delitem__("a"),
                        lambda: self.map.set("a", "", existing=True)):
            with self.assertRaises(KeyError) as raised:
                attempt()
            self.assertEqual("a", raised.exception.args[0])
        self.assertEqual(b"2", self.map.pop("b"))
        self.assertEqual(b"x", self.map.pop("b", b"x"))
        self.assertEqual(b"4", self.map.setdefault("d", b"4"))
        self.assertEqual(b"4", self.map.setdefault("d", b"5"))
        self.assertEqual(2, len(self.map.items()))
        self.map.clear()
        self.assertEqual({}, dict(self.map))

    def test_lengths(self):
        for length in (0, 255, 256, 257, 4096):
            self.map["key"] = bytes(length)
            self.assertEqual(bytes(length), self.map["key"])
            self.assertEqual([bytes(length)], list(self.map.values()))
        for key, value in (("key", bytes(4097)), ("k" * 65, b"")):
            with self.assertRaises(OSError) as raised:
                self.map[key] = value
            self.assertEqual(errno.E2BIG, raised.exception.errno)
        with self.assertRaises(OSError) as raised:
            self.map[""] = b""
        self.assertEqual(errno.EINVAL, raised.exception.errno)

    def test_ttl(self):
        self.map.set("key", "value", ttl=1000)
        self.assertTrue(0 < self.map.peek("key").ttl <= 1000)
        self.assertTrue(1000 < self.map.touch("key", 2000) <= 2000)
        self.assertTrue(1000 < self.map.touch("key", 5, extend=True) <= 2000)
        self.map.set("key", "other", keep_ttl=True)
        self.assertTrue(1000 < self.map.entry("key").ttl <= 2000)
        self.assertTrue(2000 < self.map.refresh("key", timedelta(hours=1)).ttl <= 3600)
        self.map.set("key", "value", ttl=ttlmap.NEVER)
        self.assertEqual(ttlmap.NEVER, self.map.peek("key").ttl)
        self.map.set("key", "value", ttl=0.001)
        while "key" in self.map:
            time.sleep(0.001)
        self.assertEqual({}, dict(self.map))

    def test_conditions(self):
        first = self.map.set("key", "one")
        self.assertFalse(self.map.swap("key", "two", "three"))
        self.assertTrue(self.map.swap("key", "one", "two"))
        self.assertFalse(self.map.swap_version("key", first, "three"))
        self.assertTrue(self.map.swap_version("key", self.map.entry("key").version, "three"))
        self.assertEqual(b"three", self.map["key"])
        with self.assertRaises(FileExistsError):
            self.map.set("key", "four", new=True)
        self.assertFalse(self.map.delete_if("key", "four"))
        self.assertTrue(self.map.delete_if("key", "three"))
        for attempt in (lambda: self.map.swap("key", "", ""),
                        lambda: self.map.delete_if("key", "")):
            with self.assertRaises(KeyError):
                attempt()

    def test_scan_of_many(self):
        wanted = {b"%d" % number: b"%d" % -number for number in range(1000)}
        self.map.update(wanted)
        self.assertEqual(wanted, dict(self.map.items()))
        entry = next(self.map.scan())
        self.assertEqual((wanted[entry.key], ttlmap.NEVER), (entry.value, entry.ttl))
        self.assertNotEqual(0, entry.version)


class Counters(unittest.TestCase):
    def test_sums(self):
        with ttlmap.create(capacity=10, counters=True, ttl=60) as visits:
            self.assertEqual(1, visits.add("a"))
            self.assertEqual(6, visits.add("a", 5))
            self.assertEqual(4, visits.add("a", -2))
            with self.assertRaises(KeyError):
                visits.add("b", existing=True)
            visits["b"] = 2**64 - 1
            self.assertEqual({b"a": 4, b"b": 2**64 - 1}, dict(visits))
            self.assertTrue(visits.swap("a", 4, 7))
            self.assertEqual(7, visits.pop("a"))
            with self.assertRaises(OverflowError):
                visits["a"] = -1


class Descriptors(unittest.TestCase):
    def test_close(self):
        made = ttlmap.create(capacity=1)
        self.assertFalse(os.get_inheritable(made.fileno()))
        made.close()
        made.close()
        for attempt in (made.fileno, lambda: made["key"], lambda: list(made)):
            with self.assertRaises(ValueError):
                attempt()

    def test_forgotten(self):
        before = os.listdir("/proc/self/fd")
        for _ in range(100):
            ttlmap.create(capacity=1)
        gc.collect()
        self.assertEqual(before, os.listdir("/proc/self/fd"))

    def test_taken_over(self):
        with ttlmap.create(capacity=1) as made:
            made["key"] = "value"
            with ttlmap.Map(os.dup(made.fileno())) as other:
                self.assertEqual(b"value", other["key"])
        with self.assertRaises(OSError):
            ttlmap.Map(os.open("/dev/null", os.O_RDWR))

    def test_tune_and_freeze(self):
        with ttlmap.create(capacity=10, ttl=60, max_ttl=100) as made:
            made["key"] = "value"
            made.tune(capacity=20, ttl=30)
            stat = made.stat()
            self.assertEqual((20, 30 * 10**9, 100 * 10**9),
                             (stat["max_entries"], stat["default_ttl_ns"], stat["max_ttl_ns"]))
            made.tune(max_ttl=0)
            self.assertEqual(0, made.stat()["max_ttl_ns"])
            made.freeze()
            made["key"] = "other"
            with self.assertRaises(OSError) as raised:
                made["new"] = "value"
            self.assertEqual(errno.EROFS, raised.exception.errno)


if __name__ == "__main__":
    unittest.main()
