// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "debugfs.h"
#include "filter.h"
#include "options.h"
#include "trouble.h"

enum {
	OPT_PREFIX = 512,
	OPT_LARGER,
	OPT_TTL_ABOVE,
	OPT_TTL_BELOW,
	OPT_IDLE_ABOVE,
	OPT_UNREAD,
	OPT_OWNER,
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Only entries that pass all of these:", 1 },
	{ "prefix", OPT_PREFIX, "TEXT", 0, "the key begins with it", 1 },
	{ "larger", OPT_LARGER, "SIZE", 0, "key and value are larger", 1 },
	{ "ttl-above", OPT_TTL_ABOVE, "DURATION", 0,
	  "more than this is left of the TTL, or it never expires", 1 },
	{ "ttl-below", OPT_TTL_BELOW, "DURATION", 0, "less than this is left of the TTL", 1 },
	{ "idle-above", OPT_IDLE_ABOVE, "DURATION", 0, "not used for longer", 1 },
	{ "unread", OPT_UNREAD, NULL, 0, "not looked up since it was written", 1 },
	{ "owner", OPT_OWNER, "WHO", 0,
	  "written by this command, pid, or number in the list of owners (#N)", 1 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct filter *filter = state->input;

	switch (key) {
	case OPT_PREFIX:
		filter->prefix = arg;
		return 0;
	case OPT_LARGER:
		filter->larger = option_size(state, "--larger", arg, UINT32_MAX);
		return 0;
	case OPT_TTL_ABOVE:
		filter->above = true;
		filter->ttl_above_ns = option_duration(state, "--ttl-above", arg);
		return 0;
	case OPT_TTL_BELOW:
		filter->ttl_below_ns = option_ttl(state, "--ttl-below", arg);
		return 0;
	case OPT_IDLE_ABOVE:
		filter->idle_above_ns = option_duration(state, "--idle-above", arg);
		return 0;
	case OPT_UNREAD:
		filter->unread = true;
		return 0;
	case OPT_OWNER:
		filter->owner = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp filter_argp = { .options = options, .parser = parse };

static bool begins_with(const struct ttlmap_entry *entry, const char *prefix)
{
	size_t len = strlen(prefix);

	return len <= entry->key_len && !memcmp(entry->key, prefix, len);
}

static bool is_owner(const struct owner *owner, const char *who)
{
	char *end;
	uint64_t number = strtoull(who + (*who == '#'), &end, 10);

	if (*end || end == who)
		return !strcmp(owner->command, who);
	return number == (*who == '#' ? owner->id : owner->pid);
}

static void keep_owners(struct owners *owners, const char *who)
{
	size_t kept = 0;

	for (size_t i = 0; i < owners->count; i++)
		if (is_owner(&owners->owner[i], who))
			owners->owner[kept++] = owners->owner[i];
	owners->count = kept;
}

static int read_owners(struct owners *owners, int map)
{
	struct ttlmap_stat stat;
	FILE *file;
	int ret;

	if (ttlmap_map_stat(map, &stat))
		return -1;
	file = debugfs_open(stat.id, "owners");
	if (!file)
		return -1;
	ret = owners_read(file, owners);
	fclose(file);
	return ret;
}

int filter_find_owners(struct filter *filter, const struct handle *map)
{
	if (!filter->owner)
		return 0;
	if (read_owners(&filter->owners, map->fd))
		return trouble_with("the owners of the map's entries, in debugfs");
	keep_owners(&filter->owners, filter->owner);
	if (filter->owners.count)
		return 0;
	errno = ESRCH;
	return trouble_with(filter->owner);
}

void filter_free(struct filter *filter)
{
	owners_free(&filter->owners);
}

static bool written_by(const struct ttlmap_entry *entry, const struct owners *owners)
{
	for (size_t i = 0; i < owners->count; i++)
		if (owners->owner[i].id == entry->owner)
			return true;
	return false;
}

bool filter_passes(const struct filter *filter, const struct ttlmap_entry *entry)
{
	if (filter->prefix && !begins_with(entry, filter->prefix))
		return false;
	if (filter->larger && entry->key_len + entry->value_len <= filter->larger)
		return false;
	if (filter->above && entry->ttl_ns <= filter->ttl_above_ns)
		return false;
	if (filter->ttl_below_ns && entry->ttl_ns >= filter->ttl_below_ns)
		return false;
	if (filter->idle_above_ns && entry->idle_ns <= filter->idle_above_ns)
		return false;
	if (filter->unread && entry->flags & TTLMAP_RECORD_READ)
		return false;
	return !filter->owner || written_by(entry, &filter->owners);
}
