// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../account.h"
#include "../lookup.h"
#include "../remove.h"
#include "../survey.h"
#include "../update.h"
#include "fixture.h"

#define BYTES	40	/* of an entry with key and value of 8 bytes */

static struct tm_account *open_account(struct kunit *test, struct ttlmap *map, const char *command)
{
	struct tm_account *account = tm_account_open(&map->accounts, command, 7);

	KUNIT_ASSERT_NOT_NULL(test, account);
	return account;
}

static void write_many(struct kunit *test, struct ttlmap *map, struct tm_account *account,
		       u64 first, u64 n)
{
	u64 i;

	for (i = first; i < first + n; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert_by(map, account, i, 0), 0);
}

/* All zeros if the account is not told of. */
static struct tm_account_figures figures_of(struct ttlmap *map, u16 id)
{
	struct tm_account_figures figures;
	unsigned int cursor = 0;

	while (tm_account_next(map, &cursor, &figures))
		if (figures.id == id)
			return figures;
	return (struct tm_account_figures){};
}

static bool told_of(struct ttlmap *map, u16 id)
{
	return figures_of(map, id).command[0];
}

static void each_has_a_number_and_a_name(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = open_account(test, map, "a"), *b = open_account(test, map, "b");
	struct tm_account_figures figures;

	KUNIT_EXPECT_NE(test, a->id, TM_ACCOUNT_OTHERS);
	KUNIT_EXPECT_NE(test, b->id, TM_ACCOUNT_OTHERS);
	KUNIT_EXPECT_NE(test, a->id, b->id);
	figures = figures_of(map, b->id);
	KUNIT_EXPECT_STREQ(test, figures.command, "b");
	KUNIT_EXPECT_EQ(test, figures.pid, 7);
	KUNIT_EXPECT_FALSE(test, figures.gone);
	KUNIT_EXPECT_FALSE(test, told_of(map, TM_ACCOUNT_OTHERS));
}

static void entries_count_for_whoever_wrote_them_last(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = open_account(test, map, "a"), *b = open_account(test, map, "b");

	write_many(test, map, a, 0, 10);
	write_many(test, map, b, 7, 5);
	KUNIT_EXPECT_EQ(test, tm_test_insert(map, 100, 0), 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).entries, 7);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).bytes, 7 * BYTES);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).inserts, 10);
	KUNIT_EXPECT_EQ(test, figures_of(map, b->id).entries, 5);
	KUNIT_EXPECT_EQ(test, figures_of(map, b->id).inserts, 5);
	KUNIT_EXPECT_EQ(test, figures_of(map, TM_ACCOUNT_OTHERS).entries, 1);
	KUNIT_EXPECT_EQ(test, tm_test_delete(map, 3), 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).entries, 6);
	KUNIT_EXPECT_EQ(test, tm_map_clear(map), 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).entries, 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, b->id).bytes, 0);
}

static void evicted_and_expired_count_no_more(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = open_account(test, map, "a"), *b = open_account(test, map, "b");
	u64 i;

	write_many(test, map, a, 0, 100);
	write_many(test, map, b, 100, 30);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).entries, 100 - tm_test_stat(map, TM_EVICTED));
	KUNIT_EXPECT_EQ(test, figures_of(map, b->id).entries, 30);
	KUNIT_EXPECT_EQ(test, tm_map_clear(map), 0);
	for (i = 0; i < 50; i++)
		KUNIT_ASSERT_EQ(test, tm_test_insert_by(map, a, i, NSEC_PER_SEC), 0);
	tm_test_clock_advance(2 * NSEC_PER_SEC);
	tm_test_expire(map);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).entries, 0);
}

static void touch(struct kunit *test, struct ttlmap *map, u64 number, u64 ttl)
{
	struct ttlmap_op op = { .ttl_ns = ttl };
	struct tm_key key;

	tm_map_key(map, &key, &number, sizeof(number));
	KUNIT_ASSERT_EQ(test, tm_map_touch(map, &key, &op), 0);
}

static void those_that_never_expire_are_counted(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = open_account(test, map, "a"), *b = open_account(test, map, "b");

	write_many(test, map, a, 0, 5);
	KUNIT_EXPECT_EQ(test, tm_test_insert_by(map, a, 5, NSEC_PER_SEC), 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).unexpiring, 5);
	touch(test, map, 5, TTLMAP_TTL_NEVER);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).unexpiring, 6);
	touch(test, map, 5, TTLMAP_TTL_NEVER);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).unexpiring, 6);
	touch(test, map, 0, NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).unexpiring, 5);
	KUNIT_EXPECT_EQ(test, tm_test_insert_by(map, b, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, tm_test_insert_by(map, b, 1, NSEC_PER_SEC), 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).unexpiring, 4);
	KUNIT_EXPECT_EQ(test, figures_of(map, b->id).unexpiring, 1);
	KUNIT_EXPECT_EQ(test, tm_map_clear(map), 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).unexpiring, 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, b->id).unexpiring, 0);
}

