// SPDX-License-Identifier: GPL-2.0
/*
 * Every operation with every flag, on maps with flags and limits in all
 * combinations, alone and in batches, with time passing and descriptors being
 * closed, each result compared with a simple model.
 *
 * The kernel's clock is read at an unknown moment of each call, so the model
 * knows of each expiry only a span in which it lies. What is left of a TTL, which
 * operations return, makes the span shorter. Only inside of it may the map decide.
 *
 * TTLMAP_SEED repeats a sequence, TTLMAP_LONG makes all of them longer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "harness.h"

#define NAME		"model2.test"
#define KEYS		120
#define BATCH_MOST	20
#define VALUE_MAX	48
#define OWNERS		2
#define NEVER		TTLMAP_TTL_NEVER
/* Uses of a sliding map so close to each other may count as one. */
#define SLIDE_STEP	(10 * NSEC_PER_MSEC)

struct span {
	u64 low, high;
};

enum state { GONE, MAYBE, THERE };

struct item {
	bool known;		/* it may be there */
	bool doomed;		/* its owner is going: it may vanish */
	int owner;		/* index, or -1 */
	u8 value[VALUE_MAX];
	u32 value_len;
	u64 version;
	struct span expiry;
	struct span slide;	/* the TTL that a use starts anew */
	bool scanned;
	bool lingers;		/* it may have expired, but may not have been removed */
};

FIXTURE(model2) {
	int map, fds[OWNERS], who;
	struct ttlmap_create limits;
	bool evicts;
	struct item items[KEYS];
	struct rng rng;
	u64 seed, step, now, until;	/* the call took place between these two */
	u64 changes, popped, canceled, touches;
	u64 keys[BATCH_MOST];
	u8 values[BATCH_MOST][VALUE_MAX], args[BATCH_MOST][VALUE_MAX];
};

typedef FIXTURE_DATA(model2) model_t;

FIXTURE_VARIANT(model2) {
	u32 flags, either;	/* always; sometimes */
	u64 capacity;
};

#define ANY	(TTLMAP_F_SIPHASH | TTLMAP_F_PRIVATE | TTLMAP_F_PREALLOC | TTLMAP_F_REQUIRE_TTL)

FIXTURE_VARIANT_ADD(model2, plain) { 0, ANY, 1000 };
FIXTURE_VARIANT_ADD(model2, versions) { TTLMAP_F_VERSIONS, ANY | TTLMAP_F_OWNERS, 1000 };
FIXTURE_VARIANT_ADD(model2, sliding) {
	TTLMAP_F_SLIDING, ANY | TTLMAP_F_OWNERS | TTLMAP_F_VERSIONS, 1000
};

FIXTURE_VARIANT_ADD(model2, counters) { TTLMAP_F_COUNTERS, ANY, 1000 };
FIXTURE_VARIANT_ADD(model2, sliding_counters) {
	TTLMAP_F_COUNTERS | TTLMAP_F_SLIDING, ANY | TTLMAP_F_OWNERS, 1000
};

FIXTURE_VARIANT_ADD(model2, owners) {
	TTLMAP_F_OWNERS, ANY | TTLMAP_F_SLIDING | TTLMAP_F_VERSIONS, 1000
};

FIXTURE_VARIANT_ADD(model2, owned_counters) {
	TTLMAP_F_OWNERS | TTLMAP_F_COUNTERS, ANY, 1000
};

FIXTURE_VARIANT_ADD(model2, without_eviction) {
	TTLMAP_F_NO_EVICT, ANY | TTLMAP_F_VERSIONS | TTLMAP_F_OWNERS, 40
};

FIXTURE_VARIANT_ADD(model2, evicting) {
	0, ANY | TTLMAP_F_VERSIONS | TTLMAP_F_SLIDING | TTLMAP_F_RECLAIM, 30
};

FIXTURE_VARIANT_ADD(model2, evicting_counters) {
	TTLMAP_F_COUNTERS, ANY | TTLMAP_F_OWNERS, 30
};

static bool is(const model_t *self, u32 flag)
{
	return self->limits.flags & flag;
}

