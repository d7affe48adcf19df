// SPDX-License-Identifier: GPL-2.0
/*
 * A keeper has keys that nobody else writes, and knows of each what it must be:
 * there or not, with which value, and between which two moments it expires. Each
 * operation is timed from outside, so that what it returns is either possible or
 * proof of something wrong, whatever goes on around it.
 */
#include <errno.h>

#include "torture.h"

#define BATCH		16
#define NEVER		TTLMAP_TTL_NEVER
/* A use within this time of the last one need not move a sliding expiry. */
#define SLIDE_STEP	(4 * NSEC_PER_MSEC)

/**
 * struct kept - what is known of a key
 * @present: written, and not seen to be gone since
 * @live_until: it cannot expire earlier than this
 * @dead_from: it has expired from then on at the latest
 * @slide: a use of it starts this TTL anew, in maps that slide
 * @seq: of its value
 * @len: of its value
 * @version: as the map gave it
 */
struct kept {
	bool present;
	u64 live_until, dead_from;
	u64 slide;
	u64 seq;
	u32 len;
	u64 version;
};

/* An operation under way: on which key, and what it will have been if it succeeds. */
struct step {
	struct kept *kept;
	u64 key;
	u64 seq, ttl;
	bool unlikely;		/* its condition does not hold */
	u64 value[VALUE_MAX / 8], expected[VALUE_MAX / 8];
};

struct keeper {
	struct self *self;
	struct arena *arena;
	u64 first_key, seq;
	u64 begin, end;		/* of the call, CLOCK_BOOTTIME */
	struct kept kept[KEPT_KEYS];
	struct step steps[BATCH];
	struct ttlmap_op ops[BATCH];
};

static u32 some_length(struct keeper *keeper)
{
	u32 most = keeper->arena->create.value_max;
	u64 dice = rng_below(&keeper->self->rng, 100);
	u32 len = dice < 80 ? 64 : dice < 97 ? 512 : VALUE_MAX;

	len = 16 + 8 * rng_below(&keeper->self->rng, len / 8 - 1);
	return len < most ? len : most;
}

/* ---- what time says */

static u64 add_ttl(u64 when, u64 ttl)
{
	return ttl == NEVER ? NEVER : when + ttl;
}

static bool surely_gone(const struct keeper *keeper, const struct kept *kept)
{
	return !kept->present || keeper->begin >= kept->dead_from;
}

static bool maybe_gone(const struct keeper *keeper, const struct kept *kept)
{
	return !kept->present || keeper->end >= kept->live_until || keeper->arena->loses;
}

static long long us_after(u64 begin, u64 when)
{
	return (long long)(when - begin) / 1000;
}

static void wrong(struct keeper *keeper, const struct step *step, const char *what)
{
	const struct kept *kept = step->kept;
	const struct ttlmap_op *op = &keeper->ops[step - keeper->steps];

	find(keeper->self,
	     "%s, key %llx: %s (op %u with %#x: %s; it is %s with value %llu; the call took %lld us, it expires after %lld to %lld us)",
	     keeper->arena->name, step->key, what, op->op, op->flags, rc_name(op->result),
	     kept->present ? "there" : "gone", kept->seq, us_after(keeper->begin, keeper->end),
	     us_after(keeper->begin, kept->live_until), us_after(keeper->begin, kept->dead_from));
}

/* The entry was there at some moment of the call. */
static void was_there(struct keeper *keeper, struct step *step)
{
	if (surely_gone(keeper, step->kept))
		wrong(keeper, step, "deleted, gone or expired, and seen again");
}

static void was_gone(struct keeper *keeper, struct step *step)
{
	if (!maybe_gone(keeper, step->kept))
		wrong(keeper, step, "present throughout, and not found");
	step->kept->present = false;
}

