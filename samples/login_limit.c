// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Limits how often somebody may try to log in: so many attempts in a window of time,
 * then none until the window is over, however many processes do the counting.
 *
 *   login_limit attempt NAME    before the password is looked at; exit status 0 if it
 *                               may be, 1 if there were too many attempts
 *   login_limit passed NAME     it was right: NAME begins anew
 *
 * NAME is a user, an address, or both. An attempt counts before it is known to fail,
 * so that nobody tries more often by trying everything at once. The window begins with
 * the first attempt: a counter keeps the expiry that it started with. Names come from
 * strangers, hence SipHash; and if they send more names than there are counters, those
 * that were not used for longest are forgotten, rather than memory run out.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared.h"

#define ATTEMPTS	5
#define WINDOW_NS	(600 * SECOND_NS)
#define REFUSED		1
#define FAILED		2

static int open_map(void)
{
	static const struct ttlmap_create create = {
		.flags = TTLMAP_F_COUNTERS | TTLMAP_F_SIPHASH | TTLMAP_F_REQUIRE_TTL,
		.key_max = 256,
		.value_max = sizeof(uint64_t),
		.mode = 0600,
		.max_entries = 100000,
		.default_ttl_ns = WINDOW_NS,
		.name = "logins",
	};
	int map = shared_map(&create);

	if (map < 0)
		err(FAILED, "logins");
	return map;
}

static int attempt(int map, const char *name)
{
	uint64_t count, left = 0;
	size_t size = sizeof(count);

	if (ttlmap_add(map, name, strlen(name), 1, 0, 0, &count))
		err(FAILED, "%s", name);
	if (count <= ATTEMPTS)
		return 0;
	/* It may be over just now. */
	if (ttlmap_peek(map, name, strlen(name), &count, &size, &left, NULL))
		left = 0;
	printf("%" PRIu64 " attempts: try again in %" PRIu64 " seconds\n", count,
	       (left + SECOND_NS - 1) / SECOND_NS);
	return REFUSED;
}

static int passed(int map, const char *name)
{
	if (ttlmap_delete(map, name, strlen(name)) && errno != ENOENT)
		err(FAILED, "%s", name);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "attempt"))
		return attempt(open_map(), argv[2]);
	if (argc == 3 && !strcmp(argv[1], "passed"))
		return passed(open_map(), argv[2]);
	fprintf(stderr, "usage: login_limit attempt|passed NAME\n");
	return FAILED;
}