static void choose_limits(model_t *self, u32 flags, u32 either, u64 capacity)
{
	struct ttlmap_create *limits = &self->limits;
	struct rng *rng = &self->rng;

	limits->flags = flags | (rng_next(rng) & either);
	limits->key_max = 8;
	limits->value_max = is(self, TTLMAP_F_COUNTERS) ? 8 : VALUE_MAX;
	limits->max_entries = capacity;
	limits->mode = 0600;
	if (rng_below(rng, 2))
		limits->min_ttl_ns = 1 + rng_below(rng, 1000000);
	if (rng_below(rng, 2))
		limits->max_ttl_ns = 2 * HOUR_NS;
	if (rng_below(rng, 2) || limits->max_ttl_ns)
		limits->default_ttl_ns = NSEC_PER_SEC + rng_below(rng, HOUR_NS);
	if (rng_below(rng, 2))
		limits->jitter_ns = rng_below(rng, 20 * NSEC_PER_MSEC);
	memcpy(limits->name, NAME, sizeof(NAME));
	self->evicts = capacity < KEYS && !is(self, TTLMAP_F_NO_EVICT);
}

FIXTURE_SETUP(model2)
{
	self->seed = seed_from_env(900);
	self->rng = rng_make(self->seed + variant->flags * 77 + variant->capacity);
	choose_limits(self, variant->flags, variant->either, variant->capacity);
	map_unlink(NAME);
	ASSERT_FD(self->map, map_create(&self->limits));
	for (int i = 0; i < OWNERS; i++)
		ASSERT_FD(self->fds[i], map_open(NAME, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE));
}

FIXTURE_TEARDOWN(model2)
{
	for (int i = 0; i < OWNERS; i++)
		close(self->fds[i]);
	close(self->map);
	map_unlink(NAME);
	EXPECT_TRUE(eventually(module_idle()));
}

/* ---- times */

static u64 later(u64 time, u64 by)
{
	return time > NEVER - by ? NEVER : time + by;
}

static u64 least(u64 a, u64 b)
{
	return a < b ? a : b;
}

static u64 most(u64 a, u64 b)
{
	return a > b ? a : b;
}

static u64 ttl_of(const model_t *self, const struct ttlmap_op *op)
{
	return op->ttl_ns ?: self->limits.default_ttl_ns ?: NEVER;
}

static bool ttl_allowed(const model_t *self, u64 ttl)
{
	if (ttl == NEVER)
		return !self->limits.max_ttl_ns && !is(self, TTLMAP_F_REQUIRE_TTL);
	return ttl >= self->limits.min_ttl_ns && ttl <= TTLMAP_TTL_MAX &&
	       (!self->limits.max_ttl_ns || ttl <= self->limits.max_ttl_ns);
}

/* When what is written now with a TTL expires. */
static struct span fresh(const model_t *self, u64 ttl)
{
	u64 jitter = least(self->limits.jitter_ns, ttl / 2);

	if (ttl == NEVER)
		return (struct span){ NEVER, NEVER };
	return (struct span){ self->now + ttl - jitter, self->until + ttl };
}

/* The time that is left narrows the span in which an entry expires. */
static bool narrow(const model_t *self, struct item *item, u64 left)
{
	struct span *expiry = &item->expiry;

	if (left == NEVER) {
		expiry->low = NEVER;
		return expiry->high == NEVER;
	}
	expiry->low = most(expiry->low, later(self->now, left));
	expiry->high = least(expiry->high, later(self->until, left));
	return left && expiry->low <= expiry->high;
}

static void slide(const model_t *self, struct item *item, bool surely)
{
	struct span *expiry = &item->expiry;
	u64 least_ttl = item->slide.low > SLIDE_STEP ? item->slide.low - SLIDE_STEP : 0;

	if (!is(self, TTLMAP_F_SLIDING) || expiry->low == NEVER)
		return;
	if (surely)
		expiry->low = most(expiry->low, later(self->now, least_ttl));
	expiry->high = most(expiry->high, later(self->until, item->slide.high));
}

