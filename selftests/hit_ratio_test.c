// SPDX-License-Identifier: GPL-2.0
/*
 * The miss ratio against that of an exact LRU of the same size, on real traces
 * where they are present (TTLMAP_TRACES, or /traces) and on a synthetic stream
 * in place of each that is not.  One stream is followed by three maps at once,
 * a thread each; none of them is taken for one that leaks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <lzma.h>
#include <math.h>
#include <pthread.h>
#include <uthash.h>

#include "harness.h"

#define LEAST_CAPACITY	20
#define TOLERANCE	0.01
#define RECORD_SIZE	20

FIXTURE(traces) {
	u64 *keys;
	u64 count, unique;
	u64 usual_ms;
};

FIXTURE_VARIANT(traces) {
	const char *name;
	u64 seed;
};

#define TRACE(id, file, number)						\
	FIXTURE_VARIANT_ADD(traces, id) { .name = file, .seed = number }

TRACE(arc_p3, "arc-p3", 1);
TRACE(arc_oltp, "arc-oltp", 2);
TRACE(orm_busy, "orm-busy", 3);
TRACE(web12, "web12", 4);
TRACE(adaptsize, "adaptsize", 5);
TRACE(corda_vault, "corda-vault", 6);
TRACE(dns_a, "dns-a", 7);

typedef FIXTURE_DATA(traces) traces_t;

/* ---- streams */

static u64 requests_most(void)
{
	return effort(60000, ~0ULL);
}

static bool add_record(traces_t *self, const u8 *record)
{
	if (!(self->count & (self->count - 1)))
		self->keys = realloc(self->keys, (self->count ? 2 * self->count : 1) * 8);
	memcpy(&self->keys[self->count++], record + 4, 8);
	return self->count < requests_most();
}

/* Decodes until the end or until there are requests enough. */
static int decode(traces_t *self, FILE *file)
{
	static u8 in[1 << 16], out[RECORD_SIZE << 12];
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret rc = lzma_stream_decoder(&stream, UINT64_MAX, 0);
	bool more = true;

	while (rc == LZMA_OK && more) {
		stream.next_out = out;
		stream.avail_out = sizeof(out);
		while (rc == LZMA_OK && stream.avail_out) {
			if (!stream.avail_in) {
				stream.next_in = in;
				stream.avail_in = fread(in, 1, sizeof(in), file);
			}
			rc = lzma_code(&stream, stream.avail_in ? LZMA_RUN : LZMA_FINISH);
		}
		for (u8 *at = out; more && at + RECORD_SIZE <= stream.next_out; at += RECORD_SIZE)
			more = add_record(self, at);
	}
	lzma_end(&stream);
	return rc == LZMA_OK || rc == LZMA_STREAM_END ? 0 : -EBADMSG;
}

/* Zipf-like popularity, interrupted by scans of keys that never come again. */
static void synthesize(traces_t *self, u64 seed)
{
	struct rng rng = rng_make(seed_from_env(seed));
	u64 once = 1ULL << 40;
	u8 record[RECORD_SIZE] = { };

	for (bool more = true; more && self->count < 200000;) {
		double u = (rng_next(&rng) >> 11) / 9007199254740992.0 /* 2^53 */;
		u64 key = pow(20000, u), scan = rng_below(&rng, 500) ? 0 : 300;

		memcpy(record + 4, &key, 8);
		more = add_record(self, record);
		for (; more && scan; scan--, once++) {
			memcpy(record + 4, &once, 8);
			more = add_record(self, record);
		}
	}
}

static FILE *open_trace(const char *name)
{
	const char *folder = getenv("TTLMAP_TRACES");
	char path[512];

	snprintf(path, sizeof(path), "%s/%s.bin.xz", folder ?: "/traces", name);
	return fopen(path, "re");
}

/* ---- an exact LRU: the hash keeps its items in the order of their last use */

struct object {
	u64 key;
	UT_hash_handle hh;
};

struct lru {
	struct object *objects;
	u64 capacity, misses;
};

static void lru_request(struct lru *lru, u64 key)
{
	struct object *object;

	HASH_FIND(hh, lru->objects, &key, sizeof(key), object);
	if (object) {
		HASH_DEL(lru->objects, object);
	} else if (lru->misses++ >= lru->capacity) {
		object = lru->objects;
		HASH_DEL(lru->objects, object);
	} else {
		object = malloc(sizeof(*object));
	}
	object->key = key;
	HASH_ADD(hh, lru->objects, key, sizeof(key), object);
}

static u64 lru_misses(const traces_t *self, u64 capacity)
{
	struct lru lru = { .capacity = capacity };
	struct object *object, *next;

	for (u64 i = 0; i < self->count; i++)
		lru_request(&lru, self->keys[i]);
	HASH_ITER(hh, lru.objects, object, next) {
		HASH_DEL(lru.objects, object);
		free(object);
	}
	return lru.misses;
}

