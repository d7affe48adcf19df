// SPDX-License-Identifier: GPL-2.0
/*
 * What a map has to answer.
 */
#include <linux/errno.h>

#include "../../kmod/condition.h"
#include "model.h"

#define NEVER		TTLMAP_TTL_NEVER
/* Uses of a sliding entry closer to each other than this may count as one. */
#define SLIDE_STEP	4000000ULL

/* A key's number comes first in it, and says how long it is. */
static u32 key_len(const struct model *model, unsigned int id)
{
	return 2 + id % 37 % (model->map->limits.key_max - 1);
}

u32 model_key(const struct model *model, unsigned int id, u8 *key)
{
	u32 len = key_len(model, id);

	memset(key, id, len);
	key[0] = id;
	key[1] = id >> 8;
	return len;
}

unsigned int model_id(const void *key)
{
	const u8 *bytes = key;

	return bytes[0] | bytes[1] << 8;
}

static bool is(const struct model *model, u32 flag)
{
	return model->map->limits.flags & flag;
}

void model_value(const struct model *model, unsigned int id, u8 fill, u8 *value, u32 len)
{
	u64 counter = model->items[id].counter;
	u32 i;

	if (is(model, TTLMAP_F_COUNTERS)) {
		memcpy(value, &counter, sizeof(counter));
		return;
	}
	for (i = 0; i < len; i++)
		value[i] = fill + id + i;
}

/* As the slab caches of the module, and the kernel's general ones, have it. */
static size_t allocated(size_t size)
{
	size_t class = 32;

	if (size > 8 * 4096)
		return ALIGN(size, 4096);
	while (class < size)
		class += class < 128 ? 8 : class < 256 ? 16 : class < 1024 ? 64 : class;
	return class;
}

size_t model_bytes(const struct model *model, unsigned int id, u32 value_len)
{
	u32 words = model->map->kind.tail_words;
	u32 len = key_len(model, id);
	size_t size;

	if (is(model, TTLMAP_F_PREALLOC)) {
		len = model->map->limits.key_max;
		value_len = model->map->limits.value_max;
	}
	size = 24 + ALIGN(len, 8) + value_len;
	return allocated(words ? ALIGN(size, 8) + words * 8 : size);
}

static bool expired(const struct item *item)
{
	return item->there && shim_clock() >= item->expires;
}

bool model_live(const struct model *model, unsigned int id)
{
	return model->items[id].there && !expired(&model->items[id]);
}

static bool ttl_ok(const struct model *model, u64 ttl)
{
	const struct ttlmap_create *limits = &model->map->limits;

	if (ttl == NEVER)
		return !limits->max_ttl_ns && !is(model, TTLMAP_F_REQUIRE_TTL);
	return ttl <= TTLMAP_TTL_MAX && ttl >= limits->min_ttl_ns &&
	       (!limits->max_ttl_ns || ttl <= limits->max_ttl_ns);
}

static u64 effective(const struct model *model, u64 ttl)
{
	return ttl ?: model->map->limits.default_ttl_ns ?: NEVER;
}

static u64 expiry(u64 ttl)
{
	return ttl == NEVER ? TM_EXPIRES_NEVER : shim_clock() + ttl;
}

static void set_expiry(struct model *model, struct item *item, u64 ttl, u32 flags)
{
	u64 kept = item->expires, jitter = min(model->map->limits.jitter_ns, ttl / 2);

	if (expired(item))
		item->lapsed = true;
	item->expires = expiry(ttl);
	item->jitter = ttl == NEVER ? 0 : jitter;
	if (!(flags & TTLMAP_TTL_EXTEND) || kept < item->expires - item->jitter)
		return;
	/* Which of them is later is for the jitter to say. */
	item->jitter = kept >= item->expires ? 0 : item->expires - kept;
	item->expires = max(item->expires, kept);
}

static void use(struct model *model, struct item *item)
{
	u64 expires;

	item->used = model->step;
	if (!is(model, TTLMAP_F_SLIDING) || item->expires == TM_EXPIRES_NEVER)
		return;
	expires = shim_clock() + item->ttl;
	if (expires > item->expires + SLIDE_STEP)
		item->expires = expires;
}

static int expect_touch(struct model *model, const struct request *request)
{
	struct item *item = &model->items[request->id];
	u64 ttl = effective(model, request->ttl);

	if (!ttl_ok(model, ttl))
		return -ERANGE;
	if (!item->there || (expired(item) && !model->map->frozen))
		return -ENOENT;
	set_expiry(model, item, ttl, request->flags);
	item->ttl = item->expires == TM_EXPIRES_NEVER ? NEVER : item->expires - shim_clock();
	item->used = model->step;
	model->count[TM_TOUCHES]++;
	return 0;
}

