// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on a map and on its model.
 */
#include <stdarg.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "../../kmod/condition.h"
#include "../../kmod/orphans.h"
#include "../../kmod/remove.h"
#include "../../kmod/scan.h"
#include "../../kmod/tune.h"
#include "step.h"

#define VALUE_MAX	TTLMAP_VALUE_MAX

/* What user memory would hold. */
static u8 key_bytes[TTLMAP_KEY_MAX], value_bytes[VALUE_MAX], expected_bytes[VALUE_MAX];

static bool tracing;

void step_trace_start(void)
{
	tracing = true;
}

void step_trace(const char *format, ...)
{
	va_list args;

	if (!tracing)
		return;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static bool is(const struct model *model, u32 flag)
{
	return model->map->limits.flags & flag;
}

static void fill_value(const struct model *model, const struct request *request,
		       struct ttlmap_op *op)
{
	u64 counter = request->fill;

	op->value = (uintptr_t)value_bytes;
	op->value_len = request->value_len;
	if (request->op != TTLMAP_OP_UPDATE)
		return;
	if (is(model, TTLMAP_F_COUNTERS))
		memcpy(value_bytes, &counter, sizeof(counter));
	else
		model_value(model, request->id, request->fill, value_bytes, request->value_len);
}

/* The condition holds if the request says so: else the value is one that never is. */
static void fill_condition(const struct model *model, const struct request *request,
			   struct ttlmap_op *op)
{
	const struct item *item = &model->items[request->id];

	if (request->flags & TTLMAP_IF_VERSION)
		op->version = item->version + !request->arg;
	if (!(request->flags & TTLMAP_IF_VALUE))
		return;
	op->arg = (uintptr_t)expected_bytes;
	op->arg_len = item->value_len;
	if (!item->value_len && model->map->limits.value_max)
		op->arg_len = !request->arg;
	model_value(model, request->id, item->fill, expected_bytes, op->arg_len);
	expected_bytes[0] += !request->arg;
}

static struct ttlmap_op make_op(const struct model *model, const struct request *request)
{
	struct ttlmap_op op = { .op = request->op, .flags = request->flags };

	op.key = (uintptr_t)key_bytes;
	op.key_len = model_key(model, request->id, key_bytes);
	if (request->op != TTLMAP_OP_DELETE)
		op.ttl_ns = request->ttl;
	if (request->op == TTLMAP_OP_UPDATE || request->op == TTLMAP_OP_LOOKUP ||
	    request->op == TTLMAP_OP_POP)
		fill_value(model, request, &op);
	if (request->op == TTLMAP_OP_UPDATE || request->op == TTLMAP_OP_DELETE)
		fill_condition(model, request, &op);
	if (request->op == TTLMAP_OP_ADD)
		op.arg = request->arg;
	return op;
}

static u64 left(const struct item *item)
{
	return item->expires == TM_EXPIRES_NEVER ? TTLMAP_TTL_NEVER : item->expires - shim_clock();
}

static void compare_read(const struct model *model, const struct request *request,
			 const struct ttlmap_op *op, const struct item *was)
{
	const struct item *item = &model->items[request->id];

	CORE_REQUIRE(op->value_len == was->value_len);
	CORE_REQUIRE(op->ttl_ns <= left(item) && op->ttl_ns + item->jitter >= left(item));
	CORE_REQUIRE(op->version == was->version);
	if (op->result)
		return;
	model_value(model, request->id, was->fill, expected_bytes, was->value_len);
	CORE_REQUIRE(!memcmp(value_bytes, expected_bytes, was->value_len));
}

static void learn_version(struct model *model, const struct request *request,
			  const struct ttlmap_op *op, const struct item *was)
{
	if (!is(model, TTLMAP_F_VERSIONS))
		return;
	CORE_REQUIRE(op->version && op->version != was->version);
	model->items[request->id].version = op->version;
}

static void compare_results(struct model *model, const struct request *request,
			    const struct ttlmap_op *op, const struct item *was, u64 sum)
{
	bool reads = request->op == TTLMAP_OP_LOOKUP || request->op == TTLMAP_OP_POP;

	if (reads && (!op->result || op->result == -EMSGSIZE))
		compare_read(model, request, op, was);
	if (request->op == TTLMAP_OP_UPDATE && !op->result)
		learn_version(model, request, op, was);
	if (op->result == -ECANCELED && (request->flags & TM_IF) && is(model, TTLMAP_F_VERSIONS))
		CORE_REQUIRE(op->version == was->version);
	if (request->op == TTLMAP_OP_ADD && !op->result)
		CORE_REQUIRE(op->arg == sum);
}

/**
 * struct before - what an operation that fails leaves as it was
 * @item: of its key
 * @count: of the model
 * @writes: of the model
 * @entries: in the map
 * @bytes: of those
 */
struct before {
	struct item item;
	u64 count[TM_STATS];
	u64 writes;
	u64 entries;
	u64 bytes;
};

static struct before remember(const struct model *model, unsigned int id)
{
	struct before before = {
		.item = model->items[id],
		.writes = model->writes,
		.entries = model->map->entries.counter,
		.bytes = model->map->bytes.counter,
	};

	memcpy(before.count, model->count, sizeof(before.count));
	return before;
}

static void take_back(struct model *model, unsigned int id, const struct before *before)
{
	model->items[id] = before->item;
	model->writes = before->writes;
	memcpy(model->count, before->count, sizeof(before->count));
}

/* ENOSPC is right where an entry finds no room and nothing may be evicted. */
static void refused(struct model *model, const struct request *request,
		    const struct before *before)
{
	const struct ttlmap *map = model->map;
	u64 most = model_bytes(model, request->id, request->value_len);

	CORE_REQUIRE(is(model, TTLMAP_F_NO_EVICT) || map->frozen);
	CORE_REQUIRE(before->entries >= map->max_entries || shim_hash ||
		     (map->max_bytes && before->bytes + most > map->max_bytes));
	take_back(model, request->id, before);
	model->count[TM_REFUSED]++;
}

/* A lookup has found its key before it fails for want of a buffer. */
static void short_of_memory(struct model *model, const struct request *request, bool may)
{
	struct request lookup = *request;
	u64 unused;

	CORE_REQUIRE(may);
	if (request->op != TTLMAP_OP_LOOKUP)
		return;
	lookup.flags &= TTLMAP_PEEK;
	model_expect(model, &lookup, &unused);
}

/**
 * step_op() - one operation
 * @model: of the map
 * @request: what to do
 *
 * If shim_memory.fail_at is set and the operation meets it, ENOMEM is right, if
 * nothing has changed.
 */
void step_op(struct model *model, const struct request *request)
{
	struct before before = remember(model, request->id);
	struct ttlmap_op op = make_op(model, request);
	bool may_fail = shim_memory.fail_at;
	u64 sum = 0;
	int expected;

	model->step++;
	core_op(model->owners[request->owner], &op);
	step_trace("op %u flags %x key %u ttl %lld length %u: %d", request->op, request->flags,
		   request->id, request->ttl, request->value_len, op.result);
	if (op.result == -ENOMEM) {
		short_of_memory(model, request, may_fail && !shim_memory.fail_at);
		return;
	}
	expected = model_expect(model, request, &sum);
	if (op.result == -ENOSPC && !expected) {
		refused(model, request, &before);
		return;
	}
	CORE_REQUIRE(op.result == expected);
	compare_results(model, request, &op, &before.item, sum);
}

void step_clear(struct model *model)
{
	int ret = tm_map_clear(model->map);

	CORE_REQUIRE(ret == (model->map->frozen ? -EROFS : 0));
	if (!ret)
		model_forget_all(model);
}

static void scanned(struct model *model, const struct ttlmap_record *record, u32 flags)
{
	const u8 *key = (const u8 *)record + record->head, *value = key + ALIGN(record->key_len, 8);
	unsigned int id = model_id(key);
	struct item *item = &model->items[id];

	CORE_REQUIRE(model_live(model, id) && !item->scanned);
	item->scanned = true;
	CORE_REQUIRE(record->key_len == model_key(model, id, key_bytes));
	CORE_REQUIRE(!memcmp(key, key_bytes, record->key_len));
	CORE_REQUIRE(record->value_len == item->value_len);
	CORE_REQUIRE(record->ttl_ns == left(item));
	CORE_REQUIRE(record->version == item->version);
	if (flags & TTLMAP_SCAN_KEYS)
		return;
	model_value(model, id, item->fill, expected_bytes, item->value_len);
	CORE_REQUIRE(!memcmp(value, expected_bytes, item->value_len));
}

static void begin_scan(struct model *model)
{
	unsigned int id;

	if (model->scan_began)
		return;
	model->scan_began = ++model->step;
	model->cursor = 0;
	for (id = 0; id < MODEL_KEYS; id++) {
		model->items[id].scanned = false;
		model->items[id].lapsed = false;
	}
}

static void end_scan(struct model *model)
{
	unsigned int id;

	for (id = 0; id < MODEL_KEYS; id++) {
		const struct item *item = &model->items[id];

		if (model_live(model, id) && item->came < model->scan_began && !item->lapsed)
			CORE_REQUIRE(item->scanned);
	}
	model->scan_began = 0;
}

/**
 * step_scan() - the next part of a scan, or the first of another
 * @model: of the map
 * @room: bytes
 * @flags: TTLMAP_SCAN_*
 */
void step_scan(struct model *model, u32 room, u32 flags)
{
	static u64 buf[(1 << 17) / 8];
	struct ttlmap_scan args = {
		.buf = (uintptr_t)buf,
		.buf_len = min_t(u32, room, sizeof(buf)),
		.flags = flags,
	};
	struct ttlmap_record *record = (struct ttlmap_record *)buf;
	int ret;

	begin_scan(model);
	args.cursor = model->cursor;
	ret = tm_scan(model->map, &args);
	CORE_REQUIRE(!ret || ret == -EMSGSIZE || ret == -ENOMEM);
	if (ret)
		return;
	CORE_REQUIRE(args.bytes <= args.buf_len);
	CORE_REQUIRE(args.cursor >= model->cursor || args.done);
	model->cursor = args.cursor;
	for (; args.count; args.count--) {
		scanned(model, record, flags);
		record = (void *)record + record->size;
	}
	CORE_REQUIRE((u8 *)record == (u8 *)buf + args.bytes);
	if (args.done)
		end_scan(model);
}

static u64 chosen(const struct ttlmap_tune *tune, u32 what, u64 new, u64 old)
{
	return tune->what & what ? new : old;
}

/* All of it, or nothing. */
void step_tune(struct model *model, const struct ttlmap_tune *tune)
{
	struct ttlmap_create old = model->map->limits, *new = &model->map->limits;
	int ret = tm_tune(model->map, tune);

	if (ret) {
		CORE_REQUIRE(ret == -EINVAL || ret == -ERANGE || ret == -ENOSPC || ret == -EROFS);
		CORE_REQUIRE(!memcmp(&old, new, sizeof(old)));
		return;
	}
	model->tuned = true;
	CORE_REQUIRE(!model->map->frozen);
	CORE_REQUIRE(new->max_entries ==
		     chosen(tune, TTLMAP_TUNE_ENTRIES, tune->max_entries, old.max_entries));
	CORE_REQUIRE(new->max_bytes ==
		     chosen(tune, TTLMAP_TUNE_BYTES, tune->max_bytes, old.max_bytes));
	CORE_REQUIRE(new->default_ttl_ns ==
		     chosen(tune, TTLMAP_TUNE_TTL, tune->default_ttl_ns, old.default_ttl_ns));
	CORE_REQUIRE(new->jitter_ns ==
		     chosen(tune, TTLMAP_TUNE_JITTER, tune->jitter_ns, old.jitter_ns));
	CORE_REQUIRE(new->flags == chosen(tune, TTLMAP_TUNE_FLAGS, tune->flags, old.flags));
}

/* A descriptor is closed and another opened; what is left behind goes in its time. */
void step_close(struct model *model, unsigned int owner)
{
	struct tm_owner *old = model->owners[owner];
	unsigned int id;

	model->owners[owner] = core_owner(model->map);
	for (id = 0; id < MODEL_KEYS; id++)
		if (model->items[id].there && model->items[id].owner == old)
			model->items[id].doomed = true;
	tm_orphans_leave(old);
}

/* Memory pressure. */
void step_shrink(struct model *model, unsigned int n)
{
	struct shrink_control sc = { .nr_to_scan = n };
	unsigned long before = model->map->entries.counter, taken;

	if (!shim_shrinker->count_objects(shim_shrinker, &sc))
		return;
	taken = shim_shrinker->scan_objects(shim_shrinker, &sc);
	CORE_REQUIRE(taken == SHRINK_STOP || taken == before - model->map->entries.counter);
}
