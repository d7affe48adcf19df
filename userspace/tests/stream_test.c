// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "command.h"
#include "stream.h"
#include "value.h"

static char path[64];

static void write_file(const void *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	/* It does not go on without one. NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void assert_key(const struct stream *stream, size_t request, const char *key)
{
	const struct stream_key *found = &stream->keys[stream->requests[request].key];

	assert_int_equal(found->len, strlen(key));
	assert_memory_equal(found->bytes, key, found->len);
}

static void words(void **state)
{
	struct stream stream = { .key_max = 512 };

	(void)state;
	write_file("  one two\tone\n\nthree", 20);
	assert_int_equal(stream_add_file(&stream, path, STREAM_WORDS), 0);
	assert_int_equal(stream.count, 4);
	assert_int_equal(stream.key_count, 3);
	assert_int_equal(stream.longest_key, 5);
	assert_key(&stream, 0, "one");
	assert_key(&stream, 2, "one");
	assert_key(&stream, 3, "three");
	stream_free(&stream);
}

static void lines(void **state)
{
	struct stream stream = { .key_max = 512 };

	(void)state;
	write_file("one two\n\nlast", 13);
	assert_int_equal(stream_add_file(&stream, path, STREAM_LINES), 0);
	assert_int_equal(stream.count, 2);
	assert_key(&stream, 0, "one two");
	assert_key(&stream, 1, "last");
	stream_free(&stream);
}

static void long_keys_are_cut(void **state)
{
	struct stream stream = { .key_max = 40 };
	char text[201];

	(void)state;
	memset(text, 'x', 200);
	text[99] = ' ';
	write_file(text, 200);
	assert_int_equal(stream_add_file(&stream, path, STREAM_WORDS), 0);
	assert_int_equal(stream.key_count, 2);
	assert_int_equal(stream.cut, 2);
	assert_int_equal(stream.longest_key, 40);
	assert_memory_equal(stream.keys[0].bytes, "xxxxxxxx", 8);
	assert_memory_not_equal(stream.keys[0].bytes, stream.keys[1].bytes, 40);
	stream_free(&stream);
}

static void traces(void **state)
{
	static const unsigned char records[40] = {
		1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x20, 0, 0, 60, 0, 0, 0,
		2, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0, 0, 0, 0, 0, 0, 0,
	};
	struct stream stream = { .key_max = 8 };

	(void)state;
	write_file(records, sizeof(records));
	assert_int_equal(stream_add_file(&stream, path, STREAM_BY_NAME), 0);
	assert_int_equal(stream.count, 2);
	assert_int_equal(stream.key_count, 1);
	assert_int_equal(stream.keys[0].len, 8);
	assert_int_equal(stream.requests[0].ttl_s, 60);
	assert_int_equal(stream.requests[0].size, 0x2010);
	assert_int_equal(stream.requests[1].size, 0x11);
	assert_int_equal(stream.longest_value, 0x2010);
	stream_free(&stream);

	memset(&stream, 0, sizeof(stream));
	write_file(records, 39);
	assert_int_equal(stream_add_file(&stream, path, STREAM_TRACE), EXIT_TROUBLE);
	stream_free(&stream);
}

static void values(void **state)
{
	char value[100];

	(void)state;
	for (size_t len = 1; len <= sizeof(value); len++) {
		value_make(value, len, "key", 3);
		assert_true(value_check(value, len, "key", 3));
		value[len / 2] ^= 1;
		assert_false(value_check(value, len, "key", 3));
	}
	value_make(value, 64, "key", 3);
	assert_false(value_check(value, 63, "key", 3));
	assert_false(value_check(value, 64, "kez", 3));
}

static int make_path(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/ttlmap-stream-XXXXXX.bin");
	return mkstemps(path, 4) < 0;
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(lines),
		cmocka_unit_test(long_keys_are_cut),
		cmocka_unit_test(traces),
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