static int expect_lookup(struct model *model, const struct request *request)
{
	struct item *item = &model->items[request->id];
	bool peek = request->flags & TTLMAP_PEEK, refresh = request->flags & TTLMAP_TTL_REFRESH;

	if (refresh ? request->flags & ~(TTLMAP_TTL_REFRESH | TTLMAP_TTL_EXTEND) :
		      request->flags & ~TTLMAP_PEEK)
		return -EINVAL;
	if (refresh && !ttl_ok(model, effective(model, request->ttl)))
		return -ERANGE;
	if (!model_live(model, request->id)) {
		model->count[TM_MISSES] += !peek;
		return -ENOENT;
	}
	model->count[TM_HITS] += !peek;
	if (!peek)
		use(model, item);
	if (item->value_len > request->value_len)
		return -EMSGSIZE;
	return refresh ? expect_touch(model, request) : 0;
}

static int expect_pop(struct model *model, const struct request *request)
{
	struct item *item = &model->items[request->id];

	if (request->flags)
		return -EINVAL;
	if (model->map->frozen)
		return -EROFS;
	if (!model_live(model, request->id)) {
		model->count[TM_MISSES]++;
		return -ENOENT;
	}
	model->count[TM_HITS]++;
	use(model, item);
	if (item->value_len > request->value_len)
		return -EMSGSIZE;
	item->there = false;
	model->count[TM_POPPED]++;
	return 0;
}

static bool flags_ok(const struct model *model, u32 flags)
{
	const u32 keys = TTLMAP_NEW | TTLMAP_EXISTING, ttls = TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND;

	if ((flags & keys) == keys || (flags & ttls) == ttls)
		return false;
	if ((flags & TM_IF) && (flags & (TTLMAP_NEW | TTLMAP_IF_EXPIRED)))
		return false;
	if ((flags & TTLMAP_OWNED) && (!is(model, TTLMAP_F_OWNERS) ||
				       ((flags & TM_IF) && is(model, TTLMAP_F_COUNTERS))))
		return false;
	return !(flags & TTLMAP_IF_VERSION) || is(model, TTLMAP_F_VERSIONS);
}

/* Requests expect either what is there or something else. */
static int expect_condition(struct model *model, const struct request *request)
{
	if (!(request->flags & TM_IF))
		return 0;
	if (!model_live(model, request->id))
		return -ENOENT;
	if (request->arg)
		return 0;
	model->count[TM_CANCELED]++;
	return -ECANCELED;
}

static int expect_delete(struct model *model, const struct request *request)
{
	struct item *item = &model->items[request->id];
	bool stale = expired(item), wants_stale = request->flags & TTLMAP_IF_EXPIRED;
	int ret;

	if (request->flags & ~(TM_IF | TTLMAP_IF_EXPIRED) || !flags_ok(model, request->flags) ||
	    (is(model, TTLMAP_F_COUNTERS) && (request->flags & TTLMAP_IF_VALUE)))
		return -EINVAL;
	ret = expect_condition(model, request);
	if (ret)
		return ret;
	if (model->map->frozen)
		return -EROFS;
	if (!item->there)
		return -ENOENT;
	if (wants_stale && !stale) {
		model->count[TM_CANCELED]++;
		return -ECANCELED;
	}
	item->there = false;
	model->count[stale ? TM_EXPIRED : TM_DELETES]++;
	return stale && !wants_stale ? -ENOENT : 0;
}

/* The entry is as it was just written. */
static void write_item(struct model *model, const struct request *request, struct item *item,
		       bool anew)
{
	u64 ttl = effective(model, request->ttl);
	struct item old = *item;
	bool keep = !anew && !expired(&old) && (request->flags & TTLMAP_TTL_KEEP);

	if (anew)
		*item = (struct item){ .came = model->step };
	set_expiry(model, item, ttl, anew || expired(&old) ? 0 : request->flags);
	item->ttl = keep ? old.ttl : ttl;
	if (keep) {
		item->expires = old.expires;
		item->jitter = 0;
	}
	item->there = true;
	item->value_len = is(model, TTLMAP_F_COUNTERS) ? 8 : request->value_len;
	item->used = model->step;
	model->writes++;
}

