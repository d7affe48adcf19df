// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../bucket.h"

static void tag_is_never_that_of_an_empty_slot(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tm_tag(0), 1);
	KUNIT_EXPECT_EQ(test, tm_tag(0x12345600ffffffffULL), 1);
	KUNIT_EXPECT_EQ(test, tm_tag(0x0000000100000000ULL), 1);
	KUNIT_EXPECT_EQ(test, tm_tag(0xffffffabffffffffULL), 0xab);
	KUNIT_EXPECT_EQ(test, tm_tag(0x000000ff00000000ULL), 0xff);
}

static u64 match_slowly(u64 tags, u8 tag)
{
	u64 match = 0;
	unsigned int i;

	for (i = 0; i < TM_BUCKET_SLOTS; i++)
		if ((u8)(tags >> (i * 8)) == tag)
			match |= 0x80ULL << (i * 8);
	return match;
}

/* Neighbours from which a carry or a borrow would spill over. */
static void match_is_exact_beside_any_neighbour(struct kunit *test)
{
	static const u8 odd[] = { 0x00, 0x01, 0x02, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff };
	unsigned int i, j, slot, tag;
	u64 tags;

	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		for (j = 0; j < ARRAY_SIZE(odd); j++) {
			for (slot = 0; slot < TM_BUCKET_SLOTS; slot++) {
				tags = odd[i] * TM_TAGS_ONE;
				tags &= ~(0xffULL << (slot * 8));
				tags |= (u64)odd[j] << (slot * 8);
				for (tag = 0; tag <= U8_MAX; tag++)
					KUNIT_ASSERT_EQ(test, tm_tags_match(tags, tag),
							match_slowly(tags, tag));
			}
		}
	}
}

static void match_looks_at_no_count(struct kunit *test)
{
	u64 tags = TM_PASSED_MASK | 0xff00000000000000ULL;

	KUNIT_EXPECT_EQ(test, tm_tags_match(tags, 0xff), 0);
	KUNIT_EXPECT_EQ(test, tm_tags_match(tags, 0), TM_TAGS_HIGH);
}

static void matching_slots_come_in_order(struct kunit *test)
{
	u64 match = tm_tags_match(0x000005090509ULL, 5);

	KUNIT_EXPECT_EQ(test, tm_match_slot(match), 1);
	match &= match - 1;
	KUNIT_EXPECT_EQ(test, tm_match_slot(match), 3);
	match &= match - 1;
	KUNIT_EXPECT_EQ(test, match, 0);
}

static void passed_is_told_from_tags(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, tm_tags_passed(0x0000ffffffffffffULL));
	KUNIT_EXPECT_TRUE(test, tm_tags_passed(TM_PASSED_ONE));
	KUNIT_EXPECT_TRUE(test, tm_tags_passed(0xff * TM_PASSED_ONE));
}

static void used_counts_slots_with_a_tag(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, hweight64(tm_tags_used(0)), 0);
	KUNIT_EXPECT_EQ(test, hweight64(tm_tags_used(TM_PASSED_MASK)), 0);
	KUNIT_EXPECT_EQ(test, hweight64(tm_tags_used(0x0000000000000001ULL)), 1);
	KUNIT_EXPECT_EQ(test, hweight64(tm_tags_used(0x0000800000000001ULL)), 2);
	KUNIT_EXPECT_EQ(test, hweight64(tm_tags_used(0x0000ffffffffffffULL)), 6);
}

static void set_tag_changes_one_slot(struct kunit *test)
{
	struct tm_bucket bucket = { .tags = 3 * TM_PASSED_ONE | 0x111111111111ULL };

	tm_bucket_set_tag(&bucket, 5, 0xff);
	KUNIT_EXPECT_EQ(test, bucket.tags, 3 * TM_PASSED_ONE | 0xff1111111111ULL);
	tm_bucket_set_tag(&bucket, 0, 0);
	KUNIT_EXPECT_EQ(test, bucket.tags, 3 * TM_PASSED_ONE | 0xff1111111100ULL);
}