static void retime(const model_t *self, struct item *item, const struct ttlmap_op *before)
{
	struct span next = fresh(self, ttl_of(self, before));

	if (before->flags & TTLMAP_TTL_EXTEND) {
		next.low = most(next.low, item->expiry.low);
		next.high = most(next.high, item->expiry.high);
	}
	item->expiry = next;
	item->slide.low = next.low == NEVER ? NEVER :
			  next.low > self->until ? next.low - self->until : 0;
	item->slide.high = next.high == NEVER ? NEVER : next.high - self->now;
}

/* ---- the model's entries */

static struct item *item_of(model_t *self, const struct ttlmap_op *op)
{
	return &self->items[*(const u64 *)(uintptr_t)op->key];
}

static enum state state_of(const model_t *self, const struct item *item)
{
	if (!item->known || self->now >= item->expiry.high)
		return GONE;
	if (self->until < item->expiry.low && !self->evicts && !item->doomed)
		return THERE;
	return MAYBE;
}

/* At most; of those that are not known to be gone. */
static u64 count_resident(const model_t *self)
{
	u64 count = 0;

	for (int i = 0; i < KEYS; i++)
		count += self->items[i].known || self->items[i].lingers;
	return count;
}

static u64 counter_of(const struct item *item)
{
	u64 value;

	memcpy(&value, item->value, 8);
	return value;
}

static bool value_is(const struct item *item, const void *value, u32 len)
{
	return item->value_len == len && !memcmp(item->value, value, len);
}

static bool condition_holds(const struct item *item, const struct ttlmap_op *before)
{
	if (before->flags & TTLMAP_IF_VERSION && before->version != item->version)
		return false;
	return !(before->flags & TTLMAP_IF_VALUE) ||
	       value_is(item, (void *)(uintptr_t)before->arg, before->arg_len);
}

/* ---- what the answer must be, whatever is in the map */

#define IF_ANY	(TTLMAP_IF_VALUE | TTLMAP_IF_VERSION)

static bool contradicts(const model_t *self, u32 flags)
{
	const u32 keys = TTLMAP_NEW | TTLMAP_EXISTING, ttls = TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND;

	return (flags & keys) == keys || (flags & ttls) == ttls ||
	       (flags & IF_ANY && flags & (TTLMAP_NEW | TTLMAP_IF_EXPIRED)) ||
	       (flags & TTLMAP_OWNED && !is(self, TTLMAP_F_OWNERS)) ||
	       (flags & TTLMAP_IF_VERSION && !is(self, TTLMAP_F_VERSIONS));
}

static const u32 known_flags[] = {
	[TTLMAP_OP_LOOKUP] = TTLMAP_TTL_REFRESH | TTLMAP_TTL_EXTEND | TTLMAP_PEEK,
	[TTLMAP_OP_UPDATE] = TTLMAP_NEW | TTLMAP_EXISTING | TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND |
			     IF_ANY | TTLMAP_OWNED,
	[TTLMAP_OP_DELETE] = IF_ANY | TTLMAP_IF_EXPIRED,
	[TTLMAP_OP_TOUCH] = TTLMAP_TTL_EXTEND,
	[TTLMAP_OP_POP] = 0,
	[TTLMAP_OP_ADD] = TTLMAP_EXISTING | TTLMAP_OWNED,
	[TTLMAP_OP_CLEAR] = 0,
};

static bool malformed(const model_t *self, const struct ttlmap_op *before)
{
	u32 flags = before->flags;

	if (flags & ~known_flags[before->op] || contradicts(self, flags))
		return true;
	switch (before->op) {
	case TTLMAP_OP_LOOKUP:
		return (flags & TTLMAP_PEEK && flags != TTLMAP_PEEK) ||
		       (flags & TTLMAP_TTL_EXTEND && !(flags & TTLMAP_TTL_REFRESH));
	case TTLMAP_OP_UPDATE:
		return is(self, TTLMAP_F_COUNTERS) && flags & TTLMAP_IF_VALUE &&
		       flags & TTLMAP_OWNED;
	case TTLMAP_OP_DELETE:
		return is(self, TTLMAP_F_COUNTERS) && flags & TTLMAP_IF_VALUE;
	case TTLMAP_OP_ADD:
		return !is(self, TTLMAP_F_COUNTERS);
	default:
		return false;
	}
}

