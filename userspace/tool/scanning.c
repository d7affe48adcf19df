// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "filter.h"
#include "json_out.h"
#include "scanning.h"
#include "trouble.h"

static void print_json(const struct ttlmap_entry *entry, const struct scanning *scanning)
{
	struct json_object *object = json_new_object();

	json_show_key(object, &scanning->show, entry->key, entry->key_len);
	if (!scanning->keys)
		json_show_value(object, &scanning->show, entry->value, entry->value_len);
	json_add_ttl(object, "ttl_ns", entry->ttl_ns);
	json_add_version(object, entry->version);
	json_add_number(object, "idle_ns", entry->idle_ns);
	json_add(object, "read",
		 json_object_new_boolean(entry->flags & TTLMAP_RECORD_READ));
	json_add_number(object, "owner", entry->owner);
	json_print_line(object);
}

/* Values that are not to be seen stay in the kernel. */
static unsigned int scan_flags(const struct scanning *scanning)
{
	return scanning->keys || scanning->show.hidden ? TTLMAP_SCAN_KEYS : 0;
}

int scanning_run(const struct scanning *scanning, const struct handle *map)
{
	struct ttlmap_scanner *scanner = ttlmap_scanner_new(map->fd, scan_flags(scanning));
	struct ttlmap_entry entry;
	int ret;

	if (!scanner)
		return trouble_with_map(map->name);
	while ((ret = ttlmap_scanner_next(scanner, &entry)) > 0) {
		if (scanning->filter && !filter_passes(scanning->filter, &entry))
			continue;
		if (scanning->json)
			print_json(&entry, scanning);
		else
			scanning->print(&entry, scanning);
	}
	if (ret)
		ret = trouble_with_map(map->name);
	ttlmap_scanner_free(scanner);
	return ret;
}
