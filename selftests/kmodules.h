/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel modules that use ttlmap: where they lie, how they come and go. */
#ifndef TTLMAP_SELFTEST_KMODULES_H
#define TTLMAP_SELFTEST_KMODULES_H

#include "common.h"

int kmodule_load(const char *name, const char *parameters);
int kmodule_unload(const char *name);
u64 kmodule_parameter(const char *name, const char *parameter);
int kmodule_parameter_write(const char *name, const char *parameter, u64 value);

#endif