static bool sets_ttl(const struct ttlmap_op *before)
{
	return before->op == TTLMAP_OP_UPDATE || before->op == TTLMAP_OP_TOUCH ||
	       (before->op == TTLMAP_OP_LOOKUP && before->flags & TTLMAP_TTL_REFRESH);
}

/* ---- what each operation may answer */

static const char *check_missing(model_t *self, struct item *item)
{
	if (state_of(self, item) == THERE)
		return "it missed a key that is there";
	item->lingers |= item->known;
	item->known = false;
	return NULL;
}

static const char *check_found(const model_t *self, struct item *item,
			       const struct ttlmap_op *before, const struct ttlmap_op *op)
{
	if (op->value_len != item->value_len)
		return "it returned another length";
	if (is(self, TTLMAP_F_VERSIONS) && op->version != item->version)
		return "it returned another version";
	if (op->result == -EMSGSIZE)
		return before->value_len < item->value_len ? NULL : "there was room enough";
	if (before->value_len < item->value_len)
		return "there was no room";
	return value_is(item, (void *)(uintptr_t)op->value, op->value_len) ? NULL :
		"it returned another value";
}

/* What goes between being read and being refreshed is returned as it was. */
static const char *check_refreshed(model_t *self, struct item *item,
				   const struct ttlmap_op *before, const struct ttlmap_op *op)
{
	struct item old = *item;

	retime(self, item, before);
	if (narrow(self, item, op->ttl_ns)) {
		self->touches++;
		return NULL;
	}
	*item = old;
	if (!narrow(self, item, op->ttl_ns) || state_of(self, item) == THERE)
		return "it returned another TTL";
	return check_missing(self, item);
}

static const char *check_lookup(model_t *self, const struct ttlmap_op *before,
				const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);
	const char *wrong;

	if (op->result == -ENOENT)
		return check_missing(self, item);
	if (op->result && op->result != -EMSGSIZE)
		return "lookup failed";
	if (state_of(self, item) == GONE)
		return "it found a key that is not there";
	wrong = check_found(self, item, before, op);
	if (wrong)
		return wrong;
	if (!(before->flags & TTLMAP_PEEK))
		slide(self, item, !op->result);
	if (!op->result && before->flags & TTLMAP_TTL_REFRESH)
		return check_refreshed(self, item, before, op);
	return narrow(self, item, op->ttl_ns) ? NULL : "it returned another TTL";
}

static const char *check_pop(model_t *self, const struct ttlmap_op *before,
			     const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);
	const char *wrong;

	if (op->result == -ENOENT)
		return check_missing(self, item);
	if (op->result && op->result != -EMSGSIZE)
		return "pop failed";
	if (state_of(self, item) == GONE)
		return "it popped a key that is not there";
	wrong = check_found(self, item, before, op);
	if (op->result)
		slide(self, item, false);
	else
		slide(self, item, true);
	if (!wrong && !narrow(self, item, op->ttl_ns))
		wrong = "it returned another TTL";
	if (!op->result) {
		self->popped++;
		item->known = false;
	}
	return wrong;
}

static const char *check_touch(model_t *self, const struct ttlmap_op *before,
			       const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);

	if (op->result == -ENOENT)
		return check_missing(self, item);
	if (op->result)
		return "touch failed";
	if (state_of(self, item) == GONE)
		return "it touched a key that is not there";
	self->touches++;
	retime(self, item, before);
	if (is(self, TTLMAP_F_VERSIONS) && op->version != item->version)
		return "it returned another version";
	return narrow(self, item, op->ttl_ns) ? NULL : "it returned another TTL";
}

static const char *check_canceled(model_t *self, const struct ttlmap_op *before,
				  const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);

	self->canceled++;
	if (before->flags & TTLMAP_IF_EXPIRED)
		return state_of(self, item) == GONE ? "canceled for what is gone" : NULL;
	if (!(before->flags & IF_ANY))
		return "ECANCELED without a condition";
	if (state_of(self, item) == GONE)
		return "canceled for what is gone";
	if (condition_holds(item, before))
		return "canceled though the condition holds";
	return !is(self, TTLMAP_F_VERSIONS) || op->version == item->version ? NULL :
		"canceled with another version";
}