/* A new TTL, which the map may have shortened. */
static void new_expiry(struct keeper *keeper, struct step *step, u64 ttl, u32 flags)
{
	struct kept *kept = step->kept;
	u64 jitter = keeper->arena->create.jitter_ns;
	u64 shortest = ttl == NEVER ? NEVER : ttl - (jitter < ttl / 2 ? jitter : ttl / 2);
	u64 from = add_ttl(keeper->begin, shortest), to = add_ttl(keeper->end, ttl);

	bool lives = !maybe_gone(keeper, kept);

	if ((flags & TTLMAP_TTL_EXTEND) && kept->present) {
		from = lives && kept->live_until > from ? kept->live_until : from;
		to = to > kept->dead_from ? to : kept->dead_from;
	} else if ((flags & TTLMAP_TTL_KEEP) && !surely_gone(keeper, kept)) {
		from = lives || kept->live_until < from ? kept->live_until : from;
		to = lives || kept->dead_from > to ? kept->dead_from : to;
	}
	kept->live_until = from;
	kept->dead_from = to;
	kept->slide = ttl;
}

static void slide(struct keeper *keeper, struct kept *kept)
{
	u64 from = add_ttl(keeper->begin - SLIDE_STEP, kept->slide);
	u64 to = add_ttl(keeper->end, kept->slide);

	if (!(keeper->arena->create.flags & TTLMAP_F_SLIDING) || kept->slide == NEVER)
		return;
	kept->live_until = from > kept->live_until ? from : kept->live_until;
	kept->dead_from = to > kept->dead_from ? to : kept->dead_from;
}

/* What is left of the TTL tells more exactly when it expires. */
static void check_left(struct keeper *keeper, struct step *step, u64 left)
{
	struct kept *kept = step->kept;
	u64 from = add_ttl(keeper->begin, left), to = add_ttl(keeper->end, left);

	if (from > kept->dead_from || to < kept->live_until) {
		wrong(keeper, step, "another TTL than it can have");
		return;
	}
	if (keeper->arena->create.flags & TTLMAP_F_SLIDING)
		return;
	kept->live_until = from > kept->live_until ? from : kept->live_until;
	kept->dead_from = to < kept->dead_from ? to : kept->dead_from;
}

/* ---- what each operation may have come to */

static void check_value(struct keeper *keeper, struct step *step, const struct ttlmap_op *op)
{
	const struct kept *kept = step->kept;

	if (op->value_len != kept->len ||
	    (!op->result && !value_whole(step->value, step->key, kept->seq, kept->len)))
		wrong(keeper, step, "another value than was written last");
	if (keeper->arena->create.flags & TTLMAP_F_VERSIONS && op->version != kept->version)
		wrong(keeper, step, "another version than was written last");
}

static void looked_up(struct keeper *keeper, struct step *step, const struct ttlmap_op *op)
{
	struct kept *kept = step->kept;

	if (!(op->flags & TTLMAP_PEEK))
		keeper->arena->looks++;
	if (op->result == -ENOENT) {
		was_gone(keeper, step);
		return;
	}
	was_there(keeper, step);
	check_value(keeper, step, op);
	if (!(op->flags & TTLMAP_PEEK))
		slide(keeper, kept);
	if (!(op->flags & TTLMAP_TTL_REFRESH)) {
		check_left(keeper, step, op->ttl_ns);
	} else if (!op->result) {
		u64 from = kept->live_until, to = kept->dead_from;
		bool lives = !maybe_gone(keeper, kept);

		new_expiry(keeper, step, step->ttl, op->flags);
		if (lives)
			return;
		kept->live_until = from < kept->live_until ? from : kept->live_until;
		kept->dead_from = to > kept->dead_from ? to : kept->dead_from;
	}
}

static void popped(struct keeper *keeper, struct step *step, const struct ttlmap_op *op)
{
	looked_up(keeper, step, op);
	if (op->result)
		return;
	step->kept->present = false;
	keeper->arena->pops++;
}

