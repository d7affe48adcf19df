// SPDX-License-Identifier: GPL-2.0
/*
 * Long random sequences of every operation, alone and in batches, with time
 * passing, compared with a simple model after each step.
 *
 * The kernel's clock is read at an unknown moment of each call, so the model
 * knows of each expiry only a span in which it lies; lookups, which return what
 * is left, make the span shorter.  Only inside of it may the map decide.
 *
 * TTLMAP_SEED repeats a sequence, TTLMAP_LONG makes all of them longer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <uthash.h>

#include "harness.h"

#define BATCH_MOST	24
#define LONGEST_VALUE	70000

struct item {
	u8 *key;
	u32 key_len, value_len;
	u64 value_seed;		/* what the value is made of */
	u64 low, high;		/* it expires in this span; NEVER is the end of time */
	u32 scanned;
	UT_hash_handle hh;
};

enum state { GONE, MAYBE, THERE };

FIXTURE(model) {
	int map;
	struct item *items;
	struct rng rng;
	u64 seed, step, now, until;	/* the call took place between these two */
	u64 hits, misses, changes;
	u8 *values[BATCH_MOST];
	u8 keys[BATCH_MOST][TTLMAP_KEY_MAX];
};

FIXTURE_VARIANT(model) {
	u32 flags;
	u32 key_max, value_max;
	u64 keys;		/* how many different ones */
	u64 capacity;
	bool expires, evicts;
	u32 steps;
};

FIXTURE_VARIANT_ADD(model, fixed_size) {
	.key_max = 8, .value_max = 8, .keys = 300, .capacity = 1000,
	.expires = true, .steps = 12000,
};

FIXTURE_VARIANT_ADD(model, variable_size) {
	.key_max = 300, .value_max = 2000, .keys = 2000, .capacity = 5000,
	.expires = true, .steps = 12000,
};

FIXTURE_VARIANT_ADD(model, large_values) {
	.key_max = 40, .value_max = LONGEST_VALUE, .keys = 60, .capacity = 100,
	.expires = true, .steps = 1500,
};

FIXTURE_VARIANT_ADD(model, many_keys_siphash) {
	.flags = TTLMAP_F_SIPHASH, .key_max = 16, .value_max = 32, .keys = 20000,
	.capacity = 40000, .expires = true, .steps = 12000,
};

FIXTURE_VARIANT_ADD(model, full_without_eviction) {
	.flags = TTLMAP_F_NO_EVICT, .key_max = 12, .value_max = 20, .keys = 400,
	.capacity = 150, .steps = 12000,
};

FIXTURE_VARIANT_ADD(model, evicting) {
	.key_max = 12, .value_max = 20, .keys = 2000, .capacity = 300,
	.expires = true, .evicts = true, .steps = 12000,
};

FIXTURE_SETUP(model)
{
	struct ttlmap_create create = {
		.flags = variant->flags, .key_max = variant->key_max,
		.value_max = variant->value_max, .max_entries = variant->capacity,
	};

	self->seed = seed_from_env(20);
	self->rng = rng_make(self->seed);
	ASSERT_FD(self->map, map_create(&create));
	for (int i = 0; i < BATCH_MOST; i++)
		self->values[i] = malloc(LONGEST_VALUE);
}

FIXTURE_TEARDOWN(model)
{
	close(self->map);
}

#define FAIL(self, ...) do {						\
	EXPECT_TRUE(false) {						\
		TH_LOG("seed %llu, step %llu", (self)->seed,	\
		       (self)->step);					\
		TH_LOG(__VA_ARGS__);					\
	}								\
} while (0)

typedef FIXTURE_DATA(model) model_t;
typedef FIXTURE_VARIANT(model) variant_t;

/* ---- keys and values made from numbers */

static u32 make_key(const variant_t *variant, u64 number, u8 *key)
{
	u32 least = variant->key_max < 8 ? variant->key_max : 4;
	u32 len = least + mix64(number) % (variant->key_max - least + 1);
	struct rng rng = rng_make(number);

	for (u32 i = 0; i < len; i++)
		key[i] = rng_next(&rng);
	memcpy(key, &number, 4);
	return len;
}

static void make_value(u64 seed, u8 *value, u32 len)
{
	struct rng rng = rng_make(seed);

	for (u32 i = 0; i < len; i += 8) {
		u64 word = rng_next(&rng);

		memcpy(value + i, &word, len - i < 8 ? len - i : 8);
	}
}

static bool value_is(const u8 *value, u64 seed, u32 len)
{
	static u8 want[LONGEST_VALUE + 8];

	make_value(seed, want, len);
	return !memcmp(value, want, len);
}

/* ---- the model */

