#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Say where files are not as .editorconfig has them: style.py FILE..."""
import os
import re
import sys

from editorconfig import get_properties

INDENTED = {"tab": re.compile(rb"^ {8}"), "space": re.compile(rb"^ *\t")}


def complaints(text, wanted):
    """Pairs of a line's number and what is wrong with it."""
    lines = text.split(b"\n")
    if wanted.get("insert_final_newline") == "true" and text and lines[-1]:
        yield len(lines), "does not end with a newline"
    indented = INDENTED.get(wanted.get("indent_style"))
    for number, line in enumerate(lines, 1):
        if wanted.get("end_of_line") == "lf" and line.endswith(b"\r"):
            yield number, "ends with a carriage return"
        if wanted.get("trim_trailing_whitespace") == "true" and line.endswith((b" ", b"\t")):
            yield number, "ends with white space"
        if indented and indented.match(line):
            yield number, f"is not indented by a {wanted['indent_style']}"


def main(paths):
    found = False
    for path in paths:
        with open(path, "rb") as file:
            text = file.read()
        text.decode("utf-8")
        for number, what in complaints(text, get_properties(os.path.abspath(path))):
            print(f"{path}:{number}: {what}")
            found = True
    sys.exit(found)


main(sys.argv[1:])
