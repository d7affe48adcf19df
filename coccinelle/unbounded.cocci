// SPDX-License-Identifier: GPL-2.0
/// A map without a TTL, and with no capacity other than the largest there is,
/// grows until memory is gone. Give it a capacity that means something
/// (max_entries, max_bytes), a default TTL, or TTLMAP_F_REQUIRE_TTL.
///
// Confidence: High
// Comments: where a map's limits come from elsewhere they are trusted
// Options: --no-includes --include-headers
// Keywords: ttlmap_create, max_entries, default_ttl_ns

virtual report
virtual context

// Limits that are filled in before the map is made.
@assigned exists@
identifier c;
expression fd, from;
expression entries != TTLMAP_ENTRIES_MAX;
expression value != 0;
identifier fill != {memset, ttlmap_map_create, ttlmap_create, ioctl};
identifier create = {ttlmap_map_create, ttlmap_create};
position p;
@@

(
 c.max_entries = entries
|
 c.limits.max_entries = entries
|
 c.max_bytes = value
|
 c.limits.max_bytes = value
|
 c.default_ttl_ns = value
|
 c.limits.default_ttl_ns = value
|
 \(c.flags\|c.limits.flags\) = <+... TTLMAP_F_REQUIRE_TTL ...+>
|
 \(c.flags\|c.limits.flags\) |= <+... TTLMAP_F_REQUIRE_TTL ...+>
|
 c = from
|
 c.limits = from
|
 fill(..., \(&c\|&c.limits\), ...)
)
... when any
(
 create@p(&c)
|
 ioctl@p(fd, TTLMAP_IOC_CREATE, &c)
)

// Limits that it is declared with, wherever that is.
@declared@
identifier c, S;
expression entries != TTLMAP_ENTRIES_MAX;
expression value != 0;
@@

(
 struct S c = { ..., .max_entries = entries, ... };
|
 struct S c = { ..., .max_bytes = value, ... };
|
 struct S c = { ..., .default_ttl_ns = value, ... };
|
 struct S c = { ..., .flags = <+... TTLMAP_F_REQUIRE_TTL ...+>, ... };
|
 struct S c = { ..., .limits = { ..., .max_entries = entries, ... }, ... };
|
 struct S c = { ..., .limits = { ..., .max_bytes = value, ... }, ... };
|
 struct S c = { ..., .limits = { ..., .default_ttl_ns = value, ... }, ... };
|
 struct S c = { ..., .limits = { ..., .flags = <+... TTLMAP_F_REQUIRE_TTL ...+>, ... }, ... };
)

@created_so@
identifier declared.c;
expression fd;
identifier create = {ttlmap_map_create, ttlmap_create};
position p;
@@

(
 create@p(&c)
|
 ioctl@p(fd, TTLMAP_IOC_CREATE, &c)
)

// Whose limits come from another file is not known.
@known@
identifier c, S;
@@

(
 struct S c = { ... };
|
 struct S c;
)

@unbounded@
identifier known.c;
expression fd;
identifier create = {ttlmap_map_create, ttlmap_create};
position p != {assigned.p, created_so.p};
@@

(
* create@p(&c)
|
* ioctl@p(fd, TTLMAP_IOC_CREATE, &c)
)

@script:python depends on report@
p << unbounded.p;
@@
coccilib.report.print_report(p[0], "this map is made with neither TTL nor capacity")
