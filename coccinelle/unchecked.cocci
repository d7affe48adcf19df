// SPDX-License-Identifier: GPL-2.0
/// Writing to a map may fail: it may be full, memory may be short, a condition
/// may not hold. A lookup may find nothing, and making a map may fail. Look at
/// what is returned; where it truly does not matter say so with a cast to void.
///
// Confidence: Moderate
// Comments: whether an entry is there to be deleted rarely matters
// Options: --no-includes --include-headers
// Keywords: ttlmap_update, ttlmap_lookup, IS_ERR

virtual report
virtual context

@ignored@
identifier f = {ttlmap_update, ttlmap_add, ttlmap_entry_get, ttlmap_lookup, ttlmap_peek,
	ttlmap_pop, ttlmap_lookup_refresh, ttlmap_cas_value, ttlmap_cas_version, ttlmap_create,
	ttlmap_map_create, ttlmap_map_open, ttlmap_map_batch, ttlmap_map_tune, ttlmap_map_freeze,
	ttlmap_map_stat, ttlmap_scanner_next, ttlmap_lister_next};
position p;
@@

* f@p(...);

@ignored_ioctl@
expression fd, arg;
position p;
@@

* ioctl@p(fd, \(TTLMAP_IOC_CREATE\|TTLMAP_IOC_OPEN\|TTLMAP_IOC_LIST\|TTLMAP_IOC_OP\|TTLMAP_IOC_BATCH\|TTLMAP_IOC_SCAN\|TTLMAP_IOC_STAT\|TTLMAP_IOC_TUNE\|TTLMAP_IOC_FREEZE\), arg);

// A pointer that is never NULL.
@never_null exists@
expression map, E;
statement S1, S2;
position p;
@@

map = ttlmap_create(...);
... when != IS_ERR(map)
    when != IS_ERR_OR_NULL(map)
    when != PTR_ERR_OR_ZERO(map)
    when != map = E
* if@p (\(map == NULL\|!map\)) S1 else S2

// An entry that may be NULL, unless that has been asked in the same breath.
@asked@
local idexpression e;
expression E;
identifier f = {ttlmap_entry_key, ttlmap_entry_value, ttlmap_entry_get};
position p;
@@

(
 e && <+... f@p(e) ...+>
|
 e != NULL && <+... f@p(e) ...+>
|
 !e || <+... f@p(e) ...+>
|
 e == NULL || <+... f@p(e) ...+>
|
 e ? <+... f@p(e) ...+> : E
)

@maybe_null exists@
expression map, key, len;
local idexpression e;
expression E;
identifier f = {ttlmap_entry_key, ttlmap_entry_value, ttlmap_entry_get};
position p != asked.p;
@@

e = ttlmap_lookup(map, key, len);
... when != e
    when != e = E
* f@p(e)

@script:python depends on report@
p << ignored.p;
f << ignored.f;
@@
coccilib.report.print_report(p[0], f"what {f}() returns is not looked at")

@script:python depends on report@
p << ignored_ioctl.p;
@@
coccilib.report.print_report(p[0], "what ioctl() returns is not looked at")

@script:python depends on report@
p << never_null.p;
m << never_null.map;
@@
coccilib.report.print_report(p[0], f"ttlmap_create() never returns NULL: ask IS_ERR({m})")

@script:python depends on report@
p << maybe_null.p;
e << maybe_null.e;
@@
coccilib.report.print_report(p[0], f"{e} is NULL if the key is not there")
