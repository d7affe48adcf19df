# SPDX-License-Identifier: GPL-2.0
"""Sphinx, with the extensions of the kernel in $srctree; see vm/documentation.sh."""
import os
import sys

sys.path.insert(0, os.path.join(os.environ["srctree"], "Documentation/sphinx"))

project = "ttlmap"
extensions = ["kerneldoc", "kernel_abi", "kfigure", "automarkup"]
kerneldoc_srctree = os.environ["srctree"]
primary_domain = "c"
highlight_language = "none"
nitpicky = True
# What the kernel declares, and what is nobody's business.
nitpick_ignore = [
    ("c:identifier", name) for name in ("gfp_t", "s64", "u32", "u64", "ttlmap", "tm_entry")
]