static void deleted(struct keeper *keeper, struct step *step, const struct ttlmap_op *op)
{
	struct kept *kept = step->kept;

	if (op->result == -ENOENT) {
		was_gone(keeper, step);
		return;
	}
	if (op->flags & TTLMAP_IF_EXPIRED) {
		if (op->result)
			was_there(keeper, step);
		else
			was_gone(keeper, step);
		return;
	}
	was_there(keeper, step);
	if (!!op->result != step->unlikely)
		wrong(keeper, step, "a condition was judged wrongly");
	if (op->result)
		return;
	kept->present = false;
	keeper->arena->deletes++;
}

static void touched(struct keeper *keeper, struct step *step, const struct ttlmap_op *op)
{
	if (op->result) {
		was_gone(keeper, step);
		return;
	}
	was_there(keeper, step);
	new_expiry(keeper, step, step->ttl, op->flags);
	check_left(keeper, step, op->ttl_ns);
}

static void update_refused(struct keeper *keeper, struct step *step, const struct ttlmap_op *op)
{
	switch (op->result) {
	case -EEXIST:
		was_there(keeper, step);
		break;
	case -ENOENT:
		was_gone(keeper, step);
		break;
	default:
		was_there(keeper, step);
		if (!step->unlikely)
			wrong(keeper, step, "a condition was judged wrongly");
	}
}

static void updated(struct keeper *keeper, struct step *step, const struct ttlmap_op *op)
{
	struct kept *kept = step->kept;

	if (op->result) {
		update_refused(keeper, step, op);
		return;
	}
	if ((op->flags & TTLMAP_NEW) && !maybe_gone(keeper, kept))
		wrong(keeper, step, "present throughout, and inserted anew");
	if (op->flags & (TTLMAP_EXISTING | TTLMAP_IF_VALUE | TTLMAP_IF_VERSION))
		was_there(keeper, step);
	if (step->unlikely)
		wrong(keeper, step, "a condition was judged wrongly");
	if (op->version && op->version == kept->version)
		wrong(keeper, step, "the same version twice");
	new_expiry(keeper, step, step->ttl, op->flags);
	kept->present = true;
	kept->seq = step->seq;
	kept->len = op->value_len;
	kept->version = op->version;
	keeper->arena->updates++;
}

/* What says nothing of the entry, and changed nothing. */
static bool of_no_account(const struct keeper *keeper, int rc)
{
	switch (rc) {
	case -ENOMEM:
	case -EDQUOT:
	case -ENOSPC:
		return true;
	case -ERANGE:
		return keeper->arena->retimed;
	default:
		return false;
	}
}

static bool known_result(const struct ttlmap_op *op)
{
	switch (op->result) {
	case 0:
	case -ENOENT:
		return true;
	case -EMSGSIZE:
		return op->op == TTLMAP_OP_LOOKUP || op->op == TTLMAP_OP_POP;
	case -EEXIST:
		return op->op == TTLMAP_OP_UPDATE && (op->flags & TTLMAP_NEW);
	case -ECANCELED:
		return op->flags & (TTLMAP_IF_VALUE | TTLMAP_IF_VERSION | TTLMAP_IF_EXPIRED);
	default:
		return false;
	}
}

static void judge(struct keeper *keeper, struct step *step, const struct ttlmap_op *op)
{
	if (of_no_account(keeper, op->result)) {
		/* A lookup that lacks memory for its copy has hit all the same. */
		if (op->op == TTLMAP_OP_LOOKUP && !(op->flags & TTLMAP_PEEK))
			keeper->arena->looks++;
		return;
	}
	if (!known_result(op)) {
		wrong(keeper, step, "a result that it cannot have");
		return;
	}
	switch (op->op) {
	case TTLMAP_OP_LOOKUP:
		looked_up(keeper, step, op);
		break;
	case TTLMAP_OP_POP:
		popped(keeper, step, op);
		break;
	case TTLMAP_OP_DELETE:
		deleted(keeper, step, op);
		break;
	case TTLMAP_OP_TOUCH:
		touched(keeper, step, op);
		break;
	default:
		updated(keeper, step, op);
	}
}

/* ---- what to do next */

