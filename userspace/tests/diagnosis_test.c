// SPDX-License-Identifier: GPL-2.0
/* Each thing that can be wrong with a map is found, and nothing in those that are well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "diagnosis.h"

#define HOUR_NS 3600000000000ULL

/* A cache of 10,000 entries of 128 bytes that does its work. */
#define CACHE \
	.name = "cache", .max_entries = 10000, .entries = 9000, .default_ttl_ns = 600000000000, \
	.live_bytes = 1152000, .table_bytes = 184000, .resident_bytes = 1336000, \
	.hits = 90000, .misses = 10000, .inserts = 10000

#define READ_OWNER \
	{ .id = 1, .pid = 10, .command = "web", .entries = 8000, .bytes = 1024000, \
	  .read_bytes = 900000 }
#define FRESH_OWNER \
	{ .id = 2, .pid = 11, .command = "job", .entries = 1000, .bytes = 128000, \
	  .read_bytes = 20000 }
#define LEAKING_OWNER \
	{ .id = 3, .pid = 77, .uid = 1000, .command = "leaky", .entries = 8000, \
	  .bytes = 1024000, .unexpiring_entries = 8000 }
#define GONE(n) \
	{ .id = (n), .pid = (n), .gone = true, .command = "batch", .entries = 500, .bytes = 64000, \
	  .unexpiring_entries = 500 }

/* How the bytes go in twelve periods of five minutes. */
enum shape { FLAT, GROWS, FILLS, SAWTOOTH };

struct row {
	const char *what;
	struct ttlmap_stat stat;
	struct owner owner[8];
	size_t owners;
	struct class age[3];
	size_t ages;
	uint64_t never, later;
	enum shape shape;
	uint64_t period_hits, period_misses;
	struct alarm alarm;
	const char *found[3];		/* names of findings, in this order */
	const char *command;		/* of the first one */
	const char *says;		/* within what the first one says */
};

