// SPDX-License-Identifier: GPL-2.0
/// After ttlmap_put() a map is not the caller's any more: it is neither used nor
/// put again. The same is true of an entry after ttlmap_entry_put().
///
// Confidence: High
// Comments: variables only, since an element may be another one each time
// Options: --no-includes --include-headers
// Keywords: ttlmap_put, ttlmap_entry_put

virtual report
virtual context

@of_map exists@
idexpression map;
expression E;
iterator each;
statement S;
identifier f = {ttlmap_put, ttlmap_lookup, ttlmap_lookup_many, ttlmap_update, ttlmap_add,
	ttlmap_delete, ttlmap_for_each, ttlmap_entry_put};
position p;
@@

ttlmap_put(map)
... when != map = E
    when != &map
    when != each(..., map, ...) S
* f@p(map, ...)

@of_entry exists@
idexpression e;
expression map, E;
iterator each;
statement S;
identifier f = {ttlmap_entry_key, ttlmap_entry_value, ttlmap_entry_get};
position p;
@@

ttlmap_entry_put(map, e)
... when != e = E
    when != &e
    when != each(..., e, ...) S
* f@p(e)

@entry_again exists@
idexpression e;
expression map, E;
iterator each;
statement S;
position p;
@@

ttlmap_entry_put(map, e)
... when != e = E
    when != &e
    when != each(..., e, ...) S
    when != ttlmap_entry_get(e)
* ttlmap_entry_put@p(map, e)

@script:python depends on report@
p << of_map.p;
m << of_map.map;
@@
coccilib.report.print_report(p[0], f"{m} has been put")

@script:python depends on report@
p << of_entry.p;
e << of_entry.e;
@@
coccilib.report.print_report(p[0], f"{e} has been put")

@script:python depends on report@
p << entry_again.p;
e << entry_again.e;
@@
coccilib.report.print_report(p[0], f"{e} has been put")
