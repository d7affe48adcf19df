// SPDX-License-Identifier: GPL-2.0
#include "fields.h"
#include "flow.h"

static struct text cell_entries(const struct ttlmap_stat *stat, double seconds)
{
	(void)seconds;
	return format_count(stat->entries);
}

static struct text cell_bytes(const struct ttlmap_stat *stat, double seconds)
{
	(void)seconds;
	return format_size(stat->resident_bytes);
}

static struct text cell_stale(const struct ttlmap_stat *stat, double seconds)
{
	(void)seconds;
	return format_size(stat->stale_bytes);
}

static struct text cell_retired(const struct ttlmap_stat *stat, double seconds)
{
	(void)seconds;
	return format_size(stat->retired_bytes);
}

static struct text cell_hits(const struct ttlmap_stat *stat, double seconds)
{
	(void)seconds;
	return format_percent(stat->hits, stat->hits + stat->misses);
}

static struct text cell_late(const struct ttlmap_stat *stat, double seconds)
{
	(void)seconds;
	return stat->stale_entries ? format_latency(stat->oldest_stale_ns) : (struct text){ "-" };
}

static struct text rate(uint64_t count, double seconds)
{
	return format_count(seconds > 0 ? (uint64_t)((double)count / seconds + 0.5) : 0);
}

static struct text cell_gets(const struct ttlmap_stat *stat, double seconds)
{
	return rate(stat->hits + stat->misses, seconds);
}

static struct text cell_puts(const struct ttlmap_stat *stat, double seconds)
{
	return rate(stat->inserts + stat->replaces + stat->adds, seconds);
}

static struct text cell_expired(const struct ttlmap_stat *stat, double seconds)
{
	return rate(stat->expired, seconds);
}

static struct text cell_evicted(const struct ttlmap_stat *stat, double seconds)
{
	return rate(stat->evicted + stat->reclaimed + stat->collision_evicted, seconds);
}

static struct text cell_deleted(const struct ttlmap_stat *stat, double seconds)
{
	return rate(stat->deletes + stat->popped + stat->cleared + stat->owner_gone, seconds);
}

static const struct {
	const char *title;
	struct text (*cell)(const struct ttlmap_stat *stat, double seconds);
} cells[] = {
	{ "ENTRIES", cell_entries },
	{ "BYTES", cell_bytes },
	{ "STALE", cell_stale },
	{ "RETIR.", cell_retired },
	{ "GET/s", cell_gets },
	{ "HITS", cell_hits },
	{ "PUT/s", cell_puts },
	{ "EXPI/s", cell_expired },
	{ "EVIC/s", cell_evicted },
	{ "DEL/s", cell_deleted },
	{ "LATE", cell_late },
};

#define CELLS (sizeof(cells) / sizeof(cells[0]))

static void print_cell(FILE *out, size_t at, const char *text)
{
	fprintf(out, at ? " %6s" : "%7s", text);
}

void flow_print_header(FILE *out)
{
	for (size_t i = 0; i < CELLS; i++)
		print_cell(out, i, cells[i].title);
	putc('\n', out);
}

void flow_print(FILE *out, const struct ttlmap_stat *stat, double seconds)
{
	for (size_t i = 0; i < CELLS; i++)
		print_cell(out, i, cells[i].cell(stat, seconds).s);
	putc('\n', out);
}

/* Levels add up; so does what was counted meanwhile. */
static void add(struct ttlmap_stat *sum, const struct ttlmap_stat *map)
{
	for (const struct field *f = fields; f->name; f++)
		if (f->kind == FIELD_LEVEL || f->kind == FIELD_COUNT)
			field_put(sum, f, field_get(sum, f) + field_get(map, f));
}

struct ttlmap_stat flow_sum(const struct maps *now, const struct maps *before)
{
	struct ttlmap_stat sum = { 0 };
	uint64_t oldest_ns = 0;

	for (size_t i = 0; i < now->count; i++) {
		const struct ttlmap_stat *was = maps_find(before, now->map[i].id);
		struct ttlmap_stat map = now->map[i];

		if (was)
			stat_since(&map, was);
		add(&sum, &map);
		if (map.oldest_stale_ns > oldest_ns)
			oldest_ns = map.oldest_stale_ns;
	}
	sum.oldest_stale_ns = oldest_ns;
	return sum;
}
