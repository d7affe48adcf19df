// SPDX-License-Identifier: GPL-2.0
#include "arena.h"
#include "execute.h"
#include "generate.h"
#include "grammar.h"
#include "invoke.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

static bool chance(struct rng *rng, u32 percent)
{
	return rng_below(rng, 100) < percent;
}

static u64 pick(struct rng *rng, const u64 *from, u32 n)
{
	return from[rng_below(rng, n)];
}

#define one_of(rng, ...) ({						\
	static const u64 of_[] = { __VA_ARGS__ };			\
									\
	pick(rng, of_, LENGTH(of_));					\
})

/* Limits of types, and what lies beside powers of two. */
static u64 odd_number(struct rng *rng)
{
	u64 power = 1ULL << rng_below(rng, 64);

	switch (rng_below(rng, 4)) {
	case 0:
		return power - 1;
	case 1:
		return power + 1;
	case 2:
		return -power;
	default:
		return rng_next(rng) >> rng_below(rng, 64);
	}
}

static u64 some_flags(struct rng *rng, u64 known)
{
	u64 flags = 0;

	if (chance(rng, 40))
		return 0;
	for (u32 bit = 0; bit < 32; bit++)
		if ((known >> bit & 1) && !rng_below(rng, 4))
			flags |= 1ULL << bit;
	return chance(rng, 2) ? flags | 1ULL << rng_below(rng, 32) : flags;
}

/* Where copies fail, or have to wait for a page. */
static u64 odd_pointer(struct rng *rng)
{
	u64 base = one_of(rng, 0, ARENA_FRESH, ARENA_FIXED, ARENA_NONE, ARENA_KERNEL,
			  ARENA_STRANGE);

	if (chance(rng, 40))
		return ARENA_EDGE + ARENA_EDGE_SIZE - rng_below(rng, 64);
	return base + (base ? rng_below(rng, 64) * 512 : 0);
}

static u64 some_pointer(struct rng *rng, u64 base, u64 step, u64 n)
{
	return chance(rng, 6) ? odd_pointer(rng) : base + step * rng_below(rng, n);
}

static u64 some_key(struct rng *rng)
{
	return some_pointer(rng, ARENA_KEYS, 8, chance(rng, 80) ? 16 : 4096);
}

static u64 some_ttl(struct rng *rng)
{
	if (chance(rng, 3))
		return odd_number(rng);
	return one_of(rng, 0, 0, 0, 1, 1000, 1000000, 3000000, 20000000, NSEC_PER_SEC, HOUR_NS,
		      TTLMAP_TTL_MAX, TTLMAP_TTL_NEVER);
}

static u64 some_slot(struct rng *rng)
{
	return chance(rng, 90) ? rng_below(rng, 3) : rng_below(rng, SLOTS);
}

static u64 some_length(struct rng *rng)
{
	if (chance(rng, 75))
		return 8;
	return one_of(rng, 0, 1, 7, 9, 16, 64, 100, 256, 512, 4096, 65536, 1048576, 1048577,
		      0xffffffff);
}

/* Those of one length meet each other, and longer ones go other ways. */
static u64 some_key_len(struct rng *rng)
{
	if (chance(rng, 90))
		return one_of(rng, 8, 8, 8, 8, 16, 100);
	return one_of(rng, 0, 1, 4, 7, 9, 16, 63, 64, 65, 255, 256, 257, 511, 512, 513, 0xffffffff);
}

static u64 some_command(struct rng *rng)
{
	u64 command = (u64)TTLMAP_IOC_MAGIC << 8 | rng_below(rng, 64);

	return chance(rng, 20) ? rng_next(rng) : command | rng_below(rng, 4096) << 16 |
						 rng_below(rng, 4) << 30;
}