static void reading_counts_once_and_until_the_next_write(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = open_account(test, map, "a"), *b = open_account(test, map, "b");

	write_many(test, map, a, 0, 4);
	KUNIT_EXPECT_TRUE(test, tm_test_peek(map, 0));
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).read_bytes, 0);
	KUNIT_EXPECT_EQ(test, tm_survey_unread(map), 4 * BYTES);
	tm_test_use(map, 0);
	tm_test_use(map, 0);
	tm_test_use(map, 1);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).read_bytes, 2 * BYTES);
	KUNIT_EXPECT_EQ(test, tm_survey_unread(map), 2 * BYTES);
	KUNIT_EXPECT_EQ(test, tm_test_insert_by(map, b, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).read_bytes, BYTES);
	KUNIT_EXPECT_EQ(test, figures_of(map, b->id).read_bytes, 0);
	tm_test_delete(map, 1);
	tm_test_delete(map, 2);
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).read_bytes, 0);
	KUNIT_EXPECT_EQ(test, tm_survey_unread(map), 2 * BYTES);
}

/* One that is found, and gone before it is counted as read, is not. */
static void reading_what_has_gone_counts_for_nothing(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = open_account(test, map, "a");
	u64 number = 0, now = 0;
	struct tm_entry *entry;
	struct tm_key key;

	write_many(test, map, a, 0, 1);
	tm_map_key(map, &key, &number, sizeof(number));
	rcu_read_lock();
	entry = tm_map_lookup(map, &key, false, &now);
	KUNIT_EXPECT_EQ(test, tm_map_delete(map, &key, 0, NULL), 0);
	tm_account_read(map, entry);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, figures_of(map, a->id).read_bytes, 0);
}

static void adding_to_a_counter_reads_it(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, TTLMAP_F_COUNTERS, 100);
	u64 number = 1;
	s64 sum = 1;

	ttlmap_add(map, (struct ttlmap_buf){ &number, sizeof(number) }, &sum, 0, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, tm_survey_unread(map), BYTES);
	ttlmap_add(map, (struct ttlmap_buf){ &number, sizeof(number) }, &sum, 0, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, tm_survey_unread(map), 0);
}

static void modules_hits_are_those_that_no_descriptor_made(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);

	tm_test_update(map, "key", "value", 0, 0);
	tm_test_holds(map, "key", "value");
	tm_test_holds(map, "key", "value");
	KUNIT_EXPECT_EQ(test, figures_of(map, map->account->id).hits, 2);
	tm_stat_inc(map->stats, TM_HITS);
	tm_stat_inc(map->stats, TM_DESCRIPTOR_HITS);
	KUNIT_EXPECT_EQ(test, figures_of(map, map->account->id).hits, 2);
}

static void module_goes_by_its_name(struct kunit *test)
{
	const struct ttlmap_params params = {
		.limits = { .key_max = 8, .value_max = 8, .max_entries = 100 },
	};
	struct ttlmap *map = ttlmap_create(&params);
	struct tm_account_figures figures;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	KUNIT_ASSERT_EQ(test, tm_test_insert(map, 1, 0), 0);
	KUNIT_EXPECT_NE(test, map->account->id, TM_ACCOUNT_OTHERS);
	figures = figures_of(map, map->account->id);
	KUNIT_EXPECT_STREQ(test, figures.command, KBUILD_MODNAME);
	KUNIT_EXPECT_EQ(test, figures.pid, 0);
	KUNIT_EXPECT_EQ(test, figures.entries, 1);
	ttlmap_put(map);
}

static void gone_account_stays_until_its_entries_have_gone(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = open_account(test, map, "a");
	struct tm_account_slots *slots;
	u16 id = a->id;
	unsigned int i;

	write_many(test, map, a, 0, 3);
	tm_account_close(a);
	KUNIT_EXPECT_TRUE(test, figures_of(map, id).gone);
	KUNIT_EXPECT_EQ(test, figures_of(map, id).entries, 3);
	KUNIT_EXPECT_EQ(test, tm_map_clear(map), 0);
	KUNIT_EXPECT_FALSE(test, told_of(map, id));
	/* Found by those who come. */
	for (i = 0; i < 8; i++) {
		tm_account_close(open_account(test, map, "b"));
		rcu_barrier();
	}
	slots = rcu_dereference_protected(map->accounts.slots, true);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(slots->slot[id]));
	KUNIT_EXPECT_EQ(test, slots->n, 8);
}

