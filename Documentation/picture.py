#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Draw the parts of the module and which calls which, as architecture.dot.

usage: picture.py ARCHITECTURE.RST KMOD

The parts are those that the document lists, from top to bottom. Who calls whom is read
from the sources. An arrow that other arrows stand for is left out, and so are those to the
last part, which all use; one that leads upwards is dashed.
"""
import pathlib
import re
import sys

DEFINED = re.compile(r"^[a-z].*?\b(tm_\w+)\((?!.*;$)", re.MULTILINE)
CALLED = re.compile(r"\b(tm_\w+)\(")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def read_parts(document):
    """Names of parts, each with its files without their endings."""
    text = pathlib.Path(document).read_text(encoding="utf-8")
    found = re.findall(r"^(\w[\w ]*)\n((?:   ``\w+\.[ch]``(?: ``\w+\.[ch]``)*\n)+)", text, re.MULTILINE)
    return {name: re.findall(r"``(\w+)\.", files) for name, files in found}


def read_sources(folder):
    """The sources by name without their endings, and without comments.

    map.h is the structure that all parts look at, which is no call.
    """
    sources = {}
    for path in sorted(pathlib.Path(folder).glob("*.[ch]")):
        if path.name != "map.h":
            code = COMMENT.sub("", path.read_text(encoding="utf-8"))
            sources[path.stem] = sources.get(path.stem, "") + code
    return sources


def check_complete(parts, sources):
    """Each file is in one part, and is there."""
    listed = sorted(name for files in parts.values() for name in files)
    if listed != sorted(set(sources) - {"main"}):
        sys.exit(f"picture.py: not in one part each: {set(listed) ^ (set(sources) - {'main'})}")


def find_calls(parts, sources):
    """Pairs of parts of which the first calls the second."""
    part = {name: title for title, files in parts.items() for name in files}
    home = {function: name for name, code in sources.items() for function in DEFINED.findall(code)}
    calls = set()
    for name, code in sources.items():
        for function in CALLED.findall(code):
            if function in home and name in part:
                calls.add((part[name], part[home[function]]))
    return {(caller, callee) for caller, callee in calls if caller != callee}


def reachable(start, arrows):
    """All that arrows lead to, in one step or more."""
    found, ahead = set(), {end for begin, end in arrows if begin == start}
    while ahead:
        found |= ahead
        ahead = {end for begin, end in arrows if begin in ahead} - found
    return found


def needed(arrow, arrows):
    """Whether no other way leads there."""
    return arrow[1] not in reachable(arrow[0], arrows - {arrow})


def draw(parts, calls):
    order = list(parts)
    calls = {call for call in calls if order[-1] not in call}
    down = {call for call in calls if order.index(call[0]) < order.index(call[1])}
    print("// Made by Documentation/picture.py: do not edit")
    print("digraph ttlmap {")
    print('\tnode [shape=box, fontname="sans-serif", fontsize=11]')
    for name in order:
        files = [" ".join(parts[name][i : i + 5]) for i in range(0, len(parts[name]), 5)]
        print(f'\t"{name}" [label="{name}\\n' + "\\n".join(files) + '"]')
    for begin, end in sorted(calls - down):
        print(f'\t"{begin}" -> "{end}" [style=dashed, constraint=false]')
    for begin, end in sorted(arrow for arrow in down if needed(arrow, down)):
        print(f'\t"{begin}" -> "{end}"')
    print("}")


def main(document, folder):
    parts, sources = read_parts(document), read_sources(folder)
    check_complete(parts, sources)
    draw(parts, find_calls(parts, sources))


main(*sys.argv[1:])
