// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "escape.h"
#include "json_out.h"

static void assert_escaped(const char *bytes, size_t len, const char *expected)
{
	char *text;
	size_t text_len;
	FILE *out = open_memstream(&text, &text_len);

	assert_non_null(out);
	escape_to(out, bytes, len);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

#define ASSERT_ESCAPED(literal, expected) \
	assert_escaped(literal, sizeof(literal) - 1, expected)

static void text_is_kept(void **state)
{
	(void)state;
	ASSERT_ESCAPED("", "");
	ASSERT_ESCAPED("plain text ~", "plain text ~");
	ASSERT_ESCAPED("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f");
	ASSERT_ESCAPED("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
}

static void controls_are_escaped(void **state)
{
	(void)state;
	ASSERT_ESCAPED("a\tb\nc\rd\\e", "a\\tb\\nc\\rd\\\\e");
	ASSERT_ESCAPED("nul\0end", "nul\\x00end");
	ASSERT_ESCAPED("\x1b[31m", "\\x1b[31m");
	ASSERT_ESCAPED("\x7f", "\\x7f");
	ASSERT_ESCAPED("\xc2\x9b", "\\xc2\\x9b");
	/* What it warns of is what is tested. NOLINTNEXTLINE(misc-misleading-bidirectional) */
	ASSERT_ESCAPED("\xe2\x80\xae", "\\xe2\\x80\\xae");
}

static void no_utf8_is_escaped(void **state)
{
	(void)state;
	ASSERT_ESCAPED("\xff", "\\xff");
	ASSERT_ESCAPED("\xc3", "\\xc3");
	ASSERT_ESCAPED("\xc3\x61", "\\xc3a");
	ASSERT_ESCAPED("\xc0\xaf", "\\xc0\\xaf");
	ASSERT_ESCAPED("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	ASSERT_ESCAPED("\xed\xa0\x80", "\\xed\\xa0\\x80");
	ASSERT_ESCAPED("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

static void json_tells_text_from_bytes(void **state)
{
	struct json_object *object = json_new_object();
	struct json_object *value;

	(void)state;
	json_add_bytes(object, "key", "a\0b", 3);
	json_add_bytes(object, "value", "\xff\x00", 2);
	assert_true(json_object_object_get_ex(object, "key", &value));
	assert_int_equal(json_object_get_string_len(value), 3);
	assert_false(json_object_object_get_ex(object, "value", NULL));
	assert_true(json_object_object_get_ex(object, "value_hex", &value));
	assert_string_equal(json_object_get_string(value), "ff00");
	json_object_put(object);
}

static void json_is_harmless(void **state)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	escape_json_to(out, "{\n\"\xc3\xbc\x7f\xc2\x9b\xe2\x80\xae\\u0007\"\n}");
	fclose(out);
	assert_string_equal(text, "{\n\"\xc3\xbc\\u007f\\u009b\\u202e\\u0007\"\n}");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_kept),
		cmocka_unit_test(controls_are_escaped),
		cmocka_unit_test(no_utf8_is_escaped),
		cmocka_unit_test(json_tells_text_from_bytes),
		cmocka_unit_test(json_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