static u64 some_ttl(struct keeper *keeper)
{
	const struct ttlmap_create *create = &keeper->arena->create;
	struct rng *rng = &keeper->self->rng;

	if (create->default_ttl_ns && create->default_ttl_ns < NSEC_PER_SEC)
		return (20 + rng_below(rng, 400)) * NSEC_PER_MSEC;
	switch (rng_below(rng, 5)) {
	case 0:
		return (20 + rng_below(rng, 3000)) * NSEC_PER_MSEC;
	case 1:
		return create->default_ttl_ns ?: NEVER;
	default:
		return NEVER;
	}
}

static bool extends(struct keeper *keeper)
{
	return !(keeper->arena->create.flags & TTLMAP_F_SLIDING) &&
	       !rng_below(&keeper->self->rng, 3);
}

static struct ttlmap_op plan_lookup(struct keeper *keeper, struct step *step)
{
	struct ttlmap_op op = op_lookup(&step->key, 8, step->value, VALUE_MAX);
	u64 dice = rng_below(&keeper->self->rng, 10);

	if (!dice) {
		op.value_len = 8;
	} else if (dice == 1) {
		op.flags = TTLMAP_PEEK;
	} else if (dice == 2 && !keeper->arena->retimed) {
		op.flags = TTLMAP_TTL_REFRESH | (extends(keeper) ? TTLMAP_TTL_EXTEND : 0);
		op.ttl_ns = step->ttl;
	}
	return op;
}

/* A condition on what the entry is, or on what it is not. */
static void plan_condition(struct keeper *keeper, struct step *step, struct ttlmap_op *op)
{
	const struct kept *kept = step->kept;

	step->unlikely = !rng_below(&keeper->self->rng, 4);
	if (keeper->arena->create.flags & TTLMAP_F_VERSIONS) {
		op->flags |= TTLMAP_IF_VERSION;
		op->version = kept->version + step->unlikely;
		return;
	}
	fill_value(step->expected, step->key, kept->seq + step->unlikely, kept->len);
	op->flags |= TTLMAP_IF_VALUE;
	op->arg = (uintptr_t)step->expected;
	op->arg_len = kept->len;
}

static struct ttlmap_op plan_update(struct keeper *keeper, struct step *step)
{
	u32 len = some_length(keeper);
	struct ttlmap_op op = op_update(&step->key, 8, step->value, len, step->ttl, 0);
	struct rng *rng = &keeper->self->rng;

	step->seq = ++keeper->seq;
	fill_value(step->value, step->key, step->seq, len);
	if (step->ttl == keeper->arena->create.default_ttl_ns && !keeper->arena->retimed)
		op.ttl_ns = 0;
	if (extends(keeper))
		op.flags |= rng_below(rng, 2) ? TTLMAP_TTL_KEEP : TTLMAP_TTL_EXTEND;
	switch (rng_below(rng, 6)) {
	case 0:
		op.flags |= TTLMAP_NEW;
		break;
	case 1:
		op.flags |= TTLMAP_EXISTING;
		break;
	case 2:
		plan_condition(keeper, step, &op);
		break;
	}
	return op;
}

static struct ttlmap_op plan_delete(struct keeper *keeper, struct step *step)
{
	struct ttlmap_op op = op_delete(&step->key, 8);

	switch (rng_below(&keeper->self->rng, 4)) {
	case 0:
		op.flags = TTLMAP_IF_EXPIRED;
		break;
	case 1:
		plan_condition(keeper, step, &op);
		break;
	}
	return op;
}

static struct ttlmap_op plan_touch(struct keeper *keeper, struct step *step)
{
	return op_touch(&step->key, 8, step->ttl, extends(keeper) ? TTLMAP_TTL_EXTEND : 0);
}

static struct ttlmap_op plan_pop(struct keeper *keeper, struct step *step)
{
	struct ttlmap_op op = op_pop(&step->key, 8, step->value, VALUE_MAX);

	if (!rng_below(&keeper->self->rng, 8))
		op.value_len = 8;
	return op;
}

/* Conditions compare with what the steps before, in the same call, have not yet changed. */
static bool planned(const struct keeper *keeper, const struct step *step)
{
	for (const struct step *other = keeper->steps; other < step; other++)
		if (other->kept == step->kept)
			return true;
	return false;
}

