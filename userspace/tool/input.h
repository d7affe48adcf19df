/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_INPUT_H
#define TOOL_INPUT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct input - a file in memory
 * @bytes: its content, for free(); a byte more is allocated than @len
 * @len: of the content
 */
struct input {
	char *bytes;
	size_t len;
};

/*
 * Reads a whole file, "-" for the standard input; one named *.xz is unpacked.
 * Returns 0, or EXIT_TROUBLE with a message.
 */
int input_read(const char *path, struct input *input);

bool ends_with(const char *text, const char *end);

#endif /* TOOL_INPUT_H */
