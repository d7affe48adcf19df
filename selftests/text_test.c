// SPDX-License-Identifier: GPL-2.0
/*
 * Keys and values that are meant to do harm where they are shown: to a terminal, to
 * a parser of lines or of JSON, to whatever takes text for a format.  Every text
 * interface shows them as harmless characters, from which programs get them back.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define MAP		"text.test"
#define OUTPUT_MOST	(1 << 20)
#define BYTES(text)	{ text, sizeof(text) - 1 }

static const struct {
	const char *bytes;
	u32 len;
} nasty[] = {
	BYTES("%s%s%s%n%n%p%x%1000000d%*s"),
	BYTES("\\n\\x1b[31m\\\\"),
	BYTES("\x1b[2J\x1b[31m\x1b]0;title\x07"),
	BYTES("\23331m\220q\234"),
	BYTES("\302\23331m"),
	BYTES("line\nanother\r\nthird\ttab\vand\f"),
	BYTES("\b\b\b\x7f\x7f"),
	BYTES("nul\0in the middle\0"),
	BYTES("\0"),
	BYTES("{\"key\": \"}],\" /*"),
	BYTES("\"'`$(reboot)`;&&|<>*?[!"),
	BYTES("\xff\xff\x88\x80\x12\x34\x56\x78"),
	BYTES("ffff888012345678"),
	BYTES("\xc3"),
	BYTES("\xe2\x82"),
	BYTES("\xf0\x9f\x98"),
	BYTES("\xc0\xaf\xed\xa0\x80\xf5\x80\x80\x80\xf8"),
	BYTES("\342\200\256desrever\xe2\x80\xac\xe2\x81\xa6\xe2\x80\x8f"),
	BYTES("\xe2\x80\xa8line\xe2\x80\xa9paragraph"),
	BYTES("\357\273\277mark"),
	BYTES("--help"),
	BYTES(" "),
	BYTES("../../../etc/passwd"),
	BYTES("# comment"),
	BYTES("\xf0\x9f\x98\x80 is well"),
};

#define NASTY	(sizeof(nasty) / sizeof(nasty[0]))

/* ---- what is harmless */

/* The length of the well-formed UTF-8 character at @text, and the character; or 0. */
static size_t character_at(const u8 *text, size_t left, u32 *character)
{
	static const u8 masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t len = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 :
		     text[0] < 0xf0 ? 3 : text[0] < 0xf5 ? 4 : 0;

	if (!len || len > left)
		return 0;
	*character = text[0] & masks[len];
	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (text[i] & 0x3f);
	}
	return len;
}

/* Neither controls nor what changes the direction of writing or ends a line. */
static bool harmless_character(u32 character)
{
	if (character == '\n' || character == '\t')
		return true;
	if (character < 0x20 || (character >= 0x7f && character < 0xa0))
		return false;
	return (character < 0x200e || character > 0x200f) &&
	       (character < 0x2028 || character > 0x202e) &&
	       (character < 0x2066 || character > 0x2069);
}

static bool harmless(const char *text, size_t len)
{
	const u8 *at = (const u8 *)text, *end = at + len;

	while (at < end) {
		u32 character = 0;
		size_t n = character_at(at, end - at, &character);

		if (!n || !harmless_character(character)) {
			ksft_print_msg("byte %zd of the output is 0x%02x\n",
				       at - (const u8 *)text, *at);
			return false;
		}
		at += n;
	}
	return true;
}

