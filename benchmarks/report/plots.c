// SPDX-License-Identifier: GPL-2.0
/*
 * Data for gnuplot.  Cases that differ in the number at the end of their names alone are
 * a file: a line for each number and a column for each peer.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "output.h"

/* Distinct ones, in the order in which they were met. */
struct list {
	const char **texts;
	size_t count;
};

static void list_add(struct list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->texts[i], text))
			return;
	list->texts = grow(list->texts, list->count, sizeof(*list->texts));
	list->texts[list->count++] = text;
}

/* What follows the last slash, if that is a number. */
static const char *number_of(const struct series *series)
{
	const char *slash = strrchr(series->name, '/');
	char *end;

	if (!slash || !slash[1])
		return NULL;
	strtod(slash + 1, &end);
	return *end ? NULL : slash + 1;
}

static bool same_plot(const struct series *a, const struct series *b)
{
	const char *x = number_of(a), *y = number_of(b);

	return x && y && x - a->name == y - b->name &&
		!strncmp(a->name, b->name, x - a->name) && !strcmp(a->rig, b->rig);
}

static int by_number(const void *a, const void *b)
{
	double x = atof(*(const char **)a), y = atof(*(const char **)b);

	return (x > y) - (x < y);
}

static void print_cell(FILE *file, const struct family *family, const struct series *plot,
		       const char *number, const char *peer)
{
	for (size_t i = 0; i < family->series_count; i++) {
		const struct series *series = &family->series[i];

		if (same_plot(series, plot) && !strcmp(number_of(series), number) &&
		    !strcmp(series->peer, peer)) {
			fprintf(file, "\t%.9g", series->median);
			return;
		}
	}
	fputs("\t-", file);
}

static void print_plot(FILE *file, const struct family *family, const struct series *plot,
		       const struct list *numbers, const struct list *peers)
{
	fputs("x", file);
	for (size_t i = 0; i < peers->count; i++)
		fprintf(file, "\t%s", peers->texts[i]);
	for (size_t i = 0; i < numbers->count; i++) {
		fprintf(file, "\n%s", numbers->texts[i]);
		for (size_t j = 0; j < peers->count; j++)
			print_cell(file, family, plot, numbers->texts[i], peers->texts[j]);
	}
	fputc('\n', file);
}

/* FOLDER/RIG-CASE.tsv without the number, slashes turned into what a name may have. */
static FILE *plot_open(const char *folder, const struct series *plot)
{
	int length = number_of(plot) - plot->name - 1;
	char path[4096];
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/%s-%.*s.tsv", folder, plot->rig, length,
		     plot->name) >= (int)sizeof(path))
		errx(1, "%s: too long", plot->name);
	for (char *at = path + strlen(folder) + 1; *at; at++)
		if (*at == '/')
			*at = '-';
	file = fopen(path, "we");
	if (!file)
		err(1, "%s", path);
	return file;
}

/* A single point makes no plot. */
static void write_plot(const struct family *family, const struct series *plot, const char *folder)
{
	struct list numbers = { }, peers = { };
	FILE *file;

	for (size_t i = 0; i < family->series_count; i++) {
		if (!same_plot(&family->series[i], plot))
			continue;
		list_add(&numbers, number_of(&family->series[i]));
		list_add(&peers, family->series[i].peer);
	}
	qsort(numbers.texts, numbers.count, sizeof(*numbers.texts), by_number);
	if (numbers.count > 1) {
		file = plot_open(folder, plot);
		print_plot(file, family, plot, &numbers, &peers);
		if (fclose(file))
			err(1, "%s", folder);
	}
	free(numbers.texts);
	free(peers.texts);
}

static bool first_of_plot(const struct family *family, size_t which)
{
	for (size_t i = 0; i < which; i++)
		if (same_plot(&family->series[i], &family->series[which]))
			return false;
	return number_of(&family->series[which]);
}

void plots_write(const struct samples *samples, const char *folder)
{
	for (size_t i = 0; i < samples->count; i++) {
		const struct family *family = &samples->families[i];

		for (size_t j = 0; j < family->series_count; j++)
			if (first_of_plot(family, j))
				write_plot(family, &family->series[j], folder);
	}
}
