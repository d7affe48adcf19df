// SPDX-License-Identifier: GPL-2.0
/*
 * Those who read what is there throughout, while everything around it moves: each
 * scan returns each constant once, each lookup finds it.
 */
#include <errno.h>

#include "torture.h"

#define BUF_WORDS	4096

static void count_record(struct self *self, const struct ttlmap_record *record, u8 *times)
{
	u64 key = *(const u64 *)record_key(record);

	if (record->key_len != 8 || key >= HERD_CONSTANT)
		return;
	FIND_IF(self, times[key]++, "constant %llu is returned twice by one scan", key);
	FIND_IF(self, record->value_len != 8 || *(const u64 *)record_value(record) != key,
		"constant %llu has another value in a scan", key);
}

/* A machine that goes to sleep interrupts; the scan goes on from where it was. */
static bool scan_on(struct self *self, struct ttlmap_scan *scan, u64 *buf)
{
	u32 room = 256 + 8 * rng_below(&self->rng, BUF_WORDS - 64);
	u64 before = scan->cursor;
	int rc = map_scan(self->w->herd, scan, buf, room, 0);

	if (!rc)
		return true;
	FIND_IF(self, rc != -EINTR, "a scan: %s", rc_name(rc));
	*scan = (struct ttlmap_scan){ .cursor = before };
	return false;
}

void scan_constants(struct self *self)
{
	static __thread u64 buf[BUF_WORDS];

	while (going(self)) {
		u8 times[HERD_CONSTANT] = { };
		struct ttlmap_scan scan = { };
		u64 key = 0;

		while (!scan.done && going(self)) {
			if (!scan_on(self, &scan, buf))
				continue;
			for_each_record(record, buf, scan.bytes)
				count_record(self, record, times);
		}
		while (scan.done && key < HERD_CONSTANT && times[key])
			key++;
		FIND_IF(self, scan.done && key < HERD_CONSTANT,
			"constant %llu is not returned by a scan", key);
		self->part->rounds++;
	}
}

void look_up_constants(struct self *self)
{
	while (going(self)) {
		u64 first = rng_below(&self->rng, HERD_CONSTANT - 64), value;
		int rc;

		rc = u64_get(self->w->herd, first, &value);
		FIND_IF(self, rc || value != first, "constant %llu: %s", first, rc_name(rc));
		for (u64 found = 0; found != 64 && going(self);) {
			found = u64_count_present(self->w->herd, first, 64);
			/* One that a signal cut short is repeated. */
			FIND_IF(self, found < 64, "of 64 constants from %llu on %llu are found",
				first, found);
		}
		self->part->rounds++;
	}
}