static void bind(struct model *model, const struct request *request, struct item *item)
{
	bool owned = request->flags & TTLMAP_OWNED;

	item->doomed = false;
	item->owner = owned ? model->owners[request->owner] : NULL;
}

static int swap_counter(struct model *model, const struct request *request)
{
	struct item *item = &model->items[request->id];
	int ret = expect_condition(model, request);

	if (ret)
		return ret;
	write_item(model, request, item, false);
	item->counter = request->fill;
	return 0;
}

static int expect_write(struct model *model, const struct request *request)
{
	struct item *item = &model->items[request->id];
	bool stale = expired(item), there = item->there;
	int ret = expect_condition(model, request);

	if (ret)
		return ret;
	if (stale && !model->map->frozen) {
		model->count[TM_EXPIRED]++;
		item->there = false;
		there = false;
	}
	if (!there && (request->flags & (TTLMAP_EXISTING | TM_IF)))
		return -ENOENT;
	if (!there && model->map->frozen)
		return -EROFS;
	if (there && !stale && (request->flags & TTLMAP_NEW))
		return -EEXIST;
	write_item(model, request, item, !there);
	bind(model, request, item);
	item->fill = request->fill;
	item->counter = request->op == TTLMAP_OP_ADD ? request->arg : request->fill;
	return 0;
}

/* An entry that alone is larger than the map may be is refused whatever else holds. */
static bool too_large(struct model *model, const struct request *request)
{
	u64 most = model->map->limits.max_bytes;
	u32 len = is(model, TTLMAP_F_COUNTERS) ? 8 : request->value_len;

	if (!most || model_bytes(model, request->id, len) <= most)
		return false;
	model->count[TM_REFUSED]++;
	return true;
}

static int expect_update(struct model *model, const struct request *request)
{
	const u32 known = TTLMAP_NEW | TTLMAP_EXISTING | TTLMAP_TTL_KEEP | TTLMAP_TTL_EXTEND |
			  TTLMAP_IF_VALUE | TTLMAP_IF_VERSION | TTLMAP_OWNED;

	if (request->flags & ~known || !flags_ok(model, request->flags))
		return -EINVAL;
	if (request->value_len > model->map->limits.value_max)
		return -E2BIG;
	if (is(model, TTLMAP_F_COUNTERS) && request->value_len != 8)
		return -EINVAL;
	if (!ttl_ok(model, effective(model, request->ttl)))
		return -ERANGE;
	if (too_large(model, request))
		return -ENOSPC;
	if (is(model, TTLMAP_F_COUNTERS) && (request->flags & TTLMAP_IF_VALUE))
		return swap_counter(model, request);
	return expect_write(model, request);
}

static int expect_add(struct model *model, const struct request *request, u64 *sum)
{
	struct item *item = &model->items[request->id];
	int ret;

	if (request->flags & ~(TTLMAP_EXISTING | TTLMAP_OWNED) ||
	    !flags_ok(model, request->flags) || !is(model, TTLMAP_F_COUNTERS))
		return -EINVAL;
	if (model_live(model, request->id)) {
		use(model, item);
		item->counter += request->arg;
		*sum = item->counter;
		model->count[TM_ADDS]++;
		return 0;
	}
	if (request->flags & TTLMAP_EXISTING)
		return -ENOENT;
	if (!ttl_ok(model, effective(model, request->ttl)))
		return -ERANGE;
	if (too_large(model, request))
		return -ENOSPC;
	ret = expect_write(model, request);
	*sum = request->arg;
	return ret;
}

/**
 * model_expect() - what an operation has to answer if memory and room suffice
 * @model: becomes what the map should be
 * @request: the operation
 * @sum: of an addition, filled in
 */
int model_expect(struct model *model, const struct request *request, u64 *sum)
{
	switch (request->op) {
	case TTLMAP_OP_LOOKUP:
		return expect_lookup(model, request);
	case TTLMAP_OP_UPDATE:
		return expect_update(model, request);
	case TTLMAP_OP_DELETE:
		return expect_delete(model, request);
	case TTLMAP_OP_TOUCH:
		return request->flags & ~TTLMAP_TTL_EXTEND ? -EINVAL : expect_touch(model, request);
	case TTLMAP_OP_POP:
		return expect_pop(model, request);
	case TTLMAP_OP_ADD:
		return expect_add(model, request, sum);
	default:
		return -EINVAL;
	}
}

void model_forget_all(struct model *model)
{
	unsigned int id;

	for (id = 0; id < MODEL_KEYS; id++) {
		model->count[TM_CLEARED] += model->items[id].there;
		model->items[id].there = false;
	}
}
