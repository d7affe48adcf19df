// SPDX-License-Identifier: GPL-2.0
/*
 * Maps that are frozen in the middle of everything: from then on the set of keys
 * is what it is, whoever writes, evicts, reclaims, expires or ends as an owner.
 */
#include <errno.h>
#include <unistd.h>

#include "torture.h"

#define KEYS		1000ULL

/* Somebody who writes and deletes, as long as the map is the same. */
struct noise {
	int map;
	u64 seed;
	atomic_bool stop;
};

static void *make_noise(void *arg)
{
	struct noise *noise = arg;
	struct rng rng = rng_make(noise->seed);

	while (!noise->stop) {
		u64 key = rng_below(&rng, 2 * KEYS), value;

		switch (rng_below(&rng, 4)) {
		case 0:
			u64_delete(noise->map, key);
			break;
		case 1:
			u64_pop(noise->map, key, &value);
			break;
		default:
			u64_set(noise->map, key, key, rng_below(&rng, 2) * HOUR_NS, 0);
		}
	}
	return NULL;
}

static int make_map(struct self *self)
{
	static const u32 flags[] = { 0, TTLMAP_F_RECLAIM, TTLMAP_F_NO_EVICT, TTLMAP_F_VERSIONS,
				     TTLMAP_F_SLIDING | TTLMAP_F_RECLAIM, TTLMAP_F_PREALLOC };
	struct ttlmap_create create = MAP_8_8(KEYS - 200);

	create.flags = flags[rng_below(&self->rng, ARRAY_SIZE(flags))] | TTLMAP_F_OWNERS;
	create.default_ttl_ns = 100 * NSEC_PER_MSEC;
	return map_create(&create);
}

/* Which keys there are. What has expired may be there as well: TOUCH tells. */
static void take_stock(int map, bool *there)
{
	for (u64 key = 0; key < 2 * KEYS; key++)
		there[key] = !u64_touch(map, key, HOUR_NS, 0);
}

static void compare_stock(struct self *self, int map, u64 entries, const bool *before)
{
	bool after[2 * KEYS];

	take_stock(map, after);
	for (u64 key = 0; key < 2 * KEYS; key++)
		FIND_IF(self, before[key] != after[key], "key %llu %s in a frozen map", key,
			after[key] ? "came" : "went");
	FIND_IF(self, map_entries(map) != entries, "a frozen map held %llu entries, and holds %llu",
		entries, map_entries(map));
}

static void freeze_one(struct self *self, int map)
{
	bool before[2 * KEYS];
	u64 entries;
	int rc;

	nap(self, 100);
	rc = map_freeze(map);
	FIND_IF(self, rc, "FREEZE: %s", rc_name(rc));
	entries = map_entries(map);
	take_stock(map, before);
	nap(self, 200);
	compare_stock(self, map, entries, before);
}

void freeze_maps(struct self *self)
{
	while (going(self)) {
		int map = make_map(self);
		struct noise noise = { .map = map, .seed = rng_next(&self->rng) };
		pthread_t thread;

		if (map < 0) {
			FIND_IF(self, map != -ENOMEM && map != -EDQUOT, "CREATE: %s", rc_name(map));
			continue;
		}
		pthread_create(&thread, NULL, make_noise, &noise);
		freeze_one(self, map);
		noise.stop = true;
		pthread_join(thread, NULL);
		close(map);
		self->part->rounds++;
	}
}
