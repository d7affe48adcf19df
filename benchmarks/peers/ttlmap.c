// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <ttlmap.h>

#include "entries.h"
#include "peer.h"

#define NAME	"ttlmap"

static int map;

static void ttlmap_open(void)
{
	struct ttlmap_create create = {
		.key_max = entries.key_size,
		.value_max = entries.value_size,
		.max_entries = entries.capacity,
	};

	map = ttlmap_map_create(&create);
	if (map < 0)
		err(1, NAME);
}

static uint64_t ttl_ns(size_t at)
{
	return entries_ttl(at) * 1000000000ULL;
}

static size_t lookup(size_t at)
{
	char value[VALUE_MOST];
	size_t length = sizeof(value);

	if (ttlmap_lookup(map, entries_key(at), entries.key_size, value, &length, NULL, NULL))
		err(1, "%s: %s", NAME, __func__);
	entries_check(NAME, at, value);
	return 1;
}

static size_t update(size_t at)
{
	char value[VALUE_MOST];

	entries_value(at, value);
	if (ttlmap_update(map, entries_key(at), entries.key_size, value, entries.value_size,
			  ttl_ns(at), 0, NULL))
		err(1, "%s: %s", NAME, __func__);
	return 1;
}

static void batch(size_t at, unsigned int operation, char (*values)[VALUE_MOST])
{
	struct ttlmap_op ops[BATCH] = { };
	uint32_t done;

	for (size_t i = 0; i < BATCH; i++) {
		ops[i].op = operation;
		ops[i].key = (uintptr_t)entries_key(at + i);
		ops[i].key_len = entries.key_size;
		ops[i].value = (uintptr_t)values[i];
		ops[i].value_len = entries.value_size;
		if (operation == TTLMAP_OP_UPDATE)
			ops[i].ttl_ns = ttl_ns(at + i);
	}
	if (ttlmap_map_batch(map, ops, BATCH, &done))
		err(1, "%s: %s", NAME, __func__);
	for (size_t i = 0; i < BATCH; i++)
		if (i >= done || ops[i].result)
			errx(1, "%s: %s: %s", NAME, __func__, strerror(-ops[i].result));
}

static size_t lookup_64(size_t at)
{
	char values[BATCH][VALUE_MOST];

	batch(at, TTLMAP_OP_LOOKUP, values);
	for (size_t i = 0; i < BATCH; i++)
		entries_check(NAME, at + i, values[i]);
	return BATCH;
}

static size_t update_64(size_t at)
{
	char values[BATCH][VALUE_MOST];

	for (size_t i = 0; i < BATCH; i++)
		entries_value(at + i, values[i]);
	batch(at, TTLMAP_OP_UPDATE, values);
	return BATCH;
}

static size_t scan(size_t at)
{
	struct ttlmap_scanner *scanner = ttlmap_scanner_new(map, 0);
	struct ttlmap_entry entry;
	size_t found = 0;
	int rc;

	(void)at;
	if (!scanner)
		err(1, "%s: %s", NAME, __func__);
	while ((rc = ttlmap_scanner_next(scanner, &entry)) > 0)
		found++;
	if (rc < 0)
		err(1, "%s: %s", NAME, __func__);
	ttlmap_scanner_free(scanner);
	return found;
}

static size_t count(void)
{
	struct ttlmap_stat stat;

	if (ttlmap_map_stat(map, &stat))
		err(1, "%s: stat", NAME);
	return stat.entries;
}

const struct peer peer_ttlmap = {
	.name = NAME,
	.open = ttlmap_open,
	.count = count,
	.calls = { lookup, lookup_64, update, update_64, scan },
};
