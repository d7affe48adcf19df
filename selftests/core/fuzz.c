// SPDX-License-Identifier: GPL-2.0
/*
 * The programs as a target of libFuzzer.
 */
#include "program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	program_run(data, size);
	return 0;
}
