// SPDX-License-Identifier: GPL-2.0
/*
 * UTF-8 is decoded here and not by the C library, whose idea of it depends on
 * locales that a small system may not have.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "json_out.h"

/* Length of the sequence that a byte begins, 0 for one that begins none. */
static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

/* The character at bytes, and its length, 0 if there is none. */
static size_t decode(const unsigned char *bytes, size_t len, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = sequence_length(bytes[0]);

	if (!n || n > len)
		return 0;
	*character = n == 1 ? bytes[0] : bytes[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (bytes[i] & 0x3f);
	}
	if (*character < least[n] || *character > 0x10ffff ||
	    (*character >= 0xd800 && *character <= 0xdfff))
		return 0;
	return n;
}

/* Controls, and what turns the direction of a line: both deceive a reader. */
static bool is_harmful(uint32_t character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
	       (character >= 0x200e && character <= 0x200f) ||
	       (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069);
}

static void escape_bytes(FILE *out, const unsigned char *bytes, size_t len)
{
	for (; len--; bytes++) {
		switch (*bytes) {
		case '\t':
			fputs("\\t", out);
			break;
		case '\n':
			fputs("\\n", out);
			break;
		case '\r':
			fputs("\\r", out);
			break;
		case '\\':
			fputs("\\\\", out);
			break;
		default:
			fprintf(out, "\\x%02x", *bytes);
		}
	}
}

void escape_to(FILE *out, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	const unsigned char *end = p + len;

	while (p < end) {
		uint32_t character;
		size_t n = decode(p, end - p, &character);

		if (n && character != '\\' && !is_harmful(character))
			fwrite(p, 1, n, out);
		else
			escape_bytes(out, p, n ? n : 1);
		p += n ? n : 1;
	}
}

void escape_json_to(FILE *out, const char *json)
{
	const unsigned char *p = (const unsigned char *)json;
	const unsigned char *end = p + strlen(json);

	while (p < end) {
		uint32_t character;
		size_t n = decode(p, end - p, &character);

		if (n && character >= 0x7f && is_harmful(character))
			fprintf(out, "\\u%04x", character);
		else
			fwrite(p, 1, n ? n : 1, out);
		p += n ? n : 1;
	}
}

bool is_utf8(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	const unsigned char *end = p + len;
	uint32_t character;

	while (p < end) {
		size_t n = decode(p, end - p, &character);

		if (!n)
			return false;
		p += n;
	}
	return true;
}

static struct json_object *hex_string(const unsigned char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = malloc(2 * len + 1);
	struct json_object *string = NULL;

	if (hex) {
		for (size_t i = 0; i < len; i++) {
			hex[2 * i] = digits[bytes[i] >> 4];
			hex[2 * i + 1] = digits[bytes[i] & 15];
		}
		string = json_object_new_string_len(hex, 2 * len);
	}
	free(hex);
	return string;
}

void json_add_bytes(struct json_object *to, const char *name, const void *bytes,
		    size_t len)
{
	char hex_name[32];

	if (is_utf8(bytes, len)) {
		json_add(to, name, json_object_new_string_len(bytes, len));
		return;
	}
	snprintf(hex_name, sizeof(hex_name), "%s_hex", name);
	json_add(to, hex_name, hex_string(bytes, len));
}
