# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
"""What ctypes is told of structures and functions is what the headers say. Needs a C
compiler, and the headers where CFLAGS say; the library, but no module."""
import ctypes
import os
import re
import shlex
import subprocess
import tempfile
import unittest

from ttlmap import _library, _map

STRUCTURES = {
    "ttlmap_create": _library.Create, "ttlmap_list_item": _library.ListItem,
    "ttlmap_alarms": _library.Alarms, "ttlmap_tune": _library.Tune,
    "ttlmap_stat": _library.Stat, "ttlmap_entry": _library.Entry,
}
CONSTANTS = {
    "TTLMAP_NAME_SIZE": _library.NAME_SIZE, "TTLMAP_ALARMS": _library.ALARMS,
    "TTLMAP_TTL_NEVER": _map._TTL_NEVER, "TTLMAP_NEW": _map._NEW,
    "TTLMAP_EXISTING": _map._EXISTING, "TTLMAP_TTL_KEEP": _map._TTL_KEEP,
    "TTLMAP_TTL_EXTEND": _map._TTL_EXTEND, "TTLMAP_OWNED": _map._OWNED,
    "TTLMAP_OPEN_READ": _map._OPEN_READ, "TTLMAP_OPEN_WRITE": _map._OPEN_WRITE,
    **{"TTLMAP_F_" + name.upper(): value for name, value in _map._MAP_FLAGS.items()},
}
TUNED = "ENTRIES BYTES TTL MIN_TTL MAX_TTL JITTER".split()


def compiled(lines):
    """Whether C that includes the header and has these lines compiles."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "facts.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write("#include <stddef.h>\n#include <ttlmap.h>\n" + "\n".join(lines) + "\n")
        command = ["cc", *shlex.split(os.environ.get("CFLAGS", "")), "-fsyntax-only", source]
        return subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)


def facts():
    for name, structure in STRUCTURES.items():
        yield f"sizeof(struct {name}) == {ctypes.sizeof(structure)}"
        for field, _ in structure._fields_:
            place = getattr(structure, field)
            yield f"offsetof(struct {name}, {field}) == {place.offset}"
            yield f"sizeof(((struct {name} *)0)->{field}) == {place.size}"
    for name, value in CONSTANTS.items():
        yield f"(unsigned long long)({name}) == {value}ULL"
    for bit, name in enumerate(TUNED):
        yield f"TTLMAP_TUNE_{name} == {1 << bit}"


class Abi(unittest.TestCase):
    def test_facts(self):
        result = compiled([f'_Static_assert({fact}, "");' for fact in facts()])
        self.assertEqual("", result.stderr)

    def test_that_a_wrong_fact_is_noticed(self):
        result = compiled(['_Static_assert(sizeof(struct ttlmap_stat) == 1, "");'])
        self.assertNotEqual(0, result.returncode)

    def test_numbers_of_arguments(self):
        result = subprocess.run(
            ["cc", *shlex.split(os.environ.get("CFLAGS", "")), "-E", "-P", "-xc", "-"], check=True,
            input="#include <ttlmap.h>\n", stdout=subprocess.PIPE, text=True)
        declared = {
            name: len([argument for argument in arguments.split(",") if argument.strip() != "void"])
            for name, arguments in re.findall(r"\bttlmap_(\w+)\(([^)]*)\);", result.stdout)}
        for name, arguments in _library.FUNCTIONS.items():
            self.assertEqual(declared[name], len(arguments), name)


if __name__ == "__main__":
    unittest.main()
