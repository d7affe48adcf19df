// SPDX-License-Identifier: GPL-2.0
/// A reference taken with ttlmap_entry_get() is dropped with ttlmap_entry_put(),
/// or handed on. One that is lost keeps its entry's memory for good, and with it
/// the map.
///
// Confidence: Moderate
// Comments: looks at one function at a time
// Options: --no-includes --include-headers
// Keywords: ttlmap_entry_get, ttlmap_entry_put

virtual report
virtual context

// It is put, returned, kept, or somebody else's from then on.
@handed exists@
local idexpression e;
expression E;
identifier f != {ttlmap_entry_get, ttlmap_entry_key, ttlmap_entry_value, IS_ERR, IS_ERR_OR_NULL};
position p;
@@

ttlmap_entry_get@p(e)
... when any
(
 f(..., e, ...)
|
 f(..., &e, ...)
|
 E = e
)

@returned exists@
local idexpression e;
position p;
@@

ttlmap_entry_get@p(e)
... when any
return <+... e ...+>;

@returned_at_once@
local idexpression e;
position p;
@@

return <+... ttlmap_entry_get@p(e) ...+>;

@lost@
local idexpression e;
position p != {handed.p, returned.p, returned_at_once.p};
@@

* ttlmap_entry_get@p(e)

@script:python depends on report@
p << lost.p;
e << lost.e;
@@
coccilib.report.print_report(p[0], f"the reference to {e} is never dropped")
