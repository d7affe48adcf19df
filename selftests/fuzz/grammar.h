/* SPDX-License-Identifier: GPL-2.0 */
/* What calls there are, and where their values go: the ABI as tables. */
#ifndef TTLMAP_FUZZ_GRAMMAR_H
#define TTLMAP_FUZZ_GRAMMAR_H

#include "program.h"

enum form_id {
	FORM_CREATE, FORM_OPEN, FORM_UNLINK, FORM_LIST,
	FORM_OP, FORM_BATCH, FORM_SCAN, FORM_STAT, FORM_TUNE, FORM_FREEZE,
	FORM_LISTEN,
	FORM_RAW, FORM_IOCTLS = FORM_RAW,
	FORM_DUP, FORM_CLOSE, FORM_READ, FORM_FORK, FORM_JOIN, FORM_SLEEP, FORM_USER, FORM_LIMIT,
	FORM_DEBUGFS,
	FORMS
};

/* Where values come from. */
enum sort {
	SORT_ANY, SORT_ZERO, SORT_SLOT, SORT_GROW, SORT_TAIL, SORT_ARG, SORT_FAIL, SORT_ALARM,
	SORT_FLAGS, SORT_KEY_MAX, SORT_VALUE_MAX, SORT_MODE, SORT_ENTRIES, SORT_BYTES, SORT_TTL,
	SORT_NAME, SORT_OP, SORT_KEY, SORT_VALUE, SORT_OUT, SORT_KEY_LEN, SORT_VALUE_LEN,
	SORT_LAST, SORT_ADDEND, SORT_OPS, SORT_COUNT, SORT_OP_SIZE, SORT_STRIDE, SORT_ROOM,
	SORT_ITEMS, SORT_ITEM_SIZE, SORT_USECS, SORT_USER, SORT_LIMIT, SORT_COMMAND, SORT_SMALL
};

/* Which structure a value is part of. */
enum part { PART_NONE, PART_ARG, PART_ELEMENT };

struct field {
	const char *name;
	enum sort sort;
	enum part part;
	u32 at;
	u32 size;
	u64 known;	/* of flags: those that there are */
};

struct form {
	const char *name;
	unsigned long command;
	const struct field *fields;
	u32 n;
};

/* Values that every ioctl has. */
enum { V_FD, V_GROW, V_TAIL, V_ARG, V_FAIL, V_ALARM, V_OWN };

/* Those of an operation, alone or repeated in a batch. */
enum {
	V_OP = V_OWN, V_OP_FLAGS, V_KEY, V_VALUE, V_KEY_LEN, V_VALUE_LEN, V_TTL, V_RESULT,
	V_ARG_LEN, V_VERSION, V_OP_ARG,
	V_OPS, V_COUNT, V_OP_SIZE, V_BATCH_FLAGS, V_STRIDE, V_MIX
};

/* Those of other calls that are looked at one by one. */
enum {
	V_TO = V_OWN, V_CREATE_FLAGS, V_KEY_MAX, V_VALUE_MAX, V_MODE, V_MAX_ENTRIES, V_MAX_BYTES,
	V_DEFAULT_TTL, V_MIN_TTL, V_MAX_TTL, V_JITTER, V_CREATE_NAME
};

enum { V_WHAT = V_OWN, V_STALE_PERCENT = V_OWN + 8 };
enum { V_RAW_COMMAND = V_OWN };
enum { V_BUF = V_OWN + 1 };

/* Those of calls that are no ioctls. */
enum { V_FIRST, V_SECOND };

extern const struct form forms[FORMS];

const struct form *form_of(const struct call *call);
u32 form_size(const struct form *form);

/* What an operation takes, beside its key. */
struct shape {
	u32 op;
	u64 flags;
	bool in;
	bool out;
	bool ttl;
};

extern const struct shape shapes[];
extern const u32 n_shapes;

const struct shape *shape_of(u64 op);

#endif
