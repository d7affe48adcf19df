// SPDX-License-Identifier: GPL-2.0
/*
 * The promise to readers: a key that is present throughout is always found,
 * whatever writers do around it, and a value is always whole.
 *
 * Readers look up protected keys, alone and in batches, while one writer
 * replaces them with newer versions and others fill and empty the map around
 * them, which splits and merges segments and doubles and halves the directory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "harness.h"

#define PROTECTED	512
#define VALUE_WORDS	16
#define BATCH		32
#define FIRST_OTHER	1000000

struct value {
	u64 key, version;
	u64 words[VALUE_WORDS];
};

/* Something that a thread found wrong; the first one is kept. */
struct report {
	atomic_int wrong;
	char text[200];
};

#define REPORT(report, ...) do {					\
	int none_ = 0;							\
									\
	if (atomic_compare_exchange_strong(&(report)->wrong, &none_, 1))	\
		snprintf((report)->text, sizeof((report)->text), __VA_ARGS__); \
} while (0)

FIXTURE(readers) {
	int map;
	u64 seed;
	atomic_bool stop;
	atomic_ullong lookups, replaced, cycles;
	struct report report;
};

FIXTURE_VARIANT(readers) {
	u64 others;		/* that come and go around the protected keys */
	u64 others_ttl;		/* 0: they are deleted, otherwise they expire */
	bool evicts;		/* others push each other out; nothing is protected */
	u64 capacity;
};

FIXTURE_VARIANT_ADD(readers, split_and_merge) {
	.others = 20000, .capacity = 100000,
};

FIXTURE_VARIANT_ADD(readers, few_neighbours) {
	.others = 1500, .capacity = 100000,
};

FIXTURE_VARIANT_ADD(readers, neighbours_expire) {
	.others = 10000, .others_ttl = 50 * NSEC_PER_MSEC, .capacity = 100000,
};

FIXTURE_VARIANT_ADD(readers, eviction_of_everything) {
	.others = 8000, .capacity = 3000, .evicts = true,
};

typedef FIXTURE_DATA(readers) readers_t;

static void value_make(struct value *value, u64 key, u64 version)
{
	value->key = key;
	value->version = version;
	for (int i = 0; i < VALUE_WORDS; i++)
		value->words[i] = mix64(key + version * 1000003 + i);
}

static bool value_whole(const struct value *value, u64 key)
{
	struct value want;

	value_make(&want, key, value->version);
	return !memcmp(value, &want, sizeof(want));
}

static int value_write(int map, u64 key, u64 version, u64 ttl)
{
	struct ttlmap_op op;
	struct value value;

	value_make(&value, key, version);
	op = op_update(&key, 8, &value, sizeof(value), ttl, 0);
	return map_op(map, &op);
}

FIXTURE_SETUP(readers)
{
	struct ttlmap_create create = { .key_max = 8, .value_max = sizeof(struct value),
					.max_entries = variant->capacity };

	if (!variant->evicts)
		create.flags = TTLMAP_F_NO_EVICT;
	self->seed = seed_from_env(30);
	ASSERT_FD(self->map, map_create(&create));
	for (u64 key = 0; key < PROTECTED; key++)
		ASSERT_RC(0, value_write(self->map, key, 1, 0));
}

FIXTURE_TEARDOWN(readers)
{
	close(self->map);
}

/* ---- threads */

static void check_result(readers_t *self, bool may_miss, const struct ttlmap_op *op,
			 u64 key, const struct value *value, u64 *last)
{
	if (op->result == -ENOENT && may_miss)
		return;
	if (op->result)
		REPORT(&self->report, "key %llu is present, lookup says %s", key,
		       rc_name(op->result));
	else if (op->value_len != sizeof(*value) || !value_whole(value, key))
		REPORT(&self->report, "key %llu: torn value", key);
	else if (value->version < *last)
		REPORT(&self->report, "key %llu: version %llu after %llu",
		       key, value->version, *last);
	else
		*last = value->version;
}

struct reader {
	readers_t *self;
	u64 seed;
	bool may_miss;
};

