// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A store of sessions that the workers of a server share. Each worker reads commands,
 * here from its standard input, and answers each with a line:
 *
 *   login USER      a session that ends half an hour after its last use: its token
 *   attach USER     one that also ends with this worker, as what hangs on a connection
 *                   to it must, however it ends: its token
 *   user TOKEN      whose it is; that is a use
 *   logout TOKEN    ok
 *   count           how many sessions there are, and how many go with this worker
 *
 * and "none" if there is no such session, or a complaint after "error". A map that
 * slides gives an entry its time anew at each lookup. Entries that are OWNED belong to
 * the descriptor through which they were written. A PRIVATE map shows tokens in no
 * text interface.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "shared.h"

#define IDLE_NS		(1800 * SECOND_NS)
#define USER_MAX	64
#define TOKEN_BYTES	16
#define LINE_BYTES	256

struct token {
	char text[2 * TOKEN_BYTES + 1];
};

static struct token new_token(void)
{
	unsigned char bytes[TOKEN_BYTES];
	struct token token;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		err(1, "getrandom");
	for (int i = 0; i < TOKEN_BYTES; i++)
		snprintf(token.text + 2 * i, 3, "%02x", bytes[i]);
	return token;
}

/* What has failed, in a word or more. */
static void complain(void)
{
	if (errno == ENOENT)
		puts("none");
	else
		printf("error %s\n", strerror(errno));
}

static void login(int map, const char *user, unsigned int flags)
{
	struct token token = new_token();

	if (ttlmap_update(map, token.text, strlen(token.text), user, strlen(user), 0,
			  TTLMAP_NEW | flags, NULL))
		complain();
	else
		puts(token.text);
}

static void user_of(int map, const char *token)
{
	char user[USER_MAX];
	size_t len = sizeof(user);

	if (ttlmap_lookup(map, token, strlen(token), user, &len, NULL, NULL))
		complain();
	else
		printf("%.*s\n", (int)len, user);
}

static void logout(int map, const char *token)
{
	if (ttlmap_delete(map, token, strlen(token)))
		complain();
	else
		puts("ok");
}

static void count(int map)
{
	struct ttlmap_stat stat;

	if (ttlmap_map_stat(map, &stat))
		complain();
	else
		printf("%" PRIu64 " %" PRIu64 "\n", (uint64_t)(stat.entries - stat.stale_entries),
		       (uint64_t)stat.my_entries);
}

static void obey(int map, const char *command, const char *argument)
{
	if (!strcmp(command, "login"))
		login(map, argument, 0);
	else if (!strcmp(command, "attach"))
		login(map, argument, TTLMAP_OWNED);
	else if (!strcmp(command, "user"))
		user_of(map, argument);
	else if (!strcmp(command, "logout"))
		logout(map, argument);
	else if (!strcmp(command, "count"))
		count(map);
	else
		puts("error no such command");
}

int main(void)
{
	static const struct ttlmap_create create = {
		.flags = TTLMAP_F_SLIDING | TTLMAP_F_OWNERS | TTLMAP_F_SIPHASH | TTLMAP_F_PRIVATE |
			 TTLMAP_F_REQUIRE_TTL,
		.key_max = 2 * TOKEN_BYTES,
		.value_max = USER_MAX,
		.mode = 0600,
		.max_entries = 100000,
		.default_ttl_ns = IDLE_NS,
		.name = "sessions",
	};
	char line[LINE_BYTES];
	int map = shared_map(&create);

	if (map < 0)
		err(1, "sessions");
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		char *command = strtok(line, "\n "), *argument = strtok(NULL, "\n");

		if (command)
			obey(map, command, argument ? argument : "");
	}
	return 0;
}
