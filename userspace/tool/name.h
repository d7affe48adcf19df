/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_NAME_H
#define TOOL_NAME_H

#include <stdbool.h>

#define NAME_RULE \
	"the name of a map has 1 to 63 letters, digits and \"._:@+-\", and does not begin with '.' or '-'"

bool name_is_good(const char *name);

#endif /* TOOL_NAME_H */
