// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "owners.h"
#include "table.h"

static struct owner make_owner(const struct table *table)
{
	struct owner owner = {
		.id = table_number(table, "id"),
		.pid = table_number(table, "pid"),
		.uid = table_number(table, "uid"),
		.gone = !strcmp(table_text(table, "state"), "gone"),
		.entries = table_number(table, "entries"),
		.bytes = table_number(table, "bytes"),
		.read_bytes = table_number(table, "read_bytes"),
		.unexpiring_entries = table_number(table, "unexpiring_entries"),
		.hits = table_number(table, "hits"),
		.inserts = table_number(table, "inserts"),
	};

	snprintf(owner.command, sizeof(owner.command), "%s", table_text(table, "command"));
	return owner;
}

static int append(struct owners *owners, const struct table *table)
{
	struct owner *owner = reallocarray(owners->owner, owners->count + 1, sizeof(*owner));

	if (!owner)
		return -1;
	owners->owner = owner;
	owners->owner[owners->count++] = make_owner(table);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct owner *one = a, *other = b;

	if (one->bytes != other->bytes)
		return one->bytes < other->bytes ? 1 : -1;
	return (one->id > other->id) - (one->id < other->id);
}

int owners_read(FILE *file, struct owners *owners)
{
	struct table table;
	int ret;

	memset(owners, 0, sizeof(*owners));
	if (table_begin(&table, file))
		return -1;
	while ((ret = table_next(&table)) > 0) {
		ret = append(owners, &table);
		if (ret)
			break;
	}
	table_end(&table);
	if (ret)
		owners_free(owners);
	else if (owners->count)
		qsort(owners->owner, owners->count, sizeof(*owners->owner), compare);
	return ret;
}

void owners_free(struct owners *owners)
{
	free(owners->owner);
	memset(owners, 0, sizeof(*owners));
}

uint64_t owners_bytes(const struct owners *owners)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < owners->count; i++)
		bytes += owners->owner[i].bytes;
	return bytes;
}