static enum state item_state(const model_t *self, const struct item *item)
{
	if (!item)
		return GONE;
	if (self->until < item->low)
		return THERE;
	return self->now >= item->high ? GONE : MAYBE;
}

static struct item *item_find(model_t *self, const void *key, u32 key_len)
{
	struct item *item;

	HASH_FIND(hh, self->items, key, key_len, item);
	return item;
}

static void item_drop(model_t *self, struct item *item)
{
	if (!item)
		return;
	HASH_DEL(self->items, item);
	free(item->key);
	free(item);
}

static struct item *item_add(model_t *self, const void *key, u32 key_len)
{
	struct item *item = calloc(1, sizeof(*item));

	item->key = malloc(key_len);
	item->key_len = key_len;
	memcpy(item->key, key, key_len);
	HASH_ADD_KEYPTR(hh, self->items, item->key, key_len, item);
	return item;
}

/* The time that is left narrows the span in which the entry expires. */
static bool item_narrow(model_t *self, struct item *item, u64 left)
{
	if (left == TTLMAP_TTL_NEVER) {
		item->low = left;
		return item->high == left;
	}
	if (self->now + left > item->low)
		item->low = self->now + left;
	if (self->until + left < item->high)
		item->high = self->until + left;
	return left && item->low <= item->high;
}

static void item_expire(model_t *self, struct item *item, const struct ttlmap_op *op,
			enum state was)
{
	u64 ttl = op->ttl_ns ?: TTLMAP_TTL_NEVER;
	u64 low = ttl == TTLMAP_TTL_NEVER ? ttl : self->now + ttl;
	u64 high = ttl == TTLMAP_TTL_NEVER ? ttl : self->until + ttl;

	if (was == GONE || !(op->flags & (TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND))) {
		item->low = low;
		item->high = high;
	} else if (op->flags & TTLMAP_TTL_EXTEND) {
		if (was == MAYBE)
			item->low = low;
		else
			item->low = low > item->low ? low : item->low;
		item->high = high > item->high ? high : item->high;
	} else if (was == MAYBE) {
		/* Kept, or started anew. */
		item->low = low < item->low ? low : item->low;
		item->high = high > item->high ? high : item->high;
	}
}

/* ---- what each operation may answer */

static const char *check_lookup(model_t *self, const variant_t *variant,
				const struct ttlmap_op *op, u32 room)
{
	const void *key = (void *)(uintptr_t)op->key;
	struct item *item = item_find(self, key, op->key_len);
	enum state was = item_state(self, item);

	if (op->result == -ENOENT) {
		self->misses++;
		if (was == THERE && !variant->evicts)
			return "lookup missed a key that is there";
		item_drop(self, item);
		return NULL;
	}
	self->hits++;
	if (was == GONE)
		return "lookup found a key that is not there";
	if (op->value_len != item->value_len)
		return "lookup returned another length";
	if (op->result == -EMSGSIZE && room >= item->value_len)
		return "there was room enough";
	if (!op->result && room < item->value_len)
		return "there was no room";
	if (op->result && op->result != -EMSGSIZE)
		return "lookup failed";
	if (!op->result && !value_is((void *)(uintptr_t)op->value, item->value_seed,
				     item->value_len))
		return "lookup returned another value";
	return item_narrow(self, item, op->ttl_ns) ? NULL : "lookup returned another TTL";
}

static const char *check_refused(model_t *self, const variant_t *variant,
				 const struct ttlmap_op *op, struct item *item)
{
	enum state was = item_state(self, item);

	switch (op->result) {
	case -EEXIST:
		return op->flags & TTLMAP_NEW && was != GONE ? NULL : "EEXIST without reason";
	case -ENOENT:
		if (!(op->flags & TTLMAP_EXISTING) || (was == THERE && !variant->evicts))
			return "ENOENT without reason";
		item_drop(self, item);
		return NULL;
	case -ENOSPC:
		if (!(variant->flags & TTLMAP_F_NO_EVICT) || was == THERE ||
		    HASH_COUNT(self->items) < variant->capacity)
			return "ENOSPC without reason";
		return NULL;
	case -EINVAL:
		return (op->flags & 3) == 3 || (op->flags & 12) == 12 ? NULL :
			"EINVAL without reason";
	case -ERANGE:
		return op->ttl_ns > TTLMAP_TTL_MAX && op->ttl_ns != TTLMAP_TTL_NEVER ? NULL :
			"ERANGE without reason";
	default:
		return "update failed";
	}
}