static const char *check_delete(model_t *self, const struct ttlmap_op *before,
				const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);
	enum state was = state_of(self, item);

	if (op->result == -ENOENT)
		return check_missing(self, item);
	if (op->result == -ECANCELED)
		return check_canceled(self, before, op);
	if (op->result)
		return "delete failed";
	if (before->flags & TTLMAP_IF_EXPIRED) {
		item->known = false;
		return was == THERE ? "it deleted what has not expired" : NULL;
	}
	if (was == GONE)
		return "it deleted a key that is not there";
	if (!condition_holds(item, before))
		return "it deleted though the condition does not hold";
	item->known = false;
	return NULL;
}

static void update_times(const model_t *self, struct item *item, enum state was,
			 const struct ttlmap_op *before)
{
	u64 ttl = ttl_of(self, before);
	struct span next = fresh(self, ttl), *old = &item->expiry;

	if (was == GONE || !(before->flags & (TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND))) {
		item->expiry = next;
		item->slide = (struct span){ ttl, ttl };
	} else if (before->flags & TTLMAP_TTL_EXTEND) {
		old->low = was == THERE ? most(next.low, old->low) : next.low;
		old->high = most(next.high, old->high);
		item->slide = (struct span){ ttl, ttl };
	} else if (was == MAYBE) {
		old->low = least(next.low, old->low);
		old->high = most(next.high, old->high);
		item->slide.low = least(item->slide.low, ttl);
		item->slide.high = most(item->slide.high, ttl);
	}
}

static const char *check_update_refused(model_t *self, const struct ttlmap_op *before,
					const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);
	enum state was = state_of(self, item);

	switch (op->result) {
	case -EEXIST:
		return before->flags & TTLMAP_NEW && was != GONE ? NULL : "EEXIST without reason";
	case -ENOENT:
		return before->flags & (TTLMAP_EXISTING | IF_ANY) ? check_missing(self, item) :
			"ENOENT without reason";
	case -ECANCELED:
		return check_canceled(self, before, op);
	case -ENOSPC:
		return is(self, TTLMAP_F_NO_EVICT) && was != THERE &&
		       count_resident(self) >= self->limits.max_entries ? NULL :
			"ENOSPC without reason";
	default:
		return "update failed";
	}
}

static const char *check_version(const model_t *self, const struct item *item,
				 const struct ttlmap_op *op)
{
	if (!is(self, TTLMAP_F_VERSIONS))
		return NULL;
	return op->version && op->version != item->version ? NULL : "the version is no new one";
}

static const char *check_update(model_t *self, const struct ttlmap_op *before,
				const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);
	enum state was = state_of(self, item);
	bool swaps = before->flags & IF_ANY;
	const char *wrong;

	if (op->result)
		return check_update_refused(self, before, op);
	if (before->flags & TTLMAP_NEW && was == THERE)
		return "NEW replaced a key that is there";
	if (before->flags & (TTLMAP_EXISTING | IF_ANY) && was == GONE)
		return "it inserted where it must not";
	if (swaps && !condition_holds(item, before))
		return "it swapped though the condition does not hold";
	wrong = check_version(self, item, op);
	update_times(self, item, before->flags & TTLMAP_NEW ? GONE : was, before);
	if (!swaps || !is(self, TTLMAP_F_COUNTERS)) {
		item->owner = before->flags & TTLMAP_OWNED ? self->who : -1;
		item->doomed = false;
	}
	item->known = true;
	item->lingers = false;
	item->version = op->version;
	item->value_len = op->value_len;
	memcpy(item->value, (void *)(uintptr_t)op->value, op->value_len);
	self->changes++;
	return wrong;
}

static void start_counter(model_t *self, struct item *item, const struct ttlmap_op *before)
{
	update_times(self, item, GONE, before);
	item->known = true;
	item->lingers = false;
	item->doomed = false;
	item->owner = before->flags & TTLMAP_OWNED ? self->who : -1;
	item->value_len = 8;
	memcpy(item->value, &before->arg, 8);
	self->changes++;
}

