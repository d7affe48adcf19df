// SPDX-License-Identifier: GPL-2.0
/// Entries written with TTLMAP_OWNED go when the descriptor that they were
/// written through is closed. A function that opens such a descriptor, and neither
/// closes it nor hands it on, leaves them there until its process ends.
///
// Confidence: Moderate
// Comments: main() may leave it to the end of the process
// Options: --no-includes --include-headers
// Keywords: TTLMAP_OWNED, ttlmap_map_open, ttlmap_map_create

virtual report
virtual context

@owner exists@
identifier fn != main;
local idexpression fd;
identifier opens = {ttlmap_map_open, ttlmap_map_create};
identifier writes = {ttlmap_update, ttlmap_add, ttlmap_cas_value, ttlmap_cas_version};
position p;
@@

fn(...)
{
...
fd = opens@p(...)
... when any
writes(fd, ..., <+... TTLMAP_OWNED ...+>, ...)
... when any
}

@owner_by_ioctl exists@
identifier fn != main;
local idexpression fd;
identifier opens = {ttlmap_map_open, ttlmap_map_create};
expression op, arg;
position p;
@@

fn(...)
{
...
fd = opens@p(...)
... when any
(
 \(op.flags\|op->flags\) = <+... TTLMAP_OWNED ...+>
|
 \(op.flags\|op->flags\) |= <+... TTLMAP_OWNED ...+>
)
... when any
ioctl(fd, TTLMAP_IOC_OP, arg)
... when any
}

@owner_declared exists@
identifier fn != main;
local idexpression fd;
identifier opens = {ttlmap_map_open, ttlmap_map_create};
identifier op;
position p;
@@

fn(...)
{
...
fd = opens@p(...)
... when any
struct ttlmap_op op = { ..., .flags = <+... TTLMAP_OWNED ...+>, ... };
... when any
ioctl(fd, TTLMAP_IOC_OP, &op)
... when any
}

// It is closed, returned, kept, or somebody else's from then on.
@handed exists@
local idexpression fd;
identifier opens = {ttlmap_map_open, ttlmap_map_create};
expression E;
identifier f != {ttlmap_lookup, ttlmap_peek, ttlmap_lookup_refresh, ttlmap_pop, ttlmap_update,
	ttlmap_cas_value, ttlmap_cas_version, ttlmap_add, ttlmap_touch, ttlmap_delete,
	ttlmap_delete_if_value, ttlmap_delete_if_version, ttlmap_delete_if_expired,
	ttlmap_map_stat, ttlmap_map_tune, ttlmap_map_freeze, ttlmap_map_clear, ttlmap_map_batch,
	ttlmap_scanner_new, ioctl};
position p;
@@

fd = opens@p(...)
... when any
(
 f(..., fd, ...)
|
 E = fd
|
 f(..., &fd, ...)
)

@returned exists@
local idexpression fd;
identifier opens = {ttlmap_map_open, ttlmap_map_create};
position p;
@@

fd = opens@p(...)
... when any
return fd;

@never_closed@
identifier opens = {ttlmap_map_open, ttlmap_map_create};
local idexpression fd;
position q != {handed.p, returned.p};
position p = {owner.p, owner_by_ioctl.p, owner_declared.p};
@@

* fd = opens@p@q(...)

// What is kept in a global, or a member, is closed somewhere in the file.
@kept exists@
global idexpression fd;
identifier opens = {ttlmap_map_open, ttlmap_map_create};
position p;
@@

fd = opens@p(...)

@kept_owner@
global idexpression kept.fd;
identifier writes = {ttlmap_update, ttlmap_add, ttlmap_cas_value, ttlmap_cas_version};
@@

writes(fd, ..., <+... TTLMAP_OWNED ...+>, ...)

@kept_handed@
global idexpression kept.fd;
expression E;
identifier f != {ttlmap_lookup, ttlmap_peek, ttlmap_lookup_refresh, ttlmap_pop, ttlmap_update,
	ttlmap_cas_value, ttlmap_cas_version, ttlmap_add, ttlmap_touch, ttlmap_delete,
	ttlmap_delete_if_value, ttlmap_delete_if_version, ttlmap_delete_if_expired,
	ttlmap_map_stat, ttlmap_map_tune, ttlmap_map_freeze, ttlmap_map_clear, ttlmap_map_batch,
	ttlmap_scanner_new, ioctl};
@@

(
 f(..., fd, ...)
|
 E = fd
|
 f(..., &fd, ...)
)

@kept_never_closed depends on kept_owner && !kept_handed@
global idexpression kept.fd;
identifier opens = {ttlmap_map_open, ttlmap_map_create};
position p;
@@

* fd = opens@p(...)

@script:python depends on report@
p << never_closed.p;
fd << never_closed.fd;
@@
coccilib.report.print_report(p[0], f"{fd} owns entries and is never closed")

@script:python depends on report@
p << kept_never_closed.p;
fd << kept.fd;
@@
coccilib.report.print_report(p[0], f"{fd} owns entries and is never closed")