static const char *check_update(model_t *self, const variant_t *variant,
				const struct ttlmap_op *op, u64 value_seed)
{
	const void *key = (void *)(uintptr_t)op->key;
	struct item *item = item_find(self, key, op->key_len);
	enum state was = item_state(self, item);

	if (op->result)
		return check_refused(self, variant, op, item);
	if ((op->flags & 3) == 3 || (op->flags & 12) == 12)
		return "a contradiction was accepted";
	if (op->ttl_ns > TTLMAP_TTL_MAX && op->ttl_ns != TTLMAP_TTL_NEVER)
		return "a TTL beyond the limit was accepted";
	if (op->flags & TTLMAP_NEW && was == THERE && !variant->evicts)
		return "NEW replaced a key that is there";
	if (op->flags & TTLMAP_EXISTING && was == GONE)
		return "EXISTING inserted a key that is not there";
	if (was == GONE && variant->flags & TTLMAP_F_NO_EVICT &&
	    HASH_COUNT(self->items) >= variant->capacity)
		return "inserted beyond the capacity";
	/* In a map that evicts, what should be there may have been evicted. */
	if (was == THERE && variant->evicts)
		was = MAYBE;
	if (op->flags & TTLMAP_NEW)
		was = GONE;
	if (!item)
		item = item_add(self, key, op->key_len);
	item_expire(self, item, op, was);
	item->value_seed = value_seed;
	item->value_len = op->value_len;
	self->changes++;
	return NULL;
}

static const char *check_delete(model_t *self, const variant_t *variant,
				const struct ttlmap_op *op)
{
	const void *key = (void *)(uintptr_t)op->key;
	struct item *item = item_find(self, key, op->key_len);
	enum state was = item_state(self, item);

	if (op->result && op->result != -ENOENT)
		return "delete failed";
	if (op->result && was == THERE && !variant->evicts)
		return "delete missed a key that is there";
	if (!op->result && was == GONE)
		return "delete found a key that is not there";
	item_drop(self, item);
	return NULL;
}

static const char *check_op(model_t *self, const variant_t *variant,
			    const struct ttlmap_op *before, const struct ttlmap_op *op,
			    u64 value_seed)
{
	switch (op->op) {
	case TTLMAP_OP_LOOKUP:
		return check_lookup(self, variant, op, before->value_len);
	case TTLMAP_OP_UPDATE:
		return check_update(self, variant, op, value_seed);
	default:
		return check_delete(self, variant, op);
	}
}

/* ---- random operations */

static u64 random_ttl(model_t *self, const variant_t *variant)
{
	if (!rng_below(&self->rng, 50))
		return TTLMAP_TTL_MAX + 1 + rng_below(&self->rng, 1000);
	if (!variant->expires)
		return rng_below(&self->rng, 2) ? TTLMAP_TTL_NEVER : 0;
	switch (rng_below(&self->rng, 8)) {
	case 0:
		return 0;
	case 1:
		return TTLMAP_TTL_NEVER;
	case 2:
		return HOUR_NS + rng_below(&self->rng, 1000 * HOUR_NS);
	case 3:
		return 1 + rng_below(&self->rng, 100000);
	default:
		return 1 + rng_below(&self->rng, 150 * NSEC_PER_MSEC);
	}
}

static u32 random_length(model_t *self, const variant_t *variant)
{
	u32 most = rng_below(&self->rng, 4) ? variant->value_max / 16 : variant->value_max;

	return rng_below(&self->rng, most + 1);
}

static u32 random_flags(model_t *self)
{
	return rng_below(&self->rng, 3) ? 0 : rng_below(&self->rng, 16);
}

static struct ttlmap_op random_op(model_t *self, const variant_t *variant, u8 *key,
				  u8 *value, u64 value_seed)
{
	u32 key_len = make_key(variant, rng_below(&self->rng, variant->keys), key), len;

	switch (rng_below(&self->rng, 9)) {
	case 0:
		return op_delete(key, key_len);
	case 1: case 2: case 3: case 4:
		len = random_length(self, variant);
		make_value(value_seed, value, len);
		return op_update(key, key_len, value, len, random_ttl(self, variant),
				 random_flags(self));
	case 5:
		return op_lookup(key, key_len, value, random_length(self, variant));
	default:
		return op_lookup(key, key_len, value, variant->value_max);
	}
}

