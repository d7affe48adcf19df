#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Turns dev_ttlmap.txt into C that does not compile where the header disagrees.

usage: check.py dev_ttlmap.txt HEADER >FILE.c

Compared are: the value of each constant, the direction and size of each command, and
of each structure the names, offsets and sizes of its fields and its size as a whole.
What the header defines and the description leaves out is an error as well.
"""
import re
import sys

SIZES = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "ptr64": 8}
CONSTANT = r"\b(?:TTLMAP_[A-Z_]+|AT_FDCWD|O_[A-Z]+|__NR_\w+)\b"
# What no program can pass: the rest is in the numbers of the commands.
NOT_PASSED = {"TTLMAP_IOC_MAGIC", "TTLMAP_BATCH_MAX"}
# Their bits and places are, or they come out of the kernel.
NUMBERS = r"TTLMAP_(?:EVENT|ALARM|RECORD)_\w+"
RETURNED = {"ttlmap_record", "ttlmap_event", "ttlmap_alarm"}


def fail(message):
    sys.exit(f"{sys.argv[1]}: {message}")


def blocks(text, opening, closing):
    """The names of structures or unions, and their lines as (name, type)."""
    pattern = rf"^(\w+) {re.escape(opening)}\n(.*?)^{re.escape(closing)}"
    for name, body in re.findall(pattern, text, re.M | re.S):
        rows = [line.strip().split("\t", 1) for line in body.splitlines()]
        yield name, [(field, kind.strip()) for field, kind in rows]


def size_of(kind, resources):
    """Bytes of a type as C says it: a number, or the name of a constant."""
    base = re.match(r"\w+", kind).group()
    inner = re.match(r"\w+\[(.*)\]", kind)
    words = [word.strip() for word in inner.group(1).split(",")] if inner else []
    if base in SIZES:
        return SIZES[base]
    if base in resources:
        return SIZES[resources[base]]
    if base in ("flags", "const", "len", "bytesize"):
        return SIZES[words[1]]
    if base == "string":
        return words[1]
    if base == "array":
        element, length = re.fullmatch(r"array\[(.*), (\w+)\]", kind).groups()
        return f"{length} * {size_of(element, resources)}"
    if base.startswith("ttlmap_"):
        return f"sizeof(struct {base})"
    return fail(f"how long is {kind}?")


def struct_of(name):
    """The structure of the header that a block describes."""
    return "ttlmap_op" if name.startswith("ttlmap_op_") else name


def check_struct(name, fields, resources):
    struct, end = f"struct {struct_of(name)}", "0"
    for field, kind in fields:
        size = size_of(kind, resources)
        yield f"offsetof({struct}, {field}) == {end}"
        yield f"sizeof((({struct} *)0)->{field}) == {size}"
        end = f"{end} + {size}"
    yield f"sizeof({struct}) == {end}"


def check_commands(text):
    direction = {"in": "_IOC_WRITE", "out": "_IOC_READ", "inout": "_IOC_READ | _IOC_WRITE"}
    pattern = r"^ioctl\$(\w+)\(fd \w+, cmd const\[(\w+)\], arg ptr\[(\w+), (\w+)\]\)"
    for name, command, way, struct in re.findall(pattern, text, re.M):
        if command != name.replace("TTLMAP_", "TTLMAP_IOC_"):
            fail(f"{name} has the number of {command}")
        yield f"_IOC_DIR({command}) == ({direction[way]})"
        yield f"_IOC_SIZE({command}) == sizeof(struct {struct})"


def check_constants(constants):
    for name, values in constants.items():
        if name.startswith("__NR_"):
            name = name.replace("__NR_", "SYS_")
        yield f"(unsigned long long)({name}) == {values.split(',')[0]}ULL"


def check_complete(text, constants, header):
    used = set(re.findall(CONSTANT, re.sub(r"\$\w+", "", text)))
    used |= {"__NR_" + call for call in re.findall(r"^(\w+)\$", text, re.M)}
    for name in used ^ set(constants):
        fail(f"{name} is in the description or in its constants, but not in both")
    for name in re.findall(r"^#define (TTLMAP_\w+)\s", header, re.M):
        if name not in used | NOT_PASSED and not re.fullmatch(NUMBERS, name):
            fail(f"the header has {name}, the description does not")
    for name in re.findall(r"^struct (ttlmap_\w+) \{", header, re.M):
        if not re.search(rf"^{name} [\[{{]", text, re.M) and name not in RETURNED:
            fail(f"the header has struct {name}, the description does not")


def read(name):
    with open(name, encoding="utf-8") as file:
        return re.sub(r"^#(?!define).*\n", "", file.read(), flags=re.M)


def main():
    text, header = read(sys.argv[1]), read(sys.argv[2])
    constants = dict(re.findall(r"^(\w+) = (.*)$", read(sys.argv[1] + ".const"), re.M))
    constants.pop("arches")
    resources = dict(re.findall(r"^resource (\w+)\[(\w+)\]", text, re.M))
    check_complete(text, constants, header)
    facts = [fact for name, fields in blocks(text, "{", "}")
             for fact in check_struct(name, fields, resources)]
    facts += [*check_commands(text), *check_constants(constants)]
    print("#include <fcntl.h>\n#include <stddef.h>\n#include <sys/syscall.h>")
    print("#include <linux/ttlmap.h>")
    for name, value in re.findall(r"^define (\w+)\t(.*)", text, re.M):
        print(f"#define {name} {value}")
    for fact in facts:
        print(f'_Static_assert({fact}, "{sys.argv[1]}");')


main()
