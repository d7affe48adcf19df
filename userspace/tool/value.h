/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_VALUE_H
#define TOOL_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The value that a slow source would give for a key: bytes that follow from the
 * key and the length, so that any value read back can be checked.
 */
void value_make(char *value, size_t len, const char *key, size_t key_len);
bool value_check(const char *value, size_t len, const char *key, size_t key_len);

#endif /* TOOL_VALUE_H */