/* What a row does not say is as in CACHE, or nothing. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Woverride-init"
static const struct row rows[] = {
	{ "a cache", { CACHE }, { READ_OWNER, FRESH_OWNER }, 2 },
	{ "a cache, not seen from inside", { CACHE } },
	{ "nothing in it", { .name = "new", .max_entries = 100, .table_bytes = 9000,
			     .resident_bytes = 9000 } },
	{ "a cache that fills", { CACHE }, { READ_OWNER, FRESH_OWNER }, 2, .shape = GROWS,
	  .period_hits = 800, .period_misses = 200 },
	{ "a cache that has filled", { CACHE }, { READ_OWNER }, 1, .shape = FILLS,
	  .period_hits = 200, .period_misses = 800 },
	{ "up and down", { CACHE }, { READ_OWNER }, 1, .shape = SAWTOOTH,
	  .period_hits = 100, .period_misses = 900 },
	{ "a full cache that evicts", { CACHE, .evicted = 50000 }, { READ_OWNER }, 1 },
	{ "sessions that never expire, and are read", { CACHE },
	  { { .id = 1, .pid = 10, .command = "web", .entries = 9000, .bytes = 1152000,
	      .read_bytes = 1100000, .unexpiring_entries = 9000 } }, 1, .never = 9000 },
	{ "small leak", { .name = "small", .max_entries = 1000, .entries = 100 },
	  { { .id = 3, .pid = 77, .command = "leaky", .entries = 100, .bytes = 12800,
	      .unexpiring_entries = 100 } }, 1 },
	{ "one late entry", { CACHE, .stale_entries = 1, .stale_bytes = 128,
			      .oldest_stale_ns = 50000000 } },
	{ "a frozen table of settings", { CACHE, .frozen = 1, .stale_entries = 5,
					  .stale_bytes = 640, .oldest_stale_ns = HOUR_NS } },
	{ "one collision", { CACHE, .collision_evicted = 1 } },
	{ "alarms that are off", { CACHE }, .alarm = { .rule = "growth", .raised = 5 } },

	{ "one of ten never reads, and its entries never expire", { CACHE },
	  { LEAKING_OWNER, FRESH_OWNER }, 2, .never = 8000, .later = 1000,
	  .found = { "leaking_owner" }, .command = "ttlmap tune cache --require-ttl",
	  .says = "leaky (pid 77, user 1000) wrote 89% of its entries' bytes: 8,000 entries" },
	{ "the same without a default TTL", { CACHE, .default_ttl_ns = 0 },
	  { LEAKING_OWNER, FRESH_OWNER }, 2, .found = { "leaking_owner" },
	  .command = "ttlmap tune cache --ttl 1h" },
	{ "the same, growing", { CACHE, .default_ttl_ns = 0 },
	  { LEAKING_OWNER, FRESH_OWNER }, 2, .shape = GROWS, .period_misses = 100,
	  .never = 8000, .found = { "leaking_owner", "growth" },
	  .command = "ttlmap tune cache --ttl 10m",
	  .says = "never read. The map has grown for 55m at least, by 820K an hour." },
	{ "many that have ended", { CACHE },
	  { GONE(1), GONE(2), GONE(3), GONE(4), GONE(5), GONE(6) }, 6,
	  .found = { "orphans" },
	  .says = "100% of its entries' bytes were written by descriptors that are closed" },
	{ "growth without hits", { CACHE }, .shape = GROWS, .period_misses = 1000,
	  .found = { "growth" }, .says = "It has grown for 55m" },
	{ "nobody reads", { CACHE, .hits = 0 },
	  { { .id = 1, .command = "a", .entries = 9000, .bytes = 1152000 } }, 1,
	  .found = { "unread" } },
	{ "late", { CACHE, .stale_entries = 4000, .stale_bytes = 512000,
		    .oldest_stale_ns = 5000000000 },
	  .found = { "stale" }, .command = "ttlmap tune cache --jitter 1m" },
	{ "frozen, and most of it expired", { CACHE, .frozen = 1, .stale_entries = 8000,
					      .stale_bytes = 1024000, .oldest_stale_ns = HOUR_NS },
	  .found = { "stale" }, .command = "" },
	{ "retired", { CACHE, .retired_bytes = 2000000, .resident_bytes = 3336000 },
	  .found = { "retired" } },
	{ "an empty table", { .name = "cache", .max_entries = 1000000, .entries = 10,
			      .table_bytes = 20000000, .resident_bytes = 20001280 },
	  .found = { "table" } },
	{ "full", { CACHE, .flags = TTLMAP_F_NO_EVICT, .entries = 10000, .refused = 7 },
	  .found = { "full" }, .command = "ttlmap tune cache --capacity 20000" },
	{ "no memory", { CACHE, .no_memory = 7 }, .found = { "no_memory" } },
	{ "crafted keys", { CACHE, .collision_evicted = 5000 }, .found = { "collisions" } },
	{ "too small", { CACHE, .entries = 10000, .evicted = 900000, .hits = 100000,
			 .misses = 900000 },
	  .found = { "too_small" }, .command = "ttlmap tune cache --capacity 20000" },
	{ "hardly used", { CACHE },
	  .age = { { .from = 0, .to = 0, .count = 2000 },
		   { .from = 131072, .to = 262143, .count = 7000 } },
	  .ages = 2, .found = { "idle" }, .command = "ttlmap tune cache --capacity 2900" },
	{ "an alarm", { CACHE },
	  .alarm = { .rule = "owner", .on = true, .figure = 91, .threshold = 80 },
	  .found = { "alarm" }, .says = "The alarm owner is on: 91%, beyond 80%." },
};

#define PERIODS 12

static uint64_t bytes_at(enum shape shape, uint64_t i)
{
	switch (shape) {
	case GROWS:
		return 400000 + 70000 * i;
	case FILLS:
		return i < 3 ? 400000 + 300000 * i : 1300000;
	case SAWTOOTH:
		return 600000 + 300000 * (i % 3);
	default:
		return 1300000;
	}
}

static void make_history(const struct row *row, struct period *period)
{
	for (uint64_t i = 0; i < PERIODS; i++)
		period[i] = (struct period){
			.period_s = 300,
			.time_ns = 300000000000 * i,
			.live_bytes = bytes_at(row->shape, i),
			.hits = row->period_hits,
			.misses = row->period_misses,
			.inserts = 1000,
		};
}

static void make_evidence(const struct row *row, struct evidence *evidence,
			  struct period *period)
{
	make_history(row, period);
	*evidence = (struct evidence){
		.stat = row->stat,
		.inside = true,
		.owners = { (struct owner *)row->owner, row->owners },
		.ttls = { { { .name = "later", .count = row->later },
			    { .name = "never", .count = row->never } }, 2 },
		.history = { period, row->shape || row->period_misses ? PERIODS : 0 },
		.alarms = { { row->alarm }, row->alarm.rule[0] != '\0' },
	};
	memcpy(evidence->ages.class, row->age, sizeof(row->age));
	evidence->ages.count = row->ages;
}

static void check_row(const struct row *row)
{
	struct period period[PERIODS];
	struct diagnosis diagnosis;
	struct evidence evidence;
	size_t wanted = 0;

	make_evidence(row, &evidence, period);
	diagnose(&evidence, &diagnosis);
	while (wanted < 3 && row->found[wanted])
		wanted++;
	for (size_t i = 0; i < diagnosis.count; i++)
		if (i >= wanted || strcmp(diagnosis.finding[i].name, row->found[i]))
			fail_msg("%s: finds %s: %s", row->what, diagnosis.finding[i].name,
				 diagnosis.finding[i].what);
	if (diagnosis.count < wanted)
		fail_msg("%s: does not find %s", row->what, row->found[diagnosis.count]);
	if (row->command && strcmp(diagnosis.finding[0].command, row->command))
		fail_msg("%s: wants %s", row->what, diagnosis.finding[0].command);
	if (row->says && !strstr(diagnosis.finding[0].what, row->says))
		fail_msg("%s: says %s", row->what, diagnosis.finding[0].what);
}

static void all_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

/* Whatever the figures are, sentences end. */
static void absurd_figures(void **state)
{
	struct owner owner[40];
	struct evidence evidence = { .owners = { owner, 40 } };
	struct diagnosis diagnosis;

	(void)state;
	memset(owner, 0xff, sizeof(owner));
	memset(&evidence.stat, 0xff, sizeof(evidence.stat));
	memset(evidence.stat.name, 'n', sizeof(evidence.stat.name) - 1);
	evidence.stat.name[sizeof(evidence.stat.name) - 1] = '\0';
	for (size_t i = 0; i < 40; i++) {
		owner[i].bytes = UINT64_MAX / 40;
		owner[i].read_bytes = 0;
		owner[i].gone = i % 2;
		memset(owner[i].command, 'c', sizeof(owner[i].command) - 1);
		owner[i].command[sizeof(owner[i].command) - 1] = '\0';
	}
	diagnose(&evidence, &diagnosis);
	assert_true(diagnosis.count > 0 && diagnosis.count < FINDINGS_MAX);
	for (size_t i = 0; i < diagnosis.count; i++) {
		const struct finding *finding = &diagnosis.finding[i];

		assert_int_equal(finding->what[strlen(finding->what) - 1], '.');
		assert_true(strlen(finding->command) < sizeof(finding->command) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_rows),
		cmocka_unit_test(absurd_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
