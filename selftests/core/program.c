// SPDX-License-Identifier: GPL-2.0
/*
 * Turns bytes into a map and a sequence of operations, time, work and failures, and
 * runs it. Whatever the bytes are they mean something, so that a fuzzer that changes
 * some of them changes the program a little.
 */
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

#include <linux/ktime.h>

#include "../../kmod/orphans.h"
#include "../../kmod/tune.h"
#include "program.h"
#include "step.h"

#define STEPS_MAX	400

struct input {
	const u8 *at;
	const u8 *end;
};

enum action {
	UPDATE, LOOKUP, DELETE, TOUCH, POP, ADD, UPDATE_MANY, DELETE_MANY, CLEAR, WAIT, WAIT_FOR,
	WORK, GRACE, SETTLE, CLOSE, TUNE, FREEZE, SCAN, SHRINK, SWITCH_CPU, ACTIONS
};

/* Nobody else is there to let a lock go, or to end a section. */
void shim_relax(void)
{
	shim_bug("a deadlock", __FILE__, __LINE__);
}

static const char *const names[] = {
	"update", "lookup", "delete", "touch", "pop", "add", "update many", "delete many",
	"clear", "wait", "wait for", "work", "grace period", "settle", "close", "tune",
	"freeze", "scan", "shrink", "switch",
};

