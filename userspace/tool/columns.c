// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "columns.h"
#include "fields.h"
#include "maps.h"

static double per_second(const struct row *row, uint64_t now, uint64_t before)
{
	return row->seconds > 0 ? (now - before) / row->seconds : 0;
}

static struct text cell_map(const struct row *row)
{
	return map_title(row->now);
}

/* Maps made later come later: nothing else about a name is larger. */
static double rank_map(const struct row *row)
{
	return -(double)row->now->id;
}

static double rank_entries(const struct row *row)
{
	return row->now->entries;
}

static struct text cell_entries(const struct row *row)
{
	return format_count(row->now->entries);
}

static double rank_limit(const struct row *row)
{
	return row->now->max_entries;
}

static struct text cell_limit(const struct row *row)
{
	return format_count(row->now->max_entries);
}

static double rank_full(const struct row *row)
{
	return row->now->max_entries ?
	       (double)row->now->entries / row->now->max_entries : 0;
}

static struct text cell_full(const struct row *row)
{
	int used = (int)(rank_full(row) * 4 + 0.5);
	struct text text;

	snprintf(text.s, sizeof(text.s), "[%-4.*s]", used > 4 ? 4 : used, "####");
	return text;
}

static double rank_bytes(const struct row *row)
{
	return row->now->resident_bytes;
}

static struct text cell_bytes(const struct row *row)
{
	return format_size(row->now->resident_bytes);
}

static double rank_hits(const struct row *row)
{
	uint64_t lookups = row->now->hits + row->now->misses;

	return lookups ? (double)row->now->hits / lookups : -1;
}

static struct text cell_hits(const struct row *row)
{
	return format_percent(row->now->hits, row->now->hits + row->now->misses);
}

/* A pop that finds nothing is a miss already. */
static uint64_t all_gets(const struct ttlmap_stat *map)
{
	return map->hits + map->misses + map->popped;
}

/* Whatever writes a value. */
static uint64_t all_puts(const struct ttlmap_stat *map)
{
	return map->inserts + map->replaces + map->adds;
}

static double rank_gets(const struct row *row)
{
	return per_second(row, all_gets(row->now), all_gets(row->before));
}

static struct text cell_gets(const struct row *row)
{
	return format_count(rank_gets(row));
}

static double rank_puts(const struct row *row)
{
	return per_second(row, all_puts(row->now), all_puts(row->before));
}

static struct text cell_puts(const struct row *row)
{
	return format_count(rank_puts(row));
}

static double rank_evictions(const struct row *row)
{
	return per_second(row, row->now->evicted, row->before->evicted);
}

static struct text cell_evictions(const struct row *row)
{
	return format_count(rank_evictions(row));
}

static double rank_stale(const struct row *row)
{
	return row->now->stale_entries;
}

static struct text cell_stale(const struct row *row)
{
	return format_count(row->now->stale_entries);
}

static double rank_oldest(const struct row *row)
{
	return row->now->oldest_stale_ns;
}

static struct text cell_oldest(const struct row *row)
{
	if (!row->now->stale_entries)
		return (struct text){ "-" };
	return format_latency(row->now->oldest_stale_ns);
}

uint64_t map_alarms(const struct ttlmap_stat *map)
{
	const struct field *field = field_find("alarms");

	return field ? field_get(map, field) : 0;
}

static double rank_alarms(const struct row *row)
{
	return (double)map_alarms(row->now);
}

static struct text cell_alarms(const struct row *row)
{
	struct text text = { "-" };

	if (map_alarms(row->now))
		text = format_count(map_alarms(row->now));
	return text;
}

static double rank_expiries(const struct row *row)
{
	return per_second(row, row->now->expired, row->before->expired);
}

static struct text cell_expiries(const struct row *row)
{
	return format_count(rank_expiries(row));
}

static double rank_live(const struct row *row)
{
	return row->now->live_bytes;
}

static struct text cell_live(const struct row *row)
{
	return format_size(row->now->live_bytes);
}

static double rank_table(const struct row *row)
{
	return row->now->table_bytes;
}

static struct text cell_table(const struct row *row)
{
	return format_size(row->now->table_bytes);
}

static double rank_retired(const struct row *row)
{
	return row->now->retired_bytes;
}

static struct text cell_retired(const struct row *row)
{
	return format_size(row->now->retired_bytes);
}

static double rank_adds(const struct row *row)
{
	return per_second(row, row->now->adds, row->before->adds);
}

static struct text cell_adds(const struct row *row)
{
	return format_count(rank_adds(row));
}

static double rank_pops(const struct row *row)
{
	return per_second(row, row->now->popped, row->before->popped);
}

static struct text cell_pops(const struct row *row)
{
	return format_count(rank_pops(row));
}

static double rank_owned(const struct row *row)
{
	return row->now->owned_entries;
}

static struct text cell_owned(const struct row *row)
{
	return format_count(row->now->owned_entries);
}

/* Those up to AL, alarms that are on, fill 80 columns exactly. */
const struct column columns[] = {
	[COLUMN_MAP] = { "MAP", 12, cell_map, rank_map },
	[COLUMN_ENTRIES] = { "ENTRIES", 7, cell_entries, rank_entries },
	{ "LIMIT", 5, cell_limit, rank_limit },
	{ "FULL", 6, cell_full, rank_full },
	{ "BYTES", 5, cell_bytes, rank_bytes },
	{ "HITS", 6, cell_hits, rank_hits },
	{ "GET/s", 5, cell_gets, rank_gets },
	{ "PUT/s", 5, cell_puts, rank_puts },
	{ "EVI/s", 5, cell_evictions, rank_evictions },
	{ "STALE", 5, cell_stale, rank_stale },
	{ "OLDEST", 6, cell_oldest, rank_oldest },
	{ "AL", 2, cell_alarms, rank_alarms },
	{ "EXPI/s", 6, cell_expiries, rank_expiries },
	{ "LIVE", 5, cell_live, rank_live },
	{ "TABLE", 5, cell_table, rank_table },
	{ "RETIRED", 7, cell_retired, rank_retired },
	{ "ADD/s", 5, cell_adds, rank_adds },
	{ "POP/s", 5, cell_pops, rank_pops },
	{ "OWNED", 5, cell_owned, rank_owned },
};

const size_t columns_count = sizeof(columns) / sizeof(columns[0]);