static u64 some_value(struct rng *rng, const struct field *field)
{
	switch (field->sort) {
	case SORT_SLOT:
		return some_slot(rng);
	case SORT_GROW:
		return chance(rng, 90) ? 0 : one_of(rng, -8, -4, -1, 1, 8, 64, 4096, 10000);
	case SORT_TAIL:
		return chance(rng, 90) ? 0 : 255;
	case SORT_ARG:
		return chance(rng, 97) ? 0 : odd_pointer(rng);
	case SORT_FAIL:
		return chance(rng, 94) ? 0 : 1 + rng_below(rng, 6);
	case SORT_ALARM:
		return chance(rng, 94) ? 0 : 1 + rng_below(rng, 3000);
	case SORT_FLAGS:
		return some_flags(rng, field->known);
	case SORT_KEY_MAX:
		return chance(rng, 90) ? one_of(rng, 8, 16, 100, 512) : some_key_len(rng);
	case SORT_VALUE_MAX:
		return some_length(rng);
	case SORT_MODE:
		return one_of(rng, 0, 0, 0600, 0666, 0400, 0200, 01000);
	case SORT_ENTRIES:
		return chance(rng, 3) ? odd_number(rng) :
		       one_of(rng, 1, 2, 5, 64, 65, 100, 300, 1000, 5000);
	case SORT_BYTES:
		return chance(rng, 80) ? 0 : one_of(rng, 1, 100, 1000, 10000, 100000, 1ULL << 63);
	case SORT_TTL:
		return some_ttl(rng);
	case SORT_NAME:
		return chance(rng, 90) ? 1 + rng_below(rng, 3) : rng_below(rng, NAMES);
	case SORT_OP:
		return chance(rng, 97) ? 1 + rng_below(rng, 7) : odd_number(rng);
	case SORT_KEY:
		return some_key(rng);
	case SORT_VALUE:
		return some_pointer(rng, ARENA_VALUES, 4096, 4);
	case SORT_OUT:
		return some_pointer(rng, ARENA_OUT, 4096, 8);
	case SORT_KEY_LEN:
		return some_key_len(rng);
	case SORT_VALUE_LEN:
		return some_length(rng);
	case SORT_LAST:
		return one_of(rng, 0, 0, VALUE_LAST, VALUE_LAST, VALUE_LAST, 1, ~0ULL);
	case SORT_ADDEND:
		return chance(rng, 50) ? odd_number(rng) : some_pointer(rng, ARENA_VALUES, 4096, 4);
	case SORT_OPS:
		return chance(rng, 95) ? 0 : odd_pointer(rng);
	case SORT_COUNT:
		return chance(rng, 96) ? one_of(rng, 1, 2, 15, 16, 17, 33, 100, 300, 800) :
		       one_of(rng, 0, 5000, 65536, 65537, 0xffffffff);
	case SORT_OP_SIZE:
		return chance(rng, 92) ? sizeof(struct ttlmap_op) :
		       one_of(rng, 0, sizeof(struct ttlmap_op) - 8, sizeof(struct ttlmap_op) + 8,
			      4096, 4097);
	case SORT_STRIDE:
		return one_of(rng, 8, 8, 8, 0, 1, 64);
	case SORT_ROOM:
		return one_of(rng, 0, 31, 32, 48, 64, 1000, 4096, 65536, 0xffffffff);
	case SORT_ITEMS:
		return one_of(rng, 0, 1, 2, 64);
	case SORT_ITEM_SIZE:
		return chance(rng, 80) ? sizeof(struct ttlmap_list_item) :
		       one_of(rng, 0, 8, sizeof(struct ttlmap_list_item) - 8,
			      sizeof(struct ttlmap_list_item) + 8, 4096, 4097);
	case SORT_USECS:
		return one_of(rng, 0, 100, 1000, 5000, 20000);
	case SORT_USER:
		return one_of(rng, 0, 1000, 1001);
	case SORT_LIMIT:
		return one_of(rng, 0, 10000, 100000, 1000000, ~0ULL);
	case SORT_COMMAND:
		return some_command(rng);
	case SORT_SMALL:
		return chance(rng, 70) ? 0 : rng_below(rng, 8);
	case SORT_ZERO:
		return chance(rng, 98) ? 0 : odd_number(rng);
	case SORT_ANY:
		return chance(rng, 95) ? 0 : odd_number(rng);
	}
	return 0;
}

static void fill_call(struct rng *rng, struct call *call)
{
	const struct form *form = form_of(call);

	for (u32 i = 0; i < form->n; i++)
		call->value[i] = some_value(rng, &form->fields[i]);
}

/* What an operation has no use for is zero. */
static void shape_op(struct rng *rng, u64 *value)
{
	const struct shape *shape = &shapes[rng_below(rng, n_shapes)];
	u64 flags = chance(rng, 50) ? 0 : some_flags(rng, shape->flags);

	value[V_OP] = shape->op;
	value[V_OP_FLAGS] = flags;
	if (shape->out)
		value[V_VALUE] = some_pointer(rng, ARENA_OUT, 4096, 8);
	if (!shape->in && !shape->out) {
		value[V_VALUE] = 0;
		value[V_VALUE_LEN] = 0;
	}
	if (!shape->ttl)
		value[V_TTL] = 0;
	if (!(flags & TTLMAP_IF_VERSION))
		value[V_VERSION] = 0;
	value[V_OP_ARG] = shape->op == TTLMAP_OP_ADD ? rng_below(rng, 100) : 0;
	if (flags & TTLMAP_IF_VALUE)
		value[V_OP_ARG] = some_pointer(rng, ARENA_VALUES, 4096, 4);
	else
		value[V_ARG_LEN] = 0;
	if (shape->op == TTLMAP_OP_CLEAR) {
		value[V_KEY] = 0;
		value[V_KEY_LEN] = 0;
	}
}

static bool power_of_two(u64 x)
{
	return !(x & (x - 1));
}