/* One call with one operation or some, each checked against the model. */
static bool model_step(struct __test_metadata *_metadata, model_t *self,
		       const variant_t *variant)
{
	struct ttlmap_op ops[BATCH_MOST], before[BATCH_MOST];
	u32 count = rng_below(&self->rng, 3) ? 1 : 1 + rng_below(&self->rng, BATCH_MOST);
	u64 value_seed = self->step << 8;
	u32 done = 0;
	int rc;

	for (u32 i = 0; i < count; i++)
		ops[i] = random_op(self, variant, self->keys[i], self->values[i],
				   value_seed + i);
	/* cppcheck-suppress uninitvar ; at least one is filled in, and only those are copied */
	memcpy(before, ops, sizeof(ops));
	self->now = boottime_ns();
	if (count == 1)
		rc = map_op(self->map, ops) == ops[0].result ? 0 : -EBADE;
	else
		rc = map_batch(self->map, ops, count, &done);
	self->until = boottime_ns();
	if (rc || (count > 1 && done != count)) {
		FAIL(self, "the call: %s, %u of %u done", rc_name(rc), done, count);
		return false;
	}
	for (u32 i = 0; i < count; i++) {
		const char *wrong = check_op(self, variant, &before[i], &ops[i],
					     value_seed + i);

		if (!wrong)
			continue;
		FAIL(self, "%s: op %u (%u of %u), flags %u, key %u, value %u bytes, ttl %llu"
		     ", result %s", wrong, ops[i].op, i, count, ops[i].flags,
		     *(u32 *)self->keys[i], ops[i].value_len, before[i].ttl_ns,
		     rc_name(ops[i].result));
		return false;
	}
	return true;
}

/* ---- the whole map against the whole model */

static const char *check_record(model_t *self, const variant_t *variant,
				const struct ttlmap_record *record)
{
	struct item *item = item_find(self, record_key(record), record->key_len);

	(void)variant;
	if (item_state(self, item) == GONE)
		return "scan returned a key that is not there";
	if (item->scanned++)
		return "scan returned a key twice";
	if (record->value_len != item->value_len ||
	    !value_is(record_value(record), item->value_seed, item->value_len))
		return "scan returned another value";
	return item_narrow(self, item, record->ttl_ns) ? NULL : "scan returned another TTL";
}

static const char *scan_all(model_t *self, const variant_t *variant)
{
	static u64 buf[(2 * LONGEST_VALUE + 4096) / 8];
	struct ttlmap_scan scan = { };
	const char *wrong;

	do {
		self->now = boottime_ns();
		int rc = map_scan(self->map, &scan, buf, sizeof(buf), 0);

		self->until = boottime_ns();
		if (rc)
			return rc_name(rc);
		for_each_record(record, buf, scan.bytes) {
			wrong = check_record(self, variant, record);
			if (wrong)
				return wrong;
		}
	} while (!scan.done);
	return NULL;
}

static const char *check_all(model_t *self, const variant_t *variant)
{
	u64 from = boottime_ns();
	struct item *item, *next;
	const char *wrong;

	for (item = self->items; item; item = item->hh.next)
		item->scanned = 0;
	wrong = scan_all(self, variant);
	if (wrong)
		return wrong;
	HASH_ITER(hh, self->items, item, next) {
		if (item->scanned)
			continue;
		if (item_state(self, item) == THERE && !variant->evicts)
			return "scan missed a key that is there";
		if (variant->evicts || item->high <= from)
			item_drop(self, item);
	}
	return NULL;
}

/* Entries expire while this is read, so it may take more than one look. */
static bool balances(int map)
{
	struct ttlmap_stat stat;

	return !map_stat(map, &stat) &&
	       stat.entries == stat.inserts - stat.deletes - stat.evicted - stat.expired;
}

static const char *check_stat(model_t *self, const variant_t *variant)
{
	struct ttlmap_stat stat;

	if (map_stat(self->map, &stat))
		return "stat failed";
	if (stat.entries > variant->capacity)
		return "more entries than the capacity";
	if (stat.hits != self->hits || stat.misses != self->misses)
		return "hits or misses miscounted";
	if (stat.inserts + stat.replaces != self->changes)
		return "inserts or replaces miscounted";
	if (!eventually(balances(self->map)))
		return "entries do not follow from what came and went";
	if (!variant->expires && stat.entries != HASH_COUNT(self->items))
		return "entries miscounted";
	if (!variant->evicts && stat.evicted)
		return "evicted below capacity";
	return stat_adds_up(&stat) ? NULL : "resident bytes do not add up";
}

static void pass_time(model_t *self, const variant_t *variant)
{
	if (variant->expires && !rng_below(&self->rng, 200))
		sleep_ms(rng_below(&self->rng, 20));
}

TEST_F(model, random_operations)
{
	u64 steps = effort(variant->steps, 50 * variant->steps);

	for (self->step = 0; self->step < steps; self->step++) {
		const char *wrong = NULL;

		ASSERT_TRUE(model_step(_metadata, self, variant));
		pass_time(self, variant);
		if (self->step % 500 == 0)
			wrong = check_all(self, variant) ?: check_stat(self, variant);
		if (wrong)
			FAIL(self, "%s", wrong);
		ASSERT_EQ(NULL, wrong);
	}
	EXPECT_EQ(NULL, check_all(self, variant));
}

TEST_HARNESS_MAIN
