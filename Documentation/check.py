#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Read the documents as Sphinx would, with what kernel-doc makes of the sources.

usage: check.py KERNEL-DOC FILE...

Run from the top of the tree.  Fails at the first thing that does not parse, or
that kernel-doc does not find.  Knows of Sphinx what kernel-doc's output needs.
"""
import subprocess
import sys

from docutils import core, nodes, utils
from docutils.parsers.rst import Directive, directives, roles
from docutils.statemachine import StringList


class KernelDoc(Directive):
    """.. kernel-doc:: FILE, with :doc:, :identifiers: or :export:"""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {
        "doc": directives.unchanged_required,
        "identifiers": directives.unchanged_required,
        "export": directives.flag,
    }
    program = None

    def selections(self):
        if "doc" in self.options:
            return [["-function", self.options["doc"]]]
        names = self.options.get("identifiers", "").split()
        return [["-function", name] for name in names] or [["-export", "-no-doc-sections"]]

    def run(self):
        node = nodes.section()
        node.document = self.state.document
        for selection in self.selections():
            command = [self.program, "-rst", "-sphinx-version", "3.0", "-Werror"]
            command += selection + self.arguments
            found = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
            if found.returncode or not found.stdout.strip():
                raise self.error(f"kernel-doc fails: {' '.join(command[1:])}")
            lines = StringList(found.stdout.expandtabs(8).splitlines(), self.arguments[0])
            self.state.nested_parse(lines, self.content_offset, node, match_titles=1)
        return node.children


class Declaration(Directive):
    """What Sphinx knows about C: a heading and its text."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self):
        node = nodes.container()
        node += nodes.literal(text=self.arguments[0])
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def literal_role(name, rawtext, text, lineno, inliner, options=None, content=()):
    return [nodes.literal(rawtext, utils.unescape(text))], []


def main(kernel_doc, *files):
    KernelDoc.program = kernel_doc
    directives.register_directive("kernel-doc", KernelDoc)
    for kind in ("function", "struct", "enum", "type", "macro", "member", "union"):
        directives.register_directive(f"c:{kind}", Declaration)
    for kind in ("func", "struct", "enum", "type", "macro", "member", "union", "expr"):
        roles.register_local_role(f"c:{kind}", literal_role)
    settings = {"halt_level": 2, "input_encoding": "utf-8", "raw_enabled": False}
    for file in files:
        with open(file, encoding="utf-8") as source:
            try:
                core.publish_doctree(source.read(), source_path=file, settings_overrides=settings)
            except utils.SystemMessage:
                sys.exit(1)


main(*sys.argv[1:])