static void touch_sets_the_age_of_one_slot(struct kunit *test)
{
	struct tm_bucket bucket = { .age = { 1, 2, 3, 4, 5, 6 } };

	tm_bucket_touch(&bucket, 3, 200);
	tm_bucket_touch(&bucket, 5, 6);
	KUNIT_EXPECT_MEMEQ(test, bucket.age, ((u8[]){ 1, 2, 3, 200, 5, 6 }), TM_BUCKET_SLOTS);
}

static void ages_are_told_apart_beside_any_neighbour(struct kunit *test)
{
	struct tm_bucket bucket = { .deadline = TM_DEADLINE_NONE };
	unsigned int epoch, used, i;
	u64 ages;

	for (epoch = 0; epoch <= U8_MAX; epoch++) {
		for (used = 0; used <= U8_MAX; used++) {
			for (i = 0; i < TM_BUCKET_SLOTS; i++)
				bucket.age[i] = i % 2 ? used : used * 7 + i;
			ages = tm_bucket_ages(&bucket, epoch);
			for (i = 0; i < TM_BUCKET_SLOTS; i++)
				KUNIT_ASSERT_EQ(test, tm_age_of(ages, i),
						(u8)(epoch - bucket.age[i]));
			KUNIT_ASSERT_EQ(test, ages >> TM_PASSED_SHIFT, 0);
		}
	}
}

static void above_is_exact_beside_any_neighbour(struct kunit *test)
{
	unsigned int age, i;
	int limit;
	u64 ages;

	for (limit = -1; limit <= TM_AGE_MAX; limit++) {
		for (age = 0; age <= TM_AGE_MAX; age++) {
			ages = age | (TM_AGE_MAX - age) << 8 | (u64)age << 40;
			for (i = 0; i < TM_BUCKET_SLOTS; i++)
				KUNIT_ASSERT_EQ(test, tm_ages_above(ages, limit) >> (8 * i + 7) & 1,
						(int)tm_age_of(ages, i) > limit);
		}
	}
}

static void clamp_keeps_ages_up_to_the_limit(struct kunit *test)
{
	u8 epoch = 10;
	struct tm_bucket bucket = {
		.age = { epoch, epoch - 1, epoch - TM_AGE_MAX, epoch - TM_AGE_MAX - 1,
			 epoch + 1, epoch + 40 },
	};
	const u8 limit = epoch - TM_AGE_MAX;
	const u8 clamped[] = { epoch, epoch - 1, limit, limit, limit, limit };

	KUNIT_EXPECT_EQ(test, tm_bucket_clamp_ages(&bucket, TM_TAGS_HIGH, epoch),
			0x7f7f7f7f0100ULL);
	KUNIT_EXPECT_MEMEQ(test, bucket.age, clamped, TM_BUCKET_SLOTS);
}

static void clamp_leaves_empty_slots_alone(struct kunit *test)
{
	struct tm_bucket bucket = { .age = { 1, 2 } };

	tm_bucket_clamp_ages(&bucket, 0x8000, 200);
	KUNIT_EXPECT_EQ(test, bucket.age[0], 1);
	KUNIT_EXPECT_EQ(test, bucket.age[1], 200 - TM_AGE_MAX);
}

static struct kunit_case bucket_cases[] = {
	KUNIT_CASE(tag_is_never_that_of_an_empty_slot),
	KUNIT_CASE(match_is_exact_beside_any_neighbour),
	KUNIT_CASE(match_looks_at_no_count),
	KUNIT_CASE(matching_slots_come_in_order),
	KUNIT_CASE(passed_is_told_from_tags),
	KUNIT_CASE(used_counts_slots_with_a_tag),
	KUNIT_CASE(set_tag_changes_one_slot),
	KUNIT_CASE(touch_sets_the_age_of_one_slot),
	KUNIT_CASE(ages_are_told_apart_beside_any_neighbour),
	KUNIT_CASE(above_is_exact_beside_any_neighbour),
	KUNIT_CASE(clamp_keeps_ages_up_to_the_limit),
	KUNIT_CASE(clamp_leaves_empty_slots_alone),
	{}
};

static struct kunit_suite bucket_suite = {
	.name = "ttlmap_bucket",
	.test_cases = bucket_cases,
};

kunit_test_suite(bucket_suite);