static void memory_of_accounts_is_the_tables(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct ttlmap_stat before = {}, after = {};
	struct tm_account *a;
	size_t sums;

	tm_survey_stat(map, &before);
	a = open_account(test, map, "a");
	tm_survey_stat(map, &after);
	sums = num_possible_cpus() * sizeof(*a->sums);
	KUNIT_EXPECT_EQ(test, after.table_bytes - before.table_bytes, sizeof(*a) + sums);
	tm_account_close(a);
	rcu_barrier();
	after = (struct ttlmap_stat){};
	tm_survey_stat(map, &after);
	KUNIT_EXPECT_EQ(test, after.table_bytes, before.table_bytes);
}

static void who_comes_too_late_is_one_of_the_others(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = NULL;
	unsigned int n = 0;

	do {
		a = open_account(test, map, "a");
		KUNIT_ASSERT_LE(test, ++n, TM_WRITER_ID + 1);
		if (!(n % 1000))
			cond_resched();
	} while (a->id != TM_ACCOUNT_OTHERS);
	KUNIT_EXPECT_EQ(test, n, TM_WRITER_ID + 1);
	write_many(test, map, a, 0, 3);
	tm_account_close(a);
	KUNIT_EXPECT_EQ(test, figures_of(map, TM_ACCOUNT_OTHERS).entries, 3);
	KUNIT_EXPECT_STREQ(test, figures_of(map, TM_ACCOUNT_OTHERS).command, "others");
}

static void largest_is_the_one_with_most_bytes(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	struct tm_account *a = open_account(test, map, "a"), *b = open_account(test, map, "b");
	struct tm_account_figures largest;

	KUNIT_EXPECT_FALSE(test, tm_account_largest(map, &largest));
	write_many(test, map, a, 0, 3);
	write_many(test, map, b, 3, 4);
	KUNIT_EXPECT_TRUE(test, tm_account_largest(map, &largest));
	KUNIT_EXPECT_EQ(test, largest.id, b->id);
	KUNIT_EXPECT_EQ(test, largest.bytes, 4 * BYTES);
}

static void opening_survives_each_failed_allocation(struct kunit *test)
{
	struct ttlmap *map = tm_test_map(test, 0, 100);
	unsigned int nth, failures = 0;
	struct tm_account *account;
	bool failed = true;

	/* The next one needs more numbers than there are at first. */
	while (rcu_access_pointer(map->accounts.slots)->n > map->accounts.next)
		open_account(test, map, "early");
	for (nth = 1; failed; nth++) {
		tm_test_fail_allocation(test, nth);
		account = tm_account_open(&map->accounts, "a", 1);
		failed = tm_test_allocation_failed();
		KUNIT_EXPECT_TRUE(test, account || failed);
		failures += !account;
	}
	KUNIT_EXPECT_GT(test, failures, 0);
}

static struct kunit_case account_cases[] = {
	KUNIT_CASE(each_has_a_number_and_a_name),
	KUNIT_CASE(entries_count_for_whoever_wrote_them_last),
	KUNIT_CASE(evicted_and_expired_count_no_more),
	KUNIT_CASE(those_that_never_expire_are_counted),
	KUNIT_CASE(reading_counts_once_and_until_the_next_write),
	KUNIT_CASE(reading_what_has_gone_counts_for_nothing),
	KUNIT_CASE(adding_to_a_counter_reads_it),
	KUNIT_CASE(modules_hits_are_those_that_no_descriptor_made),
	KUNIT_CASE(module_goes_by_its_name),
	KUNIT_CASE(gone_account_stays_until_its_entries_have_gone),
	KUNIT_CASE(memory_of_accounts_is_the_tables),
	KUNIT_CASE(who_comes_too_late_is_one_of_the_others),
	KUNIT_CASE(largest_is_the_one_with_most_bytes),
	KUNIT_CASE(opening_survives_each_failed_allocation),
	{}
};

static struct kunit_suite account_suite = {
	.name = "ttlmap_account",
	.init = tm_fakes_init,
	.test_cases = account_cases,
};

kunit_test_suite(account_suite);
