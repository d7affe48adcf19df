// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../walk.h"
#include "fixture.h"

#define MOST	4000

struct seen {
	unsigned int segments;
	unsigned int entries;
	unsigned int stop_after;
	DECLARE_BITMAP(numbers, MOST);
	bool twice;
};

static int visit(const struct tm_walk *walk, const struct tm_segment *seg)
{
	struct seen *seen = walk->arg;
	struct tm_entry *entry;
	unsigned int i, slot;
	u64 number;

	seen->segments++;
	for (i = 0; i < TM_SEGMENT_BUCKETS; i++) {
		for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
			entry = tm_segment_entry(seg, i, slot);
			if (!entry || tm_walk_visited(walk, seg, entry))
				continue;
			memcpy(&number, entry->data, sizeof(number));
			seen->twice |= __test_and_set_bit(number, seen->numbers);
			seen->entries++;
		}
	}
	return seen->segments == seen->stop_after ? 42 : 0;
}

static struct seen *new_seen(struct kunit *test)
{
	struct seen *seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, seen);
	return seen;
}

static void every_segment_is_visited_once(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	struct seen *seen = new_seen(test);
	struct tm_walk walk = { .map = map, .visit = visit, .arg = seen };

	tm_test_fill(test, map, 0, MOST);
	flush_delayed_work(&map->table.work);
	KUNIT_EXPECT_EQ(test, tm_walk(&walk), 0);
	KUNIT_EXPECT_EQ(test, seen->segments, map->table.segments);
	KUNIT_EXPECT_EQ(test, seen->entries, MOST);
	KUNIT_EXPECT_FALSE(test, seen->twice);
	KUNIT_EXPECT_EQ(test, walk.from, 0);
}

static void what_the_visitor_returns_ends_the_walk(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	struct seen *seen = new_seen(test);
	struct tm_walk walk = { .map = map, .visit = visit, .arg = seen };

	tm_test_fill(test, map, 0, MOST);
	seen->stop_after = 3;
	KUNIT_EXPECT_EQ(test, tm_walk(&walk), 42);
	KUNIT_EXPECT_EQ(test, seen->segments, 3);
	KUNIT_EXPECT_NE(test, walk.from, 0);
}

/* Half a walk, then the table changes, then the other half. */
static void walk_across_a_change(struct kunit *test, struct ttlmap *map, struct seen *seen,
				 void (*change)(struct ttlmap *map))
{
	struct tm_walk walk = { .map = map, .visit = visit, .arg = seen };

	seen->stop_after = map->table.segments / 2 + 1;
	KUNIT_ASSERT_EQ(test, tm_walk(&walk), 42);
	change(map);
	flush_delayed_work(&map->table.work);
	KUNIT_ASSERT_EQ(test, tm_walk(&walk), 0);
	KUNIT_EXPECT_FALSE(test, seen->twice);
}

static void thin_out(struct ttlmap *map)
{
	u64 i;

	for (i = 10; i < MOST; i++)
		tm_test_delete(map, i);
}

/* A segment that begins below where the walk stands brings nothing up again. */
static void merged_segments_are_not_visited_twice(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	struct seen *seen = new_seen(test);
	u64 i;

	tm_test_fill(test, map, 0, MOST);
	flush_delayed_work(&map->table.work);
	walk_across_a_change(test, map, seen, thin_out);
	KUNIT_EXPECT_GT(test, map->table.merges, 0);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_TRUE(test, test_bit(i, seen->numbers));
}

static void add_more(struct ttlmap *map)
{
	u64 i;

	for (i = 1000; i < MOST; i++)
		tm_test_insert(map, i, 0);
}

static void split_segments_are_visited_once(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100000);
	struct seen *seen = new_seen(test);
	u64 i;

	tm_test_fill(test, map, 0, 1000);
	flush_delayed_work(&map->table.work);
	walk_across_a_change(test, map, seen, add_more);
	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_TRUE(test, test_bit(i, seen->numbers));
}

static struct kunit_case walk_cases[] = {
	KUNIT_CASE(every_segment_is_visited_once),
	KUNIT_CASE(what_the_visitor_returns_ends_the_walk),
	KUNIT_CASE(merged_segments_are_not_visited_twice),
	KUNIT_CASE(split_segments_are_visited_once),
	{}
};

static struct kunit_suite walk_suite = {
	.name = "ttlmap_walk",
	.init = tm_fakes_init,
	.test_cases = walk_cases,
};

kunit_test_suite(walk_suite);
