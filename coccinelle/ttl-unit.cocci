// SPDX-License-Identifier: GPL-2.0
/// TTLs are nanoseconds. A number below a microsecond is most likely meant in
/// another unit, and what jiffies are counted in is another one for certain:
/// multiply by NSEC_PER_SEC, NSEC_PER_MSEC or the like.
///
// Confidence: High
// Options: --no-includes --include-headers
// Keywords: ttl_ns, default_ttl_ns, NSEC_PER_SEC

virtual report
virtual context

@initialize:python@
@@
def too_short(number):
    try:
        return 0 < int(number.rstrip("uUlL"), 0) < 1000
    except ValueError:
        return False

@argument@
constant ttl : script:python() { too_short(ttl) };
expression e1, e2, e3, e4, e5, e6;
position p;
@@

(
* ttlmap_update(e1, e2, e3, ttl@p, e4, e5)
|
* ttlmap_update(e1, e2, e3, e4, e5, ttl@p, ...)
|
* ttlmap_cas_value(e1, e2, e3, e4, e5, e6, ttl@p, ...)
|
* ttlmap_add(e1, e2, e3, ttl@p, e4)
|
* ttlmap_add(e1, e2, e3, e4, ttl@p, e5, e6)
|
* ttlmap_touch(e1, e2, e3, ttl@p, ...)
|
* ttlmap_lookup_refresh(e1, e2, e3, e4, e5, ttl@p, ...)
)

@member@
constant ttl : script:python() { too_short(ttl) };
identifier m = {ttl_ns, default_ttl_ns, min_ttl_ns, max_ttl_ns};
expression E;
position p;
@@

(
* E.m = ttl@p
|
* E->m = ttl@p
)

@declared@
constant ttl : script:python() { too_short(ttl) };
identifier m = {ttl_ns, default_ttl_ns, min_ttl_ns, max_ttl_ns};
identifier c, S;
position p;
@@

(
* struct S c = { ..., .m = ttl@p, ... };
|
* struct S c = { ..., .limits = { ..., .m = ttl@p, ... }, ... };
)

@jiffies_argument@
identifier f = {ttlmap_update, ttlmap_add};
identifier unit = {HZ, jiffies};
position p;
@@

* f@p(..., <+... unit ...+>, ...)

@jiffies_member@
identifier m = {default_ttl_ns, min_ttl_ns, max_ttl_ns};
identifier unit = {HZ, jiffies};
expression E;
position p;
@@

(
* E.m@p = <+... unit ...+>
|
* E->m@p = <+... unit ...+>
)

@script:python depends on report@
p << argument.p;
ttl << argument.ttl;
@@
coccilib.report.print_report(p[0], f"a TTL of {ttl} ns: TTLs are nanoseconds")

@script:python depends on report@
p << member.p;
ttl << member.ttl;
@@
coccilib.report.print_report(p[0], f"a TTL of {ttl} ns: TTLs are nanoseconds")

@script:python depends on report@
p << declared.p;
ttl << declared.ttl;
@@
coccilib.report.print_report(p[0], f"a TTL of {ttl} ns: TTLs are nanoseconds")

@script:python depends on report@
p << jiffies_argument.p;
@@
coccilib.report.print_report(p[0], "TTLs are nanoseconds, not jiffies")

@script:python depends on report@
p << jiffies_member.p;
@@
coccilib.report.print_report(p[0], "TTLs are nanoseconds, not jiffies")