static u8 byte(struct input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

static u32 word(struct input *input)
{
	u32 low = byte(input);

	return low | byte(input) << 8;
}

/* Hashes that fall together in one way or another, instead of the map's own. */
static u64 mix(u64 x)
{
	x = (x + 1) * 0x9e3779b97f4a7c15ULL;
	x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9ULL;
	return x ^ x >> 32;
}

static u64 hash_sorted(const void *key, size_t len, u64 seed)
{
	return (u64)model_id(key) << 54 | (mix(model_id(key)) & U32_MAX);
}

static u64 hash_same(const void *key, size_t len, u64 seed)
{
	return 0x123456789abcdefULL;
}

static u64 hash_deep(const void *key, size_t len, u64 seed)
{
	return mix(model_id(key)) >> 9;
}

static u64 hash_one_home(const void *key, size_t len, u64 seed)
{
	return mix(model_id(key)) & ~(u64)U32_MAX;
}

static u64 hash_one_tag(const void *key, size_t len, u64 seed)
{
	return mix(model_id(key)) & ~(0xffULL << 32);
}

static u64 (*const hashes[])(const void *key, size_t len, u64 seed) = {
	NULL, NULL, hash_sorted, hash_same, hash_deep, hash_one_home, hash_one_tag,
};

static u64 some_time(u8 which)
{
	static const u64 times[] = {
		0, 1, 1000000, 5000000, 17000000, 100000000, 1000000000, 70000000000,
		4800000000000, 350000000000000, 18000000000000000, TTLMAP_TTL_MAX,
	};

	return times[which % ARRAY_SIZE(times)];
}

static u64 some_ttl(u8 which)
{
	return which % 16 == 15 ? TTLMAP_TTL_NEVER : some_time(which % 16);
}

static u64 some_capacity(u8 which)
{
	static const u64 capacities[] = { 1, 5, 20, 64, 65, 150, 300, 450, 1000, 5000 };

	return capacities[which % ARRAY_SIZE(capacities)];
}

static u64 some_bytes(u8 which)
{
	return which % 4 ? 0 : (u64)which << 7;
}

static u32 some_length(const struct model *model, u8 which)
{
	u32 most = model->map->limits.value_max;

	return most <= 255 ? min_t(u32, which, most + 1) : which * most / 255;
}

static struct ttlmap_create read_limits(struct input *input)
{
	static const u32 value_max[] = { 8, 24, 100, 300, 40000 };
	struct ttlmap_create limits = { .flags = word(input) & 0x3ff };

	limits.key_max = 3 + byte(input) % 60;
	limits.value_max = value_max[byte(input) % ARRAY_SIZE(value_max)];
	limits.max_entries = some_capacity(byte(input));
	limits.max_bytes = some_bytes(byte(input));
	limits.default_ttl_ns = some_time(byte(input) % 11);
	limits.min_ttl_ns = some_time(byte(input) % 4);
	limits.max_ttl_ns = byte(input) % 4 ? 0 : some_time(9);
	limits.jitter_ns = byte(input) % 4 ? 0 : some_time(6);
	if (limits.flags & TTLMAP_F_COUNTERS)
		limits.value_max = 8;
	if (limits.flags & TTLMAP_F_PREALLOC) {
		limits.value_max = min_t(u32, limits.value_max, 300);
		limits.max_entries = min_t(u64, limits.max_entries, 150);
	}
	return limits;
}

static void read_failures(struct input *input)
{
	u8 which = byte(input);

	shim_memory.fail_at = which & 1 ? 1 + (which >> 2) % 8 : 0;
	shim_fault_at = which & 2 ? 1 + (which >> 2) % 4 : 0;
}

static u32 some_flags(u32 op, u8 which)
{
	static const u32 update[] = {
		0, 0, TTLMAP_NEW, TTLMAP_EXISTING, TTLMAP_TTL_KEEP, TTLMAP_TTL_EXTEND,
		TTLMAP_IF_VALUE, TTLMAP_IF_VERSION, TTLMAP_OWNED, TTLMAP_OWNED | TTLMAP_NEW,
		TTLMAP_OWNED | TTLMAP_TTL_KEEP, TTLMAP_IF_VALUE | TTLMAP_TTL_KEEP,
		TTLMAP_IF_VERSION | TTLMAP_TTL_EXTEND, TTLMAP_IF_VALUE | TTLMAP_IF_VERSION,
		TTLMAP_NEW | TTLMAP_EXISTING, TTLMAP_EXISTING | TTLMAP_TTL_EXTEND,
	};
	static const u32 lookup[] = {
		0, TTLMAP_PEEK, TTLMAP_TTL_REFRESH, TTLMAP_TTL_REFRESH | TTLMAP_TTL_EXTEND,
	};
	static const u32 delete[] = {
		0, TTLMAP_IF_VALUE, TTLMAP_IF_VERSION, TTLMAP_IF_EXPIRED,
	};
	static const u32 add[] = { 0, TTLMAP_EXISTING, TTLMAP_OWNED };

	switch (op) {
	case TTLMAP_OP_UPDATE:
		return update[which % ARRAY_SIZE(update)];
	case TTLMAP_OP_LOOKUP:
		return lookup[which % ARRAY_SIZE(lookup)];
	case TTLMAP_OP_DELETE:
		return delete[which % ARRAY_SIZE(delete)];
	case TTLMAP_OP_TOUCH:
		return which % 2 ? TTLMAP_TTL_EXTEND : 0;
	case TTLMAP_OP_ADD:
		return add[which % ARRAY_SIZE(add)];
	default:
		return 0;
	}
}

static struct request read_request(struct input *input, const struct model *model, u32 op)
{
	struct request request = { .op = op, .id = word(input) % MODEL_KEYS };
	u8 how = byte(input);

	request.flags = some_flags(op, how);
	request.owner = how >> 7;
	request.ttl = some_ttl(byte(input));
	request.value_len = some_length(model, byte(input));
	if (model->map->limits.flags & TTLMAP_F_COUNTERS && how & 0x70)
		request.value_len = 8;
	request.fill = byte(input);
	request.arg = op == TTLMAP_OP_ADD ? request.fill : !!(request.fill & 3);
	if (op == TTLMAP_OP_DELETE || op == TTLMAP_OP_POP)
		request.ttl = 0;
	return request;
}

static void one(struct input *input, struct model *model, u32 op)
{
	struct request request = read_request(input, model, op);

	read_failures(input);
	step_op(model, &request);
}

static void many(struct input *input, struct model *model, u32 op)
{
	struct request request = read_request(input, model, op);
	unsigned int n = 1 + byte(input) % 128;

	request.flags = 0;
	while (n--) {
		step_op(model, &request);
		request.id = (request.id + 1) % MODEL_KEYS;
	}
}

static void tune(struct input *input, struct model *model)
{
	struct ttlmap_tune tune = { .what = byte(input) & 0x7f };

	if (tune.what & TTLMAP_TUNE_ENTRIES)
		tune.max_entries = some_capacity(byte(input));
	if (tune.what & TTLMAP_TUNE_BYTES)
		tune.max_bytes = some_bytes(byte(input));
	if (tune.what & TTLMAP_TUNE_TTL)
		tune.default_ttl_ns = some_time(byte(input));
	if (tune.what & TTLMAP_TUNE_MIN_TTL)
		tune.min_ttl_ns = some_time(byte(input) % 4);
	if (tune.what & TTLMAP_TUNE_MAX_TTL)
		tune.max_ttl_ns = some_time(byte(input));
	if (tune.what & TTLMAP_TUNE_JITTER)
		tune.jitter_ns = some_time(byte(input) % 8);
	if (tune.what & TTLMAP_TUNE_FLAGS)
		tune.flags = model->map->limits.flags ^ (byte(input) & 3);
	step_tune(model, &tune);
}

/* To the moment at which an entry expires, or just beside it. */
static void wait_for(struct input *input, const struct model *model)
{
	const struct item *item = &model->items[word(input) % MODEL_KEYS];
	u64 then = item->expires + byte(input) % 3 - 1;

	if (item->there && item->expires != TM_EXPIRES_NEVER && then > shim_clock())
		shim_clock_set(then);
}

static void wait(u8 which)
{
	u64 now = shim_clock();

	/* A clock that goes beyond what a ktime_t holds is nobody's. */
	if (now < 1ULL << 61)
		shim_clock_set(now + some_time(which % 11));
}

/* To freeze is for good, and ends most of what may happen. */
static void freeze(struct input *input, struct model *model)
{
	if (byte(input) == 0x5a)
		tm_freeze(model->map);
}

static void act(struct input *input, struct model *model, enum action action)
{
	switch (action) {
	case UPDATE_MANY:
		return many(input, model, TTLMAP_OP_UPDATE);
	case DELETE_MANY:
		return many(input, model, TTLMAP_OP_DELETE);
	case CLEAR:
		return step_clear(model);
	case WAIT:
		return wait(byte(input));
	case WAIT_FOR:
		return wait_for(input, model);
	case WORK:
		read_failures(input);
		shim_work_run(byte(input) % 4);
		return;
	case GRACE:
		shim_grace_end();
		return;
	case SETTLE:
		return shim_work_run_all();
	case CLOSE:
		return step_close(model, byte(input) % MODEL_OWNERS);
	case TUNE:
		return tune(input, model);
	case FREEZE:
		return freeze(input, model);
	case SCAN:
		read_failures(input);
		return step_scan(model, byte(input) * 64, byte(input) & TTLMAP_SCAN_KEYS);
	case SHRINK:
		return step_shrink(model, byte(input));
	case SWITCH_CPU:
		shim_cpu = byte(input) % nr_cpu_ids;
		return;
	default:
		return one(input, model, action == UPDATE ? TTLMAP_OP_UPDATE :
					 action == LOOKUP ? TTLMAP_OP_LOOKUP :
					 action == DELETE ? TTLMAP_OP_DELETE :
					 action == TOUCH ? TTLMAP_OP_TOUCH :
					 action == POP ? TTLMAP_OP_POP : TTLMAP_OP_ADD);
	}
}

static void run_steps(struct input *input, struct model *model)
{
	enum action action;
	unsigned int step;

	for (step = 0; step < STEPS_MAX && input->at < input->end; step++) {
		action = byte(input) % ACTIONS;
		step_trace("%u: %s at %llu", step, names[action], shim_clock());
		act(input, model, action);
		shim_memory.fail_at = 0;
		shim_fault_at = 0;
		model_look(model);
	}
}

static void run_map(struct input *input, const struct ttlmap_create *limits)
{
	static struct model model;
	unsigned int i;

	step_trace("flags %x, entries %llu, bytes %llu, ttl %llu", limits->flags,
		   limits->max_entries, limits->max_bytes, limits->default_ttl_ns);
	read_failures(input);
	model = (struct model){ .map = core_map(limits) };
	shim_memory.fail_at = 0;
	if (!model.map)
		return;
	for (i = 0; i < MODEL_OWNERS; i++)
		model.owners[i] = core_owner(model.map);
	run_steps(input, &model);
	shim_work_run_all();
	model_look(&model);
	for (i = 0; i < MODEL_OWNERS; i++)
		step_close(&model, i);
	shim_work_run_all();
	for (i = 0; i < MODEL_OWNERS; i++)
		tm_orphans_leave(model.owners[i]);
	core_put(model.map);
}

void program_run(const uint8_t *data, size_t size)
{
	struct input input = { .at = data, .end = data + size };
	struct ttlmap_create limits;

	shim_memory = (struct shim_memory){ .count = true };
	nr_cpu_ids = 1 + byte(&input) % 4;
	shim_cpu = 0;
	shim_hash = hashes[byte(&input) % ARRAY_SIZE(hashes)];
	shim_random_seed(byte(&input));
	shim_clock_set(NSEC_PER_SEC);
	limits = read_limits(&input);
	core_start();
	run_map(&input, &limits);
	shim_work_run_all();
	core_stop();
	CORE_REQUIRE(!shim_memory.allocated);
}
