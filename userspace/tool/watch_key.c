// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "found.h"
#include "json_out.h"
#include "show.h"
#include "trouble.h"
#include "ttlmap.h"
#include "watch.h"

/* What was seen of the key in one look. */
struct sight {
	bool there;
	struct found found;
};

static int look(const struct watch *watch, struct sight *sight)
{
	struct handle map;
	int status = handle_open(&map, watch->map, TTLMAP_OPEN_READ);

	if (status)
		return status;
	sight->there = !found_read(&sight->found, map.fd, watch->key, ttlmap_peek);
	if (!sight->there && errno != ENOENT)
		status = trouble_with_key(watch->map, watch->key);
	handle_close(&map);
	return status;
}

static bool same(const struct found *a, const struct found *b)
{
	return a->version == b->version && a->len == b->len &&
	       !memcmp(a->value, b->value, a->len);
}

/* What happened from one look to the next, NULL for nothing. */
static const char *event(const struct sight *was, const struct sight *is)
{
	if (was->there != is->there)
		return is->there ? "came" : "gone";
	return is->there && !same(&was->found, &is->found) ? "changed" : NULL;
}

static void print_text(const char *event, const struct sight *sight, const struct show *show)
{
	const struct found *found = &sight->found;

	printf("%s\t%s", watch_time().s, event);
	if (sight->there) {
		putchar('\t');
		show_value(show, found->value, found->len);
		printf("\t%s\t%s", format_duration(found->ttl_ns).s,
		       format_version(found->version).s);
	}
	putchar('\n');
}

static void print_json(const char *event, const struct sight *sight, const struct show *show)
{
	struct json_object *object = json_new_object();
	const struct found *found = &sight->found;

	json_add_text(object, "time", watch_json_time().s);
	json_add_text(object, "event", event);
	if (sight->there) {
		json_show_value(object, show, found->value, found->len);
		json_add_ttl(object, "ttl_ns", found->ttl_ns);
		json_add_version(object, found->version);
	}
	json_print_line(object);
}

static void print(const struct watch *watch, const struct show *show, const char *event,
		  const struct sight *sight)
{
	if (watch->json)
		print_json(event, sight, show);
	else
		print_text(event, sight, show);
	fflush(stdout);
}

static int watch_from(const struct watch *watch, const struct show *show,
		      struct sight *was, struct sight *is)
{
	uint64_t lines = 1;
	int status = look(watch, was);

	if (status)
		return status;
	print(watch, show, was->there ? "there" : "absent", was);
	while (lines != watch->count && !ferror(stdout)) {
		struct sight swapped = *was;
		const char *what;

		sleep_ns(watch->interval_ns);
		status = look(watch, is);
		if (status)
			return status;
		what = event(was, is);
		if (what) {
			print(watch, show, what, is);
			lines++;
		}
		*was = *is;
		*is = swapped;
	}
	return EXIT_SUCCESS;
}

int watch_key(const struct watch *watch)
{
	struct sight was = { 0 }, is = { 0 };
	struct handle map;
	struct show show;
	int status = handle_open(&map, watch->map, TTLMAP_OPEN_READ);

	if (status)
		return status;
	show = show_of(&map, watch->show_private);
	handle_close(&map);
	status = watch_from(watch, &show, &was, &is);
	free(was.found.value);
	free(is.found.value);
	return status;
}
