# SPDX-License-Identifier: GPL-2.0
# table.c interleave grow
# A directory is published before it is filled.
s/^	copy_directory(table, old, bits);$/	rcu_assign_pointer(table->dir, new);\n&/