static void plan(struct keeper *keeper, struct step *step)
{
	struct ttlmap_op *op = &keeper->ops[step - keeper->steps];
	struct rng *rng = &keeper->self->rng;

	do {
		u64 i = kept_key(rng);

		step->key = keeper->first_key + i;
		step->kept = &keeper->kept[i];
	} while (planned(keeper, step));
	step->ttl = some_ttl(keeper);
	step->unlikely = false;
	switch (rng_below(rng, 16)) {
	case 0:
		*op = plan_delete(keeper, step);
		break;
	case 1:
		*op = plan_touch(keeper, step);
		break;
	case 2:
		*op = plan_pop(keeper, step);
		break;
	case 3 ... 7:
		*op = plan_update(keeper, step);
		break;
	default:
		*op = plan_lookup(keeper, step);
	}
}

/* ---- calls */

/* Alone or in a batch, of which a machine that goes to sleep may leave a part. */
static void carry_out(struct keeper *keeper, u32 count)
{
	u32 done = 0;
	int rc;

	keeper->begin = boottime_ns();
	if (count == 1) {
		keeper->ops[0].result = map_op(keeper->arena->map, keeper->ops);
		done = 1;
		rc = 0;
	} else {
		rc = map_batch(keeper->arena->map, keeper->ops, count, &done);
	}
	keeper->end = boottime_ns();
	FIND_IF(keeper->self, rc && rc != -EINTR && rc != -ENOMEM, "a batch: %s", rc_name(rc));
	for (u32 i = 0; i < done && !rc; i++)
		judge(keeper, &keeper->steps[i], &keeper->ops[i]);
}

static void some_steps(struct keeper *keeper)
{
	u32 count = rng_below(&keeper->self->rng, 2) ? 1 :
		    2 + rng_below(&keeper->self->rng, BATCH - 1);

	for (u32 i = 0; i < count; i++)
		plan(keeper, &keeper->steps[i]);
	carry_out(keeper, count);
}

/* Each of the keys, in the end. */
static void look_at_all(struct keeper *keeper)
{
	struct step *step = keeper->steps;

	for (u32 i = 0; i < KEPT_KEYS; i++) {
		step->key = keeper->first_key + i;
		step->kept = &keeper->kept[i];
		keeper->ops[0] = op_lookup(&step->key, 8, step->value, VALUE_MAX);
		carry_out(keeper, 1);
	}
}

static struct keeper *keeper_make(struct self *self, struct arena *arena)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));

	keeper->self = self;
	keeper->arena = arena;
	keeper->first_key = self->number << 40;
	return keeper;
}

void keep(struct self *self)
{
	struct keeper *keeper = keeper_make(self, &self->w->arenas[self->part->arg]);

	while (going(self)) {
		some_steps(keeper);
		self->part->rounds++;
	}
	look_at_all(keeper);
	free(keeper);
}

/*
 * A keeper whose keys are spoilt behind its back has to notice. All are written
 * before; whether it does is for the caller to see.
 */
void keepers_control(struct self *self, int (*spoil)(int map, u64 key), u32 delay_ms)
{
	struct arena *arena = &self->w->arenas[self->part->arg];
	struct keeper *keeper = keeper_make(self, arena);
	struct step *step = keeper->steps;

	for (u32 i = 0; i < KEPT_KEYS; i++) {
		step->key = keeper->first_key + i;
		step->kept = &keeper->kept[i];
		step->ttl = NSEC_PER_SEC;
		step->seq = ++keeper->seq;
		fill_value(step->value, step->key, step->seq, 64);
		keeper->ops[0] = op_update(&step->key, 8, step->value, 64, step->ttl, 0);
		carry_out(keeper, 1);
		FIND_IF(self, spoil(arena->map, step->key), "it cannot be spoilt");
	}
	sleep_ms(delay_ms);
	look_at_all(keeper);
	free(keeper);
}
