/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_DIAGNOSIS_H
#define TOOL_DIAGNOSIS_H

#include <stddef.h>

#include "evidence.h"

#define FINDINGS_MAX 16

/**
 * struct finding - something that is wrong with a map
 * @name: of the rule that found it, for programs
 * @what: what is seen, in a sentence or two
 * @advice: what to change, or ""
 * @command: that does it, or ""
 */
struct finding {
	const char *name;
	char what[400];
	char advice[240];
	char command[160];
};

/**
 * struct diagnosis - all that is wrong, what matters most first
 * @finding: each of it
 * @count: how many, 0 for a map that is well
 */
struct diagnosis {
	struct finding finding[FINDINGS_MAX];
	size_t count;
};

/* Out of the figures alone. */
void diagnose(const struct evidence *evidence, struct diagnosis *diagnosis);

#endif /* TOOL_DIAGNOSIS_H */
