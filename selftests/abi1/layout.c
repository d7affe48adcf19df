// SPDX-License-Identifier: GPL-2.0
/*
 * Where all that the first ABI published is, in the header that this is built with;
 * LAYOUT names the table. What that header has lost does not compile.
 */
#include <stddef.h>

#include <linux/ttlmap.h>

#include "layout.h"

#define MEMBER(type, field)						\
	#type "." #field, offsetof(struct type, field), sizeof(((struct type *)0)->field)
#define FIELD(type, field)	{ MEMBER(type, field), false },
#define LAST(type, field)	{ MEMBER(type, field), true },
#define STRUCT(type)		{ #type, 0, sizeof(struct type), true },
/* The size of its argument is part of the number, and may change. */
#define COMMAND(name)							\
	{ #name, _IOC(_IOC_DIR(name), _IOC_TYPE(name), _IOC_NR(name), 0), 0, false },
#define NUMBER(name)		{ #name, name, 0, false },
#define LIMIT(name)		{ #name, 0, name, true },

const struct layout LAYOUT[] = {
#include "list.h"
	{ }
};