static const char *check_add_refused(model_t *self, const struct ttlmap_op *before,
				     const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);

	switch (op->result) {
	case -ENOENT:
		return before->flags & TTLMAP_EXISTING ? check_missing(self, item) :
			"ENOENT without reason";
	case -ERANGE:
		return !ttl_allowed(self, ttl_of(self, before)) ? check_missing(self, item) :
			"ERANGE without reason";
	default:
		return "add failed";
	}
}

/* It may have started the counter or gone on with it; the sum tells. */
static const char *check_add(model_t *self, const struct ttlmap_op *before,
			     const struct ttlmap_op *op)
{
	struct item *item = item_of(self, op);
	enum state was = state_of(self, item);
	bool went_on = was != GONE && op->arg == counter_of(item) + before->arg;
	bool started = was != THERE && op->arg == before->arg;

	if (op->result)
		return check_add_refused(self, before, op);
	if (!went_on && !started)
		return "it returned another sum";
	if (started && !(before->flags & TTLMAP_EXISTING)) {
		if (went_on)
			return "a counter that was zero: the test draws no such numbers";
		start_counter(self, item, before);
		return ttl_allowed(self, ttl_of(self, before)) ? NULL : "ERANGE expected";
	}
	if (!went_on)
		return "it started what must exist";
	memcpy(item->value, &op->arg, 8);
	slide(self, item, true);
	return NULL;
}

static const char *check_clear(model_t *self, const struct ttlmap_op *op)
{
	for (int i = 0; i < KEYS; i++)
		self->items[i].known = false;
	return op->result ? "clear failed" : NULL;
}

static const char *check_op(model_t *self, const struct ttlmap_op *before,
			    const struct ttlmap_op *op)
{
	if (malformed(self, before))
		return op->result == -EINVAL ? NULL : "EINVAL expected";
	if (sets_ttl(before) && !ttl_allowed(self, ttl_of(self, before)))
		return op->result == -ERANGE ? NULL : "ERANGE expected";
	switch (before->op) {
	case TTLMAP_OP_LOOKUP:
		return check_lookup(self, before, op);
	case TTLMAP_OP_UPDATE:
		return check_update(self, before, op);
	case TTLMAP_OP_DELETE:
		return check_delete(self, before, op);
	case TTLMAP_OP_TOUCH:
		return check_touch(self, before, op);
	case TTLMAP_OP_POP:
		return check_pop(self, before, op);
	case TTLMAP_OP_ADD:
		return check_add(self, before, op);
	default:
		return check_clear(self, op);
	}
}

/* ---- random operations */

static u64 random_ttl(model_t *self)
{
	switch (rng_below(&self->rng, 9)) {
	case 0:
		return 0;
	case 1:
		return NEVER;
	case 2:
		return HOUR_NS + rng_below(&self->rng, 3 * HOUR_NS);
	case 3:
		return 1 + rng_below(&self->rng, 2000000);
	case 4:
		if (rng_below(&self->rng, 10))
			return 0;
		return TTLMAP_TTL_MAX + 1 + rng_below(&self->rng, 9);
	default:
		return NSEC_PER_MSEC + rng_below(&self->rng, 200 * NSEC_PER_MSEC);
	}
}

/* Mostly such as the operation takes. */
static u32 random_flags(model_t *self, u32 op)
{
	u32 flags = rng_next(&self->rng) & rng_next(&self->rng) & known_flags[op];

	if (!rng_below(&self->rng, 3))
		flags = 0;
	return rng_below(&self->rng, 60) ? flags : flags | 1U << rng_below(&self->rng, 32);
}

/* The values are few, so that one is often the one that is expected. */
static u32 random_value(model_t *self, u8 *value)
{
	u32 len = is(self, TTLMAP_F_COUNTERS) ? 8 : rng_below(&self->rng, 4) * 16;

	memset(value, 0, VALUE_MAX);
	memset(value, 1 + rng_below(&self->rng, 2), len);
	return len;
}

static void add_condition(model_t *self, struct ttlmap_op *op, u8 *arg)
{
	const struct item *item = item_of(self, op);

	if (op->flags & TTLMAP_IF_VALUE) {
		op->arg_len = random_value(self, arg);
		if (rng_below(&self->rng, 2) && item->known) {
			op->arg_len = item->value_len;
			memcpy(arg, item->value, VALUE_MAX);
		}
		op->arg = (uintptr_t)arg;
	}
	if (op->flags & TTLMAP_IF_VERSION)
		op->version = item->version + !rng_below(&self->rng, 3);
}

