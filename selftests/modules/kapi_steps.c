// SPDX-License-Identifier: GPL-2.0
/*
 * A map with a name, which a program uses between one step and the next: each
 * step is a file that it reads when it is ready for it.
 */
#include "kapi.h"

static struct ttlmap *map;

static void make(struct seq_file *report)
{
	const struct ttlmap_params params = {
		.limits = { .flags = TTLMAP_F_OWNERS, .key_max = 8, .value_max = 8, .mode = 0600,
			    .max_entries = 100, .name = "kapi.shared" },
	};

	if (!EXPECT(report, !map))
		return;
	map = kapi_map(report, &params);
	if (map)
		EXPECT_EQ(report, 0, kapi_set(map, 1, 1, 0, 0));
}

/* A program has written 2 and taken 1 away. */
static void see(struct seq_file *report)
{
	u64 value;

	if (!EXPECT(report, map))
		return;
	EXPECT(report, kapi_has(map, 2));
	EXPECT(report, !kapi_get(map, 1, &value));
	EXPECT_EQ(report, 0, kapi_set(map, 3, 3, 0, 0));
}

static void see_nothing(struct seq_file *report)
{
	u64 key, value;

	if (!EXPECT(report, map))
		return;
	for (key = 0; key < 10; key++)
		EXPECT(report, !kapi_get(map, key, &value));
	EXPECT_EQ(report, 0, kapi_set(map, 4, 4, 0, 0));
}

/* A program has frozen the map. */
static void see_frozen(struct seq_file *report)
{
	if (!EXPECT(report, map))
		return;
	EXPECT_EQ(report, -EROFS, kapi_set(map, 5, 5, 0, 0));
	EXPECT_EQ(report, -EROFS, kapi_delete(map, 4));
	EXPECT_EQ(report, 0, kapi_set(map, 4, 44, 0, TTLMAP_EXISTING));
}

/* At the end of the module as well, if a test ended early. */
void kapi_steps_end(void)
{
	if (map)
		ttlmap_put(map);
	map = NULL;
}

static void put(struct seq_file *report)
{
	EXPECT(report, map);
	kapi_steps_end();
}

const struct kapi_case kapi_steps[] = {
	KAPI_CASE(make),
	KAPI_CASE(see),
	KAPI_CASE(see_nothing),
	KAPI_CASE(see_frozen),
	KAPI_CASE(put),
	{ }
};
