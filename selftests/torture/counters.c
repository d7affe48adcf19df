// SPDX-License-Identifier: GPL-2.0
/* Additions and pops, of which nothing is lost: what was added is popped or there. */
#include <errno.h>

#include "torture.h"

void add_to_counters(struct self *self)
{
	u64 added = 0;

	while (going(self)) {
		u64 amount = rng_next(&self->rng), key = rng_below(&self->rng, COUNTERS);
		int rc = u64_add(self->w->counters, key, amount, NULL);

		FIND_IF(self, rc && rc != -ENOMEM && rc != -EDQUOT, "an addition: %s", rc_name(rc));
		added += rc ? 0 : amount;
		self->part->rounds++;
	}
	self->w->added += added;
}

void pop_counters(struct self *self)
{
	u64 popped = 0;

	while (going(self)) {
		u64 value = 0, key = rng_below(&self->rng, COUNTERS);
		int rc = u64_pop(self->w->counters, key, &value);

		FIND_IF(self, rc && rc != -ENOENT, "a pop: %s", rc_name(rc));
		popped += rc ? 0 : value;
		self->part->rounds++;
	}
	self->w->popped += popped;
}