static void read_some(struct reader *reader, struct rng *rng, u64 *last)
{
	struct ttlmap_op ops[BATCH];
	struct value values[BATCH];
	u64 keys[BATCH];
	u32 count = rng_below(rng, 4) ? 1 : BATCH, done = 0;
	int rc;

	for (u32 i = 0; i < count; i++) {
		keys[i] = rng_below(rng, PROTECTED);
		ops[i] = op_lookup(&keys[i], 8, &values[i], sizeof(values[i]));
	}
	if (count == 1) {
		map_op(reader->self->map, ops);
	} else {
		rc = map_batch(reader->self->map, ops, count, &done);
		if (rc || done != count) {
			REPORT(&reader->self->report, "batch: %s, %u done", rc_name(rc), done);
			return;
		}
	}
	for (u32 i = 0; i < count; i++)
		check_result(reader->self, reader->may_miss, &ops[i], keys[i], &values[i],
			     &last[keys[i]]);
	atomic_fetch_add(&reader->self->lookups, count);
}

static void *read_always(void *arg)
{
	struct reader *reader = arg;
	struct rng rng = rng_make(reader->seed);
	u64 last[PROTECTED] = { };

	while (!reader->self->stop && !reader->self->report.wrong)
		read_some(reader, &rng, last);
	return NULL;
}

/* Only this thread writes protected keys, so that versions only rise. */
static void *replace_always(void *arg)
{
	readers_t *self = arg;
	u64 version = 2;
	int rc;

	for (; !self->stop && !self->report.wrong; version++) {
		for (u64 key = 0; key < PROTECTED; key++) {
			rc = value_write(self->map, key, version, 0);
			if (rc)
				REPORT(&self->report, "replace: %s", rc_name(rc));
			atomic_fetch_add(&self->replaced, 1);
		}
	}
	return NULL;
}

struct churn {
	readers_t *self;
	u64 others, ttl;
	bool evicts;
};

static int churn_once(struct churn *churn)
{
	int map = churn->self->map;
	int rc = u64_fill(map, FIRST_OTHER, churn->others, churn->ttl);

	if (rc || churn->evicts)
		return rc;
	if (!churn->ttl)
		return u64_empty(map, FIRST_OTHER, churn->others);
	/* Where writing takes long, they are to be there long enough to fill the map. */
	if (map_entries(map) < PROTECTED + churn->others / 2)
		churn->ttl *= 2;
	return eventually(map_entries(map) == PROTECTED) ? 0 : -ETIME;
}

static void *churn_always(void *arg)
{
	struct churn *churn = arg;

	while (!churn->self->stop && !churn->self->report.wrong) {
		int rc = churn_once(churn);

		if (rc)
			REPORT(&churn->self->report, "filling and emptying: %s", rc_name(rc));
		atomic_fetch_add(&churn->self->cycles, 1);
	}
	return NULL;
}

/* Enough has happened for the test to have said something. */
static bool happened(readers_t *self, bool evicts, u64 others)
{
	struct ttlmap_stat stat;

	if (map_stat(self->map, &stat) || !self->replaced || self->cycles < 3)
		return false;
	if (evicts)
		return stat.evicted > 0;
	return stat.splits && stat.merges && (others < 4000 || stat.directory_resizes >= 2);
}

static void show(readers_t *self)
{
	struct ttlmap_stat stat;

	map_stat(self->map, &stat);
	ksft_print_msg("%llu lookups, %llu replaced, %llu cycles, %llu splits, %llu merges, "
		       "%llu directory resizes, %llu evicted, %llu expired\n",
		       self->lookups, self->replaced, self->cycles,
		       stat.splits, stat.merges,
		       stat.directory_resizes,
		       stat.evicted, stat.expired);
}

TEST_F(readers, never_miss)
{
	struct reader readers[2];
	u64 others_max = 40000 / slowness();
	u64 others = variant->others < others_max ? variant->others : others_max;
	struct churn churn = { self, others, variant->others_ttl, variant->evicts };
	u64 until = boottime_ns() + (long_run() ? 60 : 5) * NSEC_PER_SEC;
	pthread_t threads[4];

	for (int i = 0; i < 2; i++) {
		readers[i] = (struct reader){ self, self->seed + i, variant->evicts };
		pthread_create(&threads[i], NULL, read_always, &readers[i]);
	}
	pthread_create(&threads[2], NULL, replace_always, self);
	pthread_create(&threads[3], NULL, churn_always, &churn);
	while (boottime_ns() < until && !self->report.wrong)
		sleep_ms(50);
	EXPECT_TRUE(self->report.wrong || eventually(happened(self, variant->evicts, others)))
		TH_LOG("too little happened around the readers");
	self->stop = true;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	show(self);
	EXPECT_EQ(0, self->report.wrong)
		TH_LOG("seed %llu: %s", self->seed, self->report.text);
}

TEST_HARNESS_MAIN
