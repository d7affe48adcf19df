/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_SAMPLES_H
#define BENCH_SAMPLES_H

#include <stddef.h>

/**
 * struct series - what one peer needed for one case, round after round
 * @rig: where it was measured
 * @name: the case
 * @peer: who was measured
 * @unit: of the values
 * @values: a value a round
 * @count: how many rounds
 * @median: of the values
 * @least: of the values
 * @most: of the values
 */
struct series {
	char *rig;
	char *name;
	char *peer;
	char *unit;
	double *values;
	size_t count;
	double median;
	double least;
	double most;
};

/**
 * struct note - what is said of a run as a whole
 * @what: its name
 * @text: what is said
 */
struct note {
	char *what;
	char *text;
};

/**
 * struct family - the samples of one file
 * @name: of the file, without the rest of its path
 * @notes: in the order of the file
 * @note_count: how many
 * @series: in the order of the file
 * @series_count: how many
 */
struct family {
	char *name;
	struct note *notes;
	size_t note_count;
	struct series *series;
	size_t series_count;
};

struct samples {
	struct family *families;
	size_t count;
};

/* Every *.tsv under @folder; does not return if one of them is not as it should be. */
struct samples samples_read(const char *folder);
void samples_free(struct samples *samples);

#endif