static u32 random_kind(model_t *self)
{
	static const u32 kinds[] = {
		TTLMAP_OP_LOOKUP, TTLMAP_OP_LOOKUP, TTLMAP_OP_LOOKUP, TTLMAP_OP_UPDATE,
		TTLMAP_OP_UPDATE, TTLMAP_OP_UPDATE, TTLMAP_OP_DELETE, TTLMAP_OP_TOUCH,
	};

	if (!rng_below(&self->rng, 1000))
		return TTLMAP_OP_CLEAR;
	/* To pop a counter takes a grace period. */
	if (!rng_below(&self->rng, is(self, TTLMAP_F_COUNTERS) ? 200 : 12))
		return TTLMAP_OP_POP;
	if (!rng_below(&self->rng, is(self, TTLMAP_F_COUNTERS) ? 3 : 100))
		return TTLMAP_OP_ADD;
	return kinds[rng_below(&self->rng, ARRAY_SIZE(kinds))];
}

static struct ttlmap_op random_op(model_t *self, u64 *key, u8 *value, u8 *arg)
{
	struct ttlmap_op op = { .op = random_kind(self) };

	*key = rng_below(&self->rng, KEYS);
	op.flags = random_flags(self, op.op);
	if (op.op == TTLMAP_OP_CLEAR)
		return op;
	op.key = (uintptr_t)key;
	op.key_len = 8;
	if (op.op == TTLMAP_OP_UPDATE)
		op.value_len = random_value(self, value);
	else if (op.op == TTLMAP_OP_LOOKUP || op.op == TTLMAP_OP_POP)
		op.value_len = rng_below(&self->rng, 8) ? VALUE_MAX : 7;
	if (op.value_len || op.op == TTLMAP_OP_UPDATE)
		op.value = (uintptr_t)value;
	if (op.op == TTLMAP_OP_ADD)
		op.arg = 1 + rng_below(&self->rng, 1000);
	else
		add_condition(self, &op, arg);
	if (op.op == TTLMAP_OP_UPDATE || op.op == TTLMAP_OP_TOUCH || op.op == TTLMAP_OP_ADD ||
	    op.op == TTLMAP_OP_LOOKUP)
		op.ttl_ns = random_ttl(self);
	return op;
}

#define FAIL(self, ...) do {						\
	EXPECT_TRUE(false) {						\
		TH_LOG("seed %llu, step %llu, map flags %#x",		\
		       (self)->seed, (self)->step, (self)->limits.flags); \
		TH_LOG(__VA_ARGS__);					\
	}								\
} while (0)

/* ---- a step */

static int carry_out(model_t *self, struct ttlmap_op *ops, u32 count)
{
	u32 done = 0;
	int rc;

	self->who = rng_below(&self->rng, OWNERS);
	self->now = boottime_ns();
	if (count == 1)
		rc = map_op(self->fds[self->who], ops) == ops->result ? 0 : -EBADE;
	else
		rc = map_batch(self->fds[self->who], ops, count, &done);
	self->until = boottime_ns();
	return rc ?: count > 1 && done != count ? -EINTR : 0;
}

static bool model_step(struct __test_metadata *_metadata, model_t *self)
{
	struct ttlmap_op ops[BATCH_MOST], before[BATCH_MOST];
	u32 count = rng_below(&self->rng, 3) ? 1 : 1 + rng_below(&self->rng, BATCH_MOST);
	int rc;

	for (u32 i = 0; i < count; i++)
		ops[i] = random_op(self, &self->keys[i], self->values[i], self->args[i]);
	/* cppcheck-suppress uninitvar ; at least one is filled in, and only those are copied */
	memcpy(before, ops, count * sizeof(*ops));
	rc = carry_out(self, ops, count);
	if (rc) {
		FAIL(self, "the call: %s", rc_name(rc));
		return false;
	}
	for (u32 i = 0; i < count; i++) {
		const char *wrong = check_op(self, &before[i], &ops[i]);

		if (!wrong)
			continue;
		FAIL(self, "%s: op %u (%u of %u), flags %#x, key %llu, ttl %llu, result %s",
		     wrong, before[i].op, i, count, before[i].flags, self->keys[i],
		     before[i].ttl_ns, rc_name(ops[i].result));
		FAIL(self, "value %u bytes, ttl %llu, version %llu, arg %llu returned",
		     ops[i].value_len, ops[i].ttl_ns, ops[i].version, ops[i].arg);
		return false;
	}
	return true;
}