/* ---- the comparison */

struct contest {
	const traces_t *self;
	u64 capacity, lru_misses, map_misses;
	struct ttlmap_stat stat;
	int rc;
};

static int follow(struct contest *contest, int map)
{
	const traces_t *self = contest->self;
	u64 value;

	for (u64 i = 0; i < self->count; i++) {
		int rc = u64_get(map, self->keys[i], &value);

		if (rc == -ENOENT) {
			contest->map_misses++;
			rc = u64_set(map, self->keys[i], self->keys[i], 0, TTLMAP_NEW);
		} else if (!rc && value != self->keys[i]) {
			rc = -EILSEQ;
		}
		if (rc)
			return rc;
	}
	return map_stat(map, &contest->stat);
}

static void *compete(void *arg)
{
	struct contest *contest = arg;
	struct ttlmap_create create = MAP_8_8(contest->capacity);
	int map = map_create(&create);

	contest->rc = map < 0 ? map : follow(contest, map);
	contest->lru_misses = lru_misses(contest->self, contest->capacity);
	close(map);
	return NULL;
}

/* Looks so often that a run has a history. */
#define SAMPLE_MS	10

FIXTURE_SETUP(traces)
{
	FILE *file = open_trace(variant->name);

	self->usual_ms = parameter_read("sample_ms");
	ASSERT_RC(0, parameter_write("sample_ms", SAMPLE_MS));
	if (file) {
		ASSERT_RC(0, decode(self, file));
		fclose(file);
	} else {
		ksft_print_msg("%s is not here: a synthetic stream instead\n", variant->name);
		synthesize(self, variant->seed);
	}
	self->unique = lru_misses(self, ~0ULL);
}

FIXTURE_TEARDOWN(traces)
{
	free(self->keys);
	EXPECT_RC(0, parameter_write("sample_ms", self->usual_ms));
}

TEST_F(traces, close_to_exact_lru)
{
	static const double shares[] = { 0.001, 0.01, 0.1 };
	struct contest contests[ARRAY_SIZE(shares)] = { };
	pthread_t threads[ARRAY_SIZE(shares)];

	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		u64 capacity = self->unique * shares[i];

		contests[i].self = self;
		contests[i].capacity = capacity < LEAST_CAPACITY ? LEAST_CAPACITY : capacity;
		pthread_create(&threads[i], NULL, compete, &contests[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		struct contest *c = &contests[i];

		pthread_join(threads[i], NULL);
		ksft_print_msg("%s: %llu requests, %llu objects: %llu"
			       " misses, exact LRU %llu (%+.2f %%)\n", variant->name,
			       self->count, c->capacity, c->map_misses, c->lru_misses,
			       100.0 * c->map_misses / c->lru_misses - 100);
		EXPECT_RC(0, c->rc);
		EXPECT_GE(c->lru_misses * (1 + TOLERANCE), c->map_misses);
		EXPECT_EQ(c->map_misses, c->stat.inserts);
		EXPECT_EQ(c->map_misses, c->stat.misses);
		EXPECT_EQ(self->count - c->map_misses, c->stat.hits);
		EXPECT_GE(c->capacity, c->stat.entries);
		EXPECT_EQ(c->stat.inserts - c->stat.entries, c->stat.evicted);
		EXPECT_EQ(0, c->stat.alarms_raised) TH_LOG("a healthy cache gives alarm");
	}
}

static int lines_of(const char *text)
{
	int lines = 0;

	while (text && (text = strchr(text, '\n'))) {
		text++;
		lines++;
	}
	return lines;
}

/* Never full, as long as it takes to know whether it leaks. */
TEST_F(traces, warming_up_gives_no_alarm)
{
	struct ttlmap_create create = { .key_max = 8, .value_max = 256,
		.max_entries = self->count };
	static const char value[256];
	/* Short traces take long enough for some samples as well. */
	u64 pause = self->count < 60000 ? self->count / 600 + 1 : 100;
	struct ttlmap_stat stat;
	char room[256], *text;
	int map;

	ASSERT_FD(map, map_create(&create));
	for (u64 i = 0; i < self->count; i++) {
		struct ttlmap_op op = op_lookup(&self->keys[i], 8, room, sizeof(room));
		int rc = map_op(map, &op);

		if (rc == -ENOENT) {
			op = op_update(&self->keys[i], 8, value, sizeof(value), 0, 0);
			rc = map_op(map, &op);
		}
		ASSERT_RC(0, rc);
		if (!(i % pause))
			sleep_ms(1);
	}
	ASSERT_RC(0, map_stat(map, &stat));
	text = map_text(map, "alarms");
	EXPECT_EQ(0, stat.alarms_raised) TH_LOG("%s", text ?: "");
	free(text);
	text = map_text(map, "history");
	EXPECT_LE(22, lines_of(text)) TH_LOG("too few samples to tell anything");
	free(text);
	close(map);
}

TEST_HARNESS_MAIN