static unsigned int lines_in(const char *text, size_t len)
{
	unsigned int lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

/* ---- the tool */

struct output {
	char text[OUTPUT_MOST];
	size_t len;
	int status;
};

static struct output output;

static void read_all(int fd)
{
	ssize_t n;

	output.len = 0;
	while ((n = read(fd, output.text + output.len, OUTPUT_MOST - 1 - output.len)) > 0)
		output.len += n;
	output.text[output.len] = '\0';
}

static void exec_tool(const char *const *arguments)
{
	const char *words[16] = { getenv("TTLMAP_TOOL") ?: "ttlmap" };

	for (int i = 0; arguments[i]; i++)
		words[i + 1] = arguments[i];
	execvp(words[0], (char **)words);
	_exit(127);
}

/* What a user at a terminal sees, or what goes into a pipe. Returns its status. */
static int run_tool(bool terminal, const char *const *arguments)
{
	int fds[2] = { -1, -1 }, status;
	pid_t child;

	if (terminal) {
		struct winsize size = { .ws_row = 50, .ws_col = 5000 };

		child = forkpty(&fds[0], NULL, NULL, &size);
	} else {
		if (pipe(fds))
			return -errno;
		child = fork();
	}
	if (!child) {
		if (!terminal && (dup2(fds[1], 1) != 1 || dup2(fds[1], 2) != 2))
			_exit(126);
		exec_tool(arguments);
	}
	close(fds[1]);
	read_all(fds[0]);
	close(fds[0]);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -ECHILD;
	return WEXITSTATUS(status);
}

#define TOOL(terminal, ...)	run_tool(terminal, (const char *const[]){ __VA_ARGS__, NULL })

/* A terminal ends its lines with a carriage return and a newline. */
static void drop_returns(void)
{
	size_t to = 0;

	for (size_t i = 0; i < output.len; i++)
		if (output.text[i] != '\r' || output.text[i + 1] != '\n')
			output.text[to++] = output.text[i];
	output.len = to;
	output.text[to] = '\0';
}

/* ---- the map */

FIXTURE(text) {
	int map;
};

static int set_nasty(int map, unsigned int i)
{
	struct ttlmap_op op = op_update(nasty[i].bytes, nasty[i].len,
					nasty[i].bytes, nasty[i].len, 0, 0);

	return map_op(map, &op);
}

FIXTURE_SETUP(text)
{
	struct ttlmap_create create = { .flags = TTLMAP_F_VERSIONS, .key_max = 64,
		.value_max = 64, .mode = 0600, .max_entries = 100, .name = MAP };

	map_unlink(MAP);
	ASSERT_FD(self->map, map_create(&create));
	for (unsigned int i = 0; i < NASTY; i++)
		ASSERT_RC(0, set_nasty(self->map, i));
	ASSERT_EQ(NASTY, map_entries(self->map));
}

FIXTURE_TEARDOWN(text)
{
	close(self->map);
	EXPECT_RC(0, map_unlink(MAP));
	EXPECT_TRUE(eventually(module_idle()));
}

#define EXPECT_HARMLESS(terminal, ...) do {				\
	int status_ = TOOL(terminal, __VA_ARGS__);			\
									\
	drop_returns();							\
	EXPECT_EQ(0, status_) {						\
		TH_LOG("status %d: %s", status_, output.text);		\
	}								\
	EXPECT_TRUE(harmless(output.text, output.len)) {		\
		TH_LOG("%s", #__VA_ARGS__);				\
	}								\
	EXPECT_LT(0, output.len);					\
} while (0)

/* ---- what shows the whole map */

TEST_F(text, lists)
{
	for (int terminal = 0; terminal < 2; terminal++) {
		EXPECT_HARMLESS(terminal, "ls");
		EXPECT_HARMLESS(terminal, "ls", "--json");
		EXPECT_HARMLESS(terminal, "stat", MAP);
		EXPECT_HARMLESS(terminal, "stat", "--json", MAP);
		EXPECT_HARMLESS(false, "top", "--once");
		EXPECT_HARMLESS(terminal, "watch", "--count", "1", "--interval", "1ms", MAP);
		EXPECT_HARMLESS(terminal, "scan", MAP);
		EXPECT_HARMLESS(terminal, "scan", "--keys", MAP);
		EXPECT_HARMLESS(terminal, "dump", MAP);
		EXPECT_HARMLESS(terminal, "scan", "--json", MAP);
		EXPECT_HARMLESS(terminal, "dump", "--json", MAP);
	}
}

/* An entry is a line, whatever it holds, with two or three tabs in it. */
TEST_F(text, a_line_for_each)
{
	ASSERT_EQ(0, TOOL(false, "dump", MAP));
	EXPECT_EQ(NASTY, lines_in(output.text, output.len));
	for (char *line = strtok(output.text, "\n"); line; line = strtok(NULL, "\n")) {
		unsigned int tabs = 0;

		for (char *at = line; *at; at++)
			tabs += *at == '\t';
		EXPECT_EQ(3, tabs) TH_LOG("%s", line);
	}
	ASSERT_EQ(0, TOOL(false, "dump", "--json", MAP));
	EXPECT_EQ(NASTY, lines_in(output.text, output.len));
}

static int hex_digit(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

/* The bytes that escaped text stands for; in place. */
static size_t unescape(char *text)
{
	char *to = text;

	for (char *from = text; *from; from++) {
		if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		switch (*++from) {
		case 't':
			*to++ = '\t';
			break;
		case 'n':
			*to++ = '\n';
			break;
		case 'r':
			*to++ = '\r';
			break;
		case 'x':
			*to++ = hex_digit(from[1]) << 4 | hex_digit(from[2]);
			from += 2;
			break;
		default:
			*to++ = *from;
		}
	}
	return to - text;
}

/* Each of them once: @seen says which came already. */
static bool is_one_of_them(const char *bytes, size_t len, bool seen[NASTY])
{
	for (unsigned int i = 0; i < NASTY; i++) {
		if (seen[i] || nasty[i].len != len || memcmp(nasty[i].bytes, bytes, len))
			continue;
		seen[i] = true;
		return true;
	}
	return false;
}

TEST_F(text, dump_can_be_read_back)
{
	bool keys[NASTY] = { }, values[NASTY] = { };

	ASSERT_EQ(0, TOOL(false, "dump", MAP));
	for (char *line = output.text, *end; *line; line = end + 1) {
		char *tab = strchr(line, '\t'), *second = tab ? strchr(tab + 1, '\t') : NULL;

		end = strchr(line, '\n');
		ASSERT_TRUE(end && tab && second && second < end);
		*tab = '\0';
		*second = '\0';
		EXPECT_TRUE(is_one_of_them(line, unescape(line), keys));
		EXPECT_TRUE(is_one_of_them(tab + 1, unescape(tab + 1), values));
	}
	for (unsigned int i = 0; i < NASTY; i++) {
		EXPECT_TRUE(keys[i] && values[i]) {
			TH_LOG("number %u is missing", i);
		}
	}
}

/* Bytes that JSON has no string for come in hexadecimal under another name. */
static size_t json_bytes(struct json_object *entry, const char *name, char *bytes)
{
	struct json_object *member;
	char hex_name[32];
	size_t len;

	if (json_object_object_get_ex(entry, name, &member)) {
		len = json_object_get_string_len(member);
		memcpy(bytes, json_object_get_string(member), len);
		return len;
	}
	snprintf(hex_name, sizeof(hex_name), "%s_hex", name);
	if (!json_object_object_get_ex(entry, hex_name, &member))
		return 0;
	len = json_object_get_string_len(member) / 2;
	for (size_t i = 0; i < len; i++) {
		const char *digits = json_object_get_string(member) + 2 * i;

		bytes[i] = hex_digit(digits[0]) << 4 | hex_digit(digits[1]);
	}
	return len;
}

static void read_json(struct __test_metadata *_metadata, const char *command)
{
	bool keys[NASTY] = { }, values[NASTY] = { };

	ASSERT_EQ(0, TOOL(false, command, "--json", MAP));
	for (char *line = strtok(output.text, "\n"); line; line = strtok(NULL, "\n")) {
		struct json_object *entry = json_tokener_parse(line);
		char bytes[256];

		ASSERT_NE(NULL, entry) TH_LOG("not JSON: %s", line);
		EXPECT_TRUE(is_one_of_them(bytes, json_bytes(entry, "key", bytes), keys))
			TH_LOG("%s", line);
		EXPECT_TRUE(is_one_of_them(bytes, json_bytes(entry, "value", bytes), values))
			TH_LOG("%s", line);
		json_object_put(entry);
	}
	for (unsigned int i = 0; i < NASTY; i++) {
		EXPECT_TRUE(keys[i] && values[i]) {
			TH_LOG("number %u is missing", i);
		}
	}
}

TEST_F(text, json_can_be_read_back)
{
	read_json(_metadata, "scan");
	read_json(_metadata, "dump");
}

/* ---- what shows one entry */

/* A key with a NUL in it cannot be named in a command line. */
static bool can_be_named(unsigned int i)
{
	return strlen(nasty[i].bytes) == nasty[i].len;
}

TEST_F(text, one_entry)
{
	for (unsigned int i = 0; i < NASTY; i++) {
		const char *key = nasty[i].bytes;

		if (!can_be_named(i))
			continue;
		EXPECT_HARMLESS(true, "get", "--", MAP, key);
		EXPECT_HARMLESS(false, "get", "--json", "--", MAP, key);
		EXPECT_HARMLESS(true, "watch", "--count", "1", "--", MAP, key);
		EXPECT_HARMLESS(false, "watch", "--json", "--count", "1", "--", MAP, key);
		/* Byte for byte, where that was asked for. */
		ASSERT_EQ(0, TOOL(false, "get", "--raw", "--", MAP, key));
		EXPECT_EQ(nasty[i].len, output.len);
		EXPECT_EQ(0, memcmp(key, output.text, output.len));
	}
}

#define EXPECT_HARMLESS_COMPLAINT(...) do {				\
	EXPECT_NE(0, TOOL(true, __VA_ARGS__));				\
	drop_returns();							\
	EXPECT_TRUE(harmless(output.text, output.len)) {		\
		TH_LOG("%s", #__VA_ARGS__);				\
	}								\
} while (0)

/* Complaints name the map and the key that were asked for, and these are as harmful. */
TEST_F(text, complaints)
{
	for (unsigned int i = 0; i < NASTY; i++) {
		const char *word = nasty[i].bytes;

		if (!can_be_named(i))
			continue;
		EXPECT_HARMLESS_COMPLAINT("stat", "--", word);
		EXPECT_HARMLESS_COMPLAINT("get", "--", word, word);
		EXPECT_HARMLESS_COMPLAINT("set", "--new", "--", MAP, word, "value");
		EXPECT_EQ(0, TOOL(true, "del", "--", MAP, word));
		EXPECT_HARMLESS_COMPLAINT("del", "--", MAP, word);
	}
}

/* ---- debugfs and names */

#define ONLY_A_KEY	"only-a-key"
#define ONLY_A_VALUE	"only-a-value"

static void check_file(struct __test_metadata *_metadata, const char *folder, const char *file)
{
	bool keys = !strcmp(file, "oldest");
	char path[512], *text;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	text = file_read(path);
	ASSERT_NE(NULL, text) TH_LOG("%s", path);
	EXPECT_TRUE(harmless(text, strlen(text))) TH_LOG("%s", path);
	EXPECT_EQ(NULL, strstr(text, ONLY_A_VALUE)) TH_LOG("%s shows values", path);
	EXPECT_EQ(keys, !!strstr(text, ONLY_A_KEY)) TH_LOG("keys in %s", path);
	free(text);
}

TEST_F(text, debugfs)
{
	struct ttlmap_op op = op_update(ONLY_A_KEY, strlen(ONLY_A_KEY), ONLY_A_VALUE,
					strlen(ONLY_A_VALUE), 0, 0);
	struct ttlmap_stat stat;
	struct dirent *entry;
	char folder[64];
	int files = 0;
	DIR *dir;

	ASSERT_RC(0, map_op(self->map, &op));
	ASSERT_RC(0, map_stat(self->map, &stat));
	snprintf(folder, sizeof(folder), DEBUGFS "/%llu", stat.id);
	dir = opendir(folder);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		check_file(_metadata, folder, entry->d_name);
		files++;
	}
	closedir(dir);
	EXPECT_LE(2, files);
	check_file(_metadata, DEBUGFS, "summary");
}

/* Of all bytes, in the first place of a name and in another. */
TEST(names)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@+-";

	for (int byte = 1; byte < 256; byte++) {
		struct ttlmap_create create = { .key_max = 8, .value_max = 8, .max_entries = 10 };
		bool fits = strchr(good, byte), first = fits && byte != '.' && byte != '-';

		for (int at = 0; at < 2; at++) {
			int map;

			memset(create.name, 0, sizeof(create.name));
			create.name[!at] = 'n';
			create.name[at] = byte;
			map = map_create(&create);
			EXPECT_EQ(at ? fits : first, map >= 0) TH_LOG("0x%02x: %s", byte,
								      rc_name(map));
			if (map < 0)
				continue;
			close(map);
			EXPECT_RC(0, map_unlink((const char *)create.name));
		}
	}
	EXPECT_EQ(0, named_maps());
}

TEST_HARNESS_MAIN
