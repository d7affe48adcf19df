// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#include "../listen.h"
#include "../remove.h"
#include "fixture.h"

#define ALL	(BIT(TTLMAP_EVENT_ALARM + 1) - BIT(TTLMAP_EVENT_EXPIRED))
#define ROOM	(64 * 1024)
/* The least that a ring has, in events with key and value of 8 bytes. */
#define LEAST	(8192 / (sizeof(struct ttlmap_event) + 16))

/* An event of an entry whose key is a number, and so is its value. */
struct told {
	struct ttlmap_event event;
	u64 key;
	u64 value;
};

/**
 * struct ear - a descriptor that listens
 * @owner: the descriptor
 * @room: where events are read to
 */
struct ear {
	struct tm_owner owner;
	void __user *room;
};

KUNIT_DEFINE_ACTION_WRAPPER(listen_end, tm_listen_end, struct tm_owner *);

static struct ear *new_ear(struct kunit *test, struct ttlmap *map)
{
	struct ear *ear = kunit_kzalloc(test, sizeof(*ear), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ear);
	ear->owner.map = map;
	ear->owner.account = map->account;
	spin_lock_init(&ear->owner.lock);
	init_waitqueue_head(&ear->owner.wait);
	ear->room = tm_test_user(test, ROOM);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, listen_end, &ear->owner), 0);
	return ear;
}

static struct ear *ear_of(struct kunit *test, struct ttlmap *map, u32 events, u32 bytes)
{
	const struct ttlmap_listen listen = { .events = events, .bytes = bytes };
	struct ear *ear = new_ear(test, map);

	KUNIT_ASSERT_EQ(test, tm_listen(&ear->owner, &listen), 0);
	return ear;
}

static ssize_t hear(struct ear *ear, size_t len)
{
	return tm_listen_read(&ear->owner, ear->room, len, false);
}

/* The next event, all zeros if there is none. */
static struct told next(struct kunit *test, struct ear *ear)
{
	struct told told = {};

	if (hear(ear, sizeof(told)) == sizeof(told))
		KUNIT_ASSERT_EQ(test, copy_from_user(&told, ear->room, sizeof(told)), 0);
	return told;
}

static void expect_event(struct kunit *test, struct ear *ear, u32 event, u64 number)
{
	struct told told = next(test, ear);

	KUNIT_EXPECT_EQ(test, told.event.event, event);
	KUNIT_EXPECT_EQ(test, told.event.size, sizeof(told));
	KUNIT_EXPECT_EQ(test, told.event.at_ns, tm_now());
	KUNIT_EXPECT_EQ(test, told.key, number);
	KUNIT_EXPECT_EQ(test, told.value, number);
}

static void what_goes_is_told_with_its_reason(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 2);
	struct ear *ear = ear_of(test, map, ALL, 0);

	tm_test_fill(test, map, 1, 1);
	KUNIT_EXPECT_EQ(test, hear(ear, ROOM), -EAGAIN);
	tm_test_fill(test, map, 1, 1);
	expect_event(test, ear, TTLMAP_EVENT_REPLACED, 1);
	tm_test_fill(test, map, 2, 2);
	expect_event(test, ear, TTLMAP_EVENT_EVICTED, 1);
	KUNIT_ASSERT_EQ(test, tm_test_delete(map, 2), 0);
	expect_event(test, ear, TTLMAP_EVENT_DELETED, 2);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 4, NSEC_PER_SEC), 0);
	tm_test_clock_advance(2ULL * NSEC_PER_SEC);
	tm_test_expire(map);
	expect_event(test, ear, TTLMAP_EVENT_EXPIRED, 4);
	KUNIT_ASSERT_EQ(test, tm_map_clear(map), 0);
	expect_event(test, ear, TTLMAP_EVENT_CLEARED, 3);
	KUNIT_EXPECT_EQ(test, hear(ear, ROOM), -EAGAIN);
}

static void each_hears_what_it_asked_for(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct ear *all = ear_of(test, map, ALL, 0);
	struct ear *some = ear_of(test, map, BIT(TTLMAP_EVENT_DELETED), 0);

	tm_test_fill(test, map, 1, 1);
	tm_test_fill(test, map, 1, 1);
	KUNIT_ASSERT_EQ(test, tm_test_delete(map, 1), 0);
	KUNIT_EXPECT_EQ(test, hear(all, ROOM), 2 * sizeof(struct told));
	expect_event(test, some, TTLMAP_EVENT_DELETED, 1);
	KUNIT_EXPECT_EQ(test, hear(some, ROOM), -EAGAIN);
}

