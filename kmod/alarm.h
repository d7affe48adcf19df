/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TTLMAP_ALARM_H
#define _TTLMAP_ALARM_H

#include <uapi/linux/ttlmap.h>

#include "account.h"

struct tm_ring;
struct ttlmap;

/**
 * struct tm_alarm - a rule, as far as one map goes
 * @on: it has been raised and has not ended
 * @streak: samples in a row that speak for a change
 * @since: time of the last change, CLOCK_BOOTTIME ns
 * @raised: how often
 * @figure: at the last sample, in the rule's unit
 * @last: as it was told at the last change
 */
struct tm_alarm {
	bool on;
	u8 streak;
	u64 since;
	u64 raised;
	u64 figure;
	struct ttlmap_alarm last;
};

/**
 * struct tm_alarm_owner - who wrote most of a map at the last sample
 * @id: of the account
 * @unread: bytes of its entries that were not read since they were written
 */
struct tm_alarm_owner {
	u16 id;
	u64 unread;
};

/**
 * struct tm_symptoms - what the rules look at
 * @ring: the samples of the window's resolution
 * @samples: how many of them are the window
 * @hits_percent: as in struct ttlmap_alarms
 * @stat: the map at this moment
 * @owner: who wrote most of it
 * @owner_leaves_more: and has more unread there than at the sample before
 * @owners: how many have written what is there
 * @collisions: evictions since the sample before
 */
struct tm_symptoms {
	const struct tm_ring *ring;
	unsigned int samples;
	u64 hits_percent;
	const struct ttlmap_stat *stat;
	struct tm_account_figures owner;
	bool owner_leaves_more;
	unsigned int owners;
	u64 collisions;
};

extern const char *const tm_alarm_names[TTLMAP_ALARMS];

u64 tm_alarm_threshold(const struct ttlmap *map, unsigned int rule);
bool tm_alarm_judge(struct tm_alarm *alarm, unsigned int rule,
		    const struct tm_symptoms *symptoms, u64 threshold);

#endif /* _TTLMAP_ALARM_H */
