// SPDX-License-Identifier: GPL-2.0
/// What a lookup returns is valid until the end of the RCU read section that it
/// was made in, and so are the bytes of its key and value. To keep an entry for
/// longer, take a reference with ttlmap_entry_get() inside the section.
///
// Confidence: High
// Options: --no-includes --include-headers
// Keywords: ttlmap_lookup, rcu_read_unlock

virtual report
virtual context

// References make it last.
@kept exists@
local idexpression e;
identifier f;
position p;
@@

e = ttlmap_lookup(...)
... when any
ttlmap_entry_get(e)
... when any
f@p(..., e, ...)

@returned_kept exists@
local idexpression e;
position p;
@@

e = ttlmap_lookup(...)
... when any
ttlmap_entry_get(e)
... when any
return@p e;

@used exists@
local idexpression e;
expression E;
identifier f;
position p != kept.p;
@@

e = ttlmap_lookup(...)
... when != e = E
rcu_read_unlock();
... when != e = E
* f@p(..., e, ...)

@returned exists@
type T;
identifier fn;
local idexpression e;
expression E;
position p != returned_kept.p;
@@

T *fn(...)
{
...
e = ttlmap_lookup(...)
... when != e = E
rcu_read_unlock();
... when != e = E
* return@p e;
}

@of_many exists@
local idexpression entries;
expression map, keys, n, i;
identifier f;
position p;
@@

ttlmap_lookup_many(map, keys, entries, n)
... when != ttlmap_entry_get(entries[i])
rcu_read_unlock();
... when != ttlmap_lookup_many(map, keys, entries, n)
* f@p(..., entries[i], ...)

@pinned_bytes exists@
local idexpression e, buf;
position p;
@@

ttlmap_entry_get(e)
... when any
buf = \(ttlmap_entry_value\|ttlmap_entry_key\)(e)
... when any
buf@p.data

@pinned_later exists@
local idexpression e, buf;
position p;
@@

buf = \(ttlmap_entry_value\|ttlmap_entry_key\)(e)
... when any
ttlmap_entry_get(e)
... when any
buf@p.data

@bytes exists@
local idexpression e, buf;
expression E;
position p != {pinned_bytes.p, pinned_later.p};
@@

e = ttlmap_lookup(...)
...
buf = \(ttlmap_entry_value\|ttlmap_entry_key\)(e)
... when != buf = E
    when != buf.data = E
rcu_read_unlock();
... when != buf = E
    when != buf.data = E
* buf@p.data

@scoped exists@
iterator name scoped_guard;
symbol rcu;
local idexpression e;
expression E;
identifier f;
position p != kept.p;
@@

scoped_guard(rcu) {
<+...
e = ttlmap_lookup(...)
...+>
}
... when != e = E
* f@p(..., e, ...)

@script:python depends on report@
p << used.p;
e << used.e;
@@
coccilib.report.print_report(p[0], f"{e} is used after the RCU read section in which it was looked up")

@script:python depends on report@
p << returned.p;
e << returned.e;
@@
coccilib.report.print_report(p[0], f"{e} is returned after the RCU read section in which it was looked up")

@script:python depends on report@
p << of_many.p;
e << of_many.entries;
@@
coccilib.report.print_report(p[0], f"{e}[] is used after the RCU read section in which it was looked up")

@script:python depends on report@
p << bytes.p;
b << bytes.buf;
e << bytes.e;
@@
coccilib.report.print_report(p[0], f"{b}.data is used after the RCU read section in which {e} was looked up")

@script:python depends on report@
p << scoped.p;
e << scoped.e;
@@
coccilib.report.print_report(p[0], f"{e} is used after the RCU read section in which it was looked up")