/* What a closed descriptor leaves behind may go at any moment from now on. */
static void change_owner(model_t *self)
{
	int who = rng_below(&self->rng, OWNERS);

	close(self->fds[who]);
	self->fds[who] = map_open(NAME, TTLMAP_OPEN_READ | TTLMAP_OPEN_WRITE);
	for (int i = 0; i < KEYS; i++) {
		if (self->items[i].owner != who)
			continue;
		self->items[i].doomed = true;
		self->items[i].owner = -1;
	}
}

/* ---- the whole map against the whole model */

static const char *check_record(model_t *self, const struct ttlmap_record *record)
{
	u64 key = *(const u64 *)record_key(record);
	struct item *item = &self->items[key];

	if (key >= KEYS || state_of(self, item) == GONE)
		return "a scan returned a key that is not there";
	if (item->scanned)
		return "a scan returned a key twice";
	item->scanned = true;
	if (!value_is(item, record_value(record), record->value_len))
		return "a scan returned another value";
	if (is(self, TTLMAP_F_VERSIONS) && record->version != item->version)
		return "a scan returned another version";
	return narrow(self, item, record->ttl_ns) ? NULL : "a scan returned another TTL";
}

static const char *check_all(model_t *self)
{
	static u64 buf[KEYS * 16];
	struct ttlmap_scan scan = { };
	const char *wrong;
	int rc;

	for (int i = 0; i < KEYS; i++)
		self->items[i].scanned = false;
	do {
		self->now = boottime_ns();
		rc = map_scan(self->map, &scan, buf, sizeof(buf), 0);
		self->until = boottime_ns();
		if (rc)
			return rc_name(rc);
		for_each_record(record, buf, scan.bytes) {
			wrong = check_record(self, record);
			if (wrong)
				return wrong;
		}
	} while (!scan.done);
	for (int i = 0; i < KEYS; i++)
		if (!self->items[i].scanned && state_of(self, &self->items[i]) == THERE)
			return "a scan missed a key that is there";
	return NULL;
}

static const char *check_stat(const model_t *self)
{
	struct ttlmap_stat stat;

	if (map_stat(self->map, &stat))
		return "stat failed";
	if (stat.entries > self->limits.max_entries)
		return "more entries than the capacity";
	if (stat.inserts + stat.replaces != self->changes)
		return "inserts or replaces miscounted";
	if (stat.popped != self->popped)
		return "pops miscounted";
	if (stat.canceled != self->canceled)
		return "canceled operations miscounted";
	if (stat.touches != self->touches)
		return "touches miscounted";
	if (stat.owned_entries > stat.entries)
		return "more owned entries than entries";
	if (!self->evicts && stat.evicted)
		return "evicted below capacity";
	if (stat.collision_evicted)
		return "evicted for a collision";
	return stat_adds_up(&stat) ? NULL : "resident bytes do not add up";
}

TEST_F(model2, random_operations)
{
	u64 steps = effort(900, 60000);

	for (self->step = 0; self->step < steps; self->step++) {
		const char *wrong = NULL;

		ASSERT_TRUE(model_step(_metadata, self));
		if (!rng_below(&self->rng, 60))
			sleep_ms(rng_below(&self->rng, 30));
		if (is(self, TTLMAP_F_OWNERS) && !rng_below(&self->rng, 100))
			change_owner(self);
		if (self->step % 100 == 99)
			wrong = check_all(self) ?: check_stat(self);
		if (wrong)
			FAIL(self, "%s", wrong);
		ASSERT_EQ(NULL, wrong);
	}
}

/* A test whose assertion fails ends without its teardown. */
static void __attribute__((destructor)) clean_up(void)
{
	map_unlink(NAME);
}

TEST_HARNESS_MAIN
