// SPDX-License-Identifier: GPL-2.0
/// Nothing may sleep inside an RCU read section: no map is made, walked or put
/// there, no reference to an entry is dropped, and an update takes GFP_ATOMIC.
///
// Confidence: High
// Options: --no-includes --include-headers
// Keywords: rcu_read_lock, GFP_KERNEL

virtual report
virtual context

@called exists@
symbol rcu;
identifier f = {ttlmap_create, ttlmap_put, ttlmap_for_each, ttlmap_entry_put};
position p;
@@

(
 rcu_read_lock();
|
 guard(rcu)();
)
... when != rcu_read_unlock();
* f@p(...)

@called_scoped@
iterator name scoped_guard;
symbol rcu;
identifier f = {ttlmap_create, ttlmap_put, ttlmap_for_each, ttlmap_entry_put};
position p;
@@

scoped_guard(rcu) {
<+...
* f@p(...)
...+>
}

@blocking exists@
symbol rcu;
identifier f = {ttlmap_update, ttlmap_add};
position p;
@@

(
 rcu_read_lock();
|
 guard(rcu)();
)
... when != rcu_read_unlock();
* f@p(..., <+... GFP_KERNEL ...+>)

@blocking_scoped@
iterator name scoped_guard;
symbol rcu;
identifier f = {ttlmap_update, ttlmap_add};
position p;
@@

scoped_guard(rcu) {
<+...
* f@p(..., <+... GFP_KERNEL ...+>)
...+>
}

// What a walk calls runs in a section as well.
@visitor@
identifier visit;
expression map, arg;
@@

ttlmap_for_each(map, \(visit\|&visit\), arg)

@visited@
identifier visitor.visit;
identifier f = {ttlmap_create, ttlmap_put, ttlmap_for_each, ttlmap_entry_put};
position p;
@@

visit(...) {
<+...
* f@p(...)
...+>
}

@visited_blocking@
identifier visitor.visit;
identifier f = {ttlmap_update, ttlmap_add};
position p;
@@

visit(...) {
<+...
* f@p(..., <+... GFP_KERNEL ...+>)
...+>
}

@script:python depends on report@
p << called.p;
f << called.f;
@@
coccilib.report.print_report(p[0], f"{f}() may sleep, and this is an RCU read section")

@script:python depends on report@
p << called_scoped.p;
f << called_scoped.f;
@@
coccilib.report.print_report(p[0], f"{f}() may sleep, and this is an RCU read section")

@script:python depends on report@
p << visited.p;
f << visited.f;
@@
coccilib.report.print_report(p[0], f"{f}() may sleep, and a walk calls this in an RCU read section")

@script:python depends on report@
p << blocking.p;
f << blocking.f;
@@
coccilib.report.print_report(p[0], f"{f}() may sleep with GFP_KERNEL, and this is an RCU read section")

@script:python depends on report@
p << blocking_scoped.p;
f << blocking_scoped.f;
@@
coccilib.report.print_report(p[0], f"{f}() may sleep with GFP_KERNEL, and this is an RCU read section")

@script:python depends on report@
p << visited_blocking.p;
f << visited_blocking.f;
@@
coccilib.report.print_report(p[0], f"{f}() may sleep with GFP_KERNEL, and a walk calls this in an RCU read section")
