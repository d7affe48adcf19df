// SPDX-License-Identifier: GPL-2.0
/*
 * Reads samples.  A line is RIG CASE PEER ROUND VALUE UNIT, or "#" WHAT TEXT for what
 * is true of the whole run; tabs stand between the fields.
 */
#include <err.h>
#include <glob.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "samples.h"

#define FIELDS	6

enum field { RIG, CASE, PEER, ROUND, VALUE, UNIT };

static size_t split(char *line, char **fields, size_t most)
{
	size_t count = 0;

	for (char *field; (field = strsep(&line, "\t")); count++)
		if (count < most)
			fields[count] = field;
	return count;
}

static bool same(const struct series *series, char **fields)
{
	return !strcmp(series->rig, fields[RIG]) && !strcmp(series->name, fields[CASE]) &&
		!strcmp(series->peer, fields[PEER]);
}

static struct series *series_of(struct family *family, char **fields)
{
	struct series *series;

	/* From the end: what is added to is among the latest. */
	for (size_t i = family->series_count; i--;)
		if (same(&family->series[i], fields))
			return &family->series[i];
	family->series = grow(family->series, family->series_count, sizeof(*series));
	series = &family->series[family->series_count++];
	*series = (struct series){
		.rig = copy_text(fields[RIG]), .name = copy_text(fields[CASE]),
		.peer = copy_text(fields[PEER]), .unit = copy_text(fields[UNIT]),
	};
	return series;
}

static bool add_sample(struct family *family, char *line)
{
	char *fields[FIELDS], *end;
	struct series *series;
	double value;

	if (split(line, fields, FIELDS) != FIELDS)
		return false;
	value = strtod(fields[VALUE], &end);
	if (end == fields[VALUE] || *end || !isfinite(value))
		return false;
	series = series_of(family, fields);
	if (strcmp(series->unit, fields[UNIT]))
		return false;
	series->values = grow(series->values, series->count, sizeof(value));
	series->values[series->count++] = value;
	return true;
}

static bool add_note(struct family *family, char *line)
{
	char *fields[3];

	if (split(line, fields, 3) != 3)
		return false;
	family->notes = grow(family->notes, family->note_count, sizeof(*family->notes));
	family->notes[family->note_count++] = (struct note){
		.what = copy_text(fields[1]), .text = copy_text(fields[2]),
	};
	return true;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void summarize(struct series *series)
{
	size_t middle = series->count / 2;
	double *sorted = grow(NULL, series->count, sizeof(*sorted));

	memcpy(sorted, series->values, series->count * sizeof(*sorted));
	qsort(sorted, series->count, sizeof(*sorted), by_value);
	series->least = sorted[0];
	series->most = sorted[series->count - 1];
	series->median = series->count % 2 ? sorted[middle] :
		(sorted[middle - 1] + sorted[middle]) / 2;
	free(sorted);
}

static char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = copy_text(slash ? slash + 1 : path);

	*strrchr(name, '.') = '\0';
	return name;
}

static struct family family_read(const char *path)
{
	struct family family = { .name = base_name(path) };
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	unsigned int number = 0;

	if (!file)
		err(1, "%s", path);
	while (getline(&line, &room, file) > 0) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (!(*line == '#' ? add_note(&family, line) : add_sample(&family, line)))
			errx(1, "%s:%u: not a sample", path, number);
	}
	if (ferror(file))
		err(1, "%s", path);
	free(line);
	fclose(file);
	for (size_t i = 0; i < family.series_count; i++)
		summarize(&family.series[i]);
	return family;
}

struct samples samples_read(const char *folder)
{
	struct samples samples = { };
	char *pattern = join_text(folder, "/*.tsv");
	glob_t found = { };
	int rc = glob(pattern, GLOB_ERR, NULL, &found);

	if (rc && rc != GLOB_NOMATCH)
		err(1, "%s", folder);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		samples.families = grow(samples.families, i, sizeof(*samples.families));
		samples.families[samples.count++] = family_read(found.gl_pathv[i]);
	}
	globfree(&found);
	free(pattern);
	return samples;
}

static void series_free(struct series *series)
{
	free(series->rig);
	free(series->name);
	free(series->peer);
	free(series->unit);
	free(series->values);
}

static void family_free(struct family *family)
{
	for (size_t i = 0; i < family->note_count; i++) {
		free(family->notes[i].what);
		free(family->notes[i].text);
	}
	for (size_t i = 0; i < family->series_count; i++)
		series_free(&family->series[i]);
	free(family->notes);
	free(family->series);
	free(family->name);
}

void samples_free(struct samples *samples)
{
	for (size_t i = 0; i < samples->count; i++)
		family_free(&samples->families[i]);
	free(samples->families);
}
