// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "format.h"
#include "json_out.h"
#include "occupancy.h"

static bool take_occupancy(const char *line, struct occupancy *occupancy)
{
	unsigned int at, to;
	uint64_t n;

	/* The kernel wrote them, from such numbers. NOLINTBEGIN(cert-err34-c) */
	if (sscanf(line, "bucket_slots %u %" SCNu64, &at, &n) == 2) {
		if (at > BUCKET_SLOTS)
			return false;
		occupancy->bucket_slots[at] = n;
	} else if (sscanf(line, "segment_entries %u-%u %" SCNu64, &at, &to, &n) == 3) {
		if (at / 10 >= SEGMENT_TENS)
			return false;
		occupancy->segment_entries[at / 10] = n;
	} else if (sscanf(line, "probe_length %u %" SCNu64, &at, &n) == 2) {
		if (at >= PROBES)
			return false;
		occupancy->probe_length[at] = n;
	} else {
		sscanf(line, "load_percent %lf", &occupancy->load_percent);
	}
	/* NOLINTEND(cert-err34-c) */
	return true;
}

int occupancy_read(FILE *file, struct occupancy *occupancy)
{
	char line[80];

	memset(occupancy, 0, sizeof(*occupancy));
	while (fgets(line, sizeof(line), file)) {
		if (!take_occupancy(line, occupancy)) {
			errno = EPROTO;
			return -1;
		}
	}
	return ferror(file) ? -1 : 0;
}

static uint64_t sum(const uint64_t *counts, size_t n)
{
	uint64_t total = 0;

	while (n)
		total += counts[--n];
	return total;
}

static void bar(const char *label, uint64_t count, uint64_t total)
{
	int width = total ? (int)(40 * count / total) : 0;

	printf("  %-20s %12s  %6s %.*s\n", label, format_exact(count).s,
	       format_percent(count, total).s, width,
	       "########################################");
}

/* Trailing zeros of a histogram say nothing. */
static size_t used(const uint64_t *counts, size_t n)
{
	while (n && !counts[n - 1])
		n--;
	return n;
}

void occupancy_print(const struct occupancy *occupancy)
{
	uint64_t buckets = sum(occupancy->bucket_slots, BUCKET_SLOTS + 1);
	uint64_t segments = sum(occupancy->segment_entries, SEGMENT_TENS);
	uint64_t entries = sum(occupancy->probe_length, PROBES);
	char label[32];

	puts("buckets by used slots");
	for (size_t i = 0; i <= BUCKET_SLOTS; i++) {
		snprintf(label, sizeof(label), "%zu of %d", i, BUCKET_SLOTS);
		bar(label, occupancy->bucket_slots[i], buckets);
	}
	puts("segments by entries");
	for (size_t i = 0; i < used(occupancy->segment_entries, SEGMENT_TENS); i++) {
		snprintf(label, sizeof(label), "%zu to %zu", 10 * i, 10 * i + 9);
		bar(label, occupancy->segment_entries[i], segments);
	}
	puts("entries by buckets passed");
	for (size_t i = 0; i < used(occupancy->probe_length, PROBES); i++) {
		snprintf(label, sizeof(label), "%zu", i);
		bar(label, occupancy->probe_length[i], entries);
	}
}

static struct json_object *json_counts(const uint64_t *counts, size_t n)
{
	struct json_object *array = json_new_array();

	for (size_t i = 0; i < n; i++)
		json_append(array, json_object_new_uint64(counts[i]));
	return array;
}

struct json_object *json_occupancy(const struct occupancy *occupancy)
{
	struct json_object *object = json_new_object();

	json_add(object, "bucket_slots",
		 json_counts(occupancy->bucket_slots, BUCKET_SLOTS + 1));
	json_add(object, "segment_entries_by_ten",
		 json_counts(occupancy->segment_entries, SEGMENT_TENS));
	json_add(object, "probe_length", json_counts(occupancy->probe_length, PROBES));
	json_add_real(object, "load_percent", occupancy->load_percent);
	return object;
}
