/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROGRAM_H
#define _PROGRAM_H

#include <stddef.h>
#include <stdint.h>

/* Runs the program that some bytes mean; does not return if the map is wrong. */
void program_run(const uint8_t *data, size_t size);

#endif /* _PROGRAM_H */
