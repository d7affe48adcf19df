// SPDX-License-Identifier: GPL-2.0
/* The files of a map in debugfs that the tool reads, and those that it must refuse. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "alarms.h"
#include "classes.h"
#include "history.h"
#include "owners.h"
#include "table.h"

static FILE *text_file(const char *text)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");

	assert_non_null(file);
	return file;
}

static void table(void **state)
{
	FILE *file = text_file("# b a later\n1 two 3\n18446744073709551615 - x\n");
	struct table table;

	(void)state;
	assert_int_equal(table_begin(&table, file), 0);
	assert_int_equal(table.columns, 3);
	assert_int_equal(table_next(&table), 1);
	assert_string_equal(table_text(&table, "a"), "two");
	assert_int_equal(table_number(&table, "b"), 1);
	assert_int_equal(table_number(&table, "none"), 0);
	assert_string_equal(table_text(&table, "none"), "-");
	assert_int_equal(table_next(&table), 1);
	assert_int_equal(table_number(&table, "b"), UINT64_MAX);
	assert_int_equal(table_next(&table), 0);
	table_end(&table);
	fclose(file);
}

static void bad_table(const char *text, int begin)
{
	FILE *file = text_file(text);
	struct table table;

	errno = 0;
	assert_int_equal(table_begin(&table, file), begin);
	if (!begin) {
		assert_int_equal(table_next(&table), -1);
		table_end(&table);
	}
	assert_int_equal(errno, EPROTO);
	fclose(file);
}

static void bad_tables(void **state)
{
	(void)state;
	bad_table("a b\n", -1);
	bad_table("\n", -1);
	bad_table("# a b\n1\n", 0);
	bad_table("# a b\n1 2 3\n", 0);
}

static void owners(void **state)
{
	static const char text[] =
		"# id pid uid state entries bytes read_bytes unexpiring_entries hits inserts command new\n"
		"1 10 0 live 5 500 400 0 7 5 web\\0401 x\n"
		"0 0 0 live 1 100 0 1 0 1 - x\n"
		"2 11 1000 gone 90 9000 0 90 0 95 leaky x\n";
	FILE *file = text_file(text);
	struct owners owners;

	(void)state;
	assert_int_equal(owners_read(file, &owners), 0);
	assert_int_equal(owners.count, 3);
	assert_int_equal(owners.owner[0].id, 2);
	assert_true(owners.owner[0].gone);
	assert_int_equal(owners.owner[0].unexpiring_entries, 90);
	assert_string_equal(owners.owner[0].command, "leaky");
	assert_string_equal(owners.owner[1].command, "web\\0401");
	assert_int_equal(owners.owner[1].read_bytes, 400);
	assert_false(owners.owner[1].gone);
	assert_int_equal(owners_bytes(&owners), 9600);
	owners_free(&owners);
	fclose(file);
}

static void alarms(void **state)
{
	static const char text[] =
		"# rule state since_ns raised figure threshold owner_id owner_pid owner_share command\n"
		"growth off 0 0 0 10 0 0 0 -\n"
		"unread on 123 2 93 50 4 77 91 leaky\n";
	FILE *file = text_file(text);
	struct alarms alarms;
	const struct alarm *unread;

	(void)state;
	assert_int_equal(alarms_read(file, &alarms), 0);
	assert_int_equal(alarms.count, 2);
	assert_false(alarms.alarm[0].on);
	assert_null(alarms_find(&alarms, "stale"));
	unread = alarms_find(&alarms, "unread");
	assert_non_null(unread);
	assert_true(unread->on);
	assert_int_equal(unread->raised, 2);
	assert_int_equal(unread->figure, 93);
	assert_int_equal(unread->owner_pid, 77);
	assert_int_equal(unread->owner_share, 91);
	assert_string_equal(unread->command, "leaky");
	fclose(file);
}

static void history(void **state)
{
	static const char text[] =
		"# period_s time_ns entries live_bytes stale_bytes retired_bytes table_bytes unread_bytes hits misses inserts replaces deletes expired evicted owner_gone\n"
		"120 5 10 1000 20 30 400 7 1 2 3 4 5 6 8 9\n"
		"10 6 11 1100 0 0 400 8 0 0 0 0 0 0 0 0\n";
	FILE *file = text_file(text);
	struct history history;

	(void)state;
	assert_int_equal(history_read(file, &history), 0);
	assert_int_equal(history.count, 2);
	assert_int_equal(history.period[0].period_s, 120);
	assert_int_equal(history.period[0].expired, 6);
	assert_int_equal(history.period[0].evicted, 8);
	assert_int_equal(period_resident(&history.period[0]), 1450);
	assert_int_equal(history.period[1].entries, 11);
	history_free(&history);
	fclose(file);
}

static void classes(void **state)
{
	FILE *file = text_file("idle_s 0-0 5\nidle_s 1-1 2\nother 2-3 9\nidle_s 4-7 3\nidle_s 1024- 4\n");
	struct classes classes;

	(void)state;
	assert_int_equal(classes_read(file, "idle_s", &classes), 0);
	assert_int_equal(classes.count, 4);
	assert_int_equal(classes.class[2].from, 4);
	assert_int_equal(classes.class[2].to, 7);
	assert_true(classes.class[3].to == UINT64_MAX);
	assert_int_equal(classes_total(&classes), 14);
	assert_int_equal(classes_from(&classes, 4), 7);
	assert_int_equal(classes_from(&classes, 5), 4);
	fclose(file);

	file = text_file("entry_bytes 64-127 3 300\n");
	assert_int_equal(classes_read(file, "entry_bytes", &classes), 0);
	assert_int_equal(classes.class[0].bytes, 300);
	fclose(file);

	file = text_file("expired 1\nwithin_1s 2\nnever 7\n");
	assert_int_equal(classes_read(file, NULL, &classes), 0);
	assert_int_equal(classes_named(&classes, "never"), 7);
	assert_int_equal(classes_named(&classes, "later"), 0);
	assert_int_equal(classes_total(&classes), 10);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(bad_tables),
		cmocka_unit_test(owners),
		cmocka_unit_test(alarms),
		cmocka_unit_test(history),
		cmocka_unit_test(classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
