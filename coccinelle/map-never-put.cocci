// SPDX-License-Identifier: GPL-2.0
/// A module that makes a map in its init function, and keeps it in a variable of
/// the file, puts it in its exit function. A file without an exit function puts it
/// somewhere else than where it is made.
///
// Confidence: High
// Comments: variables that other files see may be put there
// Options: --no-includes --include-headers
// Keywords: ttlmap_create, ttlmap_put, module_exit

virtual report
virtual context

@made@
identifier map, fn;
position p;
@@

fn(...)
{
<+...
map = ttlmap_create@p(...)
...+>
}

@of_file@
identifier made.map;
@@

static struct ttlmap *map;

@ends@
identifier last;
declarer name module_exit;
@@

module_exit(last);

@puts@
identifier made.map;
identifier other != made.fn;
@@

other(...)
{
<+...
ttlmap_put(map)
...+>
}

@exit_puts@
identifier made.map, ends.last;
@@

last(...)
{
<+...
ttlmap_put(map)
...+>
}

// It may leave that to functions that it calls, and those to others.
@helper@
identifier puts.other, caller;
@@

caller(...)
{
<+...
other(...)
...+>
}

@exit_calls@
identifier puts.other, ends.last;
@@

last(...)
{
<+...
other(...)
...+>
}

@exit_calls_caller@
identifier helper.caller, ends.last;
@@

last(...)
{
<+...
caller(...)
...+>
}

@kept_elsewhere@
identifier made.map;
expression E;
@@

(
 E = map
|
 &map
)

@no_exit_puts depends on of_file && ends && !exit_puts && !exit_calls && !exit_calls_caller && !kept_elsewhere@
identifier made.map;
position p;
@@

* map = ttlmap_create@p(...)

@nobody_puts depends on of_file && !ends && !puts && !kept_elsewhere@
identifier made.map;
position p;
@@

* map = ttlmap_create@p(...)

@script:python depends on report@
p << no_exit_puts.p;
m << made.map;
@@
coccilib.report.print_report(p[0], f"the exit function does not put {m}")

@script:python depends on report@
p << nobody_puts.p;
m << made.map;
@@
coccilib.report.print_report(p[0], f"nothing puts {m}")