/* Mostly limits that go together. */
static void shape_create(struct rng *rng, u64 *value)
{
	u64 *flags = &value[V_CREATE_FLAGS];

	for (u32 i = V_DEFAULT_TTL; i <= V_JITTER; i++)
		if (!power_of_two(rng_below(rng, 8)))
			value[i] = 0;
	if (!value[V_MODE])
		value[V_CREATE_NAME] = 0;
	if (*flags & TTLMAP_F_COUNTERS) {
		*flags &= ~TTLMAP_F_VERSIONS;
		value[V_VALUE_MAX] = 8;
	}
	if (*flags & TTLMAP_F_RECLAIM)
		*flags &= ~TTLMAP_F_NO_EVICT;
	if (value[V_VALUE_MAX] < 8)
		value[V_VALUE_MAX] = 8;
}

/* Only what is named may be given. */
static void shape_tune(struct rng *rng, u64 *value)
{
	u64 what = 1 + rng_below(rng, 2 * TTLMAP_TUNE_ALARMS - 1);

	value[V_WHAT] = what;
	if (!(what & TTLMAP_TUNE_FLAGS))
		value[V_WHAT + 1] = 0;
	for (u32 i = 0; i < 6; i++)
		if (!(what >> i & 1))
			value[V_WHAT + 2 + i] = 0;
	if (!(what & TTLMAP_TUNE_ALARMS))
		memset(&value[V_STALE_PERCENT], 0, 3 * sizeof(*value));
}

static void shape_call(struct rng *rng, struct call *call)
{
	switch (call->form) {
	case FORM_OP:
	case FORM_BATCH:
		shape_op(rng, call->value);
		break;
	case FORM_CREATE:
		shape_create(rng, call->value);
		break;
	case FORM_TUNE:
		shape_tune(rng, call->value);
		break;
	}
}

static u64 device_slot(struct rng *rng)
{
	return chance(rng, 97) ? SLOT_DEVICE : some_slot(rng);
}

static u32 some_form(struct rng *rng)
{
	static const u64 often[] = {
		FORM_OP, FORM_OP, FORM_OP, FORM_OP, FORM_OP, FORM_OP, FORM_BATCH, FORM_BATCH,
		FORM_BATCH, FORM_SCAN, FORM_STAT, FORM_TUNE, FORM_CREATE, FORM_SLEEP,
	};

	return chance(rng, 75) ? pick(rng, often, LENGTH(often)) : rng_below(rng, FORMS);
}

static void some_call(struct rng *rng, struct call *call, u32 form)
{
	*call = (struct call){ .form = form };
	fill_call(rng, call);
	if (chance(rng, 95))
		shape_call(rng, call);
	if (form <= FORM_LIST)
		call->value[V_FD] = device_slot(rng);
	if (chance(rng, 40))
		call->thread = rng_below(rng, PROGRAM_THREADS);
}

/* A map or two, then anything. */
void generate_program(struct rng *rng, struct program *program)
{
	u32 n = 4 + rng_below(rng, 20);

	for (program->n = 0; program->n < n; program->n++) {
		struct call *call = &program->call[program->n];

		some_call(rng, call, program->n < 2 ? FORM_CREATE : some_form(rng));
		if (program->n < 2) {
			call->thread = 0;
			call->value[V_TO] = program->n;
		}
	}
}

static void change_value(struct rng *rng, struct call *call)
{
	const struct form *form = form_of(call);
	u32 i;

	if (!form->n)
		return;
	i = rng_below(rng, form->n);
	if (chance(rng, 70))
		call->value[i] = some_value(rng, &form->fields[i]);
	else if (chance(rng, 50))
		call->value[i] ^= 1ULL << rng_below(rng, 64);
	else if (chance(rng, 50))
		call->value[i] += rng_below(rng, 17) - 8;
	else
		call->value[i] = odd_number(rng);
}

static void take_from(struct rng *rng, struct program *program, const struct program *other)
{
	u32 from = rng_below(rng, other->n), n = 1 + rng_below(rng, 8);
	u32 at = rng_below(rng, program->n + 1);

	for (u32 i = from; i < other->n && n--; i++)
		if (!program_insert(program, at++, &other->call[i]))
			return;
}

static void mutate(struct rng *rng, struct program *program, const struct program *other)
{
	struct call *call = &program->call[rng_below(rng, program->n)];
	struct call fresh;

	switch (rng_below(rng, 10)) {
	case 0 ... 2:
		some_call(rng, &fresh, some_form(rng));
		program_insert(program, rng_below(rng, program->n + 1), &fresh);
		break;
	case 3 ... 5:
		change_value(rng, call);
		break;
	case 6:
		call->thread = rng_below(rng, PROGRAM_THREADS);
		break;
	case 7:
		fresh = *call;
		program_insert(program, rng_below(rng, program->n + 1), &fresh);
		break;
	case 8:
		if (program->n > 1)
			program_remove(program, call - program->call, 1);
		break;
	case 9:
		take_from(rng, program, other);
		break;
	}
}

void generate_mutation(struct rng *rng, struct program *program, const struct program *other)
{
	u32 n = 1 + rng_below(rng, 5);

	while (n--)
		mutate(rng, program, other);
}