/* The first that fits again tells how many did not, and the next of none. */
static void what_does_not_fit_is_counted_once(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 1000);
	struct ear *ear = ear_of(test, map, ALL, 1);
	u64 i;

	tm_test_fill(test, map, 0, LEAST + 7);
	for (i = 0; i < LEAST + 5; i++)
		KUNIT_ASSERT_EQ(test, tm_test_delete(map, i), 0);
	for (i = 0; i < LEAST; i++) {
		struct told told = next(test, ear);

		KUNIT_EXPECT_EQ(test, told.key, i);
		KUNIT_EXPECT_EQ(test, told.event.dropped, 0);
	}
	KUNIT_EXPECT_EQ(test, hear(ear, ROOM), -EAGAIN);
	KUNIT_ASSERT_EQ(test, tm_test_delete(map, i + 5), 0);
	KUNIT_ASSERT_EQ(test, tm_test_delete(map, i + 6), 0);
	KUNIT_EXPECT_EQ(test, next(test, ear).event.dropped, 5);
	KUNIT_EXPECT_EQ(test, next(test, ear).event.dropped, 0);
}

static void events_are_read_whole_or_not_at_all(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct ear *ear = ear_of(test, map, ALL, 0);
	size_t size = sizeof(struct told);

	tm_test_fill(test, map, 1, 3);
	KUNIT_ASSERT_EQ(test, tm_map_clear(map), 0);
	KUNIT_EXPECT_EQ(test, hear(ear, size - 1), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, tm_listen_read(&ear->owner, ear->room + ROOM, size, false),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, hear(ear, 2 * size - 1), size);
	KUNIT_EXPECT_EQ(test, hear(ear, ROOM), 2 * size);
}

static void alarms_are_urgent_until_they_are_read(struct kunit *test)
{
	const struct ttlmap_alarm alarm = { .rule = TTLMAP_ALARM_OWNER, .on = 1, .figure = 70 };
	struct ttlmap *map = tm_test_map(test, 0, 10);
	struct ear *ear = ear_of(test, map, ALL, 0);
	struct ear *deaf = ear_of(test, map, BIT(TTLMAP_EVENT_EVICTED), 0);
	struct {
		struct ttlmap_event event;
		struct ttlmap_alarm alarm;
	} told;

	KUNIT_EXPECT_EQ(test, tm_listen_poll(&ear->owner, NULL, NULL), 0);
	tm_test_fill(test, map, 1, 2);
	KUNIT_ASSERT_EQ(test, tm_test_delete(map, 1), 0);
	KUNIT_EXPECT_EQ(test, tm_listen_poll(&ear->owner, NULL, NULL), EPOLLIN | EPOLLRDNORM);
	tm_listen_alarm(map, &alarm, TM_TEST_NOW);
	KUNIT_EXPECT_EQ(test, tm_listen_poll(&ear->owner, NULL, NULL),
			EPOLLIN | EPOLLRDNORM | EPOLLPRI);
	KUNIT_EXPECT_EQ(test, tm_listen_poll(&deaf->owner, NULL, NULL), 0);
	expect_event(test, ear, TTLMAP_EVENT_DELETED, 1);
	KUNIT_ASSERT_EQ(test, hear(ear, ROOM), sizeof(told));
	KUNIT_ASSERT_EQ(test, copy_from_user(&told, ear->room, sizeof(told)), 0);
	KUNIT_EXPECT_EQ(test, told.event.event, TTLMAP_EVENT_ALARM);
	KUNIT_EXPECT_MEMEQ(test, &told.alarm, &alarm, sizeof(alarm));
	KUNIT_ASSERT_EQ(test, tm_test_delete(map, 2), 0);
	KUNIT_EXPECT_EQ(test, tm_listen_poll(&ear->owner, NULL, NULL), EPOLLIN | EPOLLRDNORM);
}

static void requests_are_checked(struct kunit *test)
{
	static const struct {
		struct ttlmap_listen listen;
		int result;
	} cases[] = {
		{ { .events = 0 }, -EINVAL },
		{ { .events = ALL | 1 }, -EINVAL },
		{ { .events = ALL + BIT(TTLMAP_EVENT_ALARM + 1) }, -EINVAL },
		{ { .events = ALL, .flags = TTLMAP_LISTEN_KEYS << 1 }, -EINVAL },
		{ { .events = ALL, .__reserved = 1 }, -EINVAL },
		{ { .events = ALL, .bytes = TTLMAP_LISTEN_BYTES_MAX + 1 }, -E2BIG },
		{ { .events = ALL, .flags = TTLMAP_LISTEN_KEYS }, 0 },
		{ { .events = ALL }, -EBUSY },
	};
	struct ear *ear = new_ear(test, tm_test_map(test, 0, 10));
	unsigned int i;

	KUNIT_EXPECT_EQ(test, hear(ear, ROOM), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, tm_listen(&ear->owner, &cases[i].listen),
				    cases[i].result, "case %u", i);
}

static struct kunit_case listen_cases[] = {
	KUNIT_CASE(what_goes_is_told_with_its_reason),
	KUNIT_CASE(each_hears_what_it_asked_for),
	KUNIT_CASE(what_does_not_fit_is_counted_once),
	KUNIT_CASE(events_are_read_whole_or_not_at_all),
	KUNIT_CASE(alarms_are_urgent_until_they_are_read),
	KUNIT_CASE(requests_are_checked),
	{}
};

static struct kunit_suite listen_suite = {
	.name = "ttlmap_listen",
	.init = tm_fakes_init,
	.test_cases = listen_cases,
};

kunit_test_suite(listen_suite);
